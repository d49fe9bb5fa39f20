"""The audit of sync: that feed, rows and ledger of one organisation say the same. Reads only, in one snapshot.

Every synced row has a `put` entry with its version in exactly its buckets, and no other; no entry is numbered past the
head; what hangs on a row of `root` carries that row's owner, unit and project; each enrolment's ledger is whole up to its
highest number. Digests are sums over the feed (pull.digests), so they agree with the rows when this finds nothing.

Walks by primary key in slices, so that memory and statement times stay flat whatever the size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Select, func, select, tuple_

from server.core.collections import COLLECTIONS, Collection, PersonalScope
from server.core.db import Database
from server.core.rows import Scoped, c
from server.core.tables import ENROLMENTS, FEED, LEDGER, ORG_CLOCKS
from server.core.types import Id

SLICE = 1000
MAX_FINDINGS = 1000
"""Findings kept of one organisation; how many there are in all is counted."""
CARRIED = ("owner_id", "unit_id", "project_id")

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where they do not agree. reason: a code, see REASONS. bucket: "" where it is not about one."""

    table: str
    row_id: str
    reason: str
    bucket: str = ""


REASONS: Mapping[str, str] = {
    "missing": "a row without its feed entry: devices never hear of it",
    "version": "the feed entry is of another version: devices were not told of the last change",
    "removed": "the feed says that the row left a bucket it lives in",
    "ghost": "the feed offers a row that does not exist",
    "foreign": "the feed offers a row in a bucket it does not live in: people out of scope may see it",
    "ahead": "an entry is numbered past the head: the next change may be passed over",
    "unknown": "the feed names a collection that this version does not know",
    "parted": "owner, unit or project differ from those of the row it hangs on",
    "orphan": "the row it hangs on does not exist",
    "ledger": "verdicts are missing between 1 and the enrolment's highest number",
}


@dataclass(slots=True)
class Report:
    """What was looked at and found. total: of all findings, of which `findings` keeps the first."""

    rows: int = 0
    entries: int = 0
    enrolments: int = 0
    total: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it while there is room."""
        self.total += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)


def audit(
    database: Database,
    org_id: str,
    *,
    collections: Mapping[str, Collection] = COLLECTIONS,
    root: str = "customers",
    progress: Progress | None = None,
    size: int = SLICE,
) -> Report:
    """Compare all of it for one organisation. root: the collection whose scope its descendants carry.

    progress: told (rows and entries done, None) after each slice.
    """
    with database.read(org_id) as connection:
        walk = _Walk(connection, org_id, collections, progress, size)
        for collection in collections.values():
            walk.rows_of(collection, root)
        walk.feed()
        walk.name_missing()
        _compare_ledgers(connection, org_id, walk.report)
    return walk.report


class _Walk:
    """One audit in its snapshot. expected, there: how many entries each bucket should have, and has, by collection.

    Rows are counted by bucket, entries are looked at one by one, and only where the counts differ is asked which is missing:
    so the feed is read once, in the order of its key.
    """

    def __init__(
        self,
        connection: Connection,
        org_id: str,
        collections: Mapping[str, Collection],
        progress: Progress | None,
        size: int,
    ) -> None:
        self.report = Report()
        self._connection = connection
        self._org_id = org_id
        self._collections = collections
        self._progress = progress
        self._size = size
        self._expected: Counter[tuple[str, str]] = Counter()
        self._there: Counter[tuple[str, str]] = Counter()

    def _step(self) -> None:
        if self._progress is not None:
            self._progress(self.report.rows + self.report.entries, None)

    # -- rows ----------------------------------------------------------------------------------------------------

    def rows_of(self, collection: Collection, root: str) -> None:
        """Count a collection's rows by bucket, and compare them with the row of `root` they hang on."""
        above = [column for column, name in collection.parents.items() if name == root]
        if not (root in self._collections and issubclass(collection.row, Scoped)):
            above = []
        for rows in self._row_slices(collection):
            self.report.rows += len(rows)
            for row in rows:
                self._expected.update((collection.name, bucket) for bucket in collection.scope.of(row))
            for column in above:
                self._compare_with_parent(collection, column, self._collections[root], rows)
            self._step()

    def _row_slices(self, collection: Collection) -> Iterator[list[Any]]:
        columns = c(collection.row)
        statement = _ids_and_version(collection).where(columns.org_id == self._org_id)
        statement = statement.order_by(columns.id).limit(self._size)
        after: str | None = None
        while True:
            slice_of = statement if after is None else statement.where(columns.id > after)
            rows = list(self._connection.execute(slice_of))
            if rows:
                yield rows
            if len(rows) < self._size:
                return
            after = rows[-1].id

    def _by_id(self, collection: Collection, ids: Iterable[str]) -> dict[str, Any]:
        columns = c(collection.row)
        statement = _ids_and_version(collection).where(columns.org_id == self._org_id, columns.id.in_(sorted(set(ids))))
        return {row.id: row for row in self._connection.execute(statement)}

    def _compare_with_parent(
        self, collection: Collection, column: str, parent: Collection, rows: Sequence[Any]
    ) -> None:
        hanging = [row for row in rows if getattr(row, column) is not None]
        parents = self._by_id(parent, (getattr(row, column) for row in hanging))
        for row in hanging:
            above = parents.get(getattr(row, column))
            if above is None:
                self.report.add(Finding(collection.name, row.id, "orphan"))
            elif any(getattr(row, name) != getattr(above, name) for name in CARRIED):
                self.report.add(Finding(collection.name, row.id, "parted"))

    # -- the feed --------------------------------------------------------------------------------------------------

    def feed(self) -> None:
        """Compare each entry with the row it is about."""
        t = ORG_CLOCKS.c
        head = self._connection.execute(select(t.feed_head).where(t.org_id == self._org_id)).scalar_one()
        for entries in self._feed_slices():
            self.report.entries += len(entries)
            known: dict[str, list[Any]] = {}
            for entry in entries:
                if entry.seq > head:
                    self.report.add(Finding(entry.collection, entry.row_id, "ahead", entry.bucket))
                if entry.collection in self._collections:
                    known.setdefault(entry.collection, []).append(entry)
                else:
                    self.report.add(Finding(entry.collection, entry.row_id, "unknown", entry.bucket))
            for name, about in known.items():
                self._compare_entries(self._collections[name], about)
            self._step()

    def _feed_slices(self) -> Iterator[list[Any]]:
        t = FEED.c
        key = (t.bucket, t.collection, t.row_id)
        statement = select(*key, t.seq, t.put, t.row_version).where(t.org_id == self._org_id)
        statement = statement.order_by(*key).limit(self._size)
        after: tuple[str, str, str] | None = None
        while True:
            slice_of = statement
            if after is not None:
                slice_of = statement.where(tuple_(*key) > tuple_(*after, types=[each.type for each in key]))
            entries = list(self._connection.execute(slice_of))
            if entries:
                yield entries
            if len(entries) < self._size:
                return
            after = entries[-1].bucket, entries[-1].collection, entries[-1].row_id

    def _compare_entries(self, collection: Collection, entries: Sequence[Any]) -> None:
        rows = self._by_id(collection, (entry.row_id for entry in entries))
        for entry in entries:
            row = rows.get(entry.row_id)
            reason = ""
            if row is not None and entry.bucket in collection.scope.of(row):
                self._there[collection.name, entry.bucket] += 1
                if not entry.put:
                    reason = "removed"
                elif entry.row_version != row.version:
                    reason = "version"
            elif entry.put:
                reason = "ghost" if row is None else "foreign"
            if reason:
                self.report.add(Finding(collection.name, entry.row_id, reason, entry.bucket))

    def name_missing(self) -> None:
        """Find which rows lack their entry, where the counts say that some do."""
        lacking = {key for key, count in self._expected.items() if self._there[key] < count}
        for name in sorted({name for name, _ in lacking}):
            collection = self._collections[name]
            for rows in self._row_slices(collection):
                keys = [
                    (bucket, row.id) for row in rows for bucket in collection.scope.of(row) if (name, bucket) in lacking
                ]
                there = _keys_in_feed(self._connection, self._org_id, name, keys)
                for bucket, row_id in keys:
                    if (bucket, row_id) not in there:
                        self.report.add(Finding(name, row_id, "missing", bucket))


