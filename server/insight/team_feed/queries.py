"""SELECTs over the timelines of all customers within reach. None writes.

One statement a page, however long the history: each part of a reach gives its first lines by an index, and the page is taken
from those. By the day a line counts for, and within a day by arrival: a device's clock orders nothing.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select, true, union

from server.accounts.models import User
from server.core.access import Actor, Reach
from server.core.paging import Key, chosen, earlier
from server.core.rows import c
from server.customers.functions import READ
from server.customers.models import Customer, Note, TimelineEntry
from server.customers.timeline import NOTED, Deed
from server.customers.trail import EntryFilters, matching

MOST_UNITS = 12
"""Units that are looked at one by one. Whoever reaches more of them reaches so much that any line is soon one of theirs."""
_UNTOLD = (Deed.CUSTOMER, Deed.REPORT, Deed.EXPENSE, Deed.OTHER)
_TOLD = sorted(each.value for each in Deed if each not in _UNTOLD)


@dataclass(frozen=True, slots=True)
class FeedLine:
    """What one person did with one customer. text: of the note, when it is one. As `Entry` of a customer's timeline."""

    id: str
    at: datetime
    day_on: date
    deed: str
    kind: str
    done_by: str
    subject_id: str | None
    params: dict[str, Any]
    created_at: datetime
    customer_id: str
    done_by_name: str | None
    customer_name: str
    text: str | None


_OWN = tuple(each.name for each in dataclasses.fields(FeedLine) if each.name in TimelineEntry.__names__)


def feed_page(
    connection: Connection,
    actor: Actor,
    filters: EntryFilters,
    *,
    units: frozenset[str] | None = None,
    after: tuple[Any, ...] | None,
    limit: int,
) -> tuple[list[FeedLine], tuple[Key, Key] | None]:
    """One page, and the key to go on after. after: (day as ISO text, id). units: of the customers; None for all in reach.

    Without a deed: all but customers entered and what nobody met a customer for.
    """
    t, k, u, n = c(TimelineEntry), c(Customer), c(User), c(Note)
    parts = [
        _first(part, sort, actor, filters, after, limit + 1)
        for part in _parts(actor.must(READ), filters, units)
        for sort in _sorts(filters)
    ]
    if not parts:
        return [], None
    every = (union(*(select(each.subquery()) for each in parts)) if len(parts) > 1 else parts[0]).subquery()
    page = chosen(TimelineEntry, _latest(select(every.c.id), every.c, limit + 1), (t.day_on.desc(), t.id.desc()))
    source = (  # lines are looked up for what is shown only
        TimelineEntry.__table__.join(Customer.__table__, and_(k.org_id == t.org_id, k.id == t.customer_id))
        .outerjoin(User.__table__, and_(u.org_id == t.org_id, u.id == t.done_by))
        .outerjoin(Note.__table__, and_(n.org_id == t.org_id, n.id == t.subject_id, t.kind == NOTED))
    )
    names = (u.name.label("done_by_name"), k.name.label("customer_name"), n.text)
    statement = select(*(t[name] for name in _OWN), *names).select_from(source).where(t.org_id == actor.org_id)
    rows = connection.execute(page.of(statement, limit + 1)).all()
    lines = [FeedLine(**row._mapping) for row in rows[:limit]]
    return lines, (lines[-1].day_on.isoformat(), lines[-1].id) if len(rows) > limit else None


def _parts(reach: Reach, filters: EntryFilters, units: frozenset[str] | None) -> list[ColumnElement[bool]]:
    """Conditions that together say what is within reach, each with an index that has its lines in order."""
    t = c(TimelineEntry)
    inside = true() if units is None else t.unit_id.in_(sorted(units))
    looked_at = reach.units if units is None else units if reach.everything else units & reach.units
    if filters.person_id is not None or len(looked_at) + len(reach.projects) > MOST_UNITS:
        return [and_(reach.condition(TimelineEntry), inside)]  # a person's deeds have an index of their own
    if reach.everything:
        return [true()] if units is None else [t.unit_id == unit for unit in sorted(looked_at)]
    others = (t.owner_id == reach.user_id, *(t.project_id == project for project in sorted(reach.projects)))
    return [*(t.unit_id == unit for unit in sorted(looked_at)), *(and_(each, inside) for each in others)]


def _sorts(filters: EntryFilters) -> list[ColumnElement[bool]]:
    """The sorts of lines that are looked for, each of which lies in order in the indexes: a day may hold a whole list of customers.

    A person's deeds lie together in the order of their days.
    """
    t = c(TimelineEntry)
    told = _TOLD if filters.deed is None else [filters.deed]
    return [t.deed.in_(told)] if filters.person_id is not None else [t.deed == each for each in told]


def _first(
    part: ColumnElement[bool],
    sort: ColumnElement[bool],
    actor: Actor,
    filters: EntryFilters,
    after: tuple[Any, ...] | None,
    most: int,
) -> Select[Any]:
    """The first lines of one sort in one part of a reach: where they stand, and no more."""
    t = c(TimelineEntry)
    statement = select(t.day_on, t.id).where(t.org_id == actor.org_id, part, sort, *matching(filters))
    if after is not None:
        statement = statement.where(earlier((t.day_on, t.id), (date.fromisoformat(after[0]), after[1])))
    return _latest(statement, t, most)


def _latest(statement: Select[Any], columns: Any, most: int) -> Select[Any]:
    return statement.order_by(columns.day_on.desc(), columns.id.desc()).limit(most)
