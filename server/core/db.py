"""Engines and transactions of the two databases. The only module that knows which one is underneath.

Transactions are begun and ended here by hand (the driver is in autocommit), so that a writer on SQLite starts
with BEGIN IMMEDIATE, a reader on PostgreSQL gets one snapshot, and the tenant is set in the same round trip.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from sync_protocol.ids import is_id

try:
    import pysqlite3 as sqlite
except ImportError:  # no wheel for this platform: Python's own will do when it is new enough
    import sqlite3 as sqlite  # noqa: TID251 - this module decides which library is used

_RECYCLE_SECONDS = 3600
"""After which a connection to SQLite is made anew, and knows what `optimize` has found since."""
SAFE_SQLITE = (3, 51, 3)
"""Older ones can corrupt a WAL when two connections write and checkpoint at once (sqlite.org/wal.html)."""
WAIT_SECONDS = 10
"""How long a writer waits for others before the database counts as busy."""
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_POSTGRES = (
    "timezone=UTC",
    "statement_timeout=30000",
    f"lock_timeout={WAIT_SECONDS * 1000}",
    # Every statement is to find few rows by an index, in memory or on a solid-state disk. With the defaults, made for
    # turning disks, a page of 4,000 rows is read by scanning the whole table, with helpers that take longer to start.
    "random_page_cost=1.1",
    "max_parallel_workers_per_gather=0",
    "jit=off",
)
NO_ORG = "00000000-0000-0000-0000-000000000000"
"""The organisation of statements that touch only global tables: with it a tenant table shows no row."""
_TRY_AGAIN = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available


class UnsafeDatabase(Exception):
    """The database would not keep a promise; the message says what to do. The server does not start."""


class Database:
    """One engine and its transactions. Safe to share between threads; make a new one after a fork."""

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = url
        self.engine = open_engine(url, pool_size=pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite lets waiting writers poll, with growing pauses: under load some of them starve until their time is over.
        # So the writers of this process queue here, and only one of them asks.
        self._turn = threading.Lock()

    @contextlib.contextmanager
    def write(self, org_id: str) -> Iterator[Connection]:
        """A writing transaction of one organisation; rolled back unless `commit(connection)` was called."""
        if not self.is_sqlite:
            with self._transaction(f"BEGIN; SET LOCAL app.org = '{_checked(org_id)}'") as connection:
                yield connection
            return
        has_turn = self._turn.acquire(timeout=WAIT_SECONDS)
        try:
            with self._transaction("BEGIN IMMEDIATE") as connection:
                yield connection
        finally:
            if has_turn:
                self._turn.release()

    @contextlib.contextmanager
    def read(self, org_id: str) -> Iterator[Connection]:
        """One consistent snapshot of one organisation's rows, read only."""
        if not self.is_sqlite:
            begin = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL app.org = '{_checked(org_id)}'"
            with self._transaction(begin) as connection:
                yield connection
            return
        with self._transaction("BEGIN") as connection, _only_reading(connection):
            yield connection

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(begin)
            connection.info["doorstep.open"] = True
            try:
                yield connection
            finally:
                if connection.info.pop("doorstep.open", False) and not connection.invalidated:
                    with contextlib.suppress(DBAPIError):
                        connection.exec_driver_sql("ROLLBACK")

    def optimize(self) -> None:
        """Let SQLite look at its tables where they have grown, so that it knows what an index is good for; cheap otherwise.

        Without that it takes any index to find ten rows, an organisation's million among them. PostgreSQL does so by itself.
        Connections that are open learn of it when they are made anew, within the hour.
        """
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA analysis_limit=200")
                connection.exec_driver_sql("PRAGMA optimize=0x10002")
                _correct_statistics(connection)

    def close(self) -> None:
        """Give all connections back to the database."""
        self.engine.dispose()


