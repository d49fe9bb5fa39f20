"""`doorstep db`: bring the schema up and down, and say that a database was restored by other means."""

from __future__ import annotations

import click

from server.cli.terminal import NO_DATABASE, Sorry, organisations, services, settings
from server.config import Settings
from server.core.access import system_actor
from server.core.db import Database, downgrade, migrate, revisions, wait_until_reachable
from server.core.services import Services


@click.group()
def db() -> None:
    """Bring the schema up or down."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database to REVISION (the newest, unless one is named), as the role that owns the tables."""
    found = settings()
    before, after = bring_up(found, revision)
    click.echo(f"was at {before or 'nothing'}, is at {after}" if before != after else f"is at {after}; nothing to do")


def bring_up(found: Settings, revision: str = "head") -> tuple[str | None, str | None]:
    """Migrate, and give organisations what came with this version. Returns the revisions before and after."""
    url = owner_url(found)
    database = Database(url, pool_size=2)
    try:
        wait_until_reachable(database, 30)
        before, _ = revisions(database)
        migrate(url, revision)
        after, newest = revisions(database)
    finally:
        database.close()
    if after == newest:
        with services() as opened:
            refresh(opened)
    return before, after


def refresh(opened: Services) -> int:
    """Give each organisation what came with this version: functions of its system roles, rows it begins with. How many."""
    from server.accounts.operations.furnishing import furnish

    changed = 0
    for org_id in organisations(opened).values():
        with opened.writing(system_actor(org_id)) as uow:
            changed += furnish(uow)
            uow.commit()
    return changed


@db.command(name="downgrade")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def go_down(revision: str, yes: bool) -> None:
    """Take the database back to REVISION; `base` removes all tables and what is in them."""
    if not yes:
        click.confirm(f"Go back to {revision}? Data of what is removed is lost", abort=True)
    url = owner_url(settings())
    downgrade(url, revision)
    database = Database(url, pool_size=2)
    click.echo(f"is at {revisions(database)[0] or 'nothing: no tables'}")
    database.close()


@db.command()
def current() -> None:
    """Say which revision the database is at; exits with 4 when the code needs another."""
    database = Database(settings().database_url, pool_size=2)
    here, newest = revisions(database)
    database.close()
    click.echo(here or "no tables yet")
    if here != newest:
        raise Sorry(f"this version needs {newest}. Run `doorstep db upgrade`.", NO_DATABASE)


@db.command()
def restored() -> None:
    """Say that this database was restored from a backup by other means than `doorstep restore`.

    Gives each organisation a new epoch, so that devices notice and compare themselves with what there is now.
    """
    from server.cli.backups import begin_new_epochs

    with services() as opened:
        count = begin_new_epochs(opened)
    click.echo(f"{count} organisations have a new epoch; devices look anew at their next contact")


def owner_url(found: Settings) -> str:
    """Where migrations go: the tables' owner, else the one role there is."""
    return found.migration_database_url or found.database_url
