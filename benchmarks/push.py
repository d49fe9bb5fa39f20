"""Pushing 500 operations by 100, against the raw insert of every row that those batches wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Table

from benchmarks import raw
from benchmarks.client import Client, request, unpacked
from benchmarks.first_sync import EXCHANGE
from benchmarks.measuring import Figure, Told, in_turn, milliseconds
from benchmarks.place import Place, Seller, exchange, wire_customers
from benchmarks.serving import Running
from server.core.db import Database
from server.core.rows import metadata
from sync_protocol.ids import new_id

BATCH = 100
BATCHES = 5
_MADE_AT = 1_780_000_000_000

Contents = dict[str, set[tuple[Any, ...]]]
Operation = dict[str, Any]


def rows_of(connection: Connection, table: Table, org_id: str) -> set[tuple[Any, ...]]:
    """All rows of the organisation, as the driver gives them."""
    names = ", ".join(column.name for column in table.columns)
    result = connection.exec_driver_sql(f"SELECT {names} FROM {table.name} WHERE org_id = '{org_id}'")  # noqa: S608
    found = set(map(tuple, result.cursor.fetchall()))
    result.close()
    return found


def contents(database: Database, org_id: str) -> Contents:
    """Table → all its rows of the organisation."""
    with database.read(org_id) as connection:
        return {table.name: rows_of(connection, table, org_id) for table in metadata.sorted_tables}


def keys_of(table: Table, rows: Iterable[tuple[Any, ...]]) -> set[Any]:
    """The keys of rows."""
    return set(map(_key(table), rows))


def in_order(table: Table, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """In the order of their keys, as a writer that knows its trade would write them."""
    key = _key(table)
    return sorted(rows, key=lambda row: str(key(row)))


def _key(table: Table) -> Callable[[tuple[Any, ...]], Any]:
    names = [column.name for column in table.columns]
    return itemgetter(*(names.index(column.name) for column in table.primary_key))


def written(before: Contents, after: Contents) -> list[raw.Insert]:
    """What a batch has written, parents first."""
    inserts: list[raw.Insert] = []
    for table in metadata.sorted_tables:
        rows = after[table.name] - before[table.name]
        if rows:
            is_new = keys_of(table, before[table.name]).isdisjoint(keys_of(table, rows))
            inserts.append(raw.Insert(table, in_order(table, rows), is_new))
    return inserts


@dataclass(slots=True)
class Comparison:
    """The product's database and a copy that the raw writer keeps equal, batch by batch."""

    place: Place
    seller: Seller
    port: int
    writer: raw.Writer
    n: int = 0
    customers: list[str] = field(default_factory=list)
    behind: list[list[tuple[str, Any]]] = field(default_factory=list)
    rows: int = 0
    before: Contents | None = None

    def copy_base(self) -> None:
        """Bring the raw writer's empty database to where the product's is."""
        empty: Contents = {table.name: set() for table in metadata.sorted_tables}
        for insert in written(empty, contents(self.place.services.database, self.place.org_id)):
            self.writer.write([self.writer.statement(insert)])

    def push(self, make: Callable[[], list[Operation]]) -> float:
        """Push BATCHES batches; how long the requests took, in ms. What they wrote waits for `insert`."""
        token, taken, self.rows = self.place.token(self.seller), 0.0, 0
        database = self.place.services.database
        before = self.before or contents(database, self.place.org_id)
        for _ in range(BATCHES):
            operations = self._numbered(make())
            sent = request("POST", EXCHANGE, token=token, body=exchange(self.seller, operations=operations))
            answers: list[bytes] = []
            with Client(self.port) as client:  # a new one: comparing tables takes longer than a connection is kept
                work = partial(client.ask, sent)
                taken += milliseconds(lambda work=work, answers=answers: answers.append(work()))  # type: ignore[misc]
            _check(answers[0])
            after = contents(database, self.place.org_id)
            inserts = written(before, after)
            self.rows += sum(len(each.rows) for each in inserts)
            self.behind.append([self.writer.statement(each) for each in inserts])
            before = self.before = after
        return taken

    def insert(self) -> float:
        """Write the oldest waiting batches raw; how long that took, in ms."""
        batches, self.behind = self.behind[:BATCHES], self.behind[BATCHES:]
        return sum(milliseconds(lambda batch=batch: self.writer.write(batch)) for batch in batches)  # type: ignore[misc]

    def both(self, make: Callable[[], list[Operation]], rounds: int) -> tuple[float, float]:
        """Medians of product and raw. The raw side is a round behind where it is first in turn."""
        self.push(make)
        self.insert()
        self.push(make)
        product, peer = in_turn(rounds, lambda: self.push(make), self.insert)
        while self.behind:
            self.insert()
        return product, peer

    def _numbered(self, operations: list[Operation]) -> list[Operation]:
        for operation in operations:
            self.n += 1
            operation.update(n=self.n, group=self.n, made_at=_MADE_AT)
        return operations

    # -- what is pushed --------------------------------------------------------------------------------------------

    def creates(self) -> list[Operation]:
        """A batch of new customers."""
        first = len(self.customers)
        made = list(wire_customers(range(first, first + BATCH)))
        self.customers += [row for row, _ in made]
        return [_operation("customers", "create", row, values) for row, values in made]

    def mixed(self) -> list[Operation]:
        """A batch of a day's work: customers changed, notes, visits. Every update is of another customer."""
        return list(self._mixed())

    def _mixed(self) -> Iterator[Operation]:
        start = self.n // BATCH * 40
        for number in range(start, start + 40):
            row = self.customers[number % len(self.customers)]
            values = {"remark": f"第 {number} 次：想看南向三房，周末带家人来", "grade": "ABC"[number % 3]}
            yield _operation("customers", "update", row, values, base=SAFE_BASE)
            text = f"电话回访 {number}，对 12 幢 802 感兴趣，约了 Saturday 10:00"
            yield _operation("notes", "create", new_id(), {"customer_id": row, "text": text, "written_at": _MADE_AT})
            if number % 2:
                planned = {"planned_on": "2026-06-02", "purpose": "带看样板间", "importance": 2, "urgency": 1}
                yield _operation("visits", "create", new_id(), {"customer_id": row, **planned})


