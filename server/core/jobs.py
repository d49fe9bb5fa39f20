"""Jobs: work that outlives a request. How a handler is declared and what it is given.

`uow.enqueue(kind, payload)` leaves a job in the transaction that needs it; a worker (server/worker.py) claims it and
calls the handler declared for its kind. A handler runs at least once: what it does outside the database carries an
idempotency key of its own, what it writes goes into the transaction that settles the job (`RunningJob.finish_in`).
What people may ask of a job: job_requests.py.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from server.core.access import SYSTEM_USER, Actor, system_actor
from server.core.events import Event, event
from server.core.job_queue import JOB_LAPSED, Lapsed, Lease, LeaseLost, Queue
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.services import Services
from server.core.uow import UnitOfWork

__all__ = ["HANDLERS", "Backoff", "Cancelled", "Handler", "Later", "LeaseLost", "RunningJob", "handler", "recover"]

JOB_FAILED = problem_type(
    "core.job-failed",
    status=500,
    zh="执行任务时出错。",
    en="Something went wrong while the job ran.",
    doc="Only as the `problem` of a job: a fault of ours or of a part that was away. It is tried again until its attempts "
    "are used up; then its state is `dead`.",
)


JOB_WAITS = problem_type(
    "core.job-waits",
    status=503,
    zh="对方服务暂不可用，稍后重试。",
    en="A service this needs is away; it will be tried again.",
    doc="Only as the `problem` of a job: what it waits for, such as a mail server, took nothing.",
)


class Cancelled(Exception):
    """Somebody wants this job to end; raised in the handler by `RunningJob.progress`."""


class Later(Exception):
    """What the job waits for is away. It is tried again after that long, or as its backoff says; no fault of ours."""

    def __init__(self, after: timedelta | None = None) -> None:
        super().__init__(after)
        self.after = after


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a job waits after it failed: `first` doubled with each attempt up to `most`, half of it by chance.

    The chance keeps jobs that failed together from coming back together.
    """

    first: timedelta = timedelta(seconds=2)
    most: timedelta = timedelta(hours=1)

    def after(self, attempt: int) -> timedelta:
        """The wait after that attempt (from 1)."""
        whole = min(self.most, self.first * (1 << min(attempt - 1, 20)))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 (spreads load, protects nothing)


class Run(Protocol):
    """What a handler is. What it returns, plain JSON, is the job's result."""

    def __call__(self, job: RunningJob, /) -> Any:
        """Do the work. Refused ends the job as failed, Cancelled as cancelled; Later and any other exception: tried again."""


@dataclass(frozen=True, slots=True)
class Handler:
    """Who does the work of a kind. lease: None for the setting's. nightly: once a night for each organisation."""

    kind: str
    run: Run
    lease: timedelta | None
    backoff: Backoff
    nightly: bool


HANDLERS: dict[str, Handler] = {}
"""By kind. A worker leaves kinds it does not know to workers of another version."""

F = TypeVar("F", bound=Run)


def handler(
    kind: str, *, lease: timedelta | None = None, backoff: Backoff | None = None, nightly: bool = False
) -> Callable[[F], F]:
    """Declare the handler of `kind` (`area.verb-noun`). Raises ValueError when the kind is taken.

    lease: how long without a sign of life until another worker takes the job over; longer than three times the timeout of
    whatever the handler waits for. A handler that may need longer calls `progress` meanwhile.
    """

    def declare(run: F) -> F:
        if kind in HANDLERS:
            raise ValueError(f"two handlers for {kind}")
        HANDLERS[kind] = Handler(kind, run, lease, backoff or Backoff(), nightly)
        return run

    return declare


@event("core.job-given-up")
class JobGivenUp(Event):
    """What a person had asked for will not be done. Subject: the job. owner_id: who asked. problem: the code of the reason."""

    kind: str
    owner_id: str
    problem: str


def recover(services: Services, queue: Queue, org_id: str) -> int:
    """Take back jobs whose lease lapsed. How many. Records JobGivenUp of those that were tried often enough."""
    with services.writing(system_actor(org_id)) as uow:
        lapsed = queue.recover(uow.connection, org_id)
        for each in lapsed:
            if each.state == "dead":
                _give_up(uow, each, JOB_LAPSED.code)
        uow.commit()
    return len(lapsed)


