"""`sync audit` and `audit verify`: silent agreement, plain findings, exit codes; also by a worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from server.cli.terminal import organisations
from server.core.db import commit
from server.core.services import Services
from server.core.tables import EVENTS, FEED
from server.worker import Worker
from tests.server.cli.conftest import Cli
from tests.server.core.job_world import services_of
from tests.support.databases import Database


@pytest.fixture
def services(cli: Cli, database: Database, tmp_path: Path) -> Iterator[Services]:
    """Two organisations, under a role that may also spoil what the product's own role may only add to."""
    cli("org", "create", "acme", "--name", "Acme")
    cli("org", "create", "other", "--name", "Other")
    made = services_of(database.owner_url, tmp_path / "keys")
    yield made
    made.close()


@contextmanager
def a_worker(services: Services) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Worker(services).run, args=(stop,), kwargs={"threads": 1})
    thread.start()
    yield
    stop.set()
    thread.join(20)


def test_what_the_product_wrote_agrees(cli: Cli, services: Services) -> None:
    result = cli("sync", "audit")
    assert result.exit_code == 0
    assert result.output.count("all agree") == 2
    assert cli("sync", "audit", "--org", "acme").output.count("all agree") == 1


def test_findings_are_shown_with_what_they_mean(cli: Cli, services: Services) -> None:
    org_id = organisations(services)["acme"]
    with services.database.write(org_id) as connection:
        connection.execute(delete(FEED).where(FEED.c.org_id == org_id, FEED.c.collection == "staff"))
        commit(connection)
    result = cli("sync", "audit")
    assert result.exit_code == 1
    assert "acme: " in result.output
    assert "missing: a row without its feed entry" in result.output
    assert "other: " in result.output
    assert "Nothing was changed" in result.output


def test_the_chain_holds_or_is_said_to_be_broken(cli: Cli, services: Services) -> None:
    result = cli("audit", "verify")
    assert result.exit_code == 0
    assert result.output.count("the chain holds") == 2
    org_id = organisations(services)["acme"]
    with services.database.write(org_id) as connection:
        connection.execute(update(EVENTS).where(EVENTS.c.org_id == org_id, EVENTS.c.n == 2).values(body="{}"))
        commit(connection)
    result = cli("audit", "verify")
    assert result.exit_code == 1
    assert "acme: 1 events hold; broken at 2 (hash)" in result.output
    assert "behind the product's back in: acme" in result.output
    with a_worker(services):
        result = cli("audit", "verify", "--org", "acme", "--job")
    assert (result.exit_code, "broken at 2 (hash)" in result.output) == (1, True)


def test_a_worker_does_it_too(cli: Cli, services: Services) -> None:
    with a_worker(services):
        result = cli("audit", "verify", "--org", "acme", "--job")
    assert (result.exit_code, "the chain holds" in result.output) == (0, True)


def test_without_a_worker_it_is_said_after_a_while(cli: Cli, services: Services) -> None:
    result = cli("audit", "verify", "--org", "acme", "--job", "--wait", "1")
    assert (result.exit_code, "Is a worker running" in result.output) == (1, True)
