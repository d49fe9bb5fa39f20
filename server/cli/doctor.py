"""`doorstep doctor`: is this installation fit to run? Each check says what it found and, if need be, what to do."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, cast

import click
import pysqlite3
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from server.cli.doctor_channels import look_at_channels
from server.cli.terminal import BAD_SETTINGS, NO_DATABASE, REFUSED, declare_everything, organisations
from server.config import BadSettings, Settings, declarations, unknown_names
from server.core import logs
from server.core.db import NO_ORG, SAFE_SQLITE, Database, UnsafeDatabase, refuse_unsafe_role, revisions
from server.core.job_queue import Queue
from server.core.keys import load_keys
from server.core.services import Services
from server.core.tables import JOBS

State = Literal["good", "look", "bad"]
_MARKS: dict[State, str] = {"good": "ok  ", "look": "look", "bad": "BAD "}
_SKEW = timedelta(seconds=2)
_LOW_DISK = 1 << 30
_OVERDUE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Found:
    """What one check says. remedy: what to do, "" when it is good. code: the exit code when it is bad."""

    state: State
    says: str
    remedy: str = ""
    code: int = REFUSED


@click.command()
def doctor() -> None:
    """Check configuration, database, keys, channels, clocks, disk and Redis, and say what to do.

    Exits with 0 when nothing is bad, else with the code of the first bad one: 3 settings, 4 database, 1 anything else.
    """
    declare_everything()
    logs.configure("console", "error")
    code = 0
    for found in _checks():
        click.echo(f"{_MARKS[found.state]}  {found.says}")
        if found.remedy:
            click.echo(f"      → {found.remedy}")
        if found.state == "bad" and code == 0:
            code = found.code
    raise SystemExit(code)


def _checks() -> Iterator[Found]:
    try:
        settings = Settings.from_environment()
    except BadSettings as error:
        for complaint in error.complaints:
            yield Found("bad", complaint, "docs/settings.md lists all settings.", BAD_SETTINGS)
        return
    yield from _settings(settings)
    yield from _keys(settings)
    yield from (Found(cast(State, state), says, remedy) for state, says, remedy in look_at_channels(settings))
    yield from _disk(settings)
    yield from _redis(settings)
    yield from _database(settings)


def _settings(settings: Settings) -> Iterator[Found]:
    yield Found("good", f"settings: {settings.env}, {len(declarations())} known")
    for name in unknown_names(os.environ):
        yield Found(
            "look", f"{name} is no setting of this version", "Misspelt, or of another version: unset or rename it."
        )
    if settings.demo:
        state: State = "bad" if settings.is_production else "good"
        remedy = "Its passwords are public: unset DOORSTEP_DEMO beside real data." if settings.is_production else ""
        yield Found(state, "the demo organisation is allowed", remedy)
    if settings.is_production and not settings.is_https:
        yield Found(
            "look", f"PUBLIC_URL is {settings.public_url}", "Devices need https for their keys; use an https address."
        )
    if settings.proxy_hops == 0 and settings.is_https:
        yield Found(
            "look",
            "PUBLIC_URL is https, yet PROXY_HOPS is 0",
            "This server speaks plain HTTP, so a proxy must stand in front: say how many, or all callers share its address.",
        )


def _keys(settings: Settings) -> Iterator[Found]:
    try:
        keys = load_keys(settings)
    except BadSettings as error:
        for complaint in error.complaints:
            yield Found("bad", complaint, "`doorstep keys new` makes a signing key.", BAD_SETTINGS)
        return
    yield Found("good", f"keys: {len(keys.public_keys)} believed, {keys.signing_kid} signs")
    for file in settings.keys_dir.glob("*"):
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Found("look", f"{file} can be read by others", f"chmod 600 {file}")


def _disk(settings: Settings) -> Iterator[Found]:
    places = {"uploads": settings.blob_dir, "keys": settings.keys_dir}
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        places["database"] = Path(url.database).parent
    seen: set[int] = set()
    for name, place in places.items():
        there = next(each for each in (place.absolute(), *place.absolute().parents) if each.exists())
        if there.stat().st_dev in seen:
            continue
        seen.add(there.stat().st_dev)
        free = shutil.disk_usage(there).free
        says = f"disk of {name} ({there}): {free / (1 << 30):.1f} GiB free"
        if free < _LOW_DISK:
            yield Found("bad", says, "Below 1 GiB: make room, or the database soon refuses writes.")
        else:
            yield Found("good", says)


def _redis(settings: Settings) -> Iterator[Found]:
    if settings.redis_url is None:
        if settings.web_processes > 1:
            yield Found("look", "no Redis: each web process counts rate limits for itself", "Set DOORSTEP_REDIS_URL.")
        return
    from limits.errors import ConfigurationError
    from limits.storage import storage_from_string

    try:
        answers = storage_from_string(settings.redis_url).check()
    except ConfigurationError:
        yield Found("bad", "REDIS_URL is set, the Python client is not installed", "pip install 'doorstep[redis]'")
    else:
        remedy = "" if answers else "Start it, or unset DOORSTEP_REDIS_URL: limits then count for each process alone."
        yield Found("good" if answers else "bad", "Redis answers" if answers else "Redis does not answer", remedy)


def _database(settings: Settings) -> Iterator[Found]:
    kind = make_url(settings.database_url).get_backend_name()
    if kind == "sqlite":
        wanted = ".".join(map(str, SAFE_SQLITE))
        safe = pysqlite3.sqlite_version_info >= SAFE_SQLITE
        remedy = "" if safe else "pip install 'pysqlite3>=0.6.1': older ones can corrupt the log."
        yield Found(
            "good" if safe else "bad", f"SQLite {pysqlite3.sqlite_version} (safe from {wanted} on)", remedy, NO_DATABASE
        )
        if not safe:
            return
    try:
        database = Database(settings.database_url, pool_size=2)
    except UnsafeDatabase as error:
        yield Found("bad", str(error), "", NO_DATABASE)
        return
    try:
        for check in (_role, _schema, _clock, _jobs):
            found = list(check(database, settings))
            yield from found
            if any(each.state == "bad" for each in found):
                return
    except DBAPIError as error:
        reason = (str(error.orig).strip().splitlines() or ["no answer"])[0]
        yield Found(
            "bad",
            f"the database cannot be reached: {reason}",
            "Start it, and check DOORSTEP_DATABASE_URL.",
            NO_DATABASE,
        )
    finally:
        database.close()


def _role(database: Database, _settings: Settings) -> Iterator[Found]:
    with database.engine.connect() as connection:
        if database.is_sqlite:
            (mode,) = connection.exec_driver_sql("PRAGMA journal_mode").one()
            (whole,) = connection.exec_driver_sql("PRAGMA quick_check(1)").one()
            yield Found("good" if whole == "ok" else "bad", f"database file: {mode}, {whole}",
                        "" if whole == "ok" else "Restore the last backup: `doorstep restore FILE`.", NO_DATABASE)  # fmt: skip
            return
        version, role = connection.execute(text("SELECT current_setting('server_version'), current_user")).one()
    try:
        refuse_unsafe_role(database)
    except UnsafeDatabase as error:
        yield Found("bad", str(error), "deploy/README.md says how to make the two roles.", NO_DATABASE)
    else:
        yield Found("good", f"PostgreSQL {version}, as {role}, which row-level security holds")


def _schema(database: Database, _settings: Settings) -> Iterator[Found]:
    current, newest = revisions(database)
    if current == newest:
        yield Found("good", f"migrations: at {current}, the newest")
    else:
        yield Found("bad", f"migrations: at {current or 'nothing'}, this version needs {newest}",
                    "Run `doorstep db upgrade`.", NO_DATABASE)  # fmt: skip


def _clock(database: Database, _settings: Settings) -> Iterator[Found]:
    begun = datetime.now(UTC)
    theirs = Queue(database).now(NO_ORG)
    ended = datetime.now(UTC)
    skew = max(theirs - ended, begun - theirs, timedelta(0))
    if skew > _SKEW:
        yield Found("bad", f"this machine's clock is {skew.total_seconds():.1f} s off the database's",
                    "Let both take their time from NTP (timedatectl set-ntp true).")  # fmt: skip
    else:
        yield Found("good", "clock: agrees with the database's")


def _jobs(database: Database, settings: Settings) -> Iterator[Found]:
    """Organisations, and whether somebody works on their jobs."""
    opened = Services(settings, database, load_keys(settings))
    orgs = organisations(opened)
    late = dead = 0
    now, t = datetime.now(UTC), JOBS.c
    for org_id in orgs.values():
        with database.read(org_id) as connection:
            count = select(func.count()).where(t.org_id == org_id)
            late += connection.execute(count.where(t.state == "waiting", t.due_at < now - _OVERDUE)).scalar_one()
            dead += connection.execute(count.where(t.state == "dead")).scalar_one()
    says = f"{len(orgs)} organisations; jobs: {late} overdue, {dead} dead"
    if late:
        yield Found("look", says, "No worker keeps up: is one running? `doorstep worker`")
    elif dead:
        yield Found(
            "look",
            says,
            "GET /api/v1/jobs?state=dead shows which, the worker's log says why; POST …/{id}/retry tries one again.",
        )
    else:
        yield Found(
            "good",
            says if orgs else "no organisations yet",
            "" if orgs else "`doorstep org create CODE --name …` makes one.",
        )
