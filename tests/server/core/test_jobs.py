"""Handlers: what becomes of what they do, fail, refuse; what is done each night. The queue itself: test_job_queue.py."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import select

from server.core import nightly
from server.core.access import system_actor
from server.core.job_queue import JOB_LAPSED, Queue
from server.core.job_requests import get_job
from server.core.jobs import HANDLERS, JOB_FAILED, Backoff, JobGivenUp, Later, LeaseLost, RunningJob, handler, recover
from server.core.problems import Catalogue, Refused, problem_type
from server.core.services import Services
from server.core.tables import EVENTS
from server.worker import Worker
from tests.server.core.job_fixtures import SetClock, claimed, clock, org_id, queue, services, settle
from tests.server.core.job_world import (
    LEASE,
    EffectHappened,
    effect,
    effects_of,
    enqueue,
    handlers,
    jobs_of,
    person,
    work_until_idle,
)

__all__ = ["clock", "org_id", "queue", "services"]

TOO_LATE_TO_PLAY = problem_type("tests.too-late", 409, zh="太晚了", en="It is too late.", catalogue=Catalogue())


def test_a_rolled_back_unit_of_work_leaves_no_job(services: Services, org_id: str) -> None:
    with services.writing(system_actor(org_id)) as uow:
        uow.enqueue("toy", {})
    assert jobs_of(services, org_id) == {}


def test_the_result_is_written_with_the_effect_or_not_at_all(services: Services, org_id: str) -> None:
    def late(job: RunningJob) -> None:
        if job.lease.attempt == 1:
            time.sleep(LEASE.total_seconds() + 0.1)  # too long without a word, and another worker looks by
            assert recover(services, Queue(services.database), org_id) == 1
        with job.writing() as uow:
            uow.record(EffectHappened(job.id, attempt=job.lease.attempt))
            job.finish_in(uow, "done")

    job_id = enqueue(services, org_id)
    worker = Worker(services, handlers=handlers(toy=late))
    work_until_idle(worker, org_id, services)
    assert [subject for subject, _ in effects_of(services, org_id)] == [job_id]
    assert (worker.counts["lost"], worker.counts["done"]) == (1, 1)
    assert jobs_of(services, org_id)[job_id].attempts == 2


def test_a_failing_job_is_tried_again_later_and_succeeds(services: Services, org_id: str) -> None:
    job_id = enqueue(services, org_id, payload={"fails": 2})
    worker = Worker(services, handlers=handlers(toy=effect))
    work_until_idle(worker, org_id, services)
    row = jobs_of(services, org_id)[job_id]
    assert (row.state, row.attempts, row.result, row.problem) == ("done", 3, '{"attempt":3}', None)
    assert worker.counts == {"retried": 2, "done": 1}


def test_a_job_that_never_succeeds_becomes_a_dead_letter(services: Services, org_id: str) -> None:
    job_id = enqueue(services, org_id, payload={"fails": 99}, max_attempts=3)
    worker = Worker(services, handlers=handlers(toy=effect))
    work_until_idle(worker, org_id, services)
    with services.reading(org_id) as connection:
        job = get_job(connection, system_actor(org_id), job_id)
    assert (job.state, job.attempts, job.problem) == ("dead", 3, {"code": JOB_FAILED.code, "params": {}})
    assert worker.counts == {"retried": 2, "dead": 1}


def test_what_a_person_asked_for_and_is_given_up_is_a_fact_in_the_transaction_that_settles_it(
    services: Services, org_id: str, queue: Queue, clock: SetClock
) -> None:
    def refuse(_: RunningJob) -> None:
        raise Refused(TOO_LATE_TO_PLAY)

    owner = person(org_id)
    refused = enqueue(services, org_id, kind="late", actor=owner)
    failed = enqueue(services, org_id, actor=owner, payload={"fails": 9}, max_attempts=2)
    enqueue(services, org_id, payload={"fails": 9}, max_attempts=2)  # the server's own
    work_until_idle(Worker(services, handlers=handlers(toy=effect, late=refuse)), org_id, services)
    killed = enqueue(services, org_id, actor=owner, max_attempts=2)
    clock.pass_by(seconds=1)
    for _ in range(2):
        claimed(queue, org_id)
        clock.pass_by(seconds=LEASE.total_seconds())
        assert recover(services, queue, org_id) == 1
    assert recover(services, queue, org_id) == 0
    t = EVENTS.c
    with services.reading(org_id) as connection:
        kept = connection.execute(select(t.subject_id, t.body).where(t.org_id == org_id, t.name == JobGivenUp.code))
        given_up = {subject: orjson.loads(body) for subject, body in kept}
    assert {job_id: (told["owner_id"], told["problem"]) for job_id, told in given_up.items()} == {
        refused: (owner.user_id, TOO_LATE_TO_PLAY.code),
        failed: (owner.user_id, JOB_FAILED.code),
        killed: (owner.user_id, JOB_LAPSED.code),
    }


def test_a_job_that_waits_for_another_service_comes_back_when_it_said(
    services: Services, org_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    def wait(job: RunningJob) -> None:
        raise Later(timedelta(hours=1) if job.lease.attempt == 2 else None)

    job_id = enqueue(services, org_id)
    worker = Worker(services, handlers=handlers(toy=wait))
    worker.work_one()
    while jobs_of(services, org_id)[job_id].attempts < 2:  # the first time after its backoff, some milliseconds
        worker.work_one()
    row = jobs_of(services, org_id)[job_id]
    assert (row.state, row.problem) == ("waiting", '{"code":"core.job-waits","params":{}}')
    assert timedelta(minutes=59) < row.due_at - datetime.now(UTC) < timedelta(minutes=61)
    assert not worker.work_one()
    assert worker.counts == {"retried": 2}
    assert "Traceback" not in caplog.text


def test_what_is_committed_in_the_middle_is_kept_only_under_the_lease(
    services: Services, org_id: str, queue: Queue, clock: SetClock
) -> None:
    enqueue(services, org_id)
    clock.pass_by(seconds=1)
    slow = RunningJob(services, queue, claimed(queue, org_id))
    with slow.writing() as uow:
        uow.record(EffectHappened(slow.id, attempt=1))
        slow.commit(uow)
    assert len(effects_of(services, org_id)) == 1
    clock.pass_by(seconds=LEASE.total_seconds() + 1)
    recover(services, queue, org_id)
    claimed(queue, org_id)
    with slow.writing() as uow:
        uow.record(EffectHappened(slow.id, attempt=1))
        with pytest.raises(LeaseLost):
            slow.commit(uow)
    assert len(effects_of(services, org_id)) == 1


def test_a_refusal_is_final_and_keeps_its_reason(services: Services, org_id: str) -> None:
    def refuse(job: RunningJob) -> None:
        raise Refused(TOO_LATE_TO_PLAY)

    job_id = enqueue(services, org_id)
    worker = Worker(services, handlers=handlers(toy=refuse))
    work_until_idle(worker, org_id, services)
    with services.reading(org_id) as connection:
        job = get_job(connection, system_actor(org_id), job_id)
    assert (job.state, job.attempts, job.problem) == ("failed", 1, {"code": "tests.too-late", "params": {}})


def test_the_owner_is_who_he_is_now(services: Services, org_id: str) -> None:
    boss = person(org_id)
    seen = []

    def look(job: RunningJob) -> None:
        seen.append(job.owner())

    enqueue(services, org_id, actor=boss)
    gone = enqueue(services, org_id, actor=person(org_id))
    worker = Worker(
        services,
        handlers=handlers(toy=look),
        load_actor=lambda connection, org, user: boss if user == boss.user_id else None,
    )
    work_until_idle(worker, org_id, services)
    assert seen == [boss]
    assert jobs_of(services, org_id)[gone].state == "failed"


def test_the_wait_doubles_up_to_its_limit_with_chance_in_it() -> None:
    backoff = Backoff(timedelta(seconds=2), timedelta(seconds=30))
    for attempt, most in ((1, 2), (2, 4), (3, 8), (4, 16), (5, 30), (80, 30)):
        waits = {backoff.after(attempt).total_seconds() for _ in range(50)}
        assert most / 2 <= min(waits) < max(waits) <= most


def test_a_kind_has_one_handler() -> None:
    with pytest.raises(ValueError, match="two handlers"):
        handler("core.audit-verify")(effect)


def test_nightly_work_is_left_once_whoever_asks(services: Services, org_id: str) -> None:
    worker = Worker(services)
    assert {kind for kind, each in HANDLERS.items() if each.nightly} >= {"core.audit-verify", "core.forget-jobs"}
    worker.plan_nights()
    once = jobs_of(services, org_id)
    Worker(services).plan_nights()
    assert jobs_of(services, org_id).keys() == once.keys()
    assert {row.kind for row in once.values()} >= {"core.audit-verify", "core.forget-jobs"}
    assert all(row.due_at > datetime.now(UTC) for row in once.values())


@pytest.mark.parametrize("seed", range(20))
def test_a_night_comes_once_a_day_at_its_own_minute(seed: int) -> None:
    zone, org_id = ZoneInfo("Europe/Berlin"), f"org-{seed}"
    now = datetime(2025, 3, 28, tzinfo=UTC) + timedelta(minutes=random.Random(seed).randrange(5000))
    nights = []
    for _ in range(4):  # over the change to summer time
        now = nightly.next_night(now, zone, org_id)
        nights.append(now)
    assert len({night.astimezone(zone).date() for night in nights}) == 4
    assert nightly.next_night(nights[0] - timedelta(seconds=1), zone, org_id) == nights[0]


def test_old_jobs_are_forgotten(services: Services, org_id: str, queue: Queue, clock: SetClock) -> None:
    old = enqueue(services, org_id)
    waiting = enqueue(services, org_id, due_at=clock.now() + timedelta(days=1))
    clock.pass_by(seconds=1)
    lease = claimed(queue, org_id)
    clock.at -= nightly.KEPT_FOR + timedelta(days=1)
    settle(services, queue, lease)
    sweep = enqueue(services, org_id, kind="core.forget-jobs")
    assert Worker(services).work_one()
    rows = jobs_of(services, org_id)
    assert old not in rows
    assert waiting in rows
    assert rows[sweep].result == '{"forgotten":1}'
