"""Syncing without HTTP: a queue that numbers as a device does, pushes and pulls, a line for the reference device."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import event, insert, select

from server.core import ledger, tables
from server.core.access import Actor
from server.core.apply import Applied, apply_push
from server.core.clock import Clock
from server.core.collections import shapes
from server.core.db import Database, commit
from server.core.pull import digests, pull
from server.core.types import from_ms
from sync_protocol import codes
from sync_protocol.codes import ProtocolError
from sync_protocol.cursors import Cursor, parse_cursor
from sync_protocol.envelope import MAX_PAGE_BYTES, PushAnswer, build_answer, parse_exchange
from sync_protocol.ids import new_id
from sync_protocol.operations import Operation, parse_push
from sync_protocol.pages import Fold, parse_changes
from sync_protocol.phone import LineBroken
from sync_protocol.verdicts import Decision, Verdict
from sync_protocol.versions import SCHEMA, served_schema

MADE_AT = 1_760_000_000_000
"""What the devices of tests say about the time, ms since 1970."""

Wire = dict[str, Any]


class Queue:
    """Numbers operations as one enrolment does. Each call is a local transaction of its own unless `together`."""

    def __init__(self, n: int = 1) -> None:
        self.n = n
        self._group = n
        self._open = False
        self.operations: list[Wire] = []

    def create(self, collection: str, row: str | None = None, /, **values: Any) -> str:
        """Returns the id of the row."""
        made = row or new_id()
        self.add(collection, "create", made, values)
        return made

    def update(self, collection: str, row: str, /, *, base: int = 1, **values: Any) -> None:
        """Set fields of a row that the device saw at version `base`."""
        self.add(collection, "update", row, values, base=base)

    def act(self, collection: str, action: str, row: str, /, *, base: int = 1, **values: Any) -> None:
        """Any other action."""
        self.add(collection, action, row, values, base=base)

    def add(self, collection: str, action: str, row: str, values: Wire, *, base: int = 0) -> None:
        """One operation as it goes on the wire."""
        if not self._open:
            self._group += 1
        self.operations.append(
            {"n": self.n, "group": self._group, "collection": collection, "action": action, "row": row, "base": base,
             "values": values, "made_at": MADE_AT}
        )  # fmt: skip
        self.n += 1

    @contextmanager
    def together(self) -> Iterator[None]:
        """Operations inside are one local transaction."""
        self._group += 1
        self._open = True
        yield
        self._open = False

    def take(self) -> list[Wire]:
        """The operations so far; the queue goes on behind them."""
        taken, self.operations = self.operations, []
        return taken


def parsed(operations: Sequence[Wire]) -> tuple[Operation, ...]:
    """As the server reads them."""
    return parse_push(json.loads(json.dumps({"operations": list(operations)})), shapes())


def enrol(database: Database, org_id: str, user_ids: Sequence[str]) -> list[str]:
    """A new device for each of these people; the ids of their enrolments."""
    made = [new_id() for _ in user_ids]
    rows = [
        {"org_id": org_id, "id": each, "user_id": user, "device_id": new_id(),
         "incarnation": 1, "last_n": 0, "created_at": from_ms(MADE_AT)}
        for each, user in zip(made, user_ids, strict=True)
    ]  # fmt: skip
    with database.write(org_id) as connection:
        connection.execute(insert(tables.ENROLMENTS), rows)
        commit(connection)
    return made


def push(database: Database, actor: Actor, operations: Sequence[Wire], *, clock: Clock | None = None) -> Applied:
    """Push wire operations as the actor's device."""
    return apply_push(database, actor, parsed(operations), clock=clock, commitment_secret=b"secret of tests")


def verdicts(applied: Applied) -> list[Verdict]:
    """The verdicts in order."""
    return [each.verdict for each in applied.decisions]


def told(decision: Decision) -> tuple[str, str | None]:
    """Verdict and code."""
    return decision.verdict.value, decision.code


