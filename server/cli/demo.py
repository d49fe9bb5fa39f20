"""`doorstep demo`: the demo organisation, and a day of simulated devices in it. The work is in demo_load/ and demo_day/."""

from __future__ import annotations

import importlib

import click

_COMMANDS = {"load": ("server.cli.demo_load", "load"), "day": ("server.cli.demo_day", "demo_day")}


class _Demo(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_Demo)
def demo() -> None:
    """The demo organisation: its data, and a day of its devices."""