def _correct_statistics(connection: Connection) -> None:
    """Say in SQLite's statistics how many rows an organisation has.

    Whoever looks at 200 rows of an index takes 200 for the most that any value finds. An organisation would find as many as a
    person of it, and the index of a person's rows be no better than a walk through all of them in the order of a list.
    """
    read = connection.exec_driver_sql
    if read("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'").scalar_one() == 0:
        return
    organisations = max(1, int(read("SELECT count(*) FROM org_directory").scalar_one()))
    read("BEGIN IMMEDIATE")
    rows = read(
        "SELECT s.rowid, s.stat FROM sqlite_stat1 s WHERE s.idx IS NOT NULL "
        "AND (SELECT i.name FROM pragma_index_info(s.idx) i WHERE i.seqno = 0) = 'org_id'"
    )
    for rowid, stat in rows.all():
        total, found, *rest = stat.split()
        typical = int(total) // organisations
        if typical > int(found):
            told = " ".join((total, str(typical), *rest))
            read("UPDATE sqlite_stat1 SET stat = ? WHERE rowid = ?", (told, rowid))
    read("COMMIT")
    read("ANALYZE sqlite_schema")


@contextlib.contextmanager
def _only_reading(connection: Connection) -> Iterator[None]:
    """SQLite has no transaction that only reads, but a connection that does."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise UnsafeDatabase("the connection was lost before it was used")
    driver.execute("PRAGMA query_only=ON")
    try:
        yield
    finally:
        driver.execute("PRAGMA query_only=OFF")


def commit(connection: Connection) -> None:
    """Make the transaction of `connection` durable. Nothing may be written through it afterwards."""
    connection.exec_driver_sql("COMMIT")
    connection.info.pop("doorstep.open", None)


def try_again(error: Exception) -> bool:
    """Whether the same transaction may well succeed when it is run once more: lock, deadlock, lost snapshot."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in _TRY_AGAIN or (isinstance(error, OperationalError) and "locked" in str(error.orig))


def open_engine(url: str, *, pool_size: int = 20) -> Engine:
    """An engine in driver autocommit for either database. Raises UnsafeDatabase for an unsafe SQLite library."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if sqlite.sqlite_version_info < SAFE_SQLITE:
            raise UnsafeDatabase(
                f"SQLite {sqlite.sqlite_version} can corrupt its log; install pysqlite3 0.6.1 or later, use a Python "
                "with SQLite 3.51.3 or later, or PostgreSQL"
            )
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            parsed,
            module=sqlite,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_recycle=_RECYCLE_SECONDS,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=False,
        connect_args={"options": " ".join(f"-c {each}" for each in _POSTGRES)},
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={WAIT_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def refuse_unsafe_role(database: Database) -> None:
    """Raise UnsafeDatabase when the PostgreSQL role could read past row-level security."""
    if database.is_sqlite:
        return
    with database.read(NO_ORG) as connection:
        role, unsafe = connection.execute(
            text("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
    if unsafe:
        raise UnsafeDatabase(
            f"the role {role} is a superuser or bypasses row-level security; connect as a role that is neither "
            "(docs/architecture.md, Tenancy)"
        )


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`, as the role that owns the tables."""
    command.upgrade(_alembic(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database at `url` back to `revision`; `base` removes all tables."""
    command.downgrade(_alembic(url), revision)


def revisions(database: Database) -> tuple[str | None, str | None]:
    """The revision the database is at, and the newest one the code knows."""
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, ScriptDirectory(str(MIGRATIONS)).get_current_head()


def wait_until_reachable(database: Database, seconds: float) -> None:
    """Return once the database answers. Raises the last error after `seconds`."""
    until = time.monotonic() + seconds
    while True:
        try:
            with database.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
            return
        except DBAPIError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _alembic(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def constraint_name(error: DBAPIError) -> str:
    """The violated constraint, without the suffix that a distributed table's shard adds; "" when unknown."""
    diagnostic = getattr(error.orig, "diag", None)
    name = getattr(diagnostic, "constraint_name", None) or str(error.orig)
    return re.sub(r"_\d+$", "", name)


def _checked(org_id: str) -> str:
    if not is_id(org_id) and org_id != NO_ORG:
        raise ValueError("an organisation's id is a canonical UUID")
    return org_id
