"""The job table as a queue: due, claim, renew, settle. Statements over `jobs` only; what a job does is in jobs.py.

A transaction is of one organisation, so items are claimed by organisation; the worker walks the directory.

Time here is the database's (`clock_timestamp()`), not the machine's: workers run on many machines, and a worker whose
clock runs ahead would take over leases that others still hold. SQLite has one machine, whose clock it is. A job's
`due_at` comes from the clock of whoever enqueued it, so it may start late by that machine's error, never twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Connection, and_, case, literal, literal_column, or_, select, update

from server.core.clock import Clock
from server.core.db import Database, commit
from server.core.problems import problem_type
from server.core.tables import JOBS
from server.core.types import from_ms, to_ms

JOB_EXPIRED = problem_type(
    "core.job-expired",
    status=410,
    zh="任务未能在有效期内执行，已放弃。",
    en="The job could not be run while it was still of use, and was given up.",
    doc="Only as the `problem` of a job: its `valid_until` had passed when a worker came to it.",
)
JOB_LAPSED = problem_type(
    "core.job-lapsed",
    status=500,
    zh="执行任务的进程多次中断，任务已搁置。",
    en="The process that ran the job stopped each time; the job was laid aside.",
    doc="Only as the `problem` of a job: as often as it may be tried, its worker died or was cut off in the middle.",
)

_T = JOBS.c
_PG_NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_SQLITE_NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"


class LeaseLost(Exception):
    """The job is not this worker's any more: its lease lapsed and was taken back. Whatever it did must not be kept."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One job, held until `lease` has passed since it was claimed or renewed.

    fence: rises with each claim; nothing is settled under an older one. attempt: from 1, this one counted.
    """

    org_id: str
    id: str
    kind: str
    payload: Mapping[str, Any]
    owner_id: str
    fence: int
    attempt: int
    max_attempts: int
    lease: timedelta
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one organisation. due: a job may start. lapsed: a lease ran out without being settled."""

    due: bool
    lapsed: bool


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A job whose lease ran out, and its state after that."""

    id: str
    kind: str
    owner_id: str
    state: str


class Queue:
    """The jobs of all organisations of one database. clock: for tests; else the database's own."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock

    def _now(self) -> ColumnElement[int]:
        """Milliseconds since 1970 as SQL, read while the statement runs."""
        if self._clock is not None:
            return literal(to_ms(self._clock.now()), BigInteger)
        return literal_column(_SQLITE_NOW if self._database.is_sqlite else _PG_NOW, BigInteger)

    def now(self, org_id: str) -> datetime:
        """What time it is for leases."""
        with self._database.read(org_id) as connection:
            return from_ms(connection.execute(select(self._now())).scalar_one())

    def waiting(self, org_id: str, leases: Mapping[str, timedelta]) -> Waiting:
        """Whether a claim would find something: one read, so that an idle worker never takes the writer's lock."""
        now, ours = self._now(), self._ours(org_id, leases)
        due = select(_T.id).where(ours, _T.state == "waiting", _T.due_at <= now).exists()
        lapsed = select(_T.id).where(ours, _T.state == "leased", _T.lease_until <= now).exists()
        with self._database.read(org_id) as connection:
            return Waiting(*connection.execute(select(due, lapsed)).one())

    def claim(self, org_id: str, leases: Mapping[str, timedelta]) -> Lease | None:
        """Lease the job of this organisation that has been due longest, or None.

        leases: by kind, how long; other kinds are left to workers that know them. One item a call: a batch leased up
        front would outlive its lease. The attempt counts from here on, not from settling, so that a job which kills its
        worker is not tried for ever.
        """
        if not leases:
            return None
        first = (
            select(_T.id)
            .where(self._ours(org_id, leases), _T.state == "waiting", _T.due_at <= self._now())
            .order_by(_T.due_at, _T.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        milliseconds = {kind: lease // timedelta(milliseconds=1) for kind, lease in leases.items()}
        statement = (
            update(JOBS)
            .where(_T.org_id == org_id, _T.id == first)
            .values(
                state="leased",
                fence=_T.fence + 1,
                attempts=_T.attempts + 1,
                lease_until=self._now() + case(milliseconds, value=_T.kind),
                problem=None,
            )
            .returning(
                _T.org_id, _T.id, _T.kind, _T.payload, _T.owner_id, _T.fence, _T.attempts, _T.max_attempts,
                _T.valid_until, (_T.valid_until <= self._now()).label("expired"),
            )
        )  # fmt: skip
        while True:
            with self._database.write(org_id) as connection:
                row = connection.execute(statement).one_or_none()
                if row is None:
                    return None
                lease = Lease(
                    row.org_id, row.id, row.kind, orjson.loads(row.payload), row.owner_id, row.fence, row.attempts,
                    row.max_attempts, leases[row.kind], row.valid_until,
                )  # fmt: skip
                if row.expired:
                    self.settle(connection, lease, "failed", problem={"code": JOB_EXPIRED.code, "params": {}})
                commit(connection)
            if not row.expired:
                return lease

    def recover(self, connection: Connection, org_id: str) -> list[Lapsed]:
        """Take back what lapsed, in the caller's transaction: to wait again, or to rest when it was cancelled or tried often enough.

        The worker which held it cannot settle it any more: it is not leased, and the next claim raises the fence.
        """
        now = self._now()
        rests = case(
            (_T.cancel_requested, literal("cancelled")),
            (_T.attempts >= _T.max_attempts, literal("dead")),
            else_=literal("waiting"),
        )
        lapsed = orjson.dumps({"code": JOB_LAPSED.code, "params": {}}).decode()
        statement = (
            update(JOBS)
            .where(_T.org_id == org_id, _T.state == "leased", _T.lease_until <= now)
            .values(
                state=rests,
                lease_until=None,
                problem=case((_T.cancel_requested, None), else_=literal(lapsed)),
                settled_at=case((or_(_T.cancel_requested, _T.attempts >= _T.max_attempts), now), else_=None),
            )
            .returning(_T.id, _T.kind, _T.owner_id, _T.state)
        )
        return [Lapsed(*row) for row in connection.execute(statement)]

    def renew(self, lease: Lease, done: int | None = None, total: int | None = None) -> bool:
        """Hold a job for another lease and note its progress. Returns whether somebody wants it cancelled.

        Raises LeaseLost.
        """
        values: dict[str, Any] = {"lease_until": self._now() + lease.lease // timedelta(milliseconds=1)}
        if done is not None:
            values.update(progress_done=done, progress_total=total)
        statement = update(JOBS).where(self._held(lease)).values(values).returning(_T.cancel_requested)
        with self._database.write(lease.org_id) as connection:
            cancelled = connection.execute(statement).scalar_one_or_none()
            if cancelled is None:
                raise LeaseLost
            commit(connection)
        return bool(cancelled)

    def hold(self, connection: Connection, lease: Lease) -> None:
        """Hold a job for another lease, in the caller's transaction. Raises LeaseLost."""
        until = self._now() + lease.lease // timedelta(milliseconds=1)
        if connection.execute(update(JOBS).where(self._held(lease)).values(lease_until=until)).rowcount == 0:
            raise LeaseLost

    def settle(
        self,
        connection: Connection,
        lease: Lease,
        state: str,
        *,
        result: Any = None,
        problem: Mapping[str, Any] | None = None,
        progress: tuple[int, int | None] | None = None,
    ) -> None:
        """Write how a job ended, in the caller's transaction. state: done, failed or cancelled. Raises LeaseLost."""
        values: dict[str, Any] = {
            "state": state,
            "lease_until": None,
            "settled_at": self._now(),
            "result": None if result is None else orjson.dumps(result).decode(),
            "problem": None if problem is None else orjson.dumps(problem).decode(),
        }
        if progress is not None:
            values.update(progress_done=progress[0], progress_total=progress[1])
        if connection.execute(update(JOBS).where(self._held(lease)).values(values)).rowcount == 0:
            raise LeaseLost

    def put_back(self, connection: Connection, lease: Lease, after: timedelta, problem: Mapping[str, Any]) -> str:
        """Let a job that failed wait `after`, or rest when that was its last attempt. Its state. Raises LeaseLost."""
        last = lease.attempt >= lease.max_attempts
        state = case((_T.cancel_requested, literal("cancelled")), else_=literal("dead" if last else "waiting"))
        now = self._now()
        statement = (
            update(JOBS)
            .where(self._held(lease))
            .values(
                state=state,
                lease_until=None,
                due_at=now + after // timedelta(milliseconds=1),
                problem=orjson.dumps(problem).decode(),
                settled_at=now if last else case((_T.cancel_requested, now), else_=None),
            )
            .returning(_T.state)
        )
        found = connection.execute(statement).scalar_one_or_none()
        if found is None:
            raise LeaseLost
        return str(found)

    @staticmethod
    def _ours(org_id: str, leases: Mapping[str, timedelta]) -> ColumnElement[bool]:
        return and_(_T.org_id == org_id, _T.kind.in_(sorted(leases)))

    @staticmethod
    def _held(lease: Lease) -> ColumnElement[bool]:
        return and_(
            _T.org_id == lease.org_id, _T.id == lease.id, _T.fence == lease.fence, _T.state == literal("leased")
        )
