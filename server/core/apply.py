"""Applying a push: each operation once, by batch, each local transaction decided in memory before anything is written.

One load of the ledger, one of each table's targets and parents, then decisions, then one bulk write a table. Only when
a constraint fails is the batch run again group by group under savepoints. See docs/life-of-an-operation.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from server.core import ledger, logs
from server.core.access import Actor
from server.core.apply_deciding import Deciding, Rejected, Skipped, in_one_go
from server.core.apply_loading import (
    deleted_before,
    find_absent,
    lock_before,
    preload,
    prepare,
    redirected,
    refused_before,
)
from server.core.db import Database, try_again
from server.core.problems import CONFLICT, INTERNAL, Refused
from server.core.sync_issues import SyncIssue
from server.core.types import from_ms
from server.core.uow import UnitOfWork, unit_of_work
from server.core.working_set import FlushedInAttempt
from sync_protocol import codes
from sync_protocol.codes import ProtocolError
from sync_protocol.operations import Operation
from sync_protocol.verdicts import Decision, Verdict
from sync_protocol.wire import FIRST_INSTANT, LAST_INSTANT

_log = logs.logger("apply")
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a push.

    acknowledged: the highest n of the enrolment that is durable. head: the feed's head after it, -1 when nothing was new.
    """

    acknowledged: int
    decisions: tuple[Decision, ...]
    head: int


def apply_push(
    database: Database,
    actor: Actor,
    operations: Sequence[Operation],
    *,
    clock: Any = None,
    commitment_secret: bytes = b"",
    sent_at: int | None = None,
) -> Applied:
    """Apply a device's operations in one transaction and return their verdicts in the order sent.

    sent_at: the device's clock as it sends them, in ms; compared with the server's, and believed by no one.

    Raises ProtocolError GAP, REUSED_N, WRONG_ENROLMENT when the request itself is wrong: nothing is stored then.
    Raises the driver's error when the database stays busy after some tries; nothing is stored then either.
    """
    careful, failures = False, 0
    while True:
        try:
            with unit_of_work(database, actor, clock=clock, commitment_secret=commitment_secret) as uow:
                return _Batch(uow, operations, careful=careful, sent_at=sent_at).run()
        except (FlushedInAttempt, _Broken, IntegrityError, DataError) as error:
            if careful:
                raise
            _log.info("push replayed under savepoints", error=type(error).__name__)
            careful = True
        except DBAPIError as error:
            failures += 1
            if not try_again(error) or failures == _TRIES:
                raise


