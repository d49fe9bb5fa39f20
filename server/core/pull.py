"""Reading for devices: what changed in their buckets since their cursor, column by column, in one snapshot.

The hot path of the product: raw statements from the declarations, no row objects, no schema; memory is bounded by the
page. A checkpoint is complete when one snapshot had nothing more in any subscribed bucket (docs/protocol.md says why
that makes the pages before it consistent).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

import orjson
from sqlalchemy import Boolean, Connection, Dialect
from sqlalchemy.types import TypeDecorator

from server.core.access import Actor
from server.core.collections import COLLECTIONS, Collection, subscriptions
from server.core.types import Day, Id, Instant, Json, Protected
from sync_protocol.cursors import Cursor, plan_read
from sync_protocol.digests import Digest, term
from sync_protocol.envelope import MAX_PAGE_BYTES, build_pull
from sync_protocol.pages import encode_page

_RAW = (Id, Instant, Day, Json, Protected)  # types whose stored value is the wire's value
_ENTRIES_PER_PAGE = 4000
_BYTES_PER_ENTRY = 256  # to begin with; a page that comes out too large is cut
_TERMS = 100  # SQLite takes at most 500 parts in a UNION

Entry = tuple[int, int, bool, str, str]
"""(place of the bucket, seq, put, collection, row id)"""


@dataclass(frozen=True, slots=True)
class Pulled:
    """One answer's worth of changes. body: the `pull` object as JSON. complete: the device may adopt what it has."""

    body: bytes
    complete: bool
    entries: int


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
    plan = plan_read(cursor, subscriptions(actor), head, epoch=epoch)
    wanted = [(bucket, after) for bucket, after in plan.buckets.items() if after < head]
    limit = max(1, min(_ENTRIES_PER_PAGE, max_bytes // _BYTES_PER_ENTRY))
    entries = _entries(connection, actor.org_id, wanted, limit + 1)  # one more than fit, to know whether there are more
    take, waiting = min(len(entries), limit), 0
    while True:
        page = _Page(connection, actor.org_id, schema, wanted, entries, take, all_read=len(entries) <= limit)
        if not page.complete:
            waiting = waiting or _count(connection, actor.org_id, wanted)
        body = orjson.dumps(
            build_pull(
                Cursor(epoch, page.cursor_after(plan.buckets, head)),
                complete=page.complete,
                reset=plan.reset,
                left=plan.left,
                pages=page.pages,
                bucket_names=[bucket for bucket, _ in wanted],
                removals=page.removals,
                remaining=max(0, waiting - take),
            )
        )
        if len(body) <= max_bytes or take <= 1:
            return Pulled(body, page.complete, take)
        take = max(1, min(take - 1, take * max_bytes * 9 // (len(body) * 10)))


def _entries(connection: Connection, org_id: str, wanted: Sequence[tuple[str, int]], limit: int) -> list[Entry]:
    """Up to `limit` feed entries after the buckets' cursors, of each bucket the first ones; by bucket and number."""
    found: list[Entry] = []
    for start in range(0, len(wanted), _TERMS):
        terms = wanted[start : start + _TERMS]
        parameters: list[Any] = []
        for place, (bucket, after) in enumerate(terms, start):
            parameters += [place, org_id, bucket, after, limit]
        sql = _entries_sql(len(terms), connection.dialect.name)
        found += _fetch(connection, sql, (*parameters, limit - len(found)))
        if len(found) >= limit:
            break
    found.sort()
    return found


def _fetch(connection: Connection, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
    """All rows as the driver gives them: plain tuples, a third of the time of SQLAlchemy's rows."""
    result = connection.exec_driver_sql(sql, parameters)
    rows = cast(list[Any], result.cursor.fetchall())
    result.close()
    return rows


@lru_cache(maxsize=2 * _TERMS)
def _entries_sql(terms: int, dialect: str) -> str:
    mark, row_id, place, organisation = (
        ("?", "row_id", "?", "?") if dialect == "sqlite" else ("%s", "row_id::text", "%s::int", "%s::uuid")
    )
    one = (
        f"SELECT * FROM (SELECT {place} AS place, seq, put, collection, {row_id} AS row_id FROM feed "  # noqa: S608
        f"WHERE org_id = {organisation} AND bucket = {mark} AND seq > {mark} ORDER BY seq LIMIT {mark}) AS f"
    )
    return f"SELECT * FROM ({' UNION ALL '.join([one] * terms)}) AS e LIMIT {mark}"  # noqa: S608


def _count(connection: Connection, org_id: str, wanted: Sequence[tuple[str, int]]) -> int:
    """How many entries wait in all, for a progress bar; asked only when they do not fit one page."""
    sqlite = connection.dialect.name == "sqlite"
    mark, organisation = ("?", "?") if sqlite else ("%s", "%s::uuid")
    one = f"SELECT count(*) FROM feed WHERE org_id = {organisation} AND bucket = {mark} AND seq > {mark}"  # noqa: S608
    total = 0
    for start in range(0, len(wanted), _TERMS):
        terms = wanted[start : start + _TERMS]
        parameters = [value for bucket, after in terms for value in (org_id, bucket, after)]
        counts = _fetch(connection, " UNION ALL ".join([one] * len(terms)), tuple(parameters))
        total += sum(count for (count,) in counts)
    return total


class _Page:
    """One page's rows and removals: the first `take` of the entries that were read.

    all_read: the entries are all there are; else any bucket may have more.
    """

    def __init__(
        self,
        connection: Connection,
        org_id: str,
        schema: int,
        wanted: Sequence[tuple[str, int]],
        entries: Sequence[Entry],
        take: int,
        *,
        all_read: bool,
    ) -> None:
        self._wanted = wanted
        self._after = [after for _, after in wanted]
        puts: dict[str, dict[str, tuple[int, ...]]] = {}
        places: dict[str, set[int]] = {}
        self.removals: list[dict[str, Any]] = []
        # Run by run: most pages are one bucket's puts of one collection, and a loop over their entries took as long as SQL.
        for (place, put, collection), run in groupby(entries[:take], key=itemgetter(0, 2, 3)):
            of_run = list(run)
            self._after[place] = of_run[-1][1]
            rows = [entry[4] for entry in of_run]
            if not put:
                self.removals += ({"collection": collection, "row": row, "bucket": place} for row in rows)
                continue
            places.setdefault(collection, set()).add(place)
            if collection not in puts:
                puts[collection] = dict.fromkeys(rows, (place,))
            else:
                known = puts[collection]
                known.update((row, (*known.get(row, ()), place)) for row in rows)
        self._more = [not all_read] * len(wanted)
        for entry in entries[take:]:
            self._more[entry[0]] = True
        self.complete = not any(self._more)
        self.pages = [
            page
            for collection in COLLECTIONS.values()
            if collection.name in puts and collection.since <= schema
            for page in _page(
                connection, org_id, collection, puts[collection.name], schema, self._stretch(places[collection.name])
            )
        ]

    def _stretch(self, places: set[int]) -> tuple[str, int, int] | None:
        """(bucket, after, up to) when all rows of a collection come from one bucket: the database finds them by itself."""
        if len(places) > 1:
            return None
        (place,) = places
        return (*self._wanted[place], self._after[place])

    def cursor_after(self, before: Mapping[str, int], head: int) -> dict[str, int]:
        """How far each bucket is read after this page; those that gave all they had, to the head."""
        read = {
            bucket: after if more else head
            for (bucket, _), after, more in zip(self._wanted, self._after, self._more, strict=True)
        }
        return {**before, **read}


def _page(
    connection: Connection,
    org_id: str,
    collection: Collection,
    puts: dict[str, tuple[int, ...]],
    schema: int,
    stretch: tuple[str, int, int] | None,
) -> list[dict[str, Any]]:
    reader = _reader(collection, schema, connection.dialect)
    if stretch is None:
        ids: Any = orjson.dumps(list(puts)).decode() if connection.dialect.name == "sqlite" else list(puts)
        rows = _fetch(connection, reader.by_ids, (org_id, ids))
    else:
        rows = _fetch(connection, reader.by_stretch, (org_id, org_id, *stretch, collection.name))
    if not rows:
        return []
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, convert in reader.converters:
        columns[place] = [convert(value) for value in columns[place]]
    named = dict(zip(reader.names, columns, strict=True))
    return [encode_page(collection.name, named, [puts[row_id] for row_id in columns[0]])]


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a collection's columns are read raw. converters: (place, function) where storage differs from the wire.

    by_ids: (organisation, ids). by_stretch: (organisation, organisation, bucket, after, up to, collection).
    """

    by_ids: str
    by_stretch: str
    names: tuple[str, ...]
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]


def _reader(collection: Collection, schema: int, dialect: Dialect) -> _Reader:
    return _compiled(collection.name, schema, dialect.name, id(collection), dialect)


@lru_cache(maxsize=512)
def _compiled(name: str, schema: int, dialect_name: str, _identity: int, dialect: Dialect) -> _Reader:
    collection = COLLECTIONS[name]
    names = collection.shape.columns(schema)
    table = collection.row.__table__
    sqlite = dialect_name == "sqlite"
    selected: list[str] = []
    converters: list[tuple[int, Callable[[Any], Any]]] = []
    for place, column in enumerate(names):
        kind = table.c[column].type
        selected.append(f"{column}::text" if isinstance(kind, Id) and not sqlite else column)
        if isinstance(kind, Boolean) and sqlite:
            converters.append((place, _boolean))
        elif isinstance(kind, Json):
            converters.append((place, _document))
        elif isinstance(kind, Protected) and (read := kind.dialect_impl(dialect).result_processor(dialect, None)):
            converters.append((place, read))
        elif isinstance(kind, TypeDecorator) and not isinstance(kind, _RAW):
            raise TypeError(f"{name}.{column}: {type(kind).__name__} is not stored as it goes on the wire")
    where = (
        "org_id = ? AND id IN (SELECT value FROM json_each(?))" if sqlite else "org_id = %s AND id = ANY(%s::uuid[])"
    )
    mark, organisation = ("?", "?") if sqlite else ("%s", "%s::uuid")
    stretch = (
        f"org_id = {organisation} AND id IN (SELECT row_id FROM feed WHERE org_id = {organisation} AND bucket = {mark} "  # noqa: S608
        f"AND seq > {mark} AND seq <= {mark} AND put AND collection = {mark})"
    )
    select = f"SELECT {', '.join(selected)} FROM {table.name} WHERE "  # noqa: S608
    return _Reader(select + where, select + stretch, names, tuple(converters))


def _document(value: str | None) -> orjson.Fragment | None:
    """A kept JSON document, put into the answer as it is."""
    return None if value is None else orjson.Fragment(value)


def _boolean(value: int | None) -> bool | None:
    return None if value is None else bool(value)


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
