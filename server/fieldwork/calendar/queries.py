"""SELECTs over all that has a day: visits, activities, follow-ups and tasks. None writes.

One statement a page, whatever its length: each kind gives its first rows by an index, and the page is taken from those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from server.accounts.models import User
from server.core.access import Actor
from server.core.paging import Key, Page, earlier, later, leading
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import Row, c
from server.core.types import Instant
from server.customers.functions import READ as CUSTOMERS_READ
from server.customers.models import Customer, PersonName
from server.customers.queries import within
from server.fieldwork.activities.models import Activity
from server.fieldwork.functions import READ
from server.fieldwork.models import FollowUp, Task, Visit, WrittenText
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import FollowUpState


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFilters:
    """What a calendar is narrowed to. Days both included. units: with all below them."""

    first_on: date | None = None
    last_on: date | None = None
    person_id: str | None = None
    customer_id: str | None = None
    units: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One thing of a day. kind: visit, activity, follow_up or task; id: its row's. at: when it begins or is due, if said.

    person_id: whose it is to do, or who did it. customer_name: None of an activity, whose customer has his own.
    """

    kind: str
    id: str
    day_on: date
    at: datetime | None
    person_id: str
    person_name: str | None
    customer_id: str | None
    customer_name: str | None
    text: str | None
    state: str


def calendar_page(
    connection: Connection,
    actor: Actor,
    filters: CalendarFilters,
    *,
    after: tuple[Any, ...] | None,
    limit: int,
    latest_first: bool = False,
) -> tuple[list[CalendarLine], tuple[Key, Key] | None]:
    """One page of lines within reach by day, and the key to go on after. after: (day as ISO text, id)."""
    parts = [_first(each, actor, filters, after, limit + 1, latest_first) for each in _branches()]
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    u = c(User)
    named = found.outerjoin(
        User.__table__, and_(u.org_id == literal(actor.org_id, u.org_id.type), u.id == found.c.person_id)
    )
    statement = select(*found.c, u.name.label("person_name")).select_from(named)
    order = (found.c.day_on, found.c.id)
    statement = statement.order_by(*(each.desc() if latest_first else each for each in order)).limit(limit + 1)
    rows = connection.execute(statement).all()
    lines = [CalendarLine(**each._mapping) for each in rows[:limit]]
    return lines, (lines[-1].day_on.isoformat(), lines[-1].id) if len(rows) > limit else None


def must_see(connection: Connection, actor: Actor, customer_id: str) -> None:
    """Raise Refused NOT_FOUND unless the customer is within reach. One statement."""
    k = c(Customer)
    found = connection.execute(select(k.id).where(k.id == customer_id, *within(actor, CUSTOMERS_READ))).first()
    if found is None:
        raise Refused(NOT_FOUND)


@dataclass(frozen=True, slots=True)
class _Branch:
    """How one kind of row is read: its day, when it begins, whose it is. states: within which alone an index has it by day."""

    kind: str
    row: type[Row]
    day: str
    at: str | None
    person: str
    name: str | None
    text: str
    state: str | None
    states: Iterable[StrEnum] = ()


def _branches() -> tuple[_Branch, ...]:
    return (
        _Branch("visit", Visit, "day_on", "planned_start_at", "assignee_id", "customer_name", "purpose", "state"),
        _Branch("activity", Activity, "day_on", "at", "author_id", None, "text", None),
        _Branch(
            "follow_up", FollowUp, "due_on", "due_at", "assignee_id", "customer_name", "text", "state", FollowUpState
        ),
        _Branch("task", Task, "due_on", None, "assignee_id", "customer_name", "text", "state", TaskState),
    )


def _first(
    branch: _Branch, actor: Actor, filters: CalendarFilters, after: Any, most: int, latest_first: bool
) -> Select[Any]:
    """The first lines of one kind."""
    columns = c(branch.row)
    day = columns[branch.day]
    statement = select(
        literal(branch.kind).label("kind"),
        columns.id,
        day.label("day_on"),
        (type_coerce(cast(null(), BigInteger), Instant()) if branch.at is None else columns[branch.at]).label("at"),
        columns[branch.person].label("person_id"),
        columns.customer_id,
        (cast(null(), PersonName()) if branch.name is None else columns[branch.name]).label("customer_name"),
        type_coerce(columns[branch.text], WrittenText()).label("text"),
        (literal("done") if branch.state is None else columns[branch.state]).label("state"),
    )
    wanted = [columns.org_id == actor.org_id, *_matching(branch, filters)]
    if after is not None:
        seen = (date.fromisoformat(after[0]), after[1])
        wanted.append((earlier if latest_first else later)((day, columns.id), seen))
    order = (day.desc(), columns.id.desc()) if latest_first else (day, columns.id)
    states = [columns.state == each.value for each in branch.states]
    reach = actor.must(READ)
    ways = list(_ways(branch, filters))
    first = Page((*wanted, *([or_(*ways)] if ways else []), reach.condition(branch.row)), order)
    if filters.customer_id is None:  # what there is of one customer is little, and has an index of its own
        first = leading(reach, branch.row, wanted, order, most, states, ways)
    return first.of(statement.where(columns.org_id == actor.org_id), most)


def _matching(branch: _Branch, filters: CalendarFilters) -> Iterator[ColumnElement[bool]]:
    columns = c(branch.row)
    if filters.first_on is not None:
        yield columns[branch.day] >= filters.first_on
    if filters.last_on is not None:
        yield columns[branch.day] <= filters.last_on
    if filters.customer_id is not None:
        yield columns.customer_id == filters.customer_id
    if filters.person_id is not None and filters.units is not None:
        yield columns.unit_id.in_(sorted(filters.units))


def _ways(branch: _Branch, filters: CalendarFilters) -> Iterator[ColumnElement[bool]]:
    """To what alone a calendar holds: one person's days, or those of units."""
    columns = c(branch.row)
    if filters.person_id is not None:
        yield columns[branch.person] == filters.person_id
    elif filters.units is not None:
        yield from [columns.unit_id == unit for unit in sorted(filters.units)] or [false()]
