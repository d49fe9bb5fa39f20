"""The command line: `doorstep …`. Here only the tree of commands; each is imported when it is asked for."""

from __future__ import annotations

import importlib
from typing import Any

import click

from server.cli.terminal import told

_COMMANDS = {
    "run": ("server.cli.run", "run"),
    "serve": ("server.cli.serve", "serve"),
    "worker": ("server.cli.work", "worker"),
    "db": ("server.cli.databases", "db"),
    "demo": ("server.cli.demo", "demo"),
    "org": ("server.cli.staff", "org"),
    "user": ("server.cli.staff", "user"),
    "device": ("server.cli.devices", "device"),
    "kiosk": ("server.cli.kiosks", "kiosk"),
    "sync": ("server.cli.audits", "sync"),
    "audit": ("server.cli.audits", "audit"),
    "backup": ("server.cli.backups", "backup"),
    "restore": ("server.cli.backups", "restore"),
    "keys": ("server.cli.key_files", "keys"),
    "openapi": ("server.cli.documents", "openapi"),
    "docs": ("server.cli.documents", "docs"),
    "doctor": ("server.cli.doctor", "doctor"),
}
"""Name → (module, attribute), in the order of `doorstep --help`."""


class Commands(click.Group):
    """Imports a command's module when the command is named, so that `doorstep serve` does not load what `demo` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        with told():
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="doorstep", message="%(package)s %(version)s")
def main() -> None:
    """Field sales that work without a network: the server and what goes with it.

    Settings come from the environment (DOORSTEP_…, docs/settings.md); `doorstep doctor` says whether they are good.

    Exit codes: 0 done, 1 refused or found wanting, 2 wrong usage, 3 bad settings, 4 the database is away or not migrated.
    """
