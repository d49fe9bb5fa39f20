"""One organisation's rows stay its own: by row-level security on PostgreSQL, by the guard of statements on both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from server.core import tables
from server.core.access import system_actor
from server.core.db import NO_ORG, Database, UnsafeDatabase, commit, refuse_unsafe_role
from server.core.rows import c
from server.core.uow import unit_of_work
from server.customers.models import Customer
from sync_protocol.codes import WRONG_ENROLMENT, ProtocolError
from sync_protocol.ids import new_id
from tests.support import databases, syncing
from tests.support.tenancy import UnboundTenant, across_organisations, check_statement
from tests.support.world import World, lighthouse

postgresql = pytest.mark.parametrize("database_kind", [pytest.param("postgresql", marks=pytest.mark.pg)], indirect=True)


def customers(database: Database, org_id: str) -> list[str]:
    """The ids of all customers that a transaction of this organisation can see, whatever it asks for."""
    with across_organisations("asks for all of them"), database.read(org_id) as connection:
        return list(connection.execute(select(c(Customer).id)).scalars())


def make_customer(world: World, who: str) -> str:
    row = world.queues[who].create("customers", name="一")
    assert world.push(who).decisions[0].verdict.accepted
    return row


# -- PostgreSQL -------------------------------------------------------------------------------------------------------


@postgresql
def test_a_transaction_sees_the_rows_of_its_organisation_and_without_one_none(world: World) -> None:
    other = lighthouse(world)
    mine, theirs = make_customer(world, "anna"), make_customer(other, "olga")
    assert customers(world.database, world.org_id) == [mine]
    assert customers(world.database, other.org_id) == [theirs]
    assert customers(world.database, NO_ORG) == []
    with across_organisations("no tenant at all"), world.database.engine.connect() as connection:
        for table in (Customer.__table__, tables.FEED, tables.EVENTS, tables.LEDGER, tables.ORG_CLOCKS):
            assert connection.execute(select(table)).all() == []


@postgresql
def test_a_row_of_another_organisation_can_be_neither_written_nor_changed_nor_moved(world: World) -> None:
    other = lighthouse(world)
    mine, theirs = make_customer(world, "anna"), make_customer(other, "olga")
    t = Customer.__table__
    with world.database.read(world.org_id) as connection:
        row = connection.execute(select(t).where(t.c.org_id == world.org_id, t.c.id == mine)).one()._asdict()
    with pytest.raises(ProgrammingError, match="row-level security"), world.database.write(world.org_id) as connection:
        connection.execute(insert(t).values(**{**row, "org_id": other.org_id, "id": new_id()}))
    with pytest.raises(ProgrammingError, match="row-level security"), world.database.write(world.org_id) as connection:
        connection.execute(t.update().where(t.c.org_id == world.org_id, t.c.id == mine).values(org_id=other.org_id))
    with world.database.write(world.org_id) as connection:
        where = (t.c.org_id == other.org_id, t.c.id == theirs)
        assert connection.execute(t.update().where(*where).values(name="stolen")).rowcount == 0
        assert connection.execute(t.delete().where(*where)).rowcount == 0
        commit(connection)
    assert customers(world.database, other.org_id) == [theirs]


@postgresql
def test_a_foreign_key_does_not_reach_into_another_organisation(world: World) -> None:
    other = lighthouse(world)
    with pytest.raises(DBAPIError, match="violates foreign key"), world.working() as uow:  # noqa: PT012
        values: dict[str, Any] = {"name": "x", "name_key": "x", "owned_since": uow.now, "owner_id": other.users["olga"]}
        uow.add(Customer(unit_id=world.units["east"], **values))
        uow.commit()


@postgresql
def test_the_pool_hands_no_tenant_on(world: World) -> None:
    make_customer(world, "anna")
    single = Database(world.database.url, pool_size=1)
    setting = text("SELECT coalesce(current_setting('app.org', true), '')")
    try:
        for end in ("commit", "rollback", "error"):
            with single.engine.connect() as before:
                process = before.execute(text("SELECT pg_backend_pid()")).scalar_one()
            try:
                with single.write(world.org_id) as connection:
                    assert connection.execute(setting).scalar_one() == world.org_id
                    if end == "error":
                        connection.exec_driver_sql("SELECT 1 / 0")
                    if end == "commit":
                        commit(connection)
            except DBAPIError:
                assert end == "error"
            with across_organisations("no tenant"), single.engine.connect() as after:
                assert after.execute(text("SELECT pg_backend_pid()")).scalar_one() == process
                assert after.execute(setting).scalar_one() == "", end
                assert after.execute(select(c(Customer).id)).all() == [], end
    finally:
        single.close()


@pytest.fixture
def admin_url(database: databases.Database) -> str:
    """The same database under the role that made the server."""
    return (
        databases._admin_url()
        .set(drivername="postgresql+psycopg", database=make_url(database.app_url).database)
        .render_as_string(hide_password=False)
    )


@postgresql
@pytest.mark.parametrize("attribute", ["SUPERUSER", "BYPASSRLS"])
def test_a_role_that_could_see_everything_is_refused(
    database: databases.Database, admin_url: str, attribute: str
) -> None:
    role = f"doorstep_test_{attribute.lower()}_{new_id()[-8:]}"
    plain = make_url(admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN {attribute} PASSWORD 'x'")
        try:
            url = make_url(database.app_url).set(username=role, password="x").render_as_string(hide_password=False)
            unsafe = Database(url, pool_size=1)
            with pytest.raises(UnsafeDatabase, match=role):
                refuse_unsafe_role(unsafe)
            unsafe.close()
        finally:
            connection.execute(f"DROP ROLE {role}")


def test_the_role_of_the_server_is_accepted(world: World) -> None:
    refuse_unsafe_role(world.database)


# -- both databases ---------------------------------------------------------------------------------------------------


def test_one_organisation_finds_nothing_of_another_by_id(world: World) -> None:
    other = lighthouse(world)
    theirs = make_customer(other, "olga")
    with unit_of_work(world.database, system_actor(world.org_id)) as uow:
        assert uow.get(Customer, theirs) is None
        assert theirs not in {each.id for each in uow.find(Customer)}
    queue = world.queues["dora"]
    queue.update("customers", theirs, name="stolen")
    queue.create("notes", customer_id=theirs, text="x")
    applied = world.push("dora")
    assert {each.code for each in applied.decisions} == {"core.not-found"}
    assert theirs not in world.pull_all("dora").ids("customers")


def test_an_enrolment_of_another_organisation_is_none(world: World) -> None:
    other = lighthouse(world)
    world.queues["dora"].create("customers", name="x")
    actor = replace(world.device("dora"), enrolment_id=other.enrolments["olga"])
    with pytest.raises(ProtocolError) as refused:
        syncing.push(world.database, actor, world.queues["dora"].take())
    assert refused.value.code == WRONG_ENROLMENT


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id FROM customers",
        "SELECT id FROM customers WHERE id = ?",
        "SELECT customers.id FROM customers WHERE customers.id = %(id)s::UUID",
        "SELECT id FROM customers WHERE org_id IS NOT NULL",
        "SELECT c.id FROM customers AS c JOIN visits AS v ON v.customer_id = c.id WHERE v.org_id = ?",
        "SELECT c.id FROM customers AS c JOIN visits AS v ON v.org_id = c.org_id",
        "SELECT id FROM customers WHERE org_id = ? AND id IN (SELECT customer_id FROM visits WHERE day_on = ?)",
        "SELECT id FROM customers WHERE org_id = ? UNION ALL SELECT id FROM visits",
        "SELECT (SELECT count(*) FROM visits) FROM customers WHERE customers.org_id = %s",
        "UPDATE customers SET name = ? WHERE id = ?",
        "UPDATE customers t SET name = v.name FROM unnest(%s::uuid[]) AS v(id) WHERE t.id = v.id",
        "DELETE FROM customers",
        "INSERT INTO customers (id, name) VALUES (?, ?)",
        "INSERT INTO customers (org_id, id) SELECT org_id, id FROM visits",
        "WITH found AS (SELECT id FROM customers) SELECT * FROM found",
    ],
)
def test_the_guard_refuses_what_could_touch_other_organisations(statement: str) -> None:
    with pytest.raises(UnboundTenant):
        check_statement(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT org_id FROM org_directory WHERE code = ?",
        "SELECT id FROM customers WHERE org_id = ?",
        "SELECT customers.id FROM customers WHERE customers.org_id = %(org_id_1)s::UUID AND false",
        "SELECT c.id FROM customers AS c JOIN visits AS v ON v.org_id = c.org_id AND v.customer_id = c.id WHERE c.org_id = ?",
        "SELECT * FROM (SELECT ? AS place, seq FROM feed WHERE org_id = ? AND bucket = ? LIMIT ?) AS f LIMIT ?",
        "UPDATE customers t SET name = v.name FROM unnest(%s::uuid[]) AS v(org_id, id) WHERE t.org_id = v.org_id",
        "INSERT INTO customers (org_id, id) VALUES (?, ?)",
        "CREATE TABLE customers (id text)",
        "SELECT 'FROM customers'",
    ],
)
def test_the_guard_lets_pass_what_keeps_to_one(statement: str) -> None:
    check_statement(statement)


def test_the_guard_is_on_for_every_engine_of_this_process(world: World) -> None:
    """The proof that it bites: on the world's own engine, and on one made now."""
    fresh = Database(world.database.url, pool_size=1)
    try:
        for database in (world.database, fresh):
            with pytest.raises(UnboundTenant), database.read(world.org_id) as connection:
                connection.execute(select(c(Customer).id))
            with pytest.raises(UnboundTenant), database.write(world.org_id) as connection:
                connection.exec_driver_sql("DELETE FROM feed")
            with database.read(world.org_id) as connection:
                assert connection.execute(select(c(Customer).id).where(c(Customer).org_id == world.org_id)).all() == []
    finally:
        fresh.close()
