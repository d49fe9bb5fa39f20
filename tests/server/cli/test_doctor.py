"""`doorstep doctor`: what is good, what is not, what to do about it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.cli.terminal import organisations
from server.core.job_queue import Queue
from tests.server.cli.conftest import Cli
from tests.server.core.job_world import enqueue, services_of
from tests.support.databases import Database


def test_a_sound_installation(cli: Cli, database: Database) -> None:
    cli("org", "create", "acme", "--name", "Acme")
    result = cli("doctor")
    assert result.exit_code == 0, result.output
    assert "BAD" not in result.output
    for says in (
        "settings: development",
        "keys: 1 believed",
        "GiB free",
        "migrations: at",
        "agrees with",
        "1 organisations",
    ):
        assert says in result.output
    named = "row-level security holds" if database.kind == "postgresql" else "database file: wal, ok"
    assert named in result.output


def test_bad_settings_come_first(cli: Cli) -> None:
    result = cli("doctor", DOORSTEP_ENV="production")
    assert result.exit_code == 3
    assert "DOORSTEP_SECRET_KEY is required in production" in result.output


def test_what_is_not_ours_or_not_for_production_is_pointed_out(cli: Cli, tmp_path: Path) -> None:
    cli("keys", "new")
    (tmp_path / "keys" / "access-old.pem").touch(mode=0o644)
    (tmp_path / "keys" / "access-old.pem").unlink()
    next((tmp_path / "keys").glob("access-*.pem")).chmod(0o640)
    result = cli("doctor", DOORSTEP_PUBLIC_URL="https://crm.example.com", DOORSTEP_PROT="8080")
    assert result.exit_code == 0
    for says in ("DOORSTEP_PROT is no setting", "PROXY_HOPS is 0", "can be read by others"):
        assert says in result.output


def test_a_database_that_is_behind(bare_cli: Cli, tmp_path: Path) -> None:
    result = bare_cli("doctor", DOORSTEP_DATABASE_URL=f"sqlite:///{tmp_path}/new.sqlite3")
    assert (result.exit_code, "doorstep db upgrade" in result.output) == (4, True)


def test_a_database_that_is_away(bare_cli: Cli) -> None:
    result = bare_cli("doctor", DOORSTEP_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert (result.exit_code, "cannot be reached" in result.output) == (4, True)
    assert "Traceback" not in result.output


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_off(cli: Cli, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    monkeypatch.setattr(Queue, "now", lambda _self, _org: datetime.now(UTC) + timedelta(hours=hours))
    result = cli("doctor")
    assert (result.exit_code, "clock is 3600.0 s off" in result.output) == (1, True)


def test_a_disk_that_is_nearly_full(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: shutil._ntuple_diskusage(1 << 40, 1 << 40, 1000))
    result = cli("doctor")
    assert (result.exit_code, "make room" in result.output) == (1, True)


def test_jobs_that_nobody_does(cli: Cli, database: Database, tmp_path: Path) -> None:
    cli("org", "create", "acme", "--name", "Acme")
    services = services_of(database.app_url, tmp_path / "keys")
    enqueue(services, organisations(services)["acme"], due_at=datetime.now(UTC) - timedelta(hours=1))
    services.close()
    result = cli("doctor")
    assert (result.exit_code, "1 overdue" in result.output, "doorstep worker" in result.output) == (0, True, True)


@pytest.mark.parametrize(("outcome", "says"), [(True, "Redis answers"), (False, "Redis does not answer")])
def test_redis_is_asked(
    bare_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: bool, says: str
) -> None:
    class Storage:
        def check(self) -> bool:
            return outcome

    def storage(_url: str, **_options: Any) -> Storage:
        return Storage()

    monkeypatch.setattr("limits.storage.storage_from_string", storage)
    url = f"sqlite:///{tmp_path}/new.sqlite3"
    result = bare_cli("doctor", DOORSTEP_DATABASE_URL=url, DOORSTEP_REDIS_URL="redis://127.0.0.1:1")
    assert says in result.output


@pytest.mark.parametrize(
    ("settings", "says", "code"),
    [
        ({}, "messages leave by: Web Push", 0),
        ({"SMTP_URL": "smtp://mail.example.com", "MAIL_FROM": "a@example.com", "SMS_URL": "https://sms.example.com"},
         "messages leave by: Web Push, mail, text messages", 0),
        ({"SMTP_URL": "smtp://mail.example.com"}, "MAIL_FROM is not", 1),
        ({"FCM_CREDENTIALS": "/nowhere.json"}, "FCM_CREDENTIALS is no file", 1),
        ({"FCM_CREDENTIALS": "{account}"}, "FCM_CREDENTIALS is no service account", 1),
        ({"VAPID_PRIVATE_KEY": "AA"}, "VAPID_PRIVATE_KEY is not", 1),
        ({"NOTIFY": "0"}, "NOTIFY is 0", 0),
    ],
)  # fmt: skip
def test_channels_are_looked_at(cli: Cli, tmp_path: Path, settings: dict[str, str], says: str, code: int) -> None:
    (tmp_path / "account.json").write_text('{"type": "authorized_user"}')
    given = {name: value.format(account=tmp_path / "account.json") for name, value in settings.items()}
    result = cli("doctor", **{f"DOORSTEP_{name}": value for name, value in given.items()})
    assert says in result.output
    assert result.exit_code == code
