"""What people may ask of jobs: see theirs, cancel them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.core.db import commit
from server.core.job_queue import Queue
from server.core.job_requests import JOB_SETTLED, cancel_job, get_job, list_jobs, open_job
from server.core.jobs import JOB_FAILED, RunningJob, recover
from server.core.problems import NOT_FOUND, Refused
from server.core.services import Services
from server.worker import Worker
from tests.server.core.job_fixtures import TOYS, SetClock, claimed, clock, org_id, queue, services
from tests.server.core.job_world import (
    LEASE,
    enqueue,
    handlers,
    jobs_of,
    make_org,
    person,
)

__all__ = ["clock", "org_id", "queue", "services"]


def cancel(services: Services, actor: Any, job_id: str) -> str:
    with services.writing(actor) as uow:
        state = cancel_job(uow, job_id)
        uow.commit()
    return state


def test_a_waiting_job_is_cancelled_at_once(services: Services, org_id: str, queue: Queue, clock: SetClock) -> None:
    owner = person(org_id)
    job_id = enqueue(services, org_id, actor=owner)
    assert cancel(services, owner, job_id) == "cancelled"
    clock.pass_by(seconds=1)
    assert queue.claim(org_id, TOYS) is None
    with pytest.raises(Refused) as refused:
        cancel(services, owner, job_id)
    assert (refused.value.problem, refused.value.params) == (JOB_SETTLED, {"state": "cancelled"})


def test_a_running_job_is_cancelled_at_its_next_step(services: Services, org_id: str) -> None:
    owner = person(org_id)
    steps = []

    def walk(job: RunningJob) -> None:
        job.progress_every = 0
        for step in range(10):
            job.progress(step, 10)
            steps.append(step)
            if step == 2:
                assert cancel(services, owner, job.id) == "leased"

    job_id = enqueue(services, org_id, actor=owner)
    worker = Worker(services, handlers=handlers(toy=walk))
    assert worker.work_one()
    row = jobs_of(services, org_id)[job_id]
    assert (row.state, steps, worker.counts) == ("cancelled", [0, 1, 2], {"cancelled": 1})
    assert (row.progress_done, row.progress_total) == (3, 10)


@pytest.mark.parametrize("how", ["failed", "lapsed"])
def test_a_job_that_fails_or_lapses_after_it_was_cancelled_is_not_tried_again(
    services: Services, org_id: str, queue: Queue, clock: SetClock, how: str
) -> None:
    owner = person(org_id)
    job_id = enqueue(services, org_id, actor=owner)
    clock.pass_by(seconds=1)
    lease = claimed(queue, org_id)
    cancel(services, owner, job_id)
    assert queue.renew(lease) is True
    if how == "failed":
        with services.database.write(org_id) as connection:
            assert queue.put_back(connection, lease, timedelta(0), {"code": JOB_FAILED.code}) == "cancelled"
            commit(connection)
    else:
        clock.pass_by(seconds=LEASE.total_seconds())
        recover(services, queue, org_id)
    row = jobs_of(services, org_id)[job_id]
    assert (row.state, row.settled_at is not None) == ("cancelled", True)


def test_people_see_their_own_jobs_and_administrators_all(services: Services, org_id: str) -> None:
    owner, colleague, administrator = person(org_id), person(org_id), person(org_id, administrator=True)
    stranger = person(make_org(services, "rival"), administrator=True)
    mine = [enqueue(services, org_id, actor=owner) for _ in range(3)]
    other = enqueue(services, org_id, kind="other", actor=colleague)
    with services.reading(org_id) as connection:
        assert {job.id for job in list_jobs(connection, owner)} == set(mine)
        assert {job.id for job in list_jobs(connection, administrator)} == {*mine, other}
        assert [job.id for job in list_jobs(connection, administrator, kind="other", state="waiting")] == [other]
        first = list_jobs(connection, owner, limit=2)
        rest = list_jobs(connection, owner, before=(first[-1].created_at, first[-1].id))
        assert [job.id for job in first + rest] == [job.id for job in list_jobs(connection, owner)]
        assert get_job(connection, administrator, mine[0]).kind == "toy"
        assert open_job(connection, owner, "toy") in mine
        assert open_job(connection, owner, "other") is None
        with pytest.raises(Refused) as refused:
            get_job(connection, owner, other)
        assert refused.value.problem is NOT_FOUND
    for actor in (colleague, stranger):
        with pytest.raises(Refused) as refused:
            cancel(services, actor, mine[0])
        assert refused.value.problem is NOT_FOUND
