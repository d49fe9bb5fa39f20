"""What people may ask of jobs: see theirs, cancel them, have those tried again that were laid aside.

With the function core.jobs, all of the organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, case, literal, or_, select, true, update

from server.core.access import Actor, function
from server.core.events import Event, event
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.tables import JOBS
from server.core.uow import UnitOfWork

READ_JOBS = function(
    "core.jobs", zh="查看和取消所有后台任务", en="See and cancel all background jobs", roles=("administrator",)
)
JOB_SETTLED = problem_type(
    "core.job-settled",
    status=409,
    zh="任务已结束（{state}），不能再取消。",
    en="The job has already ended ({state}) and can no longer be cancelled.",
    doc="`state` is done, failed, cancelled or dead.",
)


JOB_NOT_DEAD = problem_type(
    "core.job-not-dead",
    status=409,
    zh="任务未被搁置（{state}），无需重试。",
    en="The job was not laid aside ({state}); there is nothing to try again.",
    doc="Only a job in the state dead is tried again.",
)


@event("core.job-cancelled")
class JobCancelled(Event):
    """Somebody asked for a job to end. Subject: the job. state: cancelled at once, or leased: it ends at its next step."""

    kind: str
    state: str


@event("core.job-retried")
class JobRetried(Event):
    """Somebody had a job tried again that was laid aside. Subject: the job."""

    kind: str


SHOWN = (
    "id", "kind", "state", "owner_id", "due_at", "valid_until", "attempts", "max_attempts", "progress_done",
    "progress_total", "cancel_requested", "result", "problem", "created_at", "settled_at",
)  # fmt: skip
"""Columns of a job that people see; its payload is between those who wrote and run it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as people see it. result, problem: parsed; problem is {code, params}."""

    id: str
    kind: str
    state: str
    owner_id: str
    due_at: datetime
    valid_until: datetime | None
    attempts: int
    max_attempts: int
    progress_done: int
    progress_total: int | None
    cancel_requested: bool
    result: Any
    problem: Any
    created_at: datetime
    settled_at: datetime | None


def within(actor: Actor) -> ColumnElement[bool]:
    """Jobs a person reaches: those he asked for; all with the function core.jobs over everything."""
    mine: ColumnElement[bool] = true() if actor.reach(READ_JOBS).everything else JOBS.c.owner_id == actor.user_id
    return and_(JOBS.c.org_id == actor.org_id, mine)


def get_job(connection: Connection, actor: Actor, job_id: str) -> Job:
    """One job within reach. Raises Refused NOT_FOUND."""
    row = connection.execute(_select().where(within(actor), JOBS.c.id == job_id)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return _job(row)


def list_jobs(
    connection: Connection,
    actor: Actor,
    *,
    kind: str | None = None,
    state: str | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Job]:
    """Jobs within reach, newest first. before: (created_at, id) of the last one seen."""
    t = JOBS.c
    statement = _select().where(within(actor)).order_by(t.created_at.desc(), t.id.desc()).limit(limit)
    if kind is not None:
        statement = statement.where(t.kind == kind)
    if state is not None:
        statement = statement.where(t.state == state)
    if before is not None:
        at, job_id = before
        statement = statement.where(or_(t.created_at < at, and_(t.created_at == at, t.id < job_id)))
    return [_job(row) for row in connection.execute(statement)]


def cancel_job(uow: UnitOfWork, job_id: str) -> str:
    """End a job: one that waits at once, one that runs at its next step. Its state afterwards. Records JobCancelled.

    Raises Refused NOT_FOUND, JOB_SETTLED.
    """
    t = JOBS.c
    waits = t.state == literal("waiting")
    statement = (
        update(JOBS)
        .where(within(uow.actor), t.id == job_id, t.state.in_(("waiting", "leased")))
        .values(
            state=case((waits, literal("cancelled")), else_=t.state),
            cancel_requested=True,
            settled_at=case((waits, literal(uow.now, t.settled_at.type)), else_=None),
        )
        .returning(t.kind, t.state)
    )
    changed = uow.connection.execute(statement).one_or_none()
    if changed is None:
        raise Refused(JOB_SETTLED, state=get_job(uow.connection, uow.actor, job_id).state)
    kind, state = changed
    uow.record(JobCancelled(job_id, kind=kind, state=state))
    return str(state)


def retry_job(uow: UnitOfWork, job_id: str) -> None:
    """Have a job that was laid aside tried again from the beginning, as often as a new one. Records JobRetried.

    Raises Refused NOT_FOUND, JOB_NOT_DEAD.
    """
    t = JOBS.c
    statement = (
        update(JOBS)
        .where(within(uow.actor), t.id == job_id, t.state == "dead")
        .values(state="waiting", attempts=0, due_at=uow.now, problem=None, settled_at=None)
        .returning(t.kind)
    )
    kind = uow.connection.execute(statement).scalar_one_or_none()
    if kind is None:
        raise Refused(JOB_NOT_DEAD, state=get_job(uow.connection, uow.actor, job_id).state)
    uow.record(JobRetried(job_id, kind=kind))


def open_job(connection: Connection, actor: Actor, kind: str) -> str | None:
    """The id of a job of that kind that the actor asked for and that has not ended: asking twice is not doing it twice."""
    t = JOBS.c
    mine = and_(t.org_id == actor.org_id, t.owner_id == actor.user_id, t.kind == kind)
    found: str | None = connection.execute(
        select(t.id).where(mine, t.state.in_(("waiting", "leased"))).order_by(t.created_at).limit(1)
    ).scalar_one_or_none()
    return found


def _select() -> Any:
    return select(*(JOBS.c[name] for name in SHOWN))


def _job(row: Any) -> Job:
    values = dict(zip(SHOWN, row, strict=True))
    for name in ("result", "problem"):
        values[name] = None if values[name] is None else orjson.loads(values[name])
    return Job(**values)
