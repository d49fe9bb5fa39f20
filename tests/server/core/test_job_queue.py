"""The queue one statement at a time: claim, fence, renew, settle, take back, expire. Many workers at once: test_worker.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.core.access import system_actor
from server.core.job_queue import JOB_EXPIRED, JOB_LAPSED, LeaseLost, Queue
from server.core.job_requests import get_job
from server.core.jobs import recover
from server.core.services import Services
from tests.server.core.job_fixtures import TOYS, SetClock, claimed, clock, org_id, queue, services, settle
from tests.server.core.job_world import (
    LEASE,
    enqueue,
    jobs_of,
    make_org,
)

__all__ = ["clock", "org_id", "queue", "services"]


def test_the_databases_clock_is_the_queues(services: Services, org_id: str) -> None:
    now = Queue(services.database).now(org_id)
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_job_is_claimed_once_and_only_when_due(
    services: Services, org_id: str, queue: Queue, clock: SetClock
) -> None:
    later = enqueue(services, org_id, due_at=clock.now() + timedelta(seconds=30))
    now = enqueue(services, org_id, payload={"name": "熊"})
    clock.pass_by(seconds=1)
    lease = claimed(queue, org_id)
    assert (lease.id, lease.payload, lease.attempt, lease.fence) == (now, {"name": "熊"}, 1, 1)
    assert queue.claim(org_id, TOYS) is None
    assert not queue.waiting(org_id, TOYS).due
    clock.pass_by(seconds=30)
    assert queue.waiting(org_id, TOYS).due
    assert claimed(queue, org_id).id == later


def test_kinds_a_worker_does_not_know_are_left_alone(
    services: Services, org_id: str, queue: Queue, clock: SetClock
) -> None:
    enqueue(services, org_id, kind="of-a-later-version")
    clock.pass_by(seconds=1)
    assert queue.claim(org_id, TOYS) is None
    assert queue.claim(org_id, {}) is None
    assert not queue.waiting(org_id, TOYS).due


def test_another_organisations_jobs_are_out_of_sight(
    services: Services, org_id: str, queue: Queue, clock: SetClock
) -> None:
    rival = make_org(services, "rival")
    enqueue(services, org_id)
    clock.pass_by(seconds=1)
    assert queue.claim(rival, TOYS) is None
    assert claimed(queue, org_id).org_id == org_id


def test_a_lease_that_lapsed_is_fenced_off(services: Services, org_id: str, queue: Queue, clock: SetClock) -> None:
    job_id = enqueue(services, org_id)
    clock.pass_by(seconds=1)
    slow = claimed(queue, org_id)
    clock.pass_by(seconds=LEASE.total_seconds())
    assert queue.waiting(org_id, TOYS).lapsed
    assert recover(services, queue, org_id) == 1
    with pytest.raises(LeaseLost):
        settle(services, queue, slow, result="of the slow one")
    quick = claimed(queue, org_id)
    assert (quick.attempt, quick.fence) == (2, slow.fence + 1)
    with pytest.raises(LeaseLost):
        queue.renew(slow)
    with pytest.raises(LeaseLost):
        settle(services, queue, slow, result="of the slow one")
    settle(services, queue, quick, result="of the quick one")
    with pytest.raises(LeaseLost):
        settle(services, queue, quick, "failed")
    row = jobs_of(services, org_id)[job_id]
    assert (row.state, row.result, row.lease_until) == ("done", '"of the quick one"', None)


def test_renewing_holds_the_job_and_notes_progress(
    services: Services, org_id: str, queue: Queue, clock: SetClock
) -> None:
    job_id = enqueue(services, org_id)
    clock.pass_by(seconds=1)
    lease = claimed(queue, org_id)
    for done in range(1, 4):
        clock.pass_by(seconds=LEASE.total_seconds() * 0.8)
        assert queue.renew(lease, done, 3) is False
        assert recover(services, queue, org_id) == 0
    row = jobs_of(services, org_id)[job_id]
    assert (row.progress_done, row.progress_total) == (3, 3)


def test_attempts_count_at_the_claim_so_that_a_killer_comes_to_rest(
    services: Services, org_id: str, queue: Queue, clock: SetClock
) -> None:
    job_id = enqueue(services, org_id, max_attempts=3)
    clock.pass_by(seconds=1)
    for attempt in (1, 2, 3):
        assert claimed(queue, org_id).attempt == attempt
        clock.pass_by(seconds=LEASE.total_seconds())
        recover(services, queue, org_id)
    assert queue.claim(org_id, TOYS) is None
    with services.reading(org_id) as connection:
        job = get_job(connection, system_actor(org_id), job_id)
    assert (job.state, job.problem) == ("dead", {"code": JOB_LAPSED.code, "params": {}})
    assert job.settled_at is not None


def test_a_job_past_its_use_is_not_run(services: Services, org_id: str, queue: Queue, clock: SetClock) -> None:
    stale = enqueue(services, org_id, valid_for=timedelta(minutes=1))
    clock.pass_by(minutes=2)
    good = enqueue(services, org_id, due_at=clock.now())
    assert claimed(queue, org_id).id == good
    with services.reading(org_id) as connection:
        job = get_job(connection, system_actor(org_id), stale)
    assert (job.state, job.problem["code"]) == ("failed", JOB_EXPIRED.code)


def test_a_dedupe_key_is_used_once(services: Services, org_id: str) -> None:
    first = enqueue(services, org_id, dedupe_key="reminder-7|1700000000000")
    enqueue(services, org_id, dedupe_key="reminder-7|1700000000000")
    assert list(jobs_of(services, org_id)) == [first]
