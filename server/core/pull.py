"""Reading for devices: what changed in their buckets since their cursor, column by column, in one snapshot.

The hot path of the product: raw statements from the declarations, no row objects, no schema; memory is bounded by the
page. A checkpoint is complete when one snapshot had nothing more in any subscribed bucket (docs/protocol.md says why
that makes the pages before it consistent).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, cast

import orjson
from sqlalchemy import BigInteger, Boolean, Connection, Dialect, Integer, String
from sqlalchemy.types import TypeEngine

from server.core.access import Actor
from server.core.collections import COLLECTIONS, subscriptions
from server.core.types import Day, Id, Instant, Json, Protected
from sync_protocol.cursors import Cursor, plan_read
from sync_protocol.digests import Digest, term
from sync_protocol.envelope import MAX_PAGE_BYTES, build_pull
from sync_protocol.pages import packed_page

_ENTRIES_PER_PAGE = 4000
_BYTES_PER_ENTRY = 256  # to begin with; a page that comes out too large is cut
_AS_STORED = (Id, Instant, Day, Protected, String, Integer, BigInteger, Boolean)  # what is stored is the wire's value
_TERMS = 100  # SQLite takes at most 500 parts in a UNION


@dataclass(frozen=True, slots=True)
class Pulled:
    """One answer's worth of changes. body: the `pull` object as JSON. complete: the device may adopt what it has."""

    body: bytes
    complete: bool
    entries: int


class _Stretch(NamedTuple):
    """Feed entries of one bucket that an answer takes: those with `after` < seq <= `up_to`.

    place: of the bucket in the answer's bucket_names. puts, removals: collection → how many.
    """

    place: int
    bucket: str
    after: int
    up_to: int
    puts: dict[str, int]
    removals: dict[str, int]


