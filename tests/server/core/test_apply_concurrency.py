"""Pushes at the same time, and databases that ask for another try."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from server.core import apply, db, uow
from server.core.db import try_again
from server.core.rows import c
from sync_protocol.verdicts import Verdict
from tests.support.syncing import push, verdicts
from tests.support.toys import Thing, Town


def both(*calls: Callable[[], Any]) -> list[Any]:
    """Run these at the same time and return what they returned."""
    ready = threading.Barrier(len(calls))

    def start(call: Callable[[], Any]) -> Any:
        ready.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(start, calls))


def things(town: Town) -> dict[str, Thing]:
    with town.working("dirk") as work:
        return {each.id: each for each in work.find(Thing)}


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Each run of a batch, and whether it was one under savepoints."""
    seen: list[bool] = []

    class Batch(apply._Batch):
        def run(self) -> apply.Applied:
            seen.append(self.careful)
            return super().run()

    monkeypatch.setattr(apply, "_Batch", Batch)
    return seen


def test_the_same_push_twice_at_the_same_time_has_one_effect(town: Town, tries: list[bool]) -> None:
    queue, device = town.queues["anna"], town.device("anna")
    for _ in range(5):
        thing = queue.create("toy_things", name="thing")
        queue.update("toy_things", thing, base=0, size=1)
        queue.create("toy_things", name="refuse")
        operations = queue.take()
        first, second = both(*[lambda ops=operations: push(town.database, device, ops)] * 2)
        assert first.decisions == second.decisions
        assert sorted([first.head == -1, second.head == -1]) == [False, True]
    assert [row.version for row in things(town).values()] == [2] * 5
    assert tries == [False] * 10  # the second waits for the first, and does not find out by a constraint


def test_overlapping_pushes_at_the_same_time_apply_each_operation_once(town: Town) -> None:
    queue, device = town.queues["anna"], town.device("anna")
    for _ in range(30):
        queue.create("toy_things", name="thing")
    operations = queue.take()
    town.push("anna", operations[:10])
    results = both(*[lambda end=end: push(town.database, device, operations[:end]) for end in (12, 20, 30)])
    assert {each.verdict for result in results for each in result.decisions} == {Verdict.APPLIED}
    assert len(things(town)) == 30


def test_devices_that_edit_one_row_at_the_same_time_lose_nothing(town: Town) -> None:
    """Each edit is in the row, or in a verdict that says it is not."""
    thing = town.make("anna", name="start", size=0)
    writers = ["anna", "sue", "dora", "dirk"]
    fields: dict[str, dict[str, Any]] = {
        "anna": {"name": "anna"},
        "sue": {"size": 1},
        "dora": {"name": "dora"},
        "dirk": {"is_old": True},
    }
    for who in writers:
        town.queues[who].update("toy_things", thing, base=1, **fields[who])
    results = both(*[lambda who=who: town.push(who) for who in writers])

    found = {who: verdicts(result)[0] for who, result in zip(writers, results, strict=True)}
    row = things(town)[thing]
    assert found["sue"].accepted
    assert found["dirk"].accepted
    assert (row.size, row.is_old) == (1, True)
    loser = "anna" if row.name == "dora" else "dora"
    assert found[loser] == Verdict.CONFLICT
    assert row.version == 4


@pytest.mark.parametrize("failures", [1, 3])
def test_a_push_is_tried_again_when_the_database_asks_for_it(
    town: Town, failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = failures

    def commit(connection: Any) -> None:
        nonlocal left
        if left:
            left -= 1
            raise OperationalError("COMMIT", {}, Exception("database is locked"))
        whole_commit(connection)

    whole_commit = db.commit
    monkeypatch.setattr(uow, "commit", commit)
    town.queues["anna"].create("toy_things", name="thing")
    assert verdicts(town.push("anna")) == [Verdict.APPLIED]
    assert len(things(town)) == 1


def test_a_database_that_stays_busy_is_told_and_nothing_is_stored(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def commit(_connection: Any) -> None:
        raise OperationalError("COMMIT", {}, Exception("database is locked"))

    town.queues["anna"].create("toy_things", name="thing")
    operations = town.queues["anna"].take()
    with monkeypatch.context() as patch, pytest.raises(OperationalError) as raised:  # noqa: PT012
        patch.setattr(uow, "commit", commit)
        town.push("anna", operations)
    assert try_again(raised.value)
    assert not things(town)
    assert verdicts(town.push("anna", operations)) == [Verdict.APPLIED]


def wait_until_another_waits(connection: Connection) -> None:
    """Return as soon as somebody waits for a lock in this database. PostgreSQL."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(1000):
        if connection.scalar(waiting):
            return
        connection.execute(text("SELECT pg_sleep(0.005), pg_stat_clear_snapshot()"))
    raise AssertionError("nobody waits for a lock")


@pytest.mark.pg
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_deadlock_between_a_push_and_the_office_is_resolved_by_another_try(town: Town, tries: list[bool]) -> None:
    """The push waits first, so that it is the one PostgreSQL gives up (after its deadlock_timeout of a second)."""
    low, high = sorted(town.make("anna", name="thing") for _ in range(2))
    tries.clear()
    queue = town.queues["anna"]
    queue.update("toy_things", low, size=1)
    queue.update("toy_things", high, size=1)
    with town.working("dirk") as office, ThreadPoolExecutor(1) as pool:
        office.change(office.must(Thing, high), label="office")
        pushed = pool.submit(town.push, "anna")
        wait_until_another_waits(office.connection)  # the push holds the low row, and wants the high one
        office.change(office.find(Thing, c(Thing).id == low)[0], label="desk")
        office.commit()
        applied = pushed.result(20)
    assert tries == [False, False]
    assert verdicts(applied) == [Verdict.MERGED, Verdict.MERGED]
    assert [(things(town)[each].size, things(town)[each].label) for each in (low, high)] == [(1, "desk"), (1, "office")]
