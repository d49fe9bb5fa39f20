"""Many workers on one database: each job done exactly once in effect, over kill -9, stops and a database that goes away."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.exc import OperationalError

from server.core.access import system_actor
from server.core.db import commit
from server.core.job_queue import Queue
from server.core.jobs import RunningJob, recover
from server.core.services import Services
from server.core.types import Id
from server.core.verify import KIND, verify_chain
from server.worker import Worker
from tests.server.core.job_world import (
    EffectHappened,
    effect,
    effects_of,
    enqueue,
    handlers,
    jobs_of,
    make_org,
    services_of,
)

ROOT = Path(__file__).parents[2]
JOBS = 300
SECOND = timedelta(seconds=1)


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    made = services_of(database_url, tmp_path)
    yield made
    made.close()


@contextmanager
def working(worker: Worker, threads: int = 2) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,), kwargs={"threads": threads})
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def wait_for(condition: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def is_at_rest(services: Services, org_id: str) -> bool:
    return not any(row.state in ("waiting", "leased") for row in jobs_of(services, org_id).values())


def start_worker(services: Services, tmp_path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.server.core.job_world", services.settings.database_url, str(tmp_path)]
    with (tmp_path / "workers.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stderr=log)


def test_workers_that_are_killed_leave_each_job_done_exactly_once(services: Services, tmp_path: Path) -> None:
    org_id, second = make_org(services), make_org(services, "second")
    soon = datetime.now(UTC)
    due: dict[str, datetime] = {}
    for n in range(JOBS):
        due_at = soon + timedelta(seconds=n % 5)
        where = second if n % 10 == 9 else org_id
        payload = {"fails": 2 if n % 10 == 0 else 0, "takes": 0.05}
        due[enqueue(services, where, payload=payload, due_at=due_at)] = due_at
    workers = [start_worker(services, tmp_path) for _ in range(4)]
    try:
        for victim in range(3):
            wait_for(lambda: sum(row.state == "leased" for row in jobs_of(services, org_id).values()) >= 2)
            workers[victim].send_signal(signal.SIGKILL)
            assert workers[victim].wait(10) == -signal.SIGKILL
            workers.append(start_worker(services, tmp_path))
            time.sleep(0.7)
        wait_for(lambda: is_at_rest(services, org_id) and is_at_rest(services, second), 90)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait(10)
    rows = jobs_of(services, org_id) | jobs_of(services, second)
    effects = effects_of(services, org_id) + effects_of(services, second)
    assert {row.state for row in rows.values()} == {"done"}, "none stuck, none lost"
    assert sorted(job_id for job_id, _ in effects) == sorted(due), "each once"
    assert [job_id for job_id, at in effects if at < due[job_id] - timedelta(milliseconds=5)] == [], "none early"
    assert max(row.attempts for row in rows.values()) <= 8
    assert all(row.attempts >= 3 for row in rows.values() if '"fails":2' in row.payload)


def test_organisations_take_turns(services: Services) -> None:
    big, small = make_org(services), make_org(services, "small")
    for _ in range(20):
        enqueue(services, big)
    enqueue(services, small)
    order: list[str] = []
    worker = Worker(services, handlers=handlers(toy=lambda job: order.append(job.org_id)))
    for _ in range(3):
        assert worker.work_one()
    assert small in order[:2]


def test_a_worker_that_is_stopped_finishes_what_it_holds(services: Services) -> None:
    org_id = make_org(services)
    begun, may_end = threading.Event(), threading.Event()

    def slow(job: RunningJob) -> str:
        begun.set()
        assert may_end.wait(20)
        return "finished"

    held = enqueue(services, org_id)
    waiting = enqueue(services, org_id, due_at=datetime.now(UTC) + timedelta(milliseconds=300))
    worker = Worker(services, handlers=handlers(toy=slow))
    with working(worker, threads=1) as stop:
        assert begun.wait(20)
        stop.set()
        time.sleep(0.5)
        may_end.set()
    rows = jobs_of(services, org_id)
    assert (rows[held].state, rows[held].result) == ("done", '"finished"')
    assert (rows[waiting].state, rows[waiting].attempts) == ("waiting", 0)


def test_a_worker_that_may_wait_no_longer_gives_nothing_back(services: Services) -> None:
    org_id = make_org(services)
    begun, may_end = threading.Event(), threading.Event()

    def stuck(job: RunningJob) -> None:
        begun.set()
        may_end.wait(20)

    held = enqueue(services, org_id)
    stop = threading.Event()
    worker = Worker(services, handlers=handlers(toy=stuck))
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(worker.run(stop, threads=1, drain=SECOND / 5)))
    thread.start()
    assert begun.wait(20)
    stop.set()
    thread.join(20)
    assert ended == [False]
    assert jobs_of(services, org_id)[held].state == "leased", "it may have been sent: the lease has to lapse"
    may_end.set()
    wait_for(lambda: worker.counts["done"] == 1)


def test_a_database_that_goes_away_is_waited_out(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    org_id = make_org(services)
    away = threading.Event()
    refused = threading.Event()
    real = services.database.engine.connect

    def connect() -> Any:
        if away.is_set():
            refused.set()
            raise OperationalError("BEGIN", {}, Exception("server closed the connection"), connection_invalidated=True)
        return real()

    def lights_out(job: RunningJob) -> str:
        away.set()
        threading.Timer(1.0, away.clear).start()
        return "done in the dark"

    monkeypatch.setattr(services.database.engine, "connect", connect)
    first = enqueue(services, org_id)
    worker = Worker(services, handlers=handlers(toy=lights_out, other=effect))
    with working(worker, threads=2):
        wait_for(lambda: refused.is_set() and not away.is_set())
        second = enqueue(services, org_id, kind="other")
        wait_for(lambda: is_at_rest(services, org_id))
    rows = jobs_of(services, org_id)
    assert (rows[first].state, rows[first].attempts, rows[first].result) == ("done", 1, '"done in the dark"')
    assert rows[second].state == "done"


def test_a_lost_lease_is_counted_and_nothing_of_it_kept(services: Services) -> None:
    org_id = make_org(services)

    def overtaken(job: RunningJob) -> str:
        if job.lease.attempt == 1:
            time.sleep(2.1)
            recover(services, Queue(services.database), org_id)
        return f"attempt {job.lease.attempt}"

    job_id = enqueue(services, org_id)
    worker = Worker(services, handlers=handlers(toy=overtaken))
    assert worker.work_one()
    assert worker.counts == {"lost": 1}
    assert worker.work_one()
    assert jobs_of(services, org_id)[job_id].result == '"attempt 2"'


# -- the audit chain as a job -----------------------------------------------------------------------------------------


def chain_of(services: Services, org_id: str, length: int) -> None:
    with services.writing(system_actor(org_id)) as uow:
        for n in range(length):
            uow.record(EffectHappened(org_id, attempt=n))
        uow.commit()


def test_the_chain_is_walked_in_slices_with_progress(services: Services) -> None:
    org_id = make_org(services)
    told: list[tuple[int, int | None]] = []
    events = 0
    for length in (0, 1, 9, 10):  # 0, 1, 10, 20 events: empty, and ends within and at a slice
        chain_of(services, org_id, length)
        told.clear()
        found = verify_chain(services.database, org_id, progress=lambda *step: told.append(step), size=10)
        assert found.broken is None
        events = found.events
    assert (events, told) == (20, [(10, 20), (20, 20)])


@pytest.mark.parametrize(
    ("tampering", "n", "reason"),
    [
        ("UPDATE events SET body = '[]' WHERE org_id = :org AND n = 7", 7, "hash"),
        ("UPDATE events SET at = at + 1 WHERE org_id = :org AND n = 7", 7, "hash"),
        ("DELETE FROM events WHERE org_id = :org AND n = 7", 7, "gap"),
        ("DELETE FROM events WHERE org_id = :org AND n = 20", 20, "head"),
        (
            "UPDATE events SET previous_hash = substr(previous_hash, 2) || '_' WHERE org_id = :org AND n = 7",
            7,
            "link",
        ),
        ("UPDATE org_clocks SET event_n = 25 WHERE org_id = :org", 21, "head"),
    ],
)
def test_the_nightly_job_finds_the_first_break(
    services: Services, owner_url: str, tampering: str, n: int, reason: str
) -> None:
    org_id = make_org(services)
    chain_of(services, org_id, 20)
    owner = services_of(owner_url, services.settings.keys_dir)
    with owner.database.write(org_id) as connection:
        connection.execute(text(tampering).bindparams(bindparam("org", org_id, Id())))
        commit(connection)
    owner.close()
    job_id = enqueue(services, org_id, kind=KIND)
    assert Worker(services).work_one()
    row = jobs_of(services, org_id)[job_id]
    assert row.state == "done"
    assert f'"broken":{{"n":{n},"reason":"{reason}"}}' in row.result
