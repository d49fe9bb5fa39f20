"""fly.toml and deploy/fly.sqlite.toml: whatever they name of the product exists and works; deploy/README.md says the rest.

What Fly.io makes of the files is for its own command to judge; here is only what they say about us.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

import click
import pytest
from sqlalchemy import make_url

from server.app import create_app
from server.cli import main
from server.config import Settings
from server.core.db import Database
from tests.contracts.test_image import DOCKERFILE
from tests.server.accounts.company import CHEAP, found_company

ROOT = Path(__file__).resolve().parents[2]
PATHS = {"postgresql": ROOT / "fly.toml", "sqlite": ROOT / "deploy" / "fly.sqlite.toml"}
FILES: dict[str, dict[str, Any]] = {kind: tomllib.loads(path.read_text("utf-8")) for kind, path in PATHS.items()}
BY_IMAGE = dict(re.findall(r"\b(DOORSTEP_\w+)=(\S+)", DOCKERFILE))
SECRETS = {
    "postgresql": {
        "DOORSTEP_DATABASE_URL": "postgresql+psycopg://doorstep_app:x@db/doorstep",
        "DOORSTEP_MIGRATION_DATABASE_URL": "postgresql+psycopg://doorstep_owner:x@db/doorstep",
    },
    "sqlite": {},
}
"""Those without which it does not start, as deploy/README.md has them set, but the one of both."""
both = pytest.mark.parametrize("kind", FILES)


def settings_of(kind: str) -> Settings:
    """What the server is told on such a machine. Raises BadSettings as the server would, also for an unknown name."""
    told = {"DOORSTEP_SECRET_KEY": "kX3v-9Qz_f7Lr0Ty2Bn8Wd5Hc1Jm4PsGaUe6", **SECRETS[kind]}
    return Settings.from_environment({**BY_IMAGE, **FILES[kind]["env"], **told})


def commands_of(kind: str) -> list[str]:
    """Every command line the file names."""
    found = list(FILES[kind]["processes"].values())
    release = FILES[kind]["deploy"].get("release_command")
    return found if release is None else [*found, release]


def understood(line: str) -> click.Command:
    """The command a line runs. Raises click.UsageError when it, or an option of it, does not exist."""
    program, *words = shlex.split(line)
    assert program == "doorstep"
    command: click.Command = main
    context = click.Context(main, info_name=program)
    while isinstance(command, click.Group):
        if not words:
            raise click.UsageError(f"{command.name} alone does nothing")
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command, context = found, click.Context(found, parent=context, info_name=found.name)
    command.make_context(command.name, words)
    return command


@both
def test_every_command_exists(kind: str) -> None:
    for line in commands_of(kind):
        assert understood(line).callback is not None, line


@pytest.mark.parametrize("line", ["doorstep sevre", "doorstep db upgrad", "doorstep serve --quick", "doorstep db"])
def test_a_command_that_does_not_exist_would_be_found(line: str) -> None:
    with pytest.raises(click.UsageError):
        understood(line)


@both
def test_the_server_takes_every_setting(kind: str) -> None:
    settings = settings_of(kind)
    assert settings.is_production
    assert settings.is_https
    assert make_url(settings.database_url).get_backend_name() == kind
    readme = (ROOT / "deploy" / "README.md").read_text("utf-8")
    assert all(f"  {name}=" in readme for name in SECRETS[kind])
    service = FILES[kind]["http_service"]
    assert (settings.host, settings.port) == ("0.0.0.0", service["internal_port"])  # noqa: S104 - what is to be told
    assert service["concurrency"]["soft_limit"] <= settings.web_threads * settings.web_processes


@both
def test_the_image_is_there(kind: str) -> None:
    build = FILES[kind]["build"]
    assert (PATHS[kind].parent / build["dockerfile"]).resolve() == ROOT / "deploy" / "Dockerfile"
    target = build.get("build-target")
    assert target is None or re.search(rf"^FROM \S+ AS {target}$", DOCKERFILE, re.MULTILINE)


@both
def test_every_group_of_processes_that_is_named_exists(kind: str) -> None:
    file = FILES[kind]
    for part in (file["http_service"], *file["vm"], *file["restart"]):
        assert set(part.get("processes", file["processes"])) <= file["processes"].keys()
    machines = [group for part in file["vm"] for group in part.get("processes", file["processes"])]
    assert sorted(machines) == sorted(file["processes"])  # one size each


def test_what_is_checked_answers_on_a_running_application(
    database_kind: str, database_url: str, tmp_path: Path
) -> None:
    database = Database(database_url)
    company = found_company(database, tmp_path, lambda services: create_app(services, cost=CHEAP))
    checks = FILES[database_kind]["http_service"]["checks"]
    assert {check["path"] for check in checks} == {"/healthz", "/readyz"}
    for check in checks:
        assert company.call(check["method"], check["path"]).status_code == 200, check
    database.close()


def test_on_postgresql_web_and_worker_are_apart_and_a_release_migrates_first() -> None:
    file = FILES["postgresql"]
    assert file["processes"] == {"web": "doorstep serve", "worker": "doorstep worker"}
    assert file["http_service"]["processes"] == ["web"]
    assert file["deploy"]["release_command"] == "doorstep db upgrade"
    assert "mounts" not in file


def test_on_sqlite_everything_that_has_to_last_lies_on_the_one_machines_volume() -> None:
    file, settings = FILES["sqlite"], settings_of("sqlite")
    volume = PurePosixPath(file["mounts"]["destination"])
    assert PurePosixPath(make_url(settings.database_url).database or "").is_relative_to(volume)
    assert PurePosixPath(settings.blob_dir).is_relative_to(volume)
    assert list(file["processes"].values()) == ["doorstep run"]
    # The machine that runs it has no volume, so that it would migrate a database of its own.
    assert "release_command" not in file["deploy"]
    # What is mounted belongs to root until somebody who is root makes it ours.
    assert file["build"]["build-target"] == "volume"
    assert f"chown doorstep:doorstep {volume} " in (ROOT / "deploy" / "entrypoint.sh").read_text("utf-8")