class _Batch:
    """One push within one unit of work."""

    def __init__(
        self, uow: UnitOfWork, operations: Sequence[Operation], *, careful: bool, sent_at: int | None = None
    ) -> None:
        self.uow = uow
        self.behind = clock_behind(sent_at, uow.now)
        self.actor = uow.actor
        self.operations = operations
        self.careful = careful
        self.verdicts: dict[int, Decision] = {}

    def run(self) -> Applied:
        uow, enrolment = self.uow, str(self.actor.enrolment_id)
        locked = ledger.lock_enrolment(uow.connection, uow.org_id, enrolment, self.actor.user_id)
        if locked is None:
            raise ProtocolError(codes.WRONG_ENROLMENT)
        last, at = locked.last_n, locked.at(uow.now, self.behind)
        uow.device_clock = at.clock(self.behind)
        if not self.operations:
            return Applied(last, (), -1)
        fresh = self._seen_before(last, enrolment)
        if not fresh:
            return Applied(last, self._in_order(), -1)
        fresh, deciding = self._load(fresh)
        for _, group in groupby(fresh, key=lambda operation: operation.group):
            self._decide_group(list(group), deciding)
        self._keep_issues(fresh, deciding.stands)
        ledger.advance(uow.connection, uow.org_id, enrolment, fresh[-1].n, at)
        head = uow.commit(ledger=lambda head: self._ledger_rows(fresh, enrolment, head))
        return Applied(fresh[-1].n, self._in_order(), head)

    # -- before deciding -------------------------------------------------------------------------------------------

    def _seen_before(self, last: int, enrolment: str) -> list[Operation]:
        """Give operations of the ledger the verdict they got first; return the others."""
        first = self.operations[0].n
        if first > last + 1:
            raise ProtocolError(codes.GAP, expected=last + 1)
        if first <= last:
            known = ledger.entries(self.uow.connection, self.uow.org_id, enrolment, first, self.operations[-1].n)
            for operation in self.operations:
                entry = known.get(operation.n)
                if entry is None:
                    continue
                if entry.content_hash != operation.content_hash:
                    raise ProtocolError(codes.REUSED_N, n=operation.n)
                self.verdicts[operation.n] = Decision.from_wire(entry.verdict)
        return [operation for operation in self.operations if operation.n > last]

    def _load(self, fresh: Sequence[Operation]) -> tuple[list[Operation], Deciding]:
        """Load what these operations are decided by; those with a fault of form need nothing.

        Returned as they are to be decided: under what stands now for rows that went.
        """
        uow, sound = self.uow, [operation for operation in fresh if operation.fault is None]
        lock_before(uow, sound)
        preload(uow, sound)
        absent = find_absent(uow, sound)
        fresh = [redirected(operation, absent) for operation in fresh]
        sound = [operation for operation in fresh if operation.fault is None]
        prepare(uow, sound)
        return fresh, Deciding(uow, deleted_before(uow, sound), refused_before(uow, sound), absent)

    # -- deciding --------------------------------------------------------------------------------------------------

    def _decide_group(self, group: list[Operation], deciding: Deciding) -> None:
        """Decide a local transaction as a whole: all of it, or none."""
        savepoint = f"g{group[0].n}"
        if self.careful:
            self.uow.open_savepoint(savepoint)
        decided: dict[int, Decision] = {}
        current, some = group[0], group[:1]
        try:
            with self.uow.attempt(may_flush=self.careful):
                for some in in_one_go(group):
                    current = some[0]
                    self.uow.begin_operation(made_at=_claimed(current.made_at, self.uow.now))
                    for current in some[1:]:
                        deciding.admit(current)
                    current = some[0]
                    decided.update((each.n, each) for each in deciding.decide(some))
                    if self.careful:
                        self.uow.flush()
        except Exception as error:  # noqa: BLE001 - sorted out in _reason
            if isinstance(error, Refused):  # of several that were done in one go, the one at fault
                current = next((each for each in some if each.row == error.row_id), current)
            self._refuse_group(group, current, self._reason(current, error))
            deciding.refused_creates.update((each.row, each.n) for each in group if each.action == "create")
            if self.careful:
                self.uow.back_to_savepoint(savepoint)
        else:
            self.verdicts.update(decided)
            if self.careful:
                self.uow.keep_savepoint(savepoint)

    def _reason(self, operation: Operation, error: Exception) -> Decision:
        """The verdict that an exception stands for. Raises it again when it is not about this operation."""
        match error:
            case Refused():
                return _refusal(operation.n, error)
            case Rejected():
                return Decision(operation.n, Verdict.REJECTED, code=error.code, params=error.params)
            case Skipped():
                return Decision(operation.n, Verdict.SKIPPED, code=codes.PARENT_FAILED, params={"n": error.n})
            case IntegrityError() | DataError() if self.careful:
                return Decision(operation.n, Verdict.REJECTED, code=CONFLICT.code)
            case DBAPIError() | FlushedInAttempt():
                raise error
        # A fault of ours. The operation would fail at every try, and all that wait behind it with it.
        if not self.careful:
            raise _Broken from error
        _log.error("an operation failed", collection=operation.collection, action=operation.action, exc_info=error)
        return Decision(operation.n, Verdict.REJECTED, code=INTERNAL.code)

    def _refuse_group(self, group: list[Operation], culprit: Operation, verdict: Decision) -> None:
        for operation in group:
            self.verdicts[operation.n] = (
                verdict
                if operation is culprit
                else Decision(operation.n, Verdict.SKIPPED, code=codes.GROUP_FAILED, params={"n": culprit.n})
            )

    # -- keeping ---------------------------------------------------------------------------------------------------

    def _keep_issues(self, fresh: Sequence[Operation], stands: Mapping[int, Operation]) -> None:
        """Keep what did not apply as it was meant, with its reason and both values: of a clash, on the row that stands."""
        for operation in fresh:
            verdict = self.verdicts[operation.n]
            if verdict.verdict not in (Verdict.REJECTED, Verdict.SKIPPED, Verdict.CONFLICT):
                continue
            if verdict.verdict is Verdict.CONFLICT:
                operation = stands.get(operation.n, operation)
            self.uow.begin_operation()
            self.uow.add(
                SyncIssue(
                    owner_id=self.actor.user_id,
                    unit_id=self.actor.unit_id,
                    enrolment_id=str(self.actor.enrolment_id),
                    n=operation.n,
                    verdict=verdict.verdict.value,
                    collection=str(operation.collection)[:40],
                    action=str(operation.action)[:40],
                    row_id=operation.row or None,
                    code=verdict.code or "",
                    params=dict(verdict.params),
                    attempted=dict(operation.values),
                    kept={name: (verdict.row or {}).get(name) for name in verdict.params.get("fields", ())},
                    made_at=_claimed(operation.made_at, self.uow.now),
                )
            )

    def _ledger_rows(self, fresh: Sequence[Operation], enrolment: str, head: int) -> list[tuple[Any, ...]]:
        rows = []
        for operation in fresh:
            verdict = replace(self.verdicts[operation.n], visible_at=head)
            self.verdicts[operation.n] = verdict
            rows.append(
                (
                    self.uow.org_id,
                    enrolment,
                    operation.n,
                    operation.content_hash,
                    orjson.dumps(verdict.to_wire()).decode(),
                )
            )
        return rows

    def _in_order(self) -> tuple[Decision, ...]:
        return tuple(self.verdicts[operation.n] for operation in self.operations)


class _Broken(Exception):
    """An operation failed in a way that nobody foresaw; what it left in memory is not to be trusted."""


def clock_behind(sent_at: int | None, now: datetime) -> timedelta | None:
    """What a device's clock is behind the server's, if it names an instant at all."""
    if sent_at is None or not FIRST_INSTANT <= sent_at <= LAST_INSTANT:
        return None
    return now - from_ms(sent_at)


def _claimed(made_at: int, now: datetime) -> datetime:
    """The device's claim, or now when it names no instant at all."""
    return from_ms(made_at) if FIRST_INSTANT <= made_at <= LAST_INSTANT else now


def _refusal(n: int, refusal: Refused) -> Decision:
    params = dict(refusal.params)
    if refusal.errors and "field" not in params:
        params["field"] = "/values" + refusal.errors[0].pointer  # operations name the value, devices the operation
    return Decision(n, Verdict.REJECTED, code=refusal.code, params=params)
