"""`doorstep keys`: the keys that sign access tokens."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from server.cli.terminal import settings
from server.core.keys import new_access_key


@click.group()
def keys() -> None:
    """Look after the keys that sign access tokens."""


@keys.command()
def new() -> None:
    """Make a signing key in DOORSTEP_KEYS_DIR.

    It signs after the next restart of each process. To change keys: make one here, restart all, and remove the old file a
    quarter of an hour later, when the last token it signed has expired.
    """
    file = new_access_key(settings().keys_dir, datetime.now(UTC))
    click.echo(f"made {file}; restart the server to sign with it")
