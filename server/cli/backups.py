"""`doorstep backup` and `doorstep restore`: one file that is the whole database, consistent though the server runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pysqlite3
from sqlalchemy import update
from sqlalchemy.engine import URL, make_url

from server.cli.databases import bring_up, owner_url
from server.cli.terminal import Sorry, organisations, progress, services, settings
from server.core.db import commit
from server.core.services import Services
from server.core.tables import ORG_CLOCKS
from sync_protocol.ids import new_id

_PAGES = 500  # per step: between two steps the server's writers get their turn
_MAGIC = b"SQLite format 3\0"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Write over FILE.")
@click.option("--url", help="PostgreSQL: address of a role that reads past row-level security.")
def backup(file: Path, force: bool, url: str | None) -> None:
    """Write a consistent copy of the database to FILE, while the server runs.

    Uploaded files (DOORSTEP_BLOB_DIR) and keys (DOORSTEP_KEYS_DIR, DOORSTEP_SECRET_KEY) are not in it; copy them too.
    """
    found = settings()
    if file.exists() and not force:
        raise Sorry(f"{file} is there already; --force writes over it.")
    source = make_url(found.database_url)
    draft = file.with_name(f".{file.name}.part")
    if source.get_backend_name() == "sqlite":
        _copy_sqlite(_sqlite_file(source), draft)
    else:
        _pg_dump(make_url(url or owner_url(found)), draft, told=url is not None)
    draft.chmod(0o600)
    draft.replace(file)
    click.echo(
        f"{file}: {file.stat().st_size:,} bytes, checked"
        if source.get_backend_name() == "sqlite"
        else f"{file}: {file.stat().st_size:,} bytes"
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace a database that has organisations; it is kept beside the new one.")
def restore(file: Path, force: bool) -> None:
    """Put the database of FILE in place. Stop the server and its workers first.

    Every organisation gets a new epoch: devices notice at their next contact, look anew at everything they may see and
    send what they had not been told was received. What the server had acknowledged after the backup was made is gone from it;
    docs/limitations.md says what devices do about that.
    """
    found = settings()
    target = make_url(found.database_url)
    if target.get_backend_name() != "sqlite":
        raise Sorry(
            "PostgreSQL is restored with its own tools, into an empty database of the same name:\n"
            f"  pg_restore --no-owner --role=doorstep_owner --dbname=… {file}\n"
            "then run `doorstep db upgrade` and `doorstep db restored`."
        )
    _check_sqlite(file)
    place = _sqlite_file(target)
    if place.exists():
        _refuse_full(force)
        _refuse_in_use(place)
    draft = place.with_name(f".{place.name}.part")
    _copy_sqlite(file, draft)
    if place.exists():
        click.echo(f"the database that was there is now {_set_aside(place)}")
    draft.replace(place)
    bring_up(found)
    with services() as opened:
        count = begin_new_epochs(opened)
    click.echo(f"restored; {count} organisations have a new epoch. Start the server and its workers again.")


def begin_new_epochs(opened: Services) -> int:
    """Give every organisation a new epoch, upon which devices compare all they have. How many there are."""
    orgs = organisations(opened).values()
    for org_id in orgs:
        with opened.database.write(org_id) as connection:
            connection.execute(update(ORG_CLOCKS).where(ORG_CLOCKS.c.org_id == org_id).values(epoch=new_id()))
            commit(connection)
    return len(orgs)


# -- SQLite -----------------------------------------------------------------------------------------------------------


def _sqlite_file(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise Sorry("the database is in memory only.")
    return Path(url.database)


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy with SQLite's online backup: one consistent state, log included. The copy is checked and on disk."""
    if not source.exists():
        raise Sorry(f"there is no database at {source}.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        with (
            progress("copying: pages") as tell,
            closing(pysqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as here,
            closing(pysqlite3.connect(str(target))) as there,
        ):

            def copied(_status: int, remaining: int, total: int) -> None:
                tell(total - remaining, total)

            here.backup(there, pages=_PAGES, progress=copied, sleep=0.01)
            there.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        _check_sqlite(target)
        with target.open("rb") as written:
            os.fsync(written.fileno())
    except pysqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise Sorry(f"{source} cannot be copied: {error}.") from None
    except OSError as error:
        target.unlink(missing_ok=True)
        raise Sorry(f"{target} cannot be written: {error.strerror}.") from None


def _check_sqlite(file: Path) -> None:
    """Raise Sorry unless the file is a whole database of this product."""
    with file.open("rb") as opened:
        if opened.read(len(_MAGIC)) != _MAGIC:
            raise Sorry(f"{file} is no SQLite database.")
    try:
        with closing(pysqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'org_clocks'").fetchone()
    except pysqlite3.Error as error:
        raise Sorry(f"{file} is damaged: {error}.") from None
    if answer != "ok":
        raise Sorry(f"{file} is damaged: {answer}.")
    if ours is None:
        raise Sorry(f"{file} is not a database of Doorstep.")


def _refuse_full(force: bool) -> None:
    if force:
        return
    with services(migrated=False) as opened:
        try:
            codes = list(organisations(opened))
        except Exception:  # noqa: BLE001 (whatever is wrong with it: it is not empty for sure)
            codes = ["something unreadable"]
    if codes:
        raise Sorry(f"the database holds {', '.join(codes)}; --force replaces it.")


def _refuse_in_use(place: Path) -> None:
    """Raise Sorry while another process has the database open. Folds its log into it, so that it is one file."""
    try:
        with closing(pysqlite3.connect(str(place), timeout=1)) as connection:
            # Leaving WAL needs the file for oneself alone; an idle server holds it open.
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except pysqlite3.OperationalError:
        raise Sorry("the database is in use. Stop the server and its workers first.") from None
    except pysqlite3.DatabaseError:
        return  # damaged: that is why it is replaced


def _set_aside(place: Path) -> Path:
    for number in range(1, 1000):
        kept = place.with_name(f"{place.name}.before-restore-{number}")
        if not kept.exists():
            for suffix in ("", "-wal", "-shm"):
                file = place.with_name(place.name + suffix)
                if file.exists():
                    file.replace(kept.with_name(kept.name + suffix))
            return kept
    raise Sorry(f"there are a thousand earlier databases beside {place}; remove some.")


# -- PostgreSQL -------------------------------------------------------------------------------------------------------


def _pg_dump(url: URL, target: Path, *, told: bool) -> None:
    tool = shutil.which("pg_dump")
    if tool is None:
        raise Sorry(
            "pg_dump is not installed here (Debian: postgresql-client). Backups of PostgreSQL are best left to the database "
            "server: point-in-time recovery, tried once by restoring it."
        )
    place: dict[str, Any] = {"password": url.password, **{name: url.query.get(name) for name in ("sslmode",)}}
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 (our own arguments)
        [tool, "--format=custom", "--no-owner", "--file", str(target), "--dbname", address],
        capture_output=True,
        text=True,
        env={**os.environ, **({"PGPASSWORD": place["password"]} if place["password"] else {})},
        check=False,
    )
    if done.returncode == 0:
        return
    target.unlink(missing_ok=True)
    words = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    if "row-level security" in done.stderr and not told:
        raise Sorry(
            "the roles of the settings are held by row-level security, as they should be, so they cannot read all of the "
            "database. Give the address of a superuser or of a role with BYPASSRLS by --url, or use the database server's own "
            "backups."
        )
    raise Sorry(f"pg_dump failed: {words}")
