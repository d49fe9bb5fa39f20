"""Migrations up and down with rows in the tables, one at a time, whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from server.core import db
from server.core.access import system_actor
from server.core.audit import audit
from server.core.db import downgrade, migrate, open_engine
from server.core.uow import unit_of_work
from server.customers.deleting.models import DeletedMergedCustomer
from server.customers.deleting.operations import delete_customers
from server.customers.merging.operations import merge_customers
from server.customers.operations import create_customer
from sync_protocol.ids import new_id
from tests.support import databases
from tests.support.samples import Maker
from tests.support.tenancy import across_organisations
from tests.support.world import open_world

ROOT = Path(__file__).parents[3]
REVISIONS = [each.revision for each in reversed(list(ScriptDirectory(str(db.MIGRATIONS)).walk_revisions()))]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = open_engine(url, pool_size=1)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def tables(url: str) -> set[str]:
    with connected(url) as connection:
        return set(inspect(connection).get_table_names())


def revision(url: str) -> str | None:
    database = db.Database(url, pool_size=1)
    found, _ = db.revisions(database)
    database.close()
    return found


def counts(made: databases.Database, org_id: str) -> dict[str, int]:
    """Rows of each table, as the tenant sees them."""
    names = tables(made.app_url)
    database = db.Database(made.app_url, pool_size=1)
    with across_organisations("counts all there are"), database.read(org_id) as connection:
        found = {
            name: int(connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one())  # noqa: S608
            for name in names
        }
    database.close()
    return found


def test_each_step_down_and_up_again_keeps_the_rows_of_what_it_does_not_touch(database: databases.Database) -> None:
    with open_world(database.app_url) as world:
        Maker(world, "anna").everything()
        world.push("anna")
        org_id = world.org_id
    before = counts(database, org_id)
    assert sum(before.values()) > 100
    for step in range(len(REVISIONS) - 1, -1, -1):
        lower = REVISIONS[step - 1] if step else "base"
        downgrade(database.owner_url, lower)
        left = tables(database.owner_url) - {"alembic_version"}
        migrate(database.owner_url, REVISIONS[step])
        after = counts(database, org_id)
        assert {name: after[name] for name in left} == {name: before[name] for name in left}, REVISIONS[step]
        downgrade(database.owner_url, lower)
    assert tables(database.owner_url) == {"alembic_version"}
    migrate(database.owner_url)
    assert tables(database.owner_url) == before.keys()
    with open_world(database.app_url):
        pass  # what was made anew is as good as the first


def test_an_empty_database_goes_up_and_down_and_up_is_the_same_as_up(empty_database_url: str) -> None:
    assert revision(empty_database_url) is None
    migrate(empty_database_url)
    first = tables(empty_database_url)
    assert revision(empty_database_url) == REVISIONS[-1]
    migrate(empty_database_url)  # nothing to do
    downgrade(empty_database_url, "base")
    assert tables(empty_database_url) == {"alembic_version"}
    assert revision(empty_database_url) is None
    migrate(empty_database_url)
    assert tables(empty_database_url) == first


def test_two_processes_that_migrate_at_once_do_it_once(empty_database_url: str) -> None:
    code = "import sys; from server.core.db import migrate; migrate(sys.argv[1])"
    both = [
        subprocess.Popen([sys.executable, "-c", code, empty_database_url], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for each in both:
        _, errors = each.communicate(timeout=60)
        assert each.returncode == 0, errors.decode()[-2000:]
    assert revision(empty_database_url) == REVISIONS[-1]


def test_a_migration_that_fails_half_way_leaves_nothing(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty_database_url)
    before = tables(empty_database_url)
    scripts = tmp_path / "migrations"
    shutil.copytree(db.MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9000_broken.py").write_text(
        "from alembic import op\n"  # noqa: S608 - a migration that fails on purpose
        f"revision, down_revision, branch_labels, depends_on = '9000', {REVISIONS[-1]!r}, None, None\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE half (n integer)')\n"
        "    op.execute('INSERT INTO nowhere VALUES (1)')\n"
    )
    monkeypatch.setattr(db, "MIGRATIONS", scripts)
    with pytest.raises(DBAPIError):
        migrate(empty_database_url)
    assert tables(empty_database_url) == before
    assert revision(empty_database_url) == REVISIONS[-1]


def test_who_was_deleted_before_devices_were_told_is_told_to_them(database: databases.Database) -> None:
    with open_world(database.app_url) as world, unit_of_work(world.database, world.actor("sue")) as uow:
        kept, gone = (create_customer(uow, new_id(), {"name": name}).id for name in ("王小明", "王晓明"))
        merge_customers(uow, kept, gone)
        delete_customers(uow, [kept])
        uow.commit()
    downgrade(database.owner_url, "0032")
    entry = "org_id, 'me:' || deleted_by, 'deleted_customers', id, 1, true, version"
    made = db.Database(database.app_url, pool_size=1)
    with across_organisations("puts it back to what it was"), made.write(world.org_id) as connection:
        connection.exec_driver_sql("DELETE FROM deleted_merged_customers")
        connection.exec_driver_sql("DELETE FROM feed WHERE collection = 'deleted_customers'")
        connection.exec_driver_sql(f"INSERT INTO feed SELECT {entry} FROM deleted_customers")  # noqa: S608
        db.commit(connection)
    migrate(database.owner_url)
    assert audit(made, world.org_id).total == 0
    with unit_of_work(made, system_actor(world.org_id)) as uow:
        assert uow.must(DeletedMergedCustomer, gone).into_id == kept
    made.close()