def _ids_and_version(collection: Collection) -> Select[Any]:
    """A row's version and all its columns that hold ids, or those of several people: buckets are made of those."""
    columns = c(collection.row)
    people = collection.scope.among if isinstance(collection.scope, PersonalScope) else None
    return select(columns.version, *(each for each in columns if isinstance(each.type, Id) or each.name == people))


def _keys_in_feed(
    connection: Connection, org_id: str, collection: str, keys: Sequence[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Which of these (bucket, row) the feed has an entry for."""
    if connection.dialect.name == "sqlite":
        sql = (
            "SELECT feed.bucket, feed.row_id FROM json_each(?) AS k CROSS JOIN feed "
            "ON feed.org_id = ? AND feed.bucket = k.value ->> 0 AND feed.collection = ? AND feed.row_id = k.value ->> 1"
        )
        rows = connection.exec_driver_sql(sql, (orjson.dumps(keys).decode(), org_id, collection))
    else:
        sql = (
            "SELECT feed.bucket, feed.row_id::text FROM unnest(%s::text[], %s::uuid[]) AS k(bucket, row_id) JOIN feed "
            "ON feed.org_id = %s AND feed.bucket = k.bucket AND feed.collection = %s AND feed.row_id = k.row_id"
        )
        buckets, ids = [bucket for bucket, _ in keys], [row_id for _, row_id in keys]
        rows = connection.exec_driver_sql(sql, (buckets, ids, org_id, collection))
    return {(bucket, row_id) for bucket, row_id in rows}


# -- ledgers ----------------------------------------------------------------------------------------------------------


def _compare_ledgers(connection: Connection, org_id: str, report: Report) -> None:
    e, t = ENROLMENTS.c, LEDGER.c
    for enrolment_id, last_n in connection.execute(select(e.id, e.last_n).where(e.org_id == org_id)).all():
        report.enrolments += 1
        count, first, last = connection.execute(
            select(func.count(), func.min(t.n), func.max(t.n)).where(t.org_id == org_id, t.enrolment_id == enrolment_id)
        ).one()
        whole = (count, first, last) == (last_n, 1, last_n) or (count == 0 and last_n == 0)
        if not whole:
            report.add(Finding("ledger", enrolment_id, "ledger"))
