"""Events: facts in the past tense, append-only, numbered under the organisation's clock and hash-chained.

The hash of event n covers event n-1's hash, so that any later change, removal or reordering is located by `verify`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar, dataclass_transform

import orjson
from sqlalchemy import Connection, select

from server.core import tables
from server.core.types import Protected, to_ms

GENESIS = "0" * 64
"""The hash before the first event of an organisation."""


@dataclass(frozen=True, slots=True)
class Event:
    """A fact. Fields hold codes, ids, numbers and masked values, never a phone.

    subject_id: the row it is about. told: the names of the other fields.
    """

    code: ClassVar[str]
    told: ClassVar[tuple[str, ...]]
    subject_id: str


EVENTS: dict[str, type[Event]] = {}
"""Code → class of every declared event."""

HEARD: dict[str, str] = {}
"""Code of an event → kind of the job that is left, in the event's own transaction, for whoever hears of it later."""

E = TypeVar("E", bound=Event)


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def event(code: str) -> Callable[[type[E]], type[E]]:
    """Declare an event class under a stable code such as `customers.customer-created`."""

    def declare(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, slots=True)(cls)
        made.code = code
        made.told = tuple(each.name for each in dataclasses.fields(made) if each.name != "subject_id")
        EVENTS[code] = made
        return made

    return declare


def hear_later(kind: str, heard: Iterable[type[Event]]) -> None:
    """Let a job of `kind` follow each commit that records one of these events. The composition root connects the two.

    Its payload: `events`, their numbers, ascending. The others cost a commit nothing. Saying it again changes nothing.
    """
    HEARD.update({each.code: kind for each in heard})


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with who, when and through what, waiting for its number."""

    at: datetime
    actor_id: str
    event: Event
    device_id: str | None

    def body(self) -> str:
        """RFC 8785 JSON of the event: keys are ASCII and sorted, numbers are integers, so orjson's form is canonical."""
        values = {name: getattr(self.event, name) for name in self.event.told}
        if self.device_id is not None:
            values["device_id"] = self.device_id
        return orjson.dumps(
            values, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME, default=_plain
        ).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_ms(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in an event")


def link(
    previous: str, org_id: str, n: int, at: int, actor_id: str, name: str, subject_id: str | None, body: str
) -> str:
    """The hash of one event. at: milliseconds since 1970. The fields are framed as one canonical JSON array."""
    framed = orjson.dumps([previous, org_id, n, at, actor_id, name, subject_id, body])
    return hashlib.sha256(framed).hexdigest()


def chain(org_id: str, first_n: int, previous: str, recorded: Iterable[Recorded]) -> tuple[list[tuple[Any, ...]], str]:
    """Number and hash events from `first_n` on. Returns rows for the events table and the new head's hash."""
    rows: list[tuple[Any, ...]] = []
    for n, each in enumerate(recorded, first_n):
        at, body = to_ms(each.at), each.body()
        digest = link(previous, org_id, n, at, each.actor_id, each.event.code, each.event.subject_id, body)
        rows.append((org_id, n, at, each.actor_id, each.event.code, each.event.subject_id, body, previous, digest))
        previous = digest
    return rows, previous


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a chain does not hold. n: the event's number; reason: `hash`, `link`, `gap` or `head`."""

    n: int
    reason: str


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as it was kept. at: milliseconds since 1970. told: its fields besides the subject, as JSON has them."""

    n: int
    at: int
    actor_id: str
    code: str
    subject_id: str
    told: dict[str, Any]


def events_of(connection: Connection, org_id: str, numbers: Sequence[int]) -> list[Heard]:
    """The events of these numbers, in order, with one statement."""
    t = tables.EVENTS.c
    rows = connection.execute(
        select(t.n, t.at, t.actor_id, t.name, t.subject_id, t.body)
        .where(t.org_id == org_id, t.n.in_(list(numbers)))
        .order_by(t.n)
    )
    return [Heard(*row[:5], orjson.loads(row.body)) for row in rows]


def verify(connection: Connection, org_id: str) -> tuple[int, Broken | None]:
    """Walk the chain of one organisation; returns how many events hold and the first break, if any."""
    t = tables.EVENTS.c
    previous, count = GENESIS, 0
    statement = (
        select(t.n, t.at, t.actor_id, t.name, t.subject_id, t.body, t.previous_hash, t.hash)
        .where(t.org_id == org_id)
        .order_by(t.n)
    )
    with connection.execution_options(yield_per=1000).execute(
        statement
    ) as rows:  # a cursor of the server, to be closed
        for n, at, actor_id, name, subject_id, body, before, digest in rows:
            if n != count + 1:
                return count, Broken(count + 1, "gap")
            if before != previous:
                return count, Broken(n, "link")
            if link(before, org_id, n, at, actor_id, name, subject_id, body) != digest:
                return count, Broken(n, "hash")
            previous, count = digest, n
    head = connection.execute(
        select(tables.ORG_CLOCKS.c.event_n, tables.ORG_CLOCKS.c.event_hash).where(tables.ORG_CLOCKS.c.org_id == org_id)
    ).one()
    if tuple(head) != (count, previous):
        return count, Broken(count + 1, "head")
    return count, None


def shown(kind: Any, value: Any, secret: bytes) -> Any:
    """A column's value as an event may keep it: protected ones masked, with a keyed commitment to the full value."""
    if value is None or not isinstance(kind, Protected):
        return value
    commitment = hmac.new(secret, f"{kind.kind}|{value}".encode(), hashlib.sha256).hexdigest()[:32]
    return {"masked": kind.mask(value), "commitment": commitment}
