"""What all commands share: settings and services, errors in plain words, progress, boxes. Nothing of any one command."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import click
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from server.config import BadSettings, Settings
from server.core import logs
from server.core.access import Actor, system_actor
from server.core.db import NO_ORG, UnsafeDatabase, revisions
from server.core.problems import Refused
from server.core.services import Services, open_services
from server.core.tables import ORG_DIRECTORY

REFUSED, BAD_SETTINGS, NO_DATABASE = 1, 3, 4


class Sorry(click.ClickException):
    """An expected failure, in one or more plain sentences."""

    def __init__(self, message: str, exit_code: int = REFUSED) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click declares it for the class, and asks the instance


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn expected failures of the product into plain words and an exit code; bugs keep their traceback."""
    try:
        yield
    except BadSettings as error:
        raise Sorry("\n  ".join(["these settings are not good:", *error.complaints]), BAD_SETTINGS) from None
    except UnsafeDatabase as error:
        raise Sorry(f"the database is not safe to use: {error}", NO_DATABASE) from None
    except Refused as error:
        places = "".join(f" ({each.pointer})" for each in error.errors)
        raise Sorry(f"{error.detail('en')}{places} [{error.code}]") from None
    except DBAPIError as error:
        raise Sorry(_database_words(error), NO_DATABASE) from None


def _database_words(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
    text = lines[0]
    if "does not exist" in text or "no such table" in text:
        return f"the database lacks a table ({text}). Run `doorstep db upgrade`."
    if "locked" in text or "lock timeout" in text:
        return f"the database is busy ({text}). Try again; nothing was changed."
    return f"the database did not do it: {text}"


def settings() -> Settings:
    """The settings, with logging set up after them."""
    found = Settings.from_environment()
    logs.configure(found.log_format, found.log_level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it speaks up each time it is asked for a revision
    return found


def declare_everything() -> None:
    """Have every table, function, event and handler declared. Slow, so only where it is needed.

    Whoever gives roles their functions has to know all of them: those he does not know he would take away.
    """
    import server.app
    import server.registry
    import server.worker  # noqa: F401


@contextlib.contextmanager
def services(*, migrated: bool = True) -> Iterator[Services]:
    """Database, keys and clock, with all areas known. migrated: refuse a database that is not at the newest revision."""
    declare_everything()
    opened = open_services(settings())
    try:
        if migrated:
            refuse_old(opened)
        yield opened
    finally:
        opened.close()


def refuse_old(opened: Services) -> None:
    """Raise Sorry unless the database is at the revision this code knows."""
    current, newest = revisions(opened.database)
    if current != newest:
        here = "has no tables yet" if current is None else f"is at revision {current}"
        raise Sorry(f"the database {here}, this version needs {newest}. Run `doorstep db upgrade`.", NO_DATABASE)


def organisations(opened: Services) -> dict[str, str]:
    """Code → id of all organisations, in the order of codes."""
    t = ORG_DIRECTORY.c
    with opened.reading(NO_ORG) as connection:
        rows = connection.execute(select(t.code, t.org_id).order_by(t.code))
        return {row.code: row.org_id for row in rows}


def organisation(opened: Services, code: str) -> str:
    """The id of the organisation of that code. Raises Sorry."""
    known = organisations(opened)
    if code not in known:
        shown = ", ".join(known) or "none yet; `doorstep org create` makes one"
        raise Sorry(f"there is no organisation “{code}”. Organisations: {shown}.")
    return known[code]


def chosen(opened: Services, code: str | None) -> dict[str, str]:
    """Code → id: the one that was named, else all of them."""
    return organisations(opened) if code is None else {code: organisation(opened, code)}


def operator(opened: Services, code: str) -> Actor:
    """Whoever sits at the command line: the server itself, within one organisation, in its zone and currency."""
    from server.accounts.models import Organisation
    from server.core.rows import c

    org_id, o = organisation(opened, code), c(Organisation)
    with opened.reading(org_id) as connection:
        zone, currency = connection.execute(
            select(o.timezone, o.currency).where(o.org_id == org_id, o.id == org_id)
        ).one()
    return system_actor(org_id, zone=zone, currency=currency)


def org_option(required: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`--org CODE`; where it is not required, leaving it out means all of them."""
    text = "Code of the organisation." if required else "Code of one organisation; without it, all of them."
    return click.option("--org", "org", required=required, metavar="CODE", help=text)


Tell = Callable[[int, int | None], None]


@contextlib.contextmanager
def progress(label: str) -> Iterator[Tell]:
    """A function that takes (done, total or None) and shows it, once the work has taken two seconds.

    On a terminal one line that is written over; elsewhere a line every ten seconds.
    """
    begun = time.monotonic()
    live = sys.stderr.isatty()
    state = {"at": begun + 2.0, "shown": 0.0}

    def tell(done: int, total: int | None) -> None:
        now = time.monotonic()
        if now < state["at"]:
            return
        state["at"], state["shown"] = now + (0.1 if live else 10.0), 1.0
        share = f"{done / total:4.0%} {_bar(done / total)} " if total else ""
        line = f"{label}: {share}{done:,}{f' of {total:,}' if total else ''}, {int(now - begun)} s"
        click.echo(f"\r\x1b[2K{line}" if live else line, err=True, nl=not live)

    try:
        yield tell
    finally:
        if live and state["shown"]:
            click.echo("\r\x1b[2K", err=True, nl=False)


def _bar(share: float, width: int = 24) -> str:
    full = min(width, int(share * width))
    return "█" * full + "░" * (width - full)


def box(lines: Sequence[str]) -> str:
    """The lines in a frame. Chinese characters count as the two columns they take."""
    wide = max(_columns(line) for line in lines)
    rule = "─" * (wide + 2)
    return "\n".join([f"┌{rule}┐", *(f"│ {line}{' ' * (wide - _columns(line))} │" for line in lines), f"└{rule}┘"])


def stop_with_parent() -> None:
    """Stop this process when the one that started it is gone, however it went: standard input is a pipe from there."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def table(rows: Sequence[Sequence[str]], *, indent: str = "") -> str:
    """Rows with their columns in line."""
    widths = [max(_columns(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
    return "\n".join(
        indent
        + "  ".join(cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
