"""Deciding one operation in memory: permission, then the area's own operation; plain fields are merged one by one.

Everything it looks at was loaded before (apply_loading.py), and nothing is written here (apply.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from server.core.collections import COLLECTIONS, Absent, Action, Collection
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import Row, c
from server.core.types import Day, Instant, to_ms
from server.core.uow import UnitOfWork
from sync_protocol import codes
from sync_protocol.merge import merge_fields
from sync_protocol.operations import Operation
from sync_protocol.verdicts import Decision, Verdict
from sync_protocol.versions import SCHEMA

CLASH = problem_type(
    "sync.clash",
    409,
    zh="他人已修改同一字段；双方的值都已保留。",
    en="Someone else changed the same field; both values are kept.",
    doc="Of a `conflict`: the server's value of `fields` stays, both are kept as a sync issue.",
    extra=["fields"],
).code


class Rejected(Exception):
    """The operation is refused for a reason of the protocol itself."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params = params or {}


class Skipped(Exception):
    """The operation hangs on one that failed: number n."""

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.n = n


@dataclass(frozen=True, slots=True)
class Deciding:
    """What operations of one push are decided by, besides the rows of the unit of work.

    gone: ids that were deleted once. refused_creates: row → number of the operation that was to make it and was refused;
    whoever refuses another one adds it. absent: rows that are not there any more → why. stands: n → an operation that was
    decided as one on another row.
    """

    uow: UnitOfWork
    gone: frozenset[str]
    refused_creates: dict[str, int]
    absent: Mapping[str, Absent] = field(default_factory=dict)
    stands: dict[int, Operation] = field(default_factory=dict)

    def decide(self, operations: Sequence[Operation]) -> list[Decision]:
        """Run operations of `in_one_go` through their rule: one, or those that are done together.

        All but the first were admitted. Raises Refused, Rejected or Skipped; nothing of them stays then.
        """
        first = self._as_it_stands(operations[0])
        row = self.admit(first)
        collection = COLLECTIONS[first.collection]
        action = collection.actions[first.action]
        if action.together:
            action.operation(self.uow, {each.row: decoded(collection, each.values) for each in operations})
            rows = [self.uow.get(collection.row, each.row) for each in operations]
            return [
                Decision(each.n, Verdict.APPLIED, version=None if row is None else row.version)
                for each, row in zip(operations, rows, strict=True)
            ]
        values = decoded(collection, first.values)
        if first.action == "create":
            return [self._create(collection, action, first, values)]
        if row is None:
            raise Refused(NOT_FOUND)
        if first.action == "update":
            return [self._update(collection, action, first, row, values)]
        action.operation(self.uow, row, values)
        return [Decision(first.n, Verdict.APPLIED, version=row.version)]

    def admit(self, operation: Operation) -> Row | None:
        """The row that an operation is about, once it is seen that the actor may do this to it; None where there is none.

        Raises Refused, Rejected or Skipped.
        """
        if operation.fault is not None:
            raise Rejected(operation.fault.code, operation.fault.params)
        collection = COLLECTIONS[operation.collection]
        action = collection.actions[operation.action]
        for name, parent in collection.parents.items():
            if (parent_id := operation.values.get(name)) is not None:
                self._skip_without(COLLECTIONS[parent], parent_id)
        # Before any row is looked at: without the function nobody learns what is there.
        if action.function is not None:
            self.uow.actor.must(action.function)
        row = self.uow.get(collection.row, operation.row)
        if row is None and not action.together:
            self._refuse_absent(collection, operation)
        for name, parent in collection.parents.items():
            self._refuse_absent(COLLECTIONS[parent], operation, name)
        if operation.action == "create":
            return row
        if row is None:
            self._skip_without(collection, operation.row)
        elif not self._reaches(collection, action, row):
            if collection.refuse is not None:
                collection.refuse(self.uow, row)
            raise Refused(NOT_FOUND)
        return row

    def _as_it_stands(self, operation: Operation) -> Operation:
        """The operation on the row that stands for its own, where a device made one for what was there already; else itself.

        To make it is then to change that row without having seen it; to take it away leaves that row, which was never one's own.
        Raises Refused where the actor may not know of that row.
        """
        if operation.fault is not None or (collection := COLLECTIONS[operation.collection]).instead is None:
            return operation
        kind = collection.row
        if self.uow.get(kind, operation.row) or operation.row in self.gone or self.uow.is_removed(kind, operation.row):
            return operation
        if (row := collection.instead(self.uow, operation)) is None:
            return operation
        values = {name: value for name, value in operation.values.items() if name in collection.writable}
        self.stands[operation.n] = replace(operation, action="update", row=row.id, base=0, values=values)
        return self.stands[operation.n]

    def _refuse_absent(self, collection: Collection, operation: Operation, name: str | None = None) -> None:
        """Say why a row that the actor reached is not there any more: the operation's own, or the one it names as parent."""
        row_id = operation.row if name is None else operation.values.get(name) or ""
        why = self.absent.get(row_id)
        if why is not None and self.uow.get(collection.row, row_id) is None:  # he may be back since it was asked
            raise why.refused(None if name is None else f"/{name}")

    def _skip_without(self, collection: Collection, row_id: str) -> None:
        """Raise Skipped when that row is not there because its create was refused."""
        culprit = self.refused_creates.get(row_id)
        if culprit is not None and self.uow.get(collection.row, row_id) is None:
            raise Skipped(culprit)

    def _create(
        self, collection: Collection, action: Action, operation: Operation, values: Mapping[str, Any]
    ) -> Decision:
        existing = self.uow.get(collection.row, operation.row)
        if existing is not None:
            if self._reaches(collection, action, existing) and _says_the_same(collection, existing, values):
                return Decision(operation.n, Verdict.DUPLICATE, version=existing.version)
            raise Rejected(codes.REUSED_ROW_ID)
        if operation.row in self.gone or self.uow.is_removed(collection.row, operation.row):
            raise Rejected(codes.REUSED_ROW_ID)
        row = action.operation(self.uow, operation.row, values)
        return Decision(operation.n, Verdict.APPLIED, version=row.version)

    def _update(
        self, collection: Collection, action: Action, operation: Operation, row: Row, values: Mapping[str, Any]
    ) -> Decision:
        marks, writer = getattr(row, "marks", {}), self.uow.actor.writer
        if collection.settle is not None:
            values = collection.settle(values)
        merged = merge_fields(
            {name: getattr(row, name) for name in values},
            values,
            marks,
            base=operation.base,
            version=row.version,
            writer=writer,
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
        if any(version > operation.base and hand != writer for version, hand in marks.values()):
            return Decision(operation.n, Verdict.MERGED, version=row.version, row=wire_row(collection, row))
        return Decision(operation.n, Verdict.APPLIED, version=row.version)

    def _reaches(self, collection: Collection, action: Action, row: Row) -> bool:
        if action.function is None:
            return not set(collection.scope.of(row)).isdisjoint(collection.scope.subscribed(self.uow.actor))
        reach = self.uow.actor.must(action.function)
        return reach.covers(row) if action.by_author else reach.holds(row)


def in_one_go(group: Sequence[Operation]) -> Iterator[list[Operation]]:
    """The operations of a local transaction in order: those that are done together as one list, the others one by one.

    Of one row there is one operation in a list.
    """
    some: list[Operation] = []
    for operation in group:
        if some and not (
            _is_together(operation)
            and _is_together(some[0])
            and (operation.collection, operation.action) == (some[0].collection, some[0].action)
            and all(operation.row != each.row for each in some)
        ):
            yield some
            some = []
        some.append(operation)
    if some:
        yield some


def _is_together(operation: Operation) -> bool:
    return operation.fault is None and COLLECTIONS[operation.collection].actions[operation.action].together


def _says_the_same(collection: Collection, row: Row, values: Mapping[str, Any]) -> bool:
    """Whether a create that comes again, from a store that was restored, is the one the row was made by."""
    if collection.settle is not None:
        try:
            values = collection.settle(values)
        except Refused:
            return False  # no row was ever made of these
    return all(getattr(row, name) == value for name, value in values.items())


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
