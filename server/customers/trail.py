"""SELECTs over what happened with one customer: the timeline and the notes. As queries.py; none writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from server.core.access import Actor
from server.core.paging import Key, earlier
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.customers.functions import READ
from server.customers.models import Customer, Note, TimelineEntry
from server.customers.queries import within
from server.customers.timeline import NOTED


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilters:
    """What a timeline is narrowed to (domain row 5). first_on, last_on: days that lines count for, both included."""

    deed: str | None = None
    person_id: str | None = None
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline. text: of the note, when it is about one."""

    id: str
    at: datetime
    day_on: date
    deed: str
    kind: str
    done_by: str
    subject_id: str | None
    params: dict[str, Any]
    created_at: datetime
    text: str | None = None


_ENTRY = tuple(c(TimelineEntry)[each.name] for each in dataclasses.fields(Entry) if each.name != "text")


def timeline(
    connection: Connection,
    actor: Actor,
    customer_id: str,
    filters: EntryFilters = EntryFilters(),
    *,
    after: tuple[Any, ...] | None,
    limit: int,
) -> tuple[list[Entry], tuple[Key, Key] | None]:
    """One page of a customer's timeline, what arrived last first; the key to go on after. Three statements at most.

    after: (milliseconds of created_at, id). Raises Refused NOT_FOUND when the customer is out of reach.
    """
    refuse_beyond(connection, actor, customer_id)
    t = c(TimelineEntry)
    statement = select(*_ENTRY).where(t.org_id == actor.org_id, t.customer_id == customer_id, *matching(filters))
    rows = connection.execute(_latest(statement, t, after, limit)).all()
    entries = [Entry(*row) for row in rows[:limit]]
    noted = [entry.subject_id for entry in entries if entry.kind == NOTED and entry.subject_id is not None]
    if noted:
        n = c(Note)
        found = connection.execute(select(n.id, n.text).where(n.org_id == actor.org_id, n.id.in_(noted)))
        texts: dict[str, str] = {row[0]: row[1] for row in found}
        entries = [dataclasses.replace(each, text=texts.get(each.subject_id or "")) for each in entries]
    return entries, _next(rows, limit)


@dataclass(frozen=True, slots=True)
class Written:
    """A note as the discussion shows it."""

    id: str
    text: str
    reply_to: str | None
    mentions: str | None
    untold: str | None
    written_by: str
    written_at: datetime
    created_at: datetime


def notes(
    connection: Connection, actor: Actor, customer_id: str, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Written], tuple[Key, Key] | None]:
    """One page of the notes about a customer, what arrived last first; as `timeline`. Two statements."""
    refuse_beyond(connection, actor, customer_id)
    n = c(Note)
    names = (n.id, n.text, n.reply_to, n.mentions, n.untold, n.written_by, n.written_at, n.created_at)
    statement = select(*names).where(n.org_id == actor.org_id, n.customer_id == customer_id)
    rows = connection.execute(_latest(statement, n, after, limit)).all()
    return [Written(*row) for row in rows[:limit]], _next(rows, limit)


def matching(filters: EntryFilters) -> Iterator[ColumnElement[bool]]:
    """The conditions of a filter over lines."""
    t = c(TimelineEntry)
    if filters.deed is not None:
        yield t.deed == filters.deed
    if filters.person_id is not None:
        yield t.done_by == filters.person_id
    if filters.first_on is not None:
        yield t.day_on >= filters.first_on
    if filters.last_on is not None:
        yield t.day_on <= filters.last_on


def refuse_beyond(connection: Connection, actor: Actor, customer_id: str) -> None:
    """Raise Refused NOT_FOUND when the actor may not see that customer. One statement."""
    statement = select(c(Customer).id).where(*within(actor, READ), c(Customer).id == customer_id)
    if connection.execute(statement).first() is None:
        raise Refused(NOT_FOUND)


def _latest(statement: Select[Any], columns: Any, after: tuple[Any, ...] | None, limit: int) -> Select[Any]:
    if after is not None:
        statement = statement.where(earlier((columns.created_at, columns.id), (from_ms(after[0]), after[1])))
    return statement.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit + 1)


def _next(rows: Any, limit: int) -> tuple[Key, Key] | None:
    return (to_ms(rows[limit - 1].created_at), rows[limit - 1].id) if len(rows) > limit else None
