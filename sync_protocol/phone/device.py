"""The device itself: edits go in, requests come out, answers go in. Each step is one durable write, so it can die anywhere."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sync_protocol.collections import CollectionShape
from sync_protocol.cursors import Cursor
from sync_protocol.digests import Digest
from sync_protocol.envelope import MAX_PAGE_BYTES
from sync_protocol.ids import new_id
from sync_protocol.phone.answers import Exchanged, Step, take_answer
from sync_protocol.phone.editing import Edit, checked, queue
from sync_protocol.phone.entries import Entry, next_batch
from sync_protocol.phone.ports import LineBroken, Storage, Transport
from sync_protocol.phone.pulling import let_go
from sync_protocol.phone.pushing import renumber
from sync_protocol.phone.session import SignInRefused
from sync_protocol.phone.store import Draft, Mend, Store
from sync_protocol.versions import PROTOCOL, SCHEMA

MAX_PUSH_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """An exchange on its way. What it asked with is kept beside it, to judge the answer by."""

    body: Mapping[str, Any]
    enrolment: str
    numbers: tuple[int, ...]
    cursor: Cursor | None


@dataclass(slots=True)
class _Batching:
    """How much to push at once. Volatile: a device that forgets it learns it again."""

    limit: int
    below: int | None = None


class Phone:
    """One device of one person: one enrolment, one storage.

    authorise: gives a bearer token for the exchange. clock: the device's own, ms since 1970 UTC, right or wrong.
    shapes: to check edits as the server will; without them only what can not be encoded is refused.
    batch: operations per push. max_bytes: wanted size of a pull answer. mint: makes row ids.
    """

    def __init__(
        self,
        storage: Storage,
        transport: Transport,
        authorise: Callable[[], str],
        clock: Callable[[], int],
        *,
        shapes: Mapping[str, CollectionShape] | None = None,
        schema: int = SCHEMA,
        batch: int = 100,
        max_bytes: int = MAX_PAGE_BYTES,
        mint: Callable[[int], str] = new_id,
    ) -> None:
        self._store = Store(storage)
        self._transport = transport
        self._authorise = authorise
        self._clock = clock
        self._shapes = shapes
        self._schema = schema
        self._batch = batch
        self._batching = _Batching(batch)
        self._max_bytes = max_bytes
        self._mint = mint
        self._open: list[Edit] | None = None

    # -- what a person sees and does -------------------------------------------------------------------------------

    def rows(self, collection: str) -> dict[str, dict[str, Any]]:
        """Rows by id as the person sees them, own edits included, with "id" and the adopted "version" (0: not yet)."""
        return self._store.shown(collection)

    def adopted(self, collection: str) -> dict[str, dict[str, Any]]:
        """Rows by id as last adopted from the server."""
        return {
            row: {"id": row, "version": held.version, **held.values}
            for (name, row), held in self._store.all_adopted()
            if name == collection
        }

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Edits inside become one group: kept together, sent together, applied together. An exception keeps none."""
        if self._open is not None:
            raise RuntimeError("a transaction is open already")
        self._open = []
        try:
            yield
            if self._open:
                queue(self._store, self._open)
        finally:
            self._open = None

    def create(self, collection: str, values: Mapping[str, Any], row: str | None = None) -> str:
        """Make a row and return its id, minted here unless given."""
        made = self._mint(self._clock()) if row is None else row
        self._edit(collection, "create", made, values)
        return made

    def update(self, collection: str, row: str, values: Mapping[str, Any]) -> None:
        """Set fields of a row on show. Raises LookupError when it is not."""
        self._edit(collection, "update", row, values)

    def act(
        self,
        collection: str,
        action: str,
        row: str,
        values: Mapping[str, Any] | None = None,
        *,
        effect: Mapping[str, Any] | None = None,
    ) -> None:
        """Do a named action on a row on show. effect: fields to show meanwhile; else those values that are fields."""
        given = values or {}
        if effect is None:
            shape = (self._shapes or {}).get(collection)
            effect = {name: value for name, value in given.items() if shape is None or name in shape.fields}
        self._edit(collection, action, row, given, effect)

    def delete(self, collection: str, row: str) -> None:
        """Delete a row on show."""
        self._edit(collection, "delete", row, {})

    @property
    def queue(self) -> list[Entry]:
        """Operations without a verdict, in order."""
        return self._store.pending

    @property
    def settled(self) -> list[Entry]:
        """Operations with a verdict whose effect no adopted checkpoint shows yet."""
        return [entry for entry in self._store.entries.values() if not entry.pending]

    @property
    def mend(self) -> list[Mend]:
        """Refused operations, with the reason."""
        return self._store.mend()

    def forget(self, mend: Mend) -> None:
        """Take a refused operation off the list; the person has seen to it."""
        draft = Draft(self._store)
        draft.forget(mend)
        draft.commit()

    # -- the line --------------------------------------------------------------------------------------------------

    @property
    def enrolment(self) -> str | None:
        """The enrolment in use."""
        return self._store.counters.enrolment

    @property
    def cursor(self) -> Cursor | None:
        """The cursor of the adopted checkpoint."""
        return self._store.checkpoint.cursor

    @property
    def head(self) -> int:
        """The head of the adopted checkpoint."""
        return self._store.checkpoint.head

    def reenrol(self, enrolment: str) -> None:
        """Use this enrolment. A new one numbers the queue from 1; the one in use changes nothing."""
        if enrolment != self.enrolment:
            renumber(self._store, enrolment)
            self._batching.below = None

    def prepare(self) -> Request:
        """The next exchange: the front of the queue, and the question for what is new. Changes nothing."""
        enrolment = self.enrolment
        if enrolment is None:
            raise RuntimeError("sign in first: there is no enrolment")
        batching = self._batching
        batch = next_batch(self._store.pending, limit=batching.limit, max_bytes=MAX_PUSH_BYTES, below=batching.below)
        cursor = self._store.pull_cursor
        body: dict[str, Any] = {
            "protocol": PROTOCOL,
            "schema": self._schema,
            "enrolment": enrolment,
            "sent_at": self._clock(),
        }
        if batch:
            body["push"] = {"operations": [entry.to_wire() for entry in batch]}
        body["pull"] = {"cursor": cursor.to_wire() if cursor else None, "max_bytes": self._max_bytes}
        return Request(body, enrolment, tuple(entry.n for entry in batch), cursor)

    def receive(self, request: Request, status: int, headers: Mapping[str, str], body: bytes) -> Exchanged:
        """Take the answer to a request. Answers may come late, twice or in any order."""
        taken = take_answer(self._store, request, status, headers, body)
        batching = self._batching
        if status == 200:
            batching.below = None
        if taken.smaller:
            if batching.limit == 1:
                return Exchanged(Step.BLOCKED, taken.exchanged.code, taken.exchanged.params)
            batching.limit = max(1, min(batching.limit, len(request.numbers)) // 2)
        if taken.hold_back is not None:
            batching.below = taken.hold_back
            if not self.prepare().numbers:
                return Exchanged(Step.ENROL, taken.exchanged.code, taken.exchanged.params)
        return taken.exchanged

    def exchange_once(self) -> Exchanged:
        """One request and its answer. Never raises for a bad line or a bad answer: the queue stays as it is."""
        request = self.prepare()
        try:
            status, headers, body = self._send("POST", "/mobile/v1/exchange", json.dumps(request.body).encode("ascii"))
        except LineBroken:
            return Exchanged(Step.LATER)
        except SignInRefused as refused:
            return Exchanged(Step.SIGN_IN, refused.code)
        return self.receive(request, status, headers, body)

    def sync(self, *, rounds: int = 1000) -> Exchanged:
        """Exchange until the queue is empty and a complete checkpoint is adopted, or something stands in the way."""
        exchanged = Exchanged(Step.MORE)
        for _ in range(rounds):
            exchanged = self.exchange_once()
            if exchanged.step != Step.MORE:
                break
        return exchanged

    def wait(self) -> bool:
        """Ask whether there is news; the server answers when there is, or after a while. Raises LineBroken."""
        status, _, body = self._send("GET", f"/mobile/v1/wait?head={self.head}", None)
        return status == 200 and json.loads(body)["head"] != self.head

    # -- comparing -------------------------------------------------------------------------------------------------

    def digest(self) -> dict[str, Digest]:
        """Digest of each bucket over the adopted rows. A bucket without rows is not named."""
        found: dict[str, Digest] = {}
        for (collection, row), held in self._store.all_adopted():
            for bucket in held.buckets:
                found[bucket] = found.get(bucket, Digest()).add(collection, row, held.version)
        return found

    def verify(self) -> list[str] | None:
        """Compare with the server and have differing buckets read again at the next exchanges. Raises LineBroken.

        Returns their names; None when nothing can be said, because the server has moved on or could not answer.
        """
        status, _, body = self._send("GET", "/mobile/v1/digest", None)
        if status != 200:
            return None
        answer = json.loads(body)
        if answer["head"] != self.head or self._store.staging is not None:
            return None
        theirs = {name: Digest.from_total(each["rows"], each["digest"]) for name, each in answer["buckets"].items()}
        mine = self.digest()
        names = sorted(mine.keys() | theirs.keys())
        differing = [name for name in names if mine.get(name, Digest()) != theirs.get(name, Digest())]
        let_go(self._store, differing)
        return differing

    def _send(self, method: str, path: str, body: bytes | None) -> tuple[int, Mapping[str, str], bytes]:
        headers = {
            "authorization": f"Bearer {self._authorise()}",
            "accept": "application/json, application/problem+json",
        }
        if body is not None:
            headers["content-type"] = "application/json"
        return self._transport.send(method, path, headers, body)

    def _edit(
        self,
        collection: str,
        action: str,
        row: str,
        values: Mapping[str, Any],
        effect: Mapping[str, Any] | None = None,
    ) -> None:
        if self._open is None:
            with self.transaction():
                self._edit(collection, action, row, values, effect)
            return
        shape = self._shapes.get(collection) if self._shapes is not None else None
        cleaned = checked(shape, collection, action, values)
        own = any((edit.collection, edit.row) == (collection, row) for edit in self._open)
        if action not in ("create", "restore") and not own and not self._store.on_show((collection, row)):
            raise LookupError(f"{collection} {row} is not on this device")
        held = self._store.adopted((collection, row))
        base = held.version if held else 0
        shown = cleaned if effect is None else effect
        self._open.append(Edit(collection, action, row, base, cleaned, shown, self._clock()))