def pull(
    connection: Connection,
    actor: Actor,
    cursor: Cursor | None,
    *,
    head: int,
    epoch: str,
    schema: int,
    max_bytes: int = MAX_PAGE_BYTES,
) -> Pulled:
    """The next page after `cursor` for the actor's device. head, epoch: of the clock row, read in this snapshot."""
    reading = _Reading(connection, actor.org_id, schema)
    plan = plan_read(cursor, subscriptions(actor), head, epoch=epoch)
    wanted = [(bucket, after) for bucket, after in plan.buckets.items() if after < head]
    counted = None if cursor is None or plan.reset else cursor.remaining
    limit = max(1, min(_ENTRIES_PER_PAGE, max_bytes // _BYTES_PER_ENTRY))
    while True:
        stretches = reading.stretches(wanted, limit)
        taken = sum(sum(each.puts.values()) + sum(each.removals.values()) for each in stretches)
        read = dict(plan.buckets) | {each.bucket: each.up_to for each in stretches}
        complete = taken < limit or not reading.stretches([(bucket, read[bucket]) for bucket, _ in wanted], 1)
        if complete:
            read, remaining = read | dict.fromkeys(dict(wanted), head), None
        else:
            # Counted once a run: counting at each page makes a long run take the square of its length.
            counted = reading.count(wanted) if counted is None else counted
            remaining = max(1, counted - taken)
        body = orjson.dumps(
            build_pull(
                Cursor(epoch, read, remaining),
                complete=complete,
                reset=plan.reset,
                left=plan.left,
                pages=list(reading.pages(stretches)),
                bucket_names=[bucket for bucket, _ in wanted],
                removals=[removal for each in stretches if each.removals for removal in reading.removals(each)],
                remaining=remaining or 0,
            )
        )
        if len(body) <= max_bytes or taken <= 1:
            return Pulled(body, complete, taken)
        limit = max(1, min(taken - 1, taken * max_bytes * 9 // (len(body) * 10)))


class _Reading:
    """What a page reads of one organisation, in one snapshot."""

    def __init__(self, connection: Connection, org_id: str, schema: int) -> None:
        self._connection = connection
        self._org_id = org_id
        self._schema = schema
        self._dialect = connection.dialect

    def _fetch(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        """All rows as the driver gives them: plain tuples, a third of the time of SQLAlchemy's rows."""
        result = self._connection.exec_driver_sql(sql, tuple(parameters))
        rows = cast(list[Any], result.cursor.fetchall())
        result.close()
        return rows

    def stretches(self, wanted: Sequence[tuple[str, int]], limit: int) -> list[_Stretch]:
        """The first `limit` feed entries after the buckets' cursors, bucket by bucket; of each bucket its first ones."""
        found: dict[int, _Stretch] = {}
        left = limit
        for start in range(0, len(wanted), _TERMS):
            terms = wanted[start : start + _TERMS]
            parameters: list[Any] = []
            for place, (bucket, after) in enumerate(terms, start):
                parameters += [place, self._org_id, bucket, after, left]
            sql = _stretches_sql(len(terms), self._dialect.name)
            for place, collection, put, count, up_to in self._fetch(sql, (*parameters, left)):
                bucket, after = wanted[place]
                before = found.get(place) or _Stretch(place, bucket, after, after, {}, {})
                (before.puts if put else before.removals)[collection] = count
                found[place] = before._replace(up_to=max(before.up_to, up_to))
                left -= count
            if left <= 0:
                break
        return [found[place] for place in sorted(found)]

    def count(self, wanted: Sequence[tuple[str, int]]) -> int:
        """How many entries wait in all, for a progress bar."""
        mark, organisation = _marks(self._dialect.name)
        one = f"SELECT count(*) FROM feed WHERE org_id = {organisation} AND bucket = {mark} AND seq > {mark}"  # noqa: S608
        total = 0
        for start in range(0, len(wanted), _TERMS):
            terms = wanted[start : start + _TERMS]
            parameters = [value for bucket, after in terms for value in (self._org_id, bucket, after)]
            total += sum(count for (count,) in self._fetch(" UNION ALL ".join([one] * len(terms)), parameters))
        return total

    def pages(self, stretches: Sequence[_Stretch]) -> Iterator[dict[str, Any]]:
        """The rows of the stretches, a page a collection that this schema number knows, in the order of declaration."""
        for collection in COLLECTIONS.values():
            of_it = [each for each in stretches if collection.name in each.puts]
            if not of_it or collection.since > self._schema:
                continue
            reader = _compiled(collection.name, self._schema, self._dialect.name, id(collection), self._dialect)
            parameters = [
                value
                for each in of_it
                for value in (each.place, self._org_id, each.bucket, each.after, each.up_to, collection.name)
            ]
            ((places, *columns),) = self._fetch(reader.sql(len(of_it)), (*parameters, self._org_id))
            packed = {
                name: orjson.Fragment(column if read is None else orjson.dumps(list(map(read, orjson.loads(column)))))
                for name, column, read in zip(reader.names, columns, reader.reads, strict=True)
            }
            yield packed_page(collection.name, packed, orjson.Fragment(places))

    def removals(self, stretch: _Stretch) -> Iterator[dict[str, Any]]:
        """What left the bucket in that stretch."""
        sql = _removals_sql(self._dialect.name)
        rows = self._fetch(sql, (self._org_id, stretch.bucket, stretch.after, stretch.up_to))
        return ({"collection": collection, "row": row, "bucket": stretch.place} for collection, row in rows)


def _marks(dialect: str) -> tuple[str, str]:
    """How the driver is given a parameter, and the organisation."""
    return ("?", "?") if dialect == "sqlite" else ("%s", "%s::uuid")


@lru_cache(maxsize=2 * _TERMS)
def _stretches_sql(terms: int, dialect: str) -> str:
    mark, organisation = _marks(dialect)
    place = mark if dialect == "sqlite" else "%s::int"
    one = (
        f"SELECT * FROM (SELECT {place} AS place, collection, put, seq FROM feed "  # noqa: S608
        f"WHERE org_id = {organisation} AND bucket = {mark} AND seq > {mark} ORDER BY seq LIMIT {mark}) AS f"
    )
    return (
        "SELECT place, collection, put, count(*), max(seq) "  # noqa: S608
        f"FROM (SELECT * FROM ({' UNION ALL '.join([one] * terms)}) AS e LIMIT {mark}) AS t GROUP BY place, collection, put"
    )


@lru_cache(maxsize=2)
def _removals_sql(dialect: str) -> str:
    mark, organisation = _marks(dialect)
    row_id = "row_id" if dialect == "sqlite" else "row_id::text"
    return (
        f"SELECT collection, {row_id} FROM feed WHERE org_id = {organisation} AND bucket = {mark} "  # noqa: S608
        f"AND seq > {mark} AND seq <= {mark} AND NOT put ORDER BY seq"
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a collection's columns are read: one row, of the places of the rows' buckets and each column as a JSON array.

    reads: for each column what makes the wire's value of the stored one, None where it is that already.
    """

    one: str
    select: str
    stretch: str
    places: str
    join: str
    names: tuple[str, ...]
    reads: tuple[Callable[[Any], Any] | None, ...]

    def sql(self, stretches: int) -> str:
        """Of so many stretches. Parameters: (place, organisation, bucket, after, up to, collection)…, organisation.

        Only rows of several stretches are brought together: for one it would double the time.
        """
        if stretches == 1:
            return self.one
        entries = " UNION ALL ".join([self.stretch] * stretches)
        entries = f"SELECT row_id, {self.places} AS places FROM ({entries}) AS e GROUP BY row_id"  # noqa: S608
        return f"{self.select} FROM ({entries}) AS f {self.join}"


@lru_cache(maxsize=512)
def _compiled(name: str, schema: int, dialect_name: str, _identity: int, dialect: Dialect) -> _Reader:
    collection = COLLECTIONS[name]
    names = collection.shape.columns(schema)
    table = collection.row.__table__
    mark, organisation = _marks(dialect_name)
    kinds = [table.c[column].type for column in names]
    columns = ", ".join(
        _as_array(f"{table.name}.{each}", kind, dialect_name) for each, kind in zip(names, kinds, strict=True)
    )
    entries = (
        f"FROM feed WHERE org_id = {organisation} AND bucket = {mark} AND seq > {mark} AND seq <= {mark} "
        f"AND put AND collection = {mark}"
    )
    # CROSS JOIN is SQLite's way to say which side comes first: else it scans the table and looks up each row's entry.
    join = f"CROSS JOIN {table.name} WHERE {table.name}.org_id = {organisation} AND {table.name}.id"
    if dialect_name == "sqlite":
        select, places = f"SELECT json_group_array(json(places)), {columns}", "json_group_array(places ->> 0)"
        stretch = f"SELECT json_array(?) AS places, row_id {entries}"
        one = f"{select} FROM ({stretch}) AS f {join} = f.row_id"
    else:
        select, places = f"SELECT json_agg(places)::text, {columns}", "json_agg(places -> 0)"
        stretch = f"SELECT json_build_array(%s::int) AS places, row_id {entries}"
        # All ids at once: the index is then walked in one go, instead of from its root for each row.
        ids = f"SELECT json_build_array(%s::int) AS places, ARRAY(SELECT row_id {entries}) AS ids"
        one = f"{select} FROM ({ids}) AS f {join} = ANY(f.ids)"
    return _Reader(
        one,
        select,
        stretch,
        places,
        f"{join} = f.row_id",
        names,
        tuple(
            kind.dialect_impl(dialect).result_processor(dialect, None) if isinstance(kind, Protected) else None
            for kind in kinds
        ),
    )


def _as_array(column: str, kind: TypeEngine[Any], dialect: str) -> str:
    """SQL for all values of a column as one JSON array.

    The database writes it in a fifth of the time that fetching the values and writing them here would take.
    """
    if isinstance(kind, Json):
        column = f"json({column})" if dialect == "sqlite" else f"{column}::json"
    elif isinstance(kind, Boolean) and dialect == "sqlite":
        column = f"json(CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    elif not isinstance(kind, _AS_STORED):
        raise TypeError(f"{column}: {type(kind).__name__} is not stored as it goes on the wire")
    return f"json_group_array({column})" if dialect == "sqlite" else f"json_agg({column})::text"


def digests(connection: Connection, actor: Actor) -> dict[str, Digest]:
    """bucket → digest of all rows the actor's devices should hold, from the feed itself."""
    sqlite = connection.dialect.name == "sqlite"
    row_id, mark = ("row_id", "?") if sqlite else ("row_id::text", "%s")
    sql = f"SELECT collection, {row_id}, row_version FROM feed WHERE org_id = {mark} AND bucket = {mark} AND put"  # noqa: S608
    found: dict[str, Digest] = {}
    for bucket in subscriptions(actor):
        rows = total = 0
        for collection, row, version in connection.exec_driver_sql(sql, (actor.org_id, bucket)):
            rows, total = rows + 1, total + term(collection, row, version)
        found[bucket] = Digest(rows, total % (1 << 128))
    return found
