"""Applying a push: each operation once, by batch, each local transaction decided in memory before anything is written.

One load of the ledger, one of each table's targets and parents, then decisions, then one bulk write a table. Only when
a constraint fails is the batch run again group by group under savepoints. See docs/life-of-an-operation.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from server.core import ledger
from server.core.access import Actor, realm_of
from server.core.collections import COLLECTIONS, Action, Collection, OwnedScope
from server.core.db import Database, try_again
from server.core.problems import CONFLICT, INTERNAL, NOT_FOUND, Refused, problem_type
from server.core.rows import Row, c
from server.core.sync_issues import SyncIssue
from server.core.tables import FEED
from server.core.types import Day, Instant, from_ms, to_ms
from server.core.uow import FlushedInAttempt, UnitOfWork, unit_of_work
from sync_protocol import codes
from sync_protocol.codes import ProtocolError
from sync_protocol.merge import merge_fields
from sync_protocol.operations import Operation
from sync_protocol.verdicts import Decision, Verdict
from sync_protocol.versions import SCHEMA
from sync_protocol.wire import FIRST_INSTANT, LAST_INSTANT

_log = structlog.get_logger(__name__)
_TRIES = 4
CLASH = problem_type(
    "sync.clash",
    409,
    zh="他人已修改同一字段；双方的值都已保留。",
    en="Someone else changed the same field; both values are kept.",
    doc="Of a `conflict`: the server's value of `fields` stays, both are kept as a sync issue.",
    extra=["fields"],
).code


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
) -> Applied:
    """Apply a device's operations in one transaction and return their verdicts in the order sent.

    Raises ProtocolError GAP, REUSED_N, WRONG_ENROLMENT when the request itself is wrong: nothing is stored then.
    Raises the driver's error when the database stays busy after some tries; nothing is stored then either.
    """
    careful, failures = False, 0
    while True:
        try:
            with unit_of_work(database, actor, clock=clock, commitment_secret=commitment_secret) as uow:
                return _Batch(uow, operations, careful=careful).run()
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

    def __init__(self, uow: UnitOfWork, operations: Sequence[Operation], *, careful: bool) -> None:
        self.uow = uow
        self.actor = uow.actor
        self.operations = operations
        self.careful = careful
        self.verdicts: dict[int, Decision] = {}
        self.refused_creates: dict[str, int] = {}
        self.gone: frozenset[str] = frozenset()

    def run(self) -> Applied:
        uow, enrolment = self.uow, str(self.actor.enrolment_id)
        last = ledger.lock_enrolment(uow.connection, uow.org_id, enrolment, self.actor.user_id)
        if last is None:
            raise ProtocolError(codes.WRONG_ENROLMENT)
        if not self.operations:
            return Applied(last, (), -1)
        fresh = self._seen_before(last, enrolment)
        if not fresh:
            return Applied(last, self._in_order(), -1)
        self._preload(fresh)
        for _, group in groupby(fresh, key=lambda operation: operation.group):
            self._decide_group(list(group))
        self._keep_issues(fresh)
        ledger.advance(uow.connection, uow.org_id, enrolment, fresh[-1].n)
        head = uow.commit(ledger=lambda head: self._ledger_rows(fresh, enrolment, head))
        return Applied(fresh[-1].n, self._in_order(), head)

    # -- seen before -----------------------------------------------------------------------------------------------

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

    # -- loading ---------------------------------------------------------------------------------------------------

    def _preload(self, fresh: Iterable[Operation]) -> None:
        """Load and lock all targets and parents: parents' tables first, one statement a table."""
        wanted: dict[str, set[str]] = {name: set() for name in COLLECTIONS}
        sound = [operation for operation in fresh if operation.fault is None]
        for operation in sound:
            wanted[operation.collection].add(operation.row)
            for field, parent in COLLECTIONS[operation.collection].parents.items():
                if operation.values.get(field) is not None:
                    wanted[parent].add(operation.values[field])
        for name in COLLECTIONS:
            self.uow.preload(COLLECTIONS[name].row, wanted[name])
        further: dict[str, set[str]] = {name: set() for name in COLLECTIONS}
        for operation in sound:
            collection = COLLECTIONS[operation.collection]
            row = self.uow.get(collection.row, operation.row)
            for field, parent in collection.parents.items():
                if row is not None and getattr(row, field) is not None:
                    further[parent].add(getattr(row, field))
        for name, ids in further.items():
            self.uow.preload(COLLECTIONS[name].row, ids)
        self.gone = self._deleted_before(sound)
        self.refused_creates = self._refused_before(sound)
        for name, collection in COLLECTIONS.items():
            if collection.prepare is not None and any(operation.collection == name for operation in sound):
                collection.prepare(self.uow, [operation for operation in sound if operation.collection == name])

    def _deleted_before(self, sound: Sequence[Operation]) -> frozenset[str]:
        """Which of the rows to be created were deleted once: a deleted id never lives again."""
        wanted: dict[str, list[str]] = {}
        for operation in sound:
            collection = COLLECTIONS[operation.collection]
            if operation.action != "create" or "delete" not in collection.actions:
                continue
            if isinstance(collection.scope, OwnedScope) and self.uow.get(collection.row, operation.row) is None:
                wanted.setdefault(f"{realm_of(collection.scope.function)}:all", []).append(operation.row)
        if not wanted:
            return frozenset()
        f = FEED.c
        found = self.uow.connection.execute(
            select(f.row_id).where(
                f.org_id == self.uow.org_id,
                f.bucket.in_(sorted(wanted)),
                f.collection.in_(sorted({operation.collection for operation in sound})),
                f.row_id.in_([row for rows in wanted.values() for row in rows]),
                f.put.is_(False),
            )
        )
        return frozenset(found.scalars())

    def _refused_before(self, sound: Sequence[Operation]) -> dict[str, int]:
        """Row → the number under which its create was refused in an earlier push, for rows that are needed and missing."""
        missing: set[str] = set()
        made: set[str] = set()
        for operation in sound:
            collection = COLLECTIONS[operation.collection]
            if operation.action == "create":
                made.add(operation.row)
            elif self.uow.get(collection.row, operation.row) is None:
                missing.add(operation.row)
            for field, parent in collection.parents.items():
                wanted = operation.values.get(field)
                if wanted is not None and self.uow.get(COLLECTIONS[parent].row, wanted) is None:
                    missing.add(wanted)
        missing -= made
        if not missing:
            return {}
        t = c(SyncIssue)
        found = self.uow.connection.execute(
            select(t.row_id, t.n).where(
                t.org_id == self.uow.org_id,
                t.row_id.in_(sorted(missing)),
                t.owner_id == self.actor.user_id,
                t.action == "create",
                t.verdict.in_((Verdict.REJECTED.value, Verdict.SKIPPED.value)),
            )
        )
        return {each.row_id: each.n for each in found}

    # -- deciding --------------------------------------------------------------------------------------------------

    def _decide_group(self, group: list[Operation]) -> None:
        """Decide a local transaction as a whole: all of it, or none."""
        savepoint = f"g{group[0].n}"
        if self.careful:
            self.uow.open_savepoint(savepoint)
        decided: dict[int, Decision] = {}
        current = group[0]
        try:
            with self.uow.attempt(may_flush=self.careful):
                for current in group:
                    self.uow.begin_operation()
                    decided[current.n] = self._decide(current)
                    if self.careful:
                        self.uow.flush()
        except Exception as error:  # noqa: BLE001 - sorted out in _reason
            self._refuse_group(group, current, self._reason(current, error), savepoint)
        else:
            self.verdicts.update(decided)
            if self.careful:
                self.uow.keep_savepoint(savepoint)

    def _reason(self, operation: Operation, error: Exception) -> Decision:
        """The verdict that an exception stands for. Raises it again when it is not about this operation."""
        match error:
            case Refused():
                return _refusal(operation.n, error)
            case _Rejected():
                return Decision(operation.n, Verdict.REJECTED, code=error.code, params=error.params)
            case _Skipped():
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

    def _refuse_group(self, group: list[Operation], culprit: Operation, verdict: Decision, savepoint: str) -> None:
        if self.careful:
            self.uow.back_to_savepoint(savepoint)
        for operation in group:
            if operation.action == "create":
                self.refused_creates[operation.row] = operation.n
            self.verdicts[operation.n] = (
                verdict
                if operation is culprit
                else Decision(operation.n, Verdict.SKIPPED, code=codes.GROUP_FAILED, params={"n": culprit.n})
            )

    def _decide(self, operation: Operation) -> Decision:
        """Run one operation through its rule. Raises Refused, _Rejected or _Skipped; nothing of it stays then."""
        if operation.fault is not None:
            raise _Rejected(operation.fault.code, operation.fault.params)
        collection = COLLECTIONS[operation.collection]
        action = collection.actions[operation.action]
        values = decoded(collection, operation.values)
        for field, parent in collection.parents.items():
            if (parent_id := operation.values.get(field)) is not None:
                self._skip_without(COLLECTIONS[parent], parent_id)
        self.actor.must(
            action.function
        )  # before any row is looked at: without the function nobody learns what is there
        if operation.action == "create":
            return self._create(collection, action, operation, values)
        row = self.uow.get(collection.row, operation.row)
        if row is None:
            self._skip_without(collection, operation.row)
            raise Refused(NOT_FOUND)
        if not self._reaches(action, row):
            if collection.refuse is not None:
                collection.refuse(self.uow, row)
            raise Refused(NOT_FOUND)
        if operation.action == "update":
            return self._update(collection, action, operation, row, values)
        action.operation(self.uow, row, values)
        return Decision(operation.n, Verdict.APPLIED, version=row.version)

    def _skip_without(self, collection: Collection, row_id: str) -> None:
        """Raise _Skipped when that row is not there because its create was refused."""
        culprit = self.refused_creates.get(row_id)
        if culprit is not None and self.uow.get(collection.row, row_id) is None:
            raise _Skipped(culprit)

    def _create(
        self, collection: Collection, action: Action, operation: Operation, values: Mapping[str, Any]
    ) -> Decision:
        existing = self.uow.get(collection.row, operation.row)
        if existing is not None:
            same = all(getattr(existing, name) == value for name, value in values.items())
            if same and self._reaches(action, existing):
                return Decision(operation.n, Verdict.DUPLICATE, version=existing.version)
            raise _Rejected(codes.REUSED_ROW_ID)
        if operation.row in self.gone or self.uow.is_removed(collection.row, operation.row):
            raise _Rejected(codes.REUSED_ROW_ID)
        row = action.operation(self.uow, operation.row, values)
        return Decision(operation.n, Verdict.APPLIED, version=row.version)

    def _update(
        self, collection: Collection, action: Action, operation: Operation, row: Row, values: Mapping[str, Any]
    ) -> Decision:
        marks = getattr(row, "marks", {})
        merged = merge_fields(
            {name: getattr(row, name) for name in values},
            values,
            marks,
            base=operation.base,
            version=row.version,
            writer=self.actor.writer,
        )
        if merged.accepted:
            action.operation(self.uow, row, merged.accepted)
        if merged.clashes:
            return Decision(
                operation.n,
                Verdict.CONFLICT,
                version=row.version,
                code=CLASH,
                params={"fields": sorted(clash.field for clash in merged.clashes)},
                row=wire_row(collection, row),
            )
        if any(version > operation.base and writer != self.actor.writer for version, writer in marks.values()):
            return Decision(operation.n, Verdict.MERGED, version=row.version, row=wire_row(collection, row))
        return Decision(operation.n, Verdict.APPLIED, version=row.version)

    def _reaches(self, action: Action, row: Row) -> bool:
        reach = self.actor.must(action.function)
        return reach.covers(row) if action.by_author else reach.holds(row)

    # -- keeping ---------------------------------------------------------------------------------------------------

    def _keep_issues(self, fresh: Sequence[Operation]) -> None:
        """Keep what did not apply as it was meant, with its reason and both values."""
        for operation in fresh:
            verdict = self.verdicts[operation.n]
            if verdict.verdict not in (Verdict.REJECTED, Verdict.SKIPPED, Verdict.CONFLICT):
                continue
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