def clock_of(database: Database, org_id: str) -> tuple[int, str]:
    """Head and epoch of an organisation."""
    with database.read(org_id) as connection:
        t = tables.ORG_CLOCKS.c
        head, epoch = connection.execute(select(t.feed_head, t.epoch).where(t.org_id == org_id)).one()
    return head, epoch


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a pull. wire: the member `pull`."""

    wire: Wire
    head: int
    size: int

    @property
    def complete(self) -> bool:
        """Whether a device may adopt what it has."""
        return bool(self.wire["complete"])

    @property
    def cursor(self) -> Cursor:
        """What to ask with next."""
        found = parse_cursor(self.wire["cursor"])
        assert found is not None
        return found

    @property
    def rows(self) -> int:
        """Rows in it."""
        return sum(len(page["columns"]["id"]) for page in self.wire["pages"])


def read_page(
    database: Database,
    actor: Actor,
    cursor: Cursor | None,
    *,
    max_bytes: int = MAX_PAGE_BYTES,
    schema: int = SCHEMA,
) -> Page:
    """One page in one snapshot."""
    with database.read(actor.org_id) as connection:
        t = tables.ORG_CLOCKS.c
        head, epoch = connection.execute(select(t.feed_head, t.epoch).where(t.org_id == actor.org_id)).one()
        pulled = pull(connection, actor, cursor, head=head, epoch=epoch, schema=schema, max_bytes=max_bytes)
    wire = json.loads(pulled.body)
    assert wire["complete"] == pulled.complete
    return Page(wire, head, len(pulled.body))


@dataclass(slots=True)
class Held:
    """What a device without a store would hold: rows and buckets after all pages so far, and where it is.

    rows: (collection, id) → values with id and version. sent: how often each row came.
    """

    cursor: Cursor | None = None
    buckets: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    rows: dict[tuple[str, str], Wire] = field(default_factory=dict)
    sent: dict[tuple[str, str], int] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)

    def of(self, collection: str) -> dict[str, Wire]:
        """The rows of a collection by id."""
        return {row: values for (name, row), values in self.rows.items() if name == collection}

    def ids(self, collection: str) -> set[str]:
        """The ids it holds of a collection."""
        return set(self.of(collection))

    def read(self, database: Database, actor: Actor, *, max_bytes: int = MAX_PAGE_BYTES) -> Held:
        """Read to a complete checkpoint and adopt it."""
        folded, reset = Fold(), False
        self.pages, self.sent = [], {}
        while True:
            page = read_page(database, actor, self.cursor, max_bytes=max_bytes)
            reset = reset or page.wire["reset"]
            changes = parse_changes(page.wire)
            for row in changes.rows:
                self.sent[row.collection, row.row] = self.sent.get((row.collection, row.row), 0) + 1
            folded.feed(changes)
            assert page.complete or page.cursor != self.cursor, "no progress"
            self.cursor = page.cursor
            self.pages.append(page)
            if page.complete:
                break
        self._adopt(folded, reset=reset)
        return self

    def _adopt(self, folded: Fold, *, reset: bool) -> None:
        before = {} if reset else self.buckets
        known = {} if reset else self.rows
        self.buckets, self.rows = {}, {}
        for key in {**before, **folded.moves}:
            buckets = folded.buckets_after(key, before.get(key, frozenset()))
            if buckets:
                self.buckets[key] = buckets
                pulled = folded.rows.get(key)
                self.rows[key] = (
                    known[key] if pulled is None else {"id": pulled.row, "version": pulled.version, **pulled.values}
                )


def pull_all(database: Database, actor: Actor, *, max_bytes: int = MAX_PAGE_BYTES) -> Held:
    """A first sync."""
    return Held().read(database, actor, max_bytes=max_bytes)


class InProcess:
    """The line of a Phone that ends in this process: exchange, wait and digest without HTTP.

    actor: asked anew for each request, as rights may have changed. fate: called with each request's place (from 0), says
    what becomes of it: ok, lost (never arrives) or unheard (its answer is lost).
    """

    def __init__(
        self,
        database: Database,
        actor: Callable[[], Actor],
        *,
        clock: Clock | None = None,
        fate: Callable[[int], str] = lambda _: "ok",
    ) -> None:
        self._database = database
        self._actor = actor
        self._clock = clock
        self._fate = fate
        self.requests = 0

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """As Transport.send."""
        fate = self._fate(self.requests)
        self.requests += 1
        if fate == "lost":
            raise LineBroken
        try:
            status, answer = 200, self._answer(path, body)
        except ProtocolError as error:
            status, answer = error.status, orjson.dumps({"code": error.code, "params": error.params})
        if fate == "unheard":
            raise LineBroken
        return status, {"content-type": "application/json"}, answer

    def _answer(self, path: str, body: bytes | None) -> bytes:
        actor = self._actor()
        if path == "/mobile/v1/digest":
            with self._database.read(actor.org_id) as connection:
                found = {name: each.to_wire() for name, each in digests(connection, actor).items()}
            return orjson.dumps({"head": clock_of(self._database, actor.org_id)[0], "buckets": found})
        if path.startswith("/mobile/v1/wait"):
            return orjson.dumps({"head": clock_of(self._database, actor.org_id)[0]})
        request = parse_exchange(json.loads(body or b""), shapes())
        if request.enrolment != actor.enrolment_id:
            raise ProtocolError(codes.WRONG_ENROLMENT)
        pushed = None
        if request.operations:
            applied = apply_push(self._database, actor, request.operations, clock=self._clock)
            pushed = PushAnswer(applied.acknowledged, applied.decisions)
        elif request.operations is not None:
            with self._database.read(actor.org_id) as connection:
                pushed = PushAnswer(ledger.highest(connection, actor.org_id, request.enrolment), ())
        head, pulled = clock_of(self._database, actor.org_id)[0], None
        if request.pull is not None:
            page = read_page(
                self._database,
                actor,
                request.pull.cursor,
                max_bytes=request.pull.max_bytes,
                schema=served_schema(request.schema),
            )
            head, pulled = page.head, page.wire
        return orjson.dumps(build_answer(server_time=MADE_AT, head=head, push=pushed, pull=pulled))


@contextmanager
def count_statements(database: Database) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile, BEGIN and COMMIT among them; one executemany counts once."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
