"""`doorstep keys`: the keys that sign access tokens and printed cards."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from server.cli.terminal import settings
from server.core.keys import new_access_key, new_card_key


@click.group()
def keys() -> None:
    """Look after the keys that sign access tokens and printed membership cards."""


@keys.command()
def new() -> None:
    """Make a signing key in DOORSTEP_KEYS_DIR.

    It signs after the next restart of each process. To change keys: make one here, restart all, and remove the old file a
    quarter of an hour later, when the last token it signed has expired.
    """
    file = new_access_key(settings().keys_dir, datetime.now(UTC))
    click.echo(f"made {file}; restart the server to sign with it")


@keys.command(name="new-card")
def new_card() -> None:
    """Make a key that signs printed membership cards (`DS1:`) in DOORSTEP_KEYS_DIR.

    It signs after the next restart of each process. The old file stays: cards signed with it are read as long as it is there.
    Take it away only when it leaked; all its cards then have to be replaced.
    """
    file = new_card_key(settings().keys_dir, datetime.now(UTC))
    click.echo(f"made {file}; restart the server to sign cards with it")