SAFE_BASE = 1_000_000
"""A base above every version: the device has seen all there is, so that nothing clashes."""


def _operation(collection: str, action: str, row: str, values: Operation, *, base: int = 0) -> Operation:
    return {"collection": collection, "action": action, "row": row, "base": base, "values": values}


def _check(answer: bytes) -> None:
    verdicts = orjson.loads(unpacked(answer, "gzip"))["push"]["verdicts"]
    wrong = [each for each in verdicts if each["verdict"] != "applied"]
    if wrong or len(verdicts) != BATCH:
        raise ValueError(f"{len(verdicts)} verdicts, {len(wrong)} of them not applied, such as {wrong[:1]}")


def compare(place: Place, seller: Seller, server: Running, copy_url: str, rounds: int) -> list[Figure | Told]:
    """Both pushes against the raw insert of what they wrote; at the end both databases hold the same."""
    found: list[Figure | Told] = []
    writer = raw.Writer(copy_url, place.org_id)
    copy = Database(copy_url)
    try:
        comparison = Comparison(place, seller, server.port, writer)
        comparison.copy_base()
        for name, make in (("creates", comparison.creates), ("updates, notes, visits", comparison.mixed)):
            product, peer = comparison.both(make, rounds)
            found.append(Figure(f"push of {BATCH * BATCHES} by {BATCH}: {name}", "ms", product, peer))
            found.append(Told(f"rows written by it: {name}", "rows", comparison.rows))
        if contents(copy, place.org_id) != contents(place.services.database, place.org_id):
            raise ValueError("the raw side did not write what the product wrote")
    finally:
        writer.close()
        copy.close()
    return found