def _give_up(uow: UnitOfWork, job: Lease | Lapsed, problem: str) -> None:
    if job.owner_id != SYSTEM_USER:
        uow.record(JobGivenUp(job.id, job.kind, job.owner_id, problem))


class LoadActor(Protocol):
    """Finds a person with what he reaches now; None when there is no such person. Given by the composition root."""

    def __call__(self, connection: Connection, org_id: str, user_id: str, /) -> Actor | None:
        """Read in the snapshot of `connection`."""


class RunningJob:
    """A claimed job, in the hands of its handler. Used by one thread."""

    progress_every = 0.5
    """Seconds between two writes of progress, so that a handler may call `progress` as often as it likes."""

    def __init__(self, services: Services, queue: Queue, lease: Lease, load_actor: LoadActor | None = None) -> None:
        self.services = services
        self.lease = lease
        self.settled = False
        self._queue = queue
        self._load_actor = load_actor
        self._reported = float("-inf")
        self._progress: tuple[int, int | None] | None = None

    @property
    def org_id(self) -> str:
        """The organisation the work is for."""
        return self.lease.org_id

    @property
    def id(self) -> str:
        """The job's id."""
        return self.lease.id

    @property
    def payload(self) -> Mapping[str, Any]:
        """What was given to `enqueue`."""
        return self.lease.payload

    def owner(self) -> Actor:
        """The person who asked for it, with the rights he has now, not then. Raises Refused NOT_FOUND when he is gone."""
        if self._load_actor is None:
            raise Refused(NOT_FOUND)
        with self.services.reading(self.org_id) as connection:
            actor = self._load_actor(connection, self.org_id, self.lease.owner_id)
        if actor is None:
            raise Refused(NOT_FOUND)
        return actor

    @contextlib.contextmanager
    def writing(self, actor: Actor | None = None) -> Iterator[UnitOfWork]:
        """A unit of work, of the server itself unless an actor is given; end it with `finish_in` or `uow.commit()`."""
        with self.services.writing(actor or system_actor(self.org_id)) as uow:
            yield uow

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far it is, which also holds the job for another lease. Raises Cancelled, LeaseLost."""
        self._progress = done, total
        now = time.monotonic()
        if now - self._reported < self.progress_every:
            return
        if self._queue.renew(self.lease, done, total):
            raise Cancelled
        self._reported = now

    def commit(self, uow: UnitOfWork) -> None:
        """Commit in the middle of the work, before something leaves the house. Raises LeaseLost; nothing is kept then."""
        self._queue.hold(uow.connection, self.lease)
        uow.commit()

    def finish_in(self, uow: UnitOfWork, result: Any = None) -> None:
        """Settle the job as done and commit, in one transaction with what `uow` holds: both happen or neither.

        Raises LeaseLost, upon which nothing of it is kept.
        """
        uow.flush()
        self._queue.settle(uow.connection, self.lease, "done", result=result, progress=self._progress)
        uow.commit()
        self.settled = True

    def settle(self, state: str, *, result: Any = None, problem: Mapping[str, Any] | None = None) -> None:
        """Write how it ended, in a transaction of its own. The worker does this. Records JobGivenUp of one that failed.

        problem: then `code` and `params`. Raises LeaseLost.
        """
        with self.writing() as uow:
            self._queue.settle(
                uow.connection, self.lease, state, result=result, problem=problem, progress=self._progress
            )
            if problem is not None:
                _give_up(uow, self.lease, problem["code"])
            uow.commit()
        self.settled = True

    def put_back(self, after: timedelta, problem: Mapping[str, Any]) -> str:
        """Let it wait for another attempt, if there is one left. Returns its state. Records JobGivenUp when there is none.

        Raises LeaseLost.
        """
        with self.writing() as uow:
            state = self._queue.put_back(uow.connection, self.lease, after, problem)
            if state == "dead":
                _give_up(uow, self.lease, problem["code"])
            uow.commit()
        self.settled = True
        return state
