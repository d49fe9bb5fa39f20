"""What a push needs is loaded and locked before anything is decided: one statement a table, whatever the batch's size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from server.core.access import realm_of
from server.core.collections import COLLECTIONS, Absent, OwnedScope
from server.core.rows import c
from server.core.sync_issues import SyncIssue
from server.core.tables import FEED
from server.core.uow import UnitOfWork
from sync_protocol.operations import Operation
from sync_protocol.verdicts import Verdict


def preload(uow: UnitOfWork, sound: Sequence[Operation]) -> None:
    """Load and lock all targets and parents: parents' tables first, one statement a table."""
    wanted: dict[str, set[str]] = {name: set() for name in COLLECTIONS}
    for operation in sound:
        wanted[operation.collection].add(operation.row)
        for field, parent in COLLECTIONS[operation.collection].parents.items():
            if operation.values.get(field) is not None:
                wanted[parent].add(operation.values[field])
    for name in COLLECTIONS:
        uow.preload(COLLECTIONS[name].row, wanted[name])


def find_absent(uow: UnitOfWork, sound: Sequence[Operation]) -> dict[str, Absent]:
    """Why rows that were loaded for and are not there any more went; nothing is asked when none is missing."""
    missing: dict[str, set[str]] = {}
    made = {operation.row for operation in sound if operation.action == "create"}
    for operation in sound:
        collection = COLLECTIONS[operation.collection]
        named = {operation.values.get(field): parent for field, parent in collection.parents.items()}
        for row_id, name in {**named, operation.row: operation.collection}.items():
            kind = COLLECTIONS[name]
            if row_id is None or row_id in made or kind.absent is None:
                continue
            if uow.get(kind.row, row_id) is None:
                missing.setdefault(name, set()).add(row_id)
    found: dict[str, Absent] = {}
    for name, ids in missing.items():
        if (ask := COLLECTIONS[name].absent) is not None:
            found |= ask(uow, sorted(ids))
    return found


def redirected(operation: Operation, absent: Mapping[str, Absent]) -> Operation:
    """The operation with parents that went replaced by what stands for them now."""
    if operation.fault is not None:
        return operation
    moved = {
        field: why.successor
        for field in COLLECTIONS[operation.collection].parents
        if (why := absent.get(operation.values.get(field) or "")) is not None and why.successor is not None
    }
    return replace(operation, values={**operation.values, **moved}) if moved else operation


def prepare(uow: UnitOfWork, sound: Sequence[Operation]) -> None:
    """Load what targets hang on, and what each area else needs."""
    further: dict[str, set[str]] = {name: set() for name in COLLECTIONS}
    for operation in sound:
        collection = COLLECTIONS[operation.collection]
        row = uow.get(collection.row, operation.row)
        for field, parent in collection.parents.items():
            if row is not None and getattr(row, field) is not None:
                further[parent].add(getattr(row, field))
    for name, ids in further.items():
        uow.preload(COLLECTIONS[name].row, ids)
    for name, collection in COLLECTIONS.items():
        if collection.prepare is not None and any(operation.collection == name for operation in sound):
            collection.prepare(uow, [operation for operation in sound if operation.collection == name])


def lock_before(uow: UnitOfWork, sound: Sequence[Operation]) -> None:
    """Lock what all who touch such rows lock first."""
    for name, collection in COLLECTIONS.items():
        if collection.before is not None and (some := [each for each in sound if each.collection == name]):
            collection.before(uow, some)


def deleted_before(uow: UnitOfWork, sound: Sequence[Operation]) -> frozenset[str]:
    """Which of the rows to be created were deleted once: a deleted id never lives again."""
    wanted: dict[str, list[str]] = {}
    for operation in sound:
        collection = COLLECTIONS[operation.collection]
        if operation.action != "create" or "delete" not in collection.actions:
            continue
        if isinstance(collection.scope, OwnedScope) and uow.get(collection.row, operation.row) is None:
            wanted.setdefault(f"{realm_of(collection.scope.function)}:all", []).append(operation.row)
    if not wanted:
        return frozenset()
    f = FEED.c
    found = uow.connection.execute(
        select(f.row_id).where(
            f.org_id == uow.org_id,
            f.bucket.in_(sorted(wanted)),
            f.collection.in_(sorted({operation.collection for operation in sound})),
            f.row_id.in_([row for rows in wanted.values() for row in rows]),
            f.put.is_(False),
        )
    )
    return frozenset(found.scalars())


def refused_before(uow: UnitOfWork, sound: Sequence[Operation]) -> dict[str, int]:
    """Row → the number under which its create was refused in an earlier push, for rows that are needed and missing."""
    missing: set[str] = set()
    made: set[str] = set()
    for operation in sound:
        collection = COLLECTIONS[operation.collection]
        if operation.action == "create":
            made.add(operation.row)
        elif uow.get(collection.row, operation.row) is None:
            missing.add(operation.row)
        for field, parent in collection.parents.items():
            wanted = operation.values.get(field)
            if wanted is not None and uow.get(COLLECTIONS[parent].row, wanted) is None:
                missing.add(wanted)
    missing -= made
    if not missing:
        return {}
    t = c(SyncIssue)
    found = uow.connection.execute(
        select(t.row_id, t.n).where(
            t.org_id == uow.org_id,
            t.row_id.in_(sorted(missing)),
            t.owner_id == uow.actor.user_id,
            t.action == "create",
            t.verdict.in_((Verdict.REJECTED.value, Verdict.SKIPPED.value)),
        )
    )
    return {each.row_id: each.n for each in found}
