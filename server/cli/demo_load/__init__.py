"""`doorstep demo load`: the demo organisation with its people, customers and days, the same for the same seed."""

from server.cli.demo_load.cast import LOGINS, PASSWORD
from server.cli.demo_load.command import load
from server.cli.demo_load.loading import Size, load_demo

__all__ = ["LOGINS", "PASSWORD", "Size", "load", "load_demo"]
