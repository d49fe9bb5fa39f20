"""Backup and restore: one consistent file while the server writes, and a database that devices notice."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pysqlite3
import pytest
from sqlalchemy import select

from server.cli.terminal import organisations
from server.core.access import system_actor
from server.core.audit import audit
from server.core.services import Services
from server.core.tables import ORG_CLOCKS
from server.core.verify import verify_chain
from tests.server.cli.conftest import Cli
from tests.server.core.job_world import EffectHappened, enqueue, services_of


@pytest.fixture
def place(tmp_path: Path, environment: dict[str, str | None]) -> Path:
    """The database file of these tests, which the commands are told of."""
    file = tmp_path / "data" / "doorstep.sqlite3"
    environment["DOORSTEP_DATABASE_URL"] = f"sqlite:///{file}"
    return file


@pytest.fixture
def full(bare_cli: Cli, place: Path) -> Path:
    """It has an organisation."""
    assert bare_cli("db", "upgrade").exit_code == 0
    assert bare_cli("org", "create", "acme", "--name", "Acme").exit_code == 0
    return place


def opened(place: Path, tmp_path: Path) -> Services:
    return services_of(f"sqlite:///{place}", tmp_path / "keys")


def epoch(place: Path, tmp_path: Path) -> str:
    services = opened(place, tmp_path)
    org_id = organisations(services)["acme"]
    with services.reading(org_id) as connection:
        found = connection.execute(select(ORG_CLOCKS.c.epoch).where(ORG_CLOCKS.c.org_id == org_id)).scalar_one()
    services.close()
    return str(found)


def test_a_backup_under_writers_is_one_consistent_state(bare_cli: Cli, full: Path, tmp_path: Path) -> None:
    services = opened(full, tmp_path)
    org_id = organisations(services)["acme"]
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            with services.writing(system_actor(org_id)) as uow:
                uow.record(EffectHappened(org_id, attempt=written))
                uow.enqueue("toy", {})
                uow.commit()
            written += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while written < 20:
            pass
        result = bare_cli("backup", str(tmp_path / "copy.sqlite3"))
    finally:
        stop.set()
        thread.join(20)
        services.close()
    assert result.exit_code == 0, result.output
    assert (tmp_path / "copy.sqlite3").stat().st_mode & 0o777 == 0o600
    copy = opened(tmp_path / "copy.sqlite3", tmp_path)
    found = verify_chain(copy.database, org_id)
    assert (found.broken, found.events >= 20) == (None, True)
    assert audit(copy.database, org_id).total == 0
    with closing(pysqlite3.connect(str(tmp_path / "copy.sqlite3"))) as connection:
        (jobs,) = connection.execute("SELECT count(*) FROM jobs").fetchone()
        (effects,) = connection.execute("SELECT count(*) FROM events WHERE name = 'tests.effect-happened'").fetchone()
    assert jobs == effects, "half a unit of work"
    copy.close()


def test_a_backup_is_not_written_over_another(bare_cli: Cli, full: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.sqlite3"
    file.write_text("precious")
    assert bare_cli("backup", str(file)).exit_code == 1
    assert file.read_text() == "precious"
    assert bare_cli("backup", str(file), "--force").exit_code == 0
    assert bare_cli("backup", str(tmp_path / "none" / "deep" / "copy.sqlite3")).exit_code == 0


def test_a_restored_database_has_a_new_epoch(bare_cli: Cli, full: Path, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.sqlite3")
    before = epoch(full, tmp_path)
    assert bare_cli("backup", copy).exit_code == 0
    services = opened(full, tmp_path)
    enqueue(services, organisations(services)["acme"])  # after the backup
    services.close()

    refused = bare_cli("restore", copy)
    assert (refused.exit_code, "holds acme; --force" in refused.output) == (1, True)
    result = bare_cli("restore", copy, "--force")
    assert result.exit_code == 0, result.output
    assert epoch(full, tmp_path) != before
    kept = full.with_name(f"{full.name}.before-restore-1")
    with closing(pysqlite3.connect(str(kept))) as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (1,), "what was there is kept"
    with closing(pysqlite3.connect(str(full))) as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (0,)
    assert bare_cli("audit", "verify").exit_code == 0
    assert "1 organisations" in bare_cli("db", "restored").output


def test_a_backup_restores_into_nothing(bare_cli: Cli, full: Path, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.sqlite3")
    bare_cli("backup", copy)
    fresh = f"sqlite:///{tmp_path}/elsewhere/fresh.sqlite3"
    assert bare_cli("restore", copy, DOORSTEP_DATABASE_URL=fresh).exit_code == 0
    assert "acme" in bare_cli("sync", "audit", DOORSTEP_DATABASE_URL=fresh).output


def test_a_database_in_use_is_not_replaced(bare_cli: Cli, full: Path, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.sqlite3")
    bare_cli("backup", copy)
    services = opened(full, tmp_path)
    organisations(services)  # an idle connection, as a server has
    result = bare_cli("restore", copy, "--force")
    services.close()
    assert (result.exit_code, "in use" in result.output) == (1, True)


def test_what_is_no_whole_database_of_ours_is_refused(bare_cli: Cli, full: Path, tmp_path: Path) -> None:
    text, other, torn = tmp_path / "text", tmp_path / "other", tmp_path / "torn"
    text.write_text("not a database, whatever its name says")
    with closing(pysqlite3.connect(str(other))) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.commit()
    bare_cli("backup", str(torn))
    content = bytearray(torn.read_bytes())
    content[8192:40960] = b"\xff" * (40960 - 8192)
    torn.write_bytes(content)
    size = full.stat().st_size
    for file, says in ((text, "is no SQLite database"), (other, "not a database of Doorstep"), (torn, "is damaged")):
        result = bare_cli("restore", str(file), "--force")
        assert (result.exit_code, says in result.output) == (1, True), result.output
    assert full.stat().st_size == size


@pytest.mark.pg
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_postgresql_is_left_to_its_own_tools(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_kind: str
) -> None:
    cli("org", "create", "acme", "--name", "Acme")
    file = tmp_path / "copy.dump"
    monkeypatch.setattr("shutil.which", lambda _name: None)
    result = cli("backup", str(file))
    assert (result.exit_code, "pg_dump is not installed" in result.output) == (1, True)
    tool = tmp_path / "pg_dump"
    tool.write_text("#!/bin/sh\necho 'error: query would be affected by row-level security policy' >&2\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda _name: str(tool))
    result = cli("backup", str(file))
    assert (result.exit_code, "BYPASSRLS" in result.output, file.exists()) == (1, True, False)
    tool.write_text('#!/bin/sh\nwhile [ "$1" != --file ]; do shift; done\necho dump > "$2"\n')
    assert cli("backup", str(file)).exit_code == 0
    assert file.read_text() == "dump\n"
    result = cli("restore", str(file))
    assert (result.exit_code, "pg_restore" in result.output) == (1, True)
