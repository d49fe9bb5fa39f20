"""The schema: every key leads with the organisation, nothing in it acts by itself, and it is what the models say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, ForeignKeyConstraint, Sequence, Table, UniqueConstraint

import server.migrations
from server.core.db import open_engine
from server.core.types import Address, IdNumber, PhoneNumber, Protected
from server.migrations.tenancy import APP_ROLE
from server.registry import metadata
from tests.support import databases
from tests.support.databases import OWNER

TABLES = [pytest.param(table, id=table.name) for table in metadata.sorted_tables]
GLOBAL = {"org_directory"}
"""Tables of no organisation; docs/architecture.md names them."""
WITHOUT_ALL_RIGHTS = {
    "events": {"SELECT", "INSERT"},
    "journal_entries": {"SELECT", "INSERT"},
    "journal_lines": {"SELECT", "INSERT"},
    "org_directory": {"SELECT", "INSERT"},
}
postgresql = pytest.mark.parametrize("database_kind", [pytest.param("postgresql", marks=pytest.mark.pg)], indirect=True)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = open_engine(url, pool_size=1)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


# -- what is declared -------------------------------------------------------------------------------------------------


def test_only_the_directory_belongs_to_no_organisation() -> None:
    assert {table.name for table in metadata.sorted_tables if "global" in table.info} == GLOBAL


@pytest.mark.parametrize("table", TABLES)
def test_every_key_leads_with_the_organisation(table: Table) -> None:
    if table.name in GLOBAL:
        return
    assert not table.c.org_id.nullable
    keys: list[tuple[str, Any]] = [(str(table.primary_key.name), table.primary_key)]
    keys += [(str(each.name), each) for each in table.constraints if isinstance(each, UniqueConstraint)]
    keys += [(str(index.name), index) for index in table.indexes]
    for name, key in keys:
        assert next(iter(key.columns)).name == "org_id", name
    for each in table.constraints:
        if isinstance(each, ForeignKeyConstraint):
            columns = [(element.parent.name, element.column.name) for element in each.elements]
            assert columns[0] == ("org_id", "org_id"), each.name
            assert columns[1][1] == "id", each.name


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_numbered_by_the_database(table: Table) -> None:
    """Ids are minted by whoever creates a row, numbers are given under the organisation's clock."""
    for column in table.columns:
        assert column.autoincrement in ("auto", False), column
        assert column.identity is None, column
        assert not isinstance(column.default, Sequence), column
        assert column.server_default is None, column
    assert table.autoincrement_column is None


@pytest.mark.parametrize("table", TABLES)
def test_every_constraint_has_a_name_that_fits(table: Table) -> None:
    """PostgreSQL cuts names at 63 bytes; a cut one differs from what the code looks for. A shard adds its number."""
    names = [str(each.name) for each in table.constraints] + [str(each.name) for each in table.indexes]
    assert all(name and name != "None" for name in names)
    assert max(map(len, names)) <= 55, max(names, key=len)


def test_phones_id_numbers_and_addresses_have_column_types_of_their_own() -> None:
    """So that encryption comes in under them (tests/contracts/test_protected.py) and nowhere else.

    A phone's last digits stand beside it: they are the index it is found by.
    """
    kinds: dict[type[Protected], set[str]] = {PhoneNumber: set(), IdNumber: set(), Address: set()}
    words = {PhoneNumber: "phone|mobile|tel", IdNumber: "id_number|id_card|passport", Address: "address|street"}
    for table in metadata.sorted_tables:
        for column in table.columns:
            about = f"phone_{column.name}" if "phone" in table.name and "number" in column.name else column.name
            for kind, named in words.items():
                if re.search(rf"(?:^|_)(?:{named})(?:_|s?$)", about):
                    assert type(column.type) is kind, column
                    kinds[kind].add(str(column))
    assert kinds == {
        PhoneNumber: {"users.phone", "customer_phones.number", "kiosk_registrations.phone"},
        IdNumber: {"customers.id_number"},
        Address: {"customers.address"},
    }
    of_such_a_type = {str(each) for t in metadata.sorted_tables for each in t.columns if type(each.type) in kinds}
    assert of_such_a_type == set().union(*kinds.values())


def test_migrations_make_nothing_that_acts_by_itself() -> None:
    files = sorted(Path(server.migrations.__path__[0]).rglob("*.py"))
    assert any(file.parent.name == "versions" for file in files)
    for file in files:
        found = re.findall(
            r"\b(?:trigger|sequence|autoincrement|serial|identity|function)\b", file.read_text(), re.IGNORECASE
        )
        assert not found, file


# -- what a migrated database holds -----------------------------------------------------------------------------------


