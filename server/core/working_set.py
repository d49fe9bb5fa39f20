"""The working set: one transaction's rows in memory, loaded and locked, changed, undone, written in bulk at `flush`.

Half of the unit of work (uow.py), which adds facts, jobs and the commit; nothing else uses it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, select

from server.core import bulk
from server.core.access import Actor
from server.core.clock import DeviceClock
from server.core.collections import collection_of
from server.core.rows import Row, c, place_of

R = TypeVar("R", bound=Row)


class FlushedInAttempt(Exception):
    """Something asked the database within an attempt that is undone in memory; it needs a savepoint instead."""


Key = tuple[type[Row], str]


class Written(NamedTuple):
    """What the feed has to know of a row that was written; values, because the row itself may go on changing.

    before, after: its buckets before this transaction and now; none after when it was removed.
    """

    version: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    removed: bool


@dataclass(slots=True)
class Tracked:
    """A row of the working set. before: its buckets when loaded. was: the loaded values of changed fields."""

    row: Row
    is_new: bool
    before: tuple[str, ...]
    was: dict[str, Any]
    removed: bool = False

    @property
    def touched(self) -> bool:
        """Whether the row has to be written."""
        return self.is_new or self.removed or bool(self.was)


class WorkingSet:
    """The rows of one transaction of one actor."""

    def __init__(self, connection: Connection, actor: Actor, *, now: datetime) -> None:
        self.connection = connection
        self.actor = actor
        self.now = now
        self._set: dict[Key, Tracked | None] = {}
        self._undo: list[Callable[[], None]] = []
        self._bumped: set[Key] = set()
        self._written: dict[Key, Written] = {}
        self._may_flush = True
        self.made_at: datetime | None = None
        """When the operation at hand was done, as its device claims; None in the office."""
        self.device_clock: DeviceClock | None = None
        """What is known of that device's clock; None in the office."""

    @property
    def org_id(self) -> str:
        """The organisation all of this happens in."""
        return self.actor.org_id

    # -- reading ---------------------------------------------------------------------------------------------------

    def preload(self, row: type[R], ids: Iterable[str]) -> None:
        """Load and lock rows by id in one statement; ids that are not there are remembered as missing."""
        wanted = sorted({each for each in ids if (row, each) not in self._set})
        if not wanted:
            return
        for each in wanted:
            self._set[row, each] = None
        self._load(row, _by_ids(row.__table__), {"org": self.org_id, "ids": wanted})

    def get(self, row: type[R], row_id: str) -> R | None:
        """The row of that id, locked, or None. Takes it from the working set when it is there."""
        if (row, row_id) not in self._set:
            self.preload(row, [row_id])
        tracked = self._set[row, row_id]
        return None if tracked is None or tracked.removed else tracked.row  # type: ignore[return-value]

    def find(
        self, row: type[R], *conditions: ColumnElement[bool], order_by: Any = None, limit: int | None = None
    ) -> list[R]:
        """Rows that satisfy the conditions, locked and ordered by id or `order_by`. One statement a call."""
        if any(tracked and tracked.touched for (kind, _), tracked in self._set.items() if kind is row):
            self.flush()
        statement = select(row.__table__).where(c(row).org_id == self.org_id, *conditions)
        statement = statement.order_by(c(row).id if order_by is None else order_by).limit(limit)
        return self._load(row, statement.with_for_update(key_share=True))

    def is_new(self, row: Row) -> bool:
        """Whether the row was added in this unit of work."""
        tracked = self._set.get((type(row), row.id))
        return tracked is not None and tracked.is_new

    def is_removed(self, row: type[Row], row_id: str) -> bool:
        """Whether the row of that id was removed in this unit of work."""
        tracked, written = self._set.get((row, row_id)), self._written.get((row, row_id))
        return (tracked is not None and tracked.removed) or (
            tracked is None and written is not None and written.removed
        )

    def _load(self, row: type[R], statement: Select[Any], parameters: dict[str, Any] | None = None) -> list[R]:
        names = row.__names__
        scope = collection_of(row)
        loaded: list[R] = []
        for values in self.connection.execute(statement, parameters):
            known = self._set.get((row, values.id))
            if known is None:
                made = row(**dict(zip(names, values, strict=True)))
                known = Tracked(made, False, scope.scope.of(made) if scope else (), {})
                self._set[row, made.id] = known
            if not known.removed:
                loaded.append(known.row)  # type: ignore[arg-type]
        return loaded

    # -- writing ---------------------------------------------------------------------------------------------------

    def add(self, row: R) -> R:
        """Take a new row into the working set; its organisation, version and times are set here.

        Raises ValueError when a row of that id is there already, or was there and is not deleted in the database yet.
        """
        key = (type(row), row.id)
        row.org_id, row.version, row.created_at, row.updated_at = self.org_id, 1, self.now, self.now
        known, before = key in self._set, self._set.get(key)
        if before is not None and not (before.is_new and before.removed):
            raise ValueError(f"{row.id} is in the working set")
        self._set.pop(key, None)  # rows of a table are inserted in the order in which they were added
        self._set[key] = Tracked(row, True, (), {})
        self._bumped.add(key)
        # No marks: nobody can have seen the row before, and its maker's own chain never clashes with itself.
        self._undo.append(lambda: self._restore(key, before, known=known))
        return row

    def bring_back(self, row: R) -> R:
        """As `add`, for a row that was removed and is to live again: one version on, and as old as it was."""
        version, created_at = row.version, row.created_at
        self.add(row)
        row.version, row.created_at = version + 1, created_at
        return row

    def change(self, row: R, **values: Any) -> R:
        """Set fields of a row of the working set; what is already so is left alone. One version an operation."""
        key = (type(row), row.id)
        tracked = self._set[key]
        if tracked is None:
            raise LookupError(f"{row.id} is not in the working set")
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not changed:
            return row
        is_first = key not in self._bumped
        if is_first:
            changed["version"] = row.version + 1
            self._bumped.add(key)
        changed["updated_at"] = self.now
        old = {name: getattr(row, name) for name in changed}
        marks = getattr(row, "marks", None)
        was = dict(tracked.was)

        def undo() -> None:
            for name, value in old.items():
                setattr(row, name, value)
            if marks is not None:
                row.marks = marks  # type: ignore[attr-defined]
            tracked.was = was
            if is_first:
                self._bumped.discard(key)

        self._undo.append(undo)
        for name, value in changed.items():
            tracked.was.setdefault(name, old[name])
            setattr(row, name, value)
        self._mark_fields(row, changed)
        return row

    def remove(self, row: Row) -> None:
        """Delete a row of the working set; devices that hold it are told."""
        tracked = self._set[type(row), row.id]
        if tracked is None:
            raise LookupError(f"{row.id} is not in the working set")
        tracked.removed = True
        self._undo.append(lambda: setattr(tracked, "removed", False))

    def _mark_fields(self, row: Any, names: Iterable[str]) -> None:
        collection = collection_of(type(row))
        if collection is None or not hasattr(row, "marks"):
            return
        mark = [row.version, self.actor.writer]
        marked = {name: mark for name in names if name in collection.writable}
        if not marked:
            return
        row.marks = {**row.marks, **marked}
        tracked = self._set[type(row), row.id]
        if tracked and not tracked.is_new:
            tracked.was.setdefault("marks", None)

    def _restore(self, key: Key, before: Tracked | None, *, known: bool) -> None:
        self._bumped.discard(key)
        if known:
            self._set[key] = before
        else:
            del self._set[key]

    # -- undoing ---------------------------------------------------------------------------------------------------

    def begin_operation(self, *, made_at: datetime | None = None) -> None:
        """Say that what follows is another operation, whose changes count as another version. made_at: by its device."""
        self._bumped.clear()
        self.made_at = made_at

    @contextlib.contextmanager
    def attempt(self, *, may_flush: bool = False) -> Iterator[None]:
        """Undo in memory whatever the block did when it raises; nothing was written yet.

        may_flush: the caller has opened a savepoint and goes back to it himself, so the block may write.
        Raises FlushedInAttempt when the block has to write and may not.
        """
        here = len(self._undo)
        self._may_flush = may_flush
        try:
            yield
        except BaseException:
            while len(self._undo) > here and not may_flush:
                self._undo.pop()()
            raise
        finally:
            self._may_flush = True

    def _start_afresh(self) -> None:
        """Forget every row: the database went back, and nobody knows how far they still hold."""
        self._set.clear()
        self._undo.clear()
        self._bumped.clear()

    # -- writing down ----------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write what the working set holds: at most one insert, one update and one delete a table."""
        if not self._may_flush:
            raise FlushedInAttempt
        new: dict[type[Row], list[Row]] = {}
        changed: dict[type[Row], list[Tracked]] = {}
        gone: dict[type[Row], list[Row]] = {}
        for key, tracked in self._set.items():
            if tracked is None or not tracked.touched:
                continue
            if tracked.removed:
                if not tracked.is_new:
                    gone.setdefault(key[0], []).append(tracked.row)
            elif tracked.is_new:
                new.setdefault(key[0], []).append(tracked.row)
            else:
                changed.setdefault(key[0], []).append(tracked)
        for row in sorted(new, key=lambda each: place_of(each.__table__.name)):
            names = row.__names__
            bulk.insert(self.connection, row.__table__, names, list(map(attrgetter(*names), new[row])))
        for row, rows in changed.items():
            fields = tuple(sorted({name for each in rows for name in each.was}))
            values = [(*(getattr(each.row, name) for name in fields), self.org_id, each.row.id) for each in rows]
            bulk.update(self.connection, row.__table__, fields, values)
        for row in sorted(gone, key=lambda each: -place_of(each.__table__.name)):
            bulk.delete(self.connection, row.__table__, [(self.org_id, each.id) for each in gone[row]])
        self._note_written()

    def _note_written(self) -> None:
        """Remember what was written for the feed, and start the rows afresh."""
        for key, tracked in list(self._set.items()):
            if tracked is None or not tracked.touched:
                continue
            earlier, collection = self._written.get(key), collection_of(key[0])
            before = earlier.before if earlier else tracked.before
            after = () if collection is None else collection.scope.of(tracked.row)
            if tracked.removed:
                # One that nobody ever saw leaves a removal all the same: a device put back to a backup may send it again.
                before, after = before or after, ()
            self._written[key] = Written(tracked.row.version, before, after, tracked.removed)
            self._set[key] = None if tracked.removed else Tracked(tracked.row, False, before, {})
        self._undo.clear()


@lru_cache(maxsize=256)
def _by_ids(table: Table) -> Select[Any]:
    """Loads and locks rows by id, always in the order of ids. Made once: building it costs more than running it."""
    columns = table.c
    return (
        select(table)
        .where(columns.org_id == bindparam("org"), columns.id.in_(bindparam("ids", expanding=True)))
        .order_by(columns.id)
        .with_for_update(key_share=True)
    )
