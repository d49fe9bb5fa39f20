"""The unit of work: one transaction's rows, facts and jobs. The only writer of tenant rows.

Operations add, change and remove rows here and never commit; whoever opened the unit of work does. Writing is
deferred: one bulk statement per table at `flush` (working_set.py), then the feed, the events and the ledger at `commit`,
which locks the organisation's clock row last (feed.py). Lock order: enrolment, rows in the order of use, clock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection

from server.core import bulk, feed, tables
from server.core.access import SYSTEM_USER, Actor
from server.core.clock import Clock, SystemClock
from server.core.collections import collection_of
from server.core.db import Database, commit
from server.core.events import HEARD, Event, Recorded, shown
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import Row, c
from server.core.working_set import Key, WorkingSet, Written
from sync_protocol.ids import new_id

R = TypeVar("R", bound=Row)
T = TypeVar("T")
InTurn = Callable[["UnitOfWork", list[Any]], None]


class UnitOfWork(WorkingSet):
    """One transaction of one actor. Not shared between threads."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        *,
        now: datetime,
        commitment_secret: bytes = b"",
        today: date | None = None,
    ) -> None:
        super().__init__(connection, actor, now=now)
        self._today = today
        self._secret = commitment_secret
        self._events: list[Recorded] = []
        self._jobs: list[tuple[Any, ...]] = []
        self._access_changed = False
        self._saved: dict[str, tuple[dict[Key, Written], int, int, bool]] = {}
        self._once: dict[Hashable, Any] = {}
        self._in_turn: dict[InTurn, dict[Hashable, None]] = {}

    def today(self) -> date:
        """The organisation's calendar day now, not the UTC day."""
        if self._today is None:
            self._today = self.now.astimezone(self.actor.timezone).date()
        return self._today

    def must(self, row: type[R], row_id: str, function: str | None = None) -> R:
        """The row of that id, within reach of the actor's `function`.

        Raises Refused NOT_FOUND when it is not there or out of reach: the two look the same from outside.
        """
        found = self.get(row, row_id)
        if found is None or (function is not None and not self.actor.must(function).covers(found)):
            raise Refused(NOT_FOUND)
        return found

    def once(self, name: Hashable, read: Callable[[], T]) -> T:
        """What `read` gave when it was first asked for under that name in this transaction: what a batch reads together."""
        if name not in self._once:
            self._once[name] = read()
        found: T = self._once[name]
        return found

    def forget(self, name: Hashable) -> None:
        """Let `once` read anew what has just been changed."""
        self._once.pop(name, None)

    def among(self, row: type[R], belongs: Callable[[R], bool]) -> list[R]:
        """Rows of the working set that `belongs` picks, new and changed ones too, by id. Asks the database for nothing."""
        held = (tracked for (kind, _), tracked in self._set.items() if kind is row)
        found: list[Any] = [each.row for each in held if each is not None and not each.removed]
        return sorted(filter(belongs, found), key=lambda each: each.id)

    def ensure(self, row: R) -> R:
        """The row of that id, locked: the one that is there, or this one, even if somebody else adds one at this moment.

        Only for rows that no device is sent: it stands in the database at once and is not numbered.
        """
        if collection_of(type(row)) is not None:
            raise ValueError(f"{type(row).__name__} is sent to devices")
        if (found := self.get(type(row), row.id)) is not None:
            return found
        row.org_id, row.created_at, row.updated_at = self.org_id, self.now, self.now
        names = row.__names__
        bulk.insert_or_skip(self.connection, row.__table__, names, [[getattr(row, name) for name in names]])
        del self._set[type(row), row.id]  # remembered as missing
        return self.must(type(row), row.id)

    # -- facts and jobs --------------------------------------------------------------------------------------------

    def changes(self, row: Row) -> dict[str, list[Any]]:
        """field → [before, after] of a row changed here, as an event may keep it (protected values masked)."""
        tracked = self._set[type(row), row.id]
        kinds = c(type(row))
        return {
            name: [
                shown(kinds[name].type, old, self._secret),
                shown(kinds[name].type, getattr(row, name), self._secret),
            ]
            for name, old in (tracked.was if tracked else {}).items()
            if name not in ("version", "updated_at", "marks")
        }

    def shown(self, row: type[Row], name: str, value: Any) -> Any:
        """A column's value as an event may keep it: a protected one masked, with a keyed commitment."""
        return shown(c(row)[name].type, value, self._secret)

    def record(self, event: Event) -> None:
        """Keep a fact; it is numbered and chained at commit."""
        self._events.append(Recorded(self.now, self.actor.user_id, event, self.actor.device_id))
        self._undo.append(self._events_undo)

    def enqueue(
        self,
        kind: str,
        payload: dict[str, Any],
        *,
        due_at: datetime | None = None,
        dedupe_key: str | None = None,
        valid_for: timedelta | None = None,
        max_attempts: int = 8,
        owner_id: str | None = None,
    ) -> str:
        """Leave work for the worker, in this transaction; returns the job's id. A known dedupe_key adds nothing.

        owner_id: in whose list of jobs it stands; the actor's unless told.
        """
        due = due_at or self.now
        job_id = new_id()
        values = (
            self.org_id, job_id, kind, orjson.dumps(payload).decode(), dedupe_key, owner_id or self.actor.user_id, "waiting", due,
            due + valid_for if valid_for else None, 0, 0, max_attempts, 0, False, self.now,
        )  # fmt: skip
        self._jobs.append(values)
        self._undo.append(self._jobs_undo)
        return job_id

    def in_turn(self, act: InTurn, about: Hashable) -> None:
        """Have `act` done at commit, once, with all it was asked for, when it is this transaction's turn.

        The organisation's clock row is locked then: `act` sees whatever was committed before, and whoever commits later sees
        what it does. It waits for no row: it writes only what nobody writes out of turn. What was undone is asked for all
        the same, so it may be about no row at all.
        """
        self._in_turn.setdefault(act, {})[about] = None

    def access_changed(self) -> None:
        """Say that roles, units or memberships changed: cached rights are dropped and devices look anew."""
        self._access_changed = True

    def _events_undo(self) -> None:
        self._events.pop()

    def _jobs_undo(self) -> None:
        self._jobs.pop()

    # -- savepoints ------------------------------------------------------------------------------------------------

    def open_savepoint(self, name: str) -> None:
        """Remember this place of the transaction. What was pending is written first."""
        self.flush()
        self.connection.exec_driver_sql(f"SAVEPOINT {name}")
        self._saved[name] = (dict(self._written), len(self._events), len(self._jobs), self._access_changed)

    def keep_savepoint(self, name: str) -> None:
        """Go on from here: what was written since that savepoint stays."""
        self.connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")
        del self._saved[name]

    def back_to_savepoint(self, name: str) -> None:
        """Forget all since that savepoint. Rows must be asked for again: the working set starts afresh."""
        self.connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {name}")
        self._written, events, jobs, self._access_changed = self._saved[name]
        self.keep_savepoint(name)
        del self._events[events:], self._jobs[jobs:]
        self._start_afresh()
        self._once.clear()

    # -- the end ---------------------------------------------------------------------------------------------------

    def commit(self, ledger: Callable[[int], Sequence[tuple[Any, ...]]] | None = None) -> int:
        """Write everything, number it under the organisation's clock and make it durable.

        ledger: given the head at which all of this becomes visible, the ledger rows to keep with it.
        Returns that head. Raises the driver's errors; the transaction is then rolled back by its owner.
        """
        self.flush()
        if self._in_turn:
            feed.take_turn(self.connection, self.org_id)
            for act, asked in self._in_turn.items():
                act(self, list(asked))
            self.flush()
        touched = [
            feed.Touched(collection.name, row_id, written.version, written.before, written.after)
            for (row, row_id), written in self._written.items()
            if (collection := collection_of(row)) is not None
        ]
        head, event_n = feed.number(
            self.connection, self.org_id, touched, self._events, access_changed=self._access_changed, ledger=ledger
        )
        self._leave_to_hearers(event_n - len(self._events) + 1)
        if self._jobs:
            bulk.insert_or_skip(self.connection, tables.JOBS, JOB_NAMES, self._jobs)
        commit(self.connection)
        return head

    def _leave_to_hearers(self, first_n: int) -> None:
        """Leave a job with the numbers of the events that somebody is to hear of later, _HEARD_AT_ONCE at a time."""
        heard: dict[str, list[int]] = {}
        for n, recorded in enumerate(self._events, first_n):
            if (kind := HEARD.get(recorded.event.code)) is not None:
                heard.setdefault(kind, []).append(n)
        for kind, numbers in heard.items():
            for start in range(0, len(numbers), _HEARD_AT_ONCE):
                self.enqueue(kind, {"events": numbers[start : start + _HEARD_AT_ONCE]}, owner_id=SYSTEM_USER)


_HEARD_AT_ONCE = 500
JOB_NAMES = (
    "org_id", "id", "kind", "payload", "dedupe_key", "owner_id", "state", "due_at", "valid_until", "fence", "attempts",
    "max_attempts", "progress_done", "cancel_requested", "created_at",
)  # fmt: skip


@contextlib.contextmanager
def unit_of_work(
    database: Database, actor: Actor, *, clock: Clock | None = None, commitment_secret: bytes = b""
) -> Iterator[UnitOfWork]:
    """A unit of work in a transaction of its own; rolled back unless `commit` was called."""
    with database.write(actor.org_id) as connection:
        yield UnitOfWork(connection, actor, now=(clock or SystemClock()).now(), commitment_secret=commitment_secret)
