"""The audit of sync: that feed, rows and ledger of one organisation say the same. Reads only, in one snapshot.

Every synced row has a `put` entry with its version in exactly its buckets, and no other; no entry is numbered past the
head; what hangs on a row of `root` carries that row's owner, unit and project; each enrolment's ledger is whole up to its
highest number. Digests are sums over the feed (pull.digests), so they agree with the rows when this finds nothing.

Walks by primary key in slices, so that memory and statement times stay flat whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, func, select, tuple_

from server.core.collections import COLLECTIONS, Collection
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
    report = Report()

    def step() -> None:
        if progress is not None:
            progress(report.rows + report.entries, None)

    with database.read(org_id) as connection:
        for collection in collections.values():
            parents = [
                (column, collections[name])
                for column, name in collection.parents.items()
                if name == root and name in collections and issubclass(collection.row, Scoped)
            ]
            for rows in _row_slices(connection, org_id, collection, parents, size):
                report.rows += len(rows)
                _compare_rows(connection, org_id, collection, rows, report)
                _compare_parents(collection, parents, rows, report)
                step()
        head = connection.execute(select(ORG_CLOCKS.c.feed_head).where(ORG_CLOCKS.c.org_id == org_id)).scalar_one()
        for entries in _feed_slices(connection, org_id, size):
            report.entries += len(entries)
            _compare_entries(connection, org_id, collections, entries, head, report)
            step()
        _compare_ledgers(connection, org_id, report)
    return report


# -- rows against the feed --------------------------------------------------------------------------------------------


def _row_slices(
    connection: Connection, org_id: str, collection: Collection, parents: Sequence[tuple[str, Collection]], size: int
) -> Iterator[list[Row[Any]]]:
    """The rows of a collection by id: id, version, all columns that hold ids (buckets are made of those), and for each
    parent its id and what is carried from it."""
    columns = c(collection.row)
    source: Any = collection.row.__table__
    wanted: list[Any] = [columns.version, *(each for each in columns if isinstance(each.type, Id))]
    for place, (column, parent) in enumerate(parents):
        above = parent.row.__table__.alias(f"parent_{place}")
        source = source.outerjoin(above, and_(above.c.org_id == columns.org_id, above.c.id == columns[column]))
        wanted += [above.c[name].label(f"parent_{place}_{name}") for name in ("id", *CARRIED)]
    statement = select(*wanted).select_from(source).where(columns.org_id == org_id).order_by(columns.id).limit(size)
    after: str | None = None
    while True:
        rows = list(connection.execute(statement if after is None else statement.where(columns.id > after)))
        if rows:
            yield rows
        if len(rows) < size:
            return
        after = rows[-1].id


def _compare_rows(
    connection: Connection, org_id: str, collection: Collection, rows: Sequence[Row[Any]], report: Report
) -> None:
    expected = [(bucket, row.id, row.version) for row in rows for bucket in collection.scope.of(row)]
    found = _entries_at(connection, org_id, collection.name, [(bucket, row_id) for bucket, row_id, _ in expected])
    for bucket, row_id, version in expected:
        put, row_version = found.get((bucket, row_id), (None, None))
        if put is None:
            report.add(Finding(collection.name, row_id, "missing", bucket))
        elif not put:
            report.add(Finding(collection.name, row_id, "removed", bucket))
        elif row_version != version:
            report.add(Finding(collection.name, row_id, "version", bucket))


def _entries_at(
    connection: Connection, org_id: str, collection: str, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[bool, int]]:
    """(bucket, row) → (put, version) of the feed's entries at those keys; one probe of its primary key for each."""
    buckets, ids = [bucket for bucket, _ in keys], [row_id for _, row_id in keys]
    if connection.dialect.name == "sqlite":
        sql = (
            "SELECT feed.bucket, feed.row_id, feed.put, feed.row_version FROM json_each(?) AS k CROSS JOIN feed "
            "ON feed.org_id = ? AND feed.bucket = k.value ->> 0 AND feed.collection = ? AND feed.row_id = k.value ->> 1"
        )
        rows = connection.exec_driver_sql(sql, (orjson.dumps(keys).decode(), org_id, collection))
    else:
        sql = (
            "SELECT feed.bucket, feed.row_id::text, feed.put, feed.row_version "
            "FROM unnest(%s::text[], %s::uuid[]) AS k(bucket, row_id) JOIN feed "
            "ON feed.org_id = %s AND feed.bucket = k.bucket AND feed.collection = %s AND feed.row_id = k.row_id"
        )
        rows = connection.exec_driver_sql(sql, (buckets, ids, org_id, collection))
    return {(bucket, row_id): (bool(put), version) for bucket, row_id, put, version in rows}


def _compare_parents(
    collection: Collection, parents: Sequence[tuple[str, Collection]], rows: Sequence[Row[Any]], report: Report
) -> None:
    for place, (column, _parent) in enumerate(parents):
        for row in rows:
            if getattr(row, column) is None:
                continue
            if getattr(row, f"parent_{place}_id") is None:
                report.add(Finding(collection.name, row.id, "orphan"))
            elif any(getattr(row, name) != getattr(row, f"parent_{place}_{name}") for name in CARRIED):
                report.add(Finding(collection.name, row.id, "parted"))


# -- the feed against rows --------------------------------------------------------------------------------------------


def _feed_slices(connection: Connection, org_id: str, size: int) -> Iterator[list[Any]]:
    """All entries of the organisation, in the order of the primary key."""
    t = FEED.c
    key = (t.bucket, t.collection, t.row_id)
    statement = select(*key, t.seq, t.put, t.row_version).where(t.org_id == org_id).order_by(*key).limit(size)
    after: tuple[str, str, str] | None = None
    while True:
        beyond = (
            statement
            if after is None
            else statement.where(tuple_(*key) > tuple_(*after, types=[each.type for each in key]))
        )
        entries = list(connection.execute(beyond))
        if entries:
            yield entries
        if len(entries) < size:
            return
        last = entries[-1]
        after = last.bucket, last.collection, last.row_id


def _compare_entries(
    connection: Connection,
    org_id: str,
    collections: Mapping[str, Collection],
    entries: Sequence[Any],
    head: int,
    report: Report,
) -> None:
    puts: dict[str, list[Any]] = {}
    for entry in entries:
        if entry.seq > head:
            report.add(Finding(entry.collection, entry.row_id, "ahead", entry.bucket))
        if entry.collection not in collections:
            report.add(Finding(entry.collection, entry.row_id, "unknown", entry.bucket))
        elif entry.put:
            puts.setdefault(entry.collection, []).append(entry)
    for name, offered in puts.items():
        collection = collections[name]
        columns = c(collection.row)
        ids = {entry.row_id for entry in offered}
        there = {
            row.id: row
            for row in connection.execute(
                select(*(each for each in columns if isinstance(each.type, Id)))
                .where(columns.org_id == org_id, columns.id.in_(sorted(ids)))
            )
        }  # fmt: skip
        for entry in offered:
            row = there.get(entry.row_id)
            if row is None:
                report.add(Finding(name, entry.row_id, "ghost", entry.bucket))
            elif entry.bucket not in collection.scope.of(row):
                report.add(Finding(name, entry.row_id, "foreign", entry.bucket))


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
