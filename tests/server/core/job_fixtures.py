"""Fixtures of the tests of jobs: services, an organisation, the queue with a clock that stands still until it is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.core.clock import Clock
from server.core.db import commit
from server.core.job_queue import Lease, Queue
from server.core.services import Services
from tests.server.core.job_world import (
    LEASE,
    make_org,
    services_of,
)

TOYS = {"toy": LEASE}


class SetClock:
    """A clock for the queue, so that leases can be seen to lapse without waiting for it."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    made = services_of(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def org_id(services: Services) -> str:
    return make_org(services)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def queue(services: Services, clock: Clock) -> Queue:
    return Queue(services.database, clock=clock)


def claimed(queue: Queue, org_id: str) -> Lease:
    lease = queue.claim(org_id, TOYS)
    assert lease is not None
    return lease


def settle(services: Services, queue: Queue, lease: Lease, state: str = "done", **values: Any) -> None:
    with services.database.write(lease.org_id) as connection:
        queue.settle(connection, lease, state, **values)
        commit(connection)