class _Rejected(Exception):
    """The operation is refused for a reason of the protocol itself."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params = params or {}


class _Broken(Exception):
    """An operation failed in a way that nobody foresaw; what it left in memory is not to be trusted."""


class _Skipped(Exception):
    """The operation hangs on one that failed: number n."""

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.n = n


def _claimed(made_at: int, now: datetime) -> datetime:
    """The device's claim, or now when it names no instant at all."""
    return from_ms(made_at) if FIRST_INSTANT <= made_at <= LAST_INSTANT else now


def _refusal(n: int, refusal: Refused) -> Decision:
    params = dict(refusal.params)
    if refusal.errors and "field" not in params:
        params["field"] = "/values" + refusal.errors[0].pointer  # operations name the value, devices the operation
    return Decision(n, Verdict.REJECTED, code=refusal.code, params=params)


def decoded(collection: Collection, values: Mapping[str, Any]) -> dict[str, Any]:
    """Wire values as Python values: instants and days become aware datetimes and dates, all else stays."""
    if not collection.decoders:
        return dict(values)
    return {
        name: decode(value) if value is not None and (decode := collection.decoders.get(name)) else value
        for name, value in values.items()
    }


def wire_row(collection: Collection, row: Row) -> dict[str, Any]:
    """A row as it stands on the wire, for a verdict where the server's differs."""
    columns = c(collection.row)
    return {name: _encode(columns[name].type, getattr(row, name)) for name in collection.shape.columns(SCHEMA)}


def _encode(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Instant):
        return to_ms(value)
    return value.isoformat() if isinstance(kind, Day) else value
