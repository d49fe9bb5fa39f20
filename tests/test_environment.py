"""What the other tests take for granted: fresh databases under the right roles, and no way out of this machine."""

from __future__ import annotations

import importlib
import socket

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from tests.support.databases import APP, OWNER
from tests.support.network import LeftTheMachine


@pytest.mark.pg
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_the_application_role_owns_nothing_and_has_only_what_migrations_grant(
    empty_database_url: str,
) -> None:
    owner = make_url(empty_database_url).set(drivername="postgresql")
    with psycopg.connect(owner.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname IN (%s, %s) ORDER BY 1",
            [APP, OWNER],
        ).fetchall()
    assert roles == [(APP, False, False, False, False), (OWNER, False, False, False, False)]
    app = owner.set(username=APP)
    with psycopg.connect(app.render_as_string(hide_password=False), autocommit=True) as connection:
        for refused in (
            "SELECT * FROM kept",
            "CREATE TABLE other (n int)",
            "ALTER TABLE kept ADD m int",
            "DROP TABLE kept",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)


def test_an_empty_database_is_empty(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (n integer)"))
    engine.dispose()


def test_the_bundled_sqlite_is_not_one_that_can_corrupt_its_log() -> None:
    bundled = importlib.import_module("pysqlite3.dbapi2")
    assert bundled.sqlite_version_info >= (3, 51, 3)


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1"])
def test_a_connection_that_leaves_the_machine_is_refused(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as leaving, pytest.raises(LeftTheMachine, match=address):
        leaving.connect((address, 443))
    with socket.socket(family, socket.SOCK_DGRAM) as leaving, pytest.raises(LeftTheMachine, match=address):
        leaving.sendto(b"", (address, 53))


def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(LeftTheMachine, match=r"example\.com"):
        socket.create_connection(("example.com", 443))


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
