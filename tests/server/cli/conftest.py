"""The command line over a database of the test's own, called in this process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from server.cli import main
from tests.support.databases import Database

Cli = Callable[..., Result]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str | None]:
    """What every command is told, but for the database."""
    return {
        "DOORSTEP_KEYS_DIR": str(tmp_path / "keys"),
        "DOORSTEP_BLOB_DIR": str(tmp_path / "blobs"),
        "DOORSTEP_DEMO": None,
        "DOORSTEP_ENV": None,
        "DOORSTEP_LOG_LEVEL": "error",
    }


@pytest.fixture
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def bare_cli(environment: dict[str, str | None], _logging_as_it_was: None) -> Cli:
    """bare_cli("db", "current", DOORSTEP_…="…", input="…"): the command's result; its output has both streams."""

    def call(*words: str, input: str | None = None, **settings: str) -> Result:
        result = CliRunner().invoke(main, words, input=input, env={**environment, **settings}, prog_name="doorstep")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def cli(bare_cli: Cli, database: Database) -> Cli:
    """The same, over a migrated database."""

    def call(*words: str, **settings: str) -> Result:
        urls = {"DOORSTEP_DATABASE_URL": database.app_url, "DOORSTEP_MIGRATION_DATABASE_URL": database.owner_url}
        return bare_cli(*words, **{**urls, **settings})

    return call
