"""kill -9 in the middle of a list: whoever goes on begins behind the last row that was answered, and no row is taken twice."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from typing import Any

import pytest

from server.core.db import Database
from server.core.job_queue import Queue
from server.core.services import Services
from server.customers.imports import running
from server.customers.imports.models import ImportedRow
from server.customers.models import Customer
from server.worker import Worker
from tests.server.customers.imports.test_importing import KINDS, Desk, counts, desk, listed
from tests.server.customers.office import Clock

__all__ = ["desk"]
ROWS = 10


def _work(desk: Desk, services: Services, clock: Any) -> None:
    people = {actor.user_id: actor for actor in desk.office.people.values()}
    worker = Worker(services, load_actor=lambda _c, _o, user: people.get(user), handlers=KINDS)
    worker._queue = Queue(services.database, clock=clock)
    while worker.work_one():
        pass


def test_a_list_goes_on_after_kill_9_and_no_row_is_there_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies when the rows of its second batch are written and not committed yet."""
    monkeypatch.setattr(running, "BATCH", 4)
    given = desk.hand_in(listed(*(f"客户{number}" for number in range(ROWS))))
    desk.start(given)
    url = desk.office.database.url
    desk.office.database.close()
    child = os.fork()
    if child == 0:
        _die_in_the_second_batch(desk, url)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert counts(desk.card(given["id"])) == (4, 0, 0)
    assert len(desk.office.rows(Customer)) == len(desk.office.rows(ImportedRow)) == 4, "whole batches"

    later = Clock()
    later.at += timedelta(minutes=2)
    _work(desk, desk.services, later)
    assert desk.card(given["id"])["state"] == "running", "nobody takes it over while its lease may be alive"
    later.at += timedelta(minutes=2)
    _work(desk, desk.services, later)
    assert (desk.card(given["id"])["state"], counts(desk.card(given["id"]))) == ("done", (ROWS, 0, 0))
    assert [each["number"] for each in desk.answers(given["id"])] == list(range(2, ROWS + 2))
    assert sorted(each.name for each in desk.office.rows(Customer)) == sorted(f"客户{number}" for number in range(ROWS))


def _die_in_the_second_batch(desk: Desk, url: str) -> None:
    """In a process of its own, with connections of its own."""
    services = Services(desk.services.settings, Database(url), desk.services.keys, desk.office.clock)
    kept = running._keep
    calls: list[int] = []

    def dying(uow: Any, *rest: Any) -> None:
        kept(uow, *rest)
        uow.flush()
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    running._keep = dying  # type: ignore[assignment]
    try:
        _work(desk, services, desk.office.clock)
    finally:
        os._exit(1)
