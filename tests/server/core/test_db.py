"""Engines and transactions: what a block leaves behind, one snapshot to read from, who may not connect, what to try again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from server.core import bulk
from server.core.db import NO_ORG, Database, UnsafeDatabase, commit, constraint_name, open_engine, revisions, try_again
from server.core.rows import c
from server.core.tables import ORG_DIRECTORY
from sync_protocol.ids import new_id
from tests.support.toys import Thing, Town


def put(connection: Connection, code: str) -> None:
    connection.execute(insert(ORG_DIRECTORY).values(org_id=new_id(), code=code))


def codes(database: Database) -> set[str]:
    with database.read(NO_ORG) as connection:
        return set(connection.execute(select(ORG_DIRECTORY.c.code)).scalars())


@pytest.fixture
def open_database(database_url: str) -> Any:
    made = Database(database_url)
    yield made
    made.close()


def test_only_what_was_committed_stays(open_database: Database) -> None:
    with open_database.write(NO_ORG) as connection:
        put(connection, "kept")
        commit(connection)
    with open_database.write(NO_ORG) as connection:
        put(connection, "forgotten")
    with pytest.raises(ZeroDivisionError), open_database.write(NO_ORG) as connection:  # noqa: PT012
        put(connection, "broken")
        raise ZeroDivisionError
    with pytest.raises(IntegrityError), open_database.write(NO_ORG) as connection:  # noqa: PT012
        put(connection, "again")
        put(connection, "kept")
    assert codes(open_database) == {"kept"}


def test_the_pool_gives_out_connections_that_are_in_no_transaction(open_database: Database) -> None:
    for _ in range(3):
        with pytest.raises(DBAPIError), open_database.write(NO_ORG) as connection:
            connection.exec_driver_sql("SELECT nothing FROM nowhere")
    with open_database.write(NO_ORG) as connection:
        put(connection, "kept")
        commit(connection)
    assert codes(open_database) == {"kept"}


def test_a_reader_sees_one_snapshot(town: Town) -> None:
    town.make("anna")
    count = select(func.count()).select_from(Thing.__table__).where(c(Thing).org_id == town.org_id)
    with town.database.read(town.org_id) as connection:
        assert connection.execute(count).scalar_one() == 1
        town.make("anna")
        assert connection.execute(count).scalar_one() == 1
    with town.database.read(town.org_id) as connection:
        assert connection.execute(count).scalar_one() == 2


def test_a_reader_cannot_write(town: Town) -> None:
    made = town.make("anna")
    where = (c(Thing).org_id == town.org_id, c(Thing).id == made)
    with pytest.raises(DBAPIError), town.database.read(town.org_id) as connection:
        connection.execute(Thing.__table__.delete().where(*where))
    with town.working("anna") as uow:
        assert uow.get(Thing, made) is not None
        uow.remove(uow.must(Thing, made))
        uow.commit()  # a connection that only reads does not go on only reading


def test_a_writer_waits_for_another_and_readers_wait_for_nobody(town: Town) -> None:
    order: list[str] = []
    ready = threading.Event()

    def second() -> None:
        ready.wait(5)
        town.make("anna")
        order.append("second")

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(second)
        with town.working("anna") as uow:
            uow.add(Thing(name="first", owner_id=town.users["anna"], unit_id=town.units["east"]))
            uow.access_changed()
            uow.flush()
            uow.connection.exec_driver_sql(
                f"UPDATE org_clocks SET feed_head = feed_head WHERE org_id = '{town.org_id}'"  # noqa: S608
            )
            ready.set()
            threading.Event().wait(0.2)
            with town.database.read(town.org_id) as connection:
                assert connection.execute(select(c(Thing).id).where(c(Thing).org_id == town.org_id)).all() == []
            order.append("first")
            uow.commit()
        waiting.result(10)
    assert order == ["first", "second"]


@pytest.mark.pg
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("org", ["", "x", "' OR true --", "0190a000-0000-7000-8000-00000000000A"])
def test_only_an_id_becomes_the_tenant(open_database: Database, org: str) -> None:
    for begin in (open_database.read, open_database.write):
        with pytest.raises(ValueError, match="UUID"), begin(org):
            pass


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_sqlite_is_set_up_to_keep_what_it_acknowledged(town: Town) -> None:
    with town.database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "busy_timeout": 10_000,
    }  # fmt: skip


def test_a_sqlite_that_can_corrupt_its_log_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.core.db.sqlite.sqlite_version_info", (3, 51, 2))
    with pytest.raises(UnsafeDatabase, match=r"3\.51\.3"):
        open_engine("sqlite:///var/never.db")


class Violated(Exception):
    """What a driver raises. diag, sqlstate: as psycopg has them."""

    def __init__(self, constraint: str | None = None, sqlstate: str | None = None, text: str = "") -> None:
        super().__init__(text)
        self.diag = SimpleNamespace(constraint_name=constraint)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("uq_toy_things_org_id_label", "uq_toy_things_org_id_label"),
        ("pk_customers_102008", "pk_customers"),
        (None, "text"),
    ],
)
def test_a_constraint_is_named_without_the_suffix_of_a_shard(given: str | None, name: str) -> None:
    assert constraint_name(IntegrityError("", {}, Violated(given, text="text"))) == name


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (OperationalError("", {}, Violated(sqlstate="40001")), True),
        (OperationalError("", {}, Violated(sqlstate="40P01")), True),
        (OperationalError("", {}, Violated(sqlstate="55P03")), True),
        (OperationalError("", {}, Violated(sqlstate="57014")), False),
        (OperationalError("", {}, Exception("database is locked")), True),
        (OperationalError("", {}, Exception("disk I/O error")), False),
        (ProgrammingError("", {}, Exception("locked out")), False),
        (OperationalError("", {}, Exception("gone"), connection_invalidated=True), True),
        (ValueError("locked"), False),
    ],
)
def test_what_may_be_tried_again(error: Exception, again: bool) -> None:
    assert try_again(error) is again


def test_a_fresh_database_is_at_the_newest_revision(open_database: Database) -> None:
    current, newest = revisions(open_database)
    assert current == newest is not None


def test_sqlite_looks_at_what_has_grown_and_postgresql_does_so_by_itself(open_database: Database) -> None:
    with open_database.write(NO_ORG) as connection:
        put(connection, "kept")
        commit(connection)
    open_database.optimize()
    open_database.optimize()
    if open_database.is_sqlite:
        with open_database.read(NO_ORG) as connection:
            looked = connection.exec_driver_sql("SELECT DISTINCT tbl FROM sqlite_stat1").scalars().all()
        assert "org_directory" in looked
    assert codes(open_database) == {"kept"}


@pytest.mark.sqlite
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sqlite_is_told_how_many_rows_an_organisation_has(town: Town) -> None:
    """Of 500 rows it looks at 200, and would believe that an organisation has as many as the 250 of an owner."""
    owners, names = [town.users["anna"], town.users["ben"]], Thing.__names__
    things = [Thing(org_id=town.org_id, name="x", owner_id=owners[n % 2], unit_id=new_id()) for n in range(500)]
    with town.database.write(town.org_id) as connection:
        bulk.insert(
            connection, Thing.__table__, names, [tuple(getattr(each, name) for name in names) for each in things]
        )
        commit(connection)
    for _ in range(2):
        town.database.optimize()
    with town.database.read(NO_ORG) as connection:
        told = connection.exec_driver_sql(
            "SELECT stat FROM sqlite_stat1 WHERE idx = 'ix_toy_things_owner_id'"
        ).scalar_one()
    organisation, owner = (int(each) for each in told.split()[1:3])
    assert organisation == 500
    assert owner <= 250