def test_a_migrated_database_has_nothing_that_acts_by_itself(database: databases.Database) -> None:
    with connected(database.owner_url) as connection:
        if database.kind == "sqlite":
            kinds = connection.exec_driver_sql("SELECT DISTINCT type FROM sqlite_master ORDER BY type").scalars().all()
            assert kinds == ["index", "table"]
            assert "sqlite_sequence" not in tables_of(connection)
            return
        for what in (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT relname FROM pg_class WHERE relkind IN ('S', 'v', 'm', 'f') AND relnamespace = 'public'::regnamespace",
            "SELECT rulename FROM pg_rules WHERE schemaname = 'public'",
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        ):
            assert connection.exec_driver_sql(what).scalars().all() == []


def tables_of(connection: Connection) -> set[str]:
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if connection.dialect.name == "sqlite"
        else "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return set(connection.exec_driver_sql(sql).scalars())


@postgresql
def test_every_tenant_table_is_guarded_by_row_level_security(database: databases.Database) -> None:
    tenant = {table.name for table in metadata.sorted_tables} - GLOBAL
    own = "(org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)"
    with connected(database.owner_url) as connection:
        guarded = connection.exec_driver_sql(
            "SELECT relname, pg_get_userbyid(relowner), relrowsecurity, relforcerowsecurity FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).all()
        policies = connection.exec_driver_sql(
            "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies"
        ).all()
    assert {name for name, *_ in guarded} == tenant | GLOBAL | {"alembic_version"}
    assert {owner for _, owner, *_ in guarded} == {OWNER}
    assert {name for name, _, enabled, forced in guarded if enabled and forced} == tenant
    assert {tuple(row) for row in policies} == {
        (name, "own_org", "PERMISSIVE", "{public}", "ALL", own, own) for name in tenant
    }


@postgresql
def test_the_servers_role_may_do_what_it_needs_and_never_change_events(database: databases.Database) -> None:
    with connected(database.owner_url) as connection:
        rights = connection.exec_driver_sql(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s",
            (APP_ROLE,),
        ).all()
    found: dict[str, set[str]] = {}
    for name, right in rights:
        found.setdefault(name, set()).add(right)
    everything = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    expected = {table.name: WITHOUT_ALL_RIGHTS.get(table.name, everything) for table in metadata.sorted_tables}
    assert found == {**expected, "alembic_version": {"SELECT"}}


# -- model and migrations say the same --------------------------------------------------------------------------------


def test_the_migrated_schema_is_the_one_of_the_models(database: databases.Database, empty_database_url: str) -> None:
    """Columns with their types, keys, CHECKs and indexes, as the database itself describes them: `alembic check` does not
    look at CHECKs, nor at what SQLite keeps beside the columns.
    """
    with connected(empty_database_url) as connection:
        metadata.create_all(connection)
        modelled = described(connection)
    with connected(database.owner_url) as connection:
        migrated = described(connection)
    assert migrated.keys() == modelled.keys()
    for name, lines in modelled.items():
        assert migrated[name] == lines, name


def described(connection: Connection) -> dict[str, list[str]]:
    """Table → what the database says about it, line by line, in an order of our own."""
    found: dict[str, list[str]] = {}
    if connection.dialect.name == "sqlite":
        for name, sql in connection.exec_driver_sql(
            "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        ).all():
            # A column added later stands behind the one before it, without a new line; commas in parentheses part nothing.
            lines = re.split(r",\s*\n\s*|, (?![^(]*\))|\(\s*\n\s*|\n\)", " ".join(sql.split(" ")))
            found.setdefault(name, []).extend(" ".join(line.replace('"', "").split()) for line in lines)
    else:
        for name, line in connection.exec_driver_sql(
            "SELECT relname, attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull::text || ' ' || "
            "coalesce(collname, '') FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
            "LEFT JOIN pg_collation ON pg_collation.oid = attcollation "
            "WHERE attnum > 0 AND NOT attisdropped AND relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "UNION ALL SELECT relname, conname || ' ' || pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint "
            "JOIN pg_class ON pg_class.oid = conrelid WHERE relnamespace = 'public'::regnamespace "
            "UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        ).all():
            found.setdefault(name, []).append(line)
    found.pop("alembic_version", None)
    return {name: sorted(lines) for name, lines in found.items()}


def test_the_comparison_would_see_a_check_an_index_and_a_column(empty_database_url: str) -> None:
    """Of the comparison above itself: each of these differences shows."""
    with connected(empty_database_url) as connection:
        metadata.create_all(connection)
        before = described(connection)
        index = next(each for each in metadata.tables["visits"].indexes)
        index.drop(connection)
        assert described(connection)["visits"] != before["visits"]
        connection.exec_driver_sql("ALTER TABLE units ADD COLUMN odd text CHECK (odd <> 'x')")
        assert described(connection)["units"] != before["units"]
        assert described(connection)["users"] == before["users"]
