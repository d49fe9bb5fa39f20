"""`doorstep demo day`: the blackout day of three phones against a running server. See play.py for the story."""

from server.cli.demo_day.command import demo_day

__all__ = ["demo_day"]
