"""SELECTs over day plans, visits and follow-ups: within one organisation and the actor's reach; none writes.

One statement each, whatever the number of rows. What follows from the clock (missed, late) is derived here as rules.py
says it; tests compare the two.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, func, or_, select, type_coerce

from server.accounts.models import User
from server.core.access import Actor
from server.core.clock import day_in
from server.core.paging import Key, Page, earlier, later, leading, unindexed
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import Row, c
from server.core.types import to_ms
from server.fieldwork.functions import READ
from server.fieldwork.models import DayPlan, FollowUp, Visit
from server.fieldwork.rules import LATE_AFTER, LineStatus, is_late, last_missed_day, line_status
from server.fieldwork.transitions import FollowUpState, VisitState

R = TypeVar("R", bound=Row)
Seen = tuple[Any, ...] | None
"""The sort key of the last row of the page before: (day as ISO text, id)."""


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit as people read it. status, is_late: at the time of asking."""

    visit: Visit
    assignee_name: str
    status: LineStatus
    is_late: bool


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A day plan with the name of whose day it is."""

    plan: DayPlan
    owner_name: str


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """A follow-up with the name of who is to do it."""

    follow_up: FollowUp
    assignee_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFilters:
    """What a list of visits is narrowed to. first_on, last_on: by day_on, both included. status: as derived by now."""

    customer_id: str | None = None
    assignee_id: str | None = None
    author_id: str | None = None
    plan_id: str | None = None
    first_on: date | None = None
    last_on: date | None = None
    status: LineStatus | None = None

    def set_names(self) -> list[str]:
        """Which of them are set."""
        return [each.name for each in dataclasses.fields(self) if getattr(self, each.name) is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFilters:
    """What a list of day plans is narrowed to. Days both included."""

    owner_id: str | None = None
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFilters:
    """What a list of follow-ups is narrowed to. last_on: due until then, that day included."""

    assignee_id: str | None = None
    customer_id: str | None = None
    state: str | None = None
    last_on: date | None = None


_OF = ("assignee_id", "author_id", "plan_id")
"""Whose visits a list is narrowed to."""


def scope_of(filters: VisitFilters | PlanFilters | FollowUpFilters) -> list[str]:
    """What makes a cursor good for this filter only."""
    return [f"{name}={value}" for name, value in dataclasses.asdict(filters).items() if value is not None]


def visit_page(
    connection: Connection, actor: Actor, filters: VisitFilters, *, now: datetime, after: Seen = None, limit: int = 50
) -> tuple[list[VisitLine], tuple[Key, Key] | None]:
    """One page of visits, latest day first, and the key to go on after; None at the end.

    With a customer: everything that was ever planned for or done with him (domain row 70).
    """
    v = c(Visit)
    wanted, sorting = [v.org_id == actor.org_id], (v.day_on.desc(), v.id.desc())
    wanted += matching(dataclasses.replace(filters, **dict.fromkeys(_OF)), now=now, zone=actor.timezone)
    of = [v[name] == value for name in _OF if (value := getattr(filters, name)) is not None]
    if after is not None:
        wanted.append(earlier((v.day_on, v.id), _seen(after)))
    first = Page((*wanted, *of, actor.must(READ).condition(Visit)), sorting)
    if filters.customer_id is None:  # what there is of one customer is little, and has an index of its own
        first = leading(actor.must(READ), Visit, wanted, sorting, limit + 1, ways=[and_(*of)] if of else [])
    rows = connection.execute(first.of(with_name(actor, Visit, v.assignee_id, written=True), limit + 1)).all()
    lines = [line_of(row, now=now, zone=actor.timezone) for row in rows[:limit]]
    return lines, _next(rows, limit, "day_on")


def get_visit(
    connection: Connection, actor: Actor, visit_id: str, *, now: datetime, written: bool = False
) -> VisitLine:
    """One visit. Raises Refused NOT_FOUND when it is out of reach.

    written: the actor has just written it, so he is shown what became of it though he might not read it again.
    """
    v = c(Visit)
    statement = with_name(actor, Visit, v.assignee_id, written=written)
    row = connection.execute(statement.where(v.id == visit_id)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return line_of(row, now=now, zone=actor.timezone)


def plan_page(
    connection: Connection, actor: Actor, filters: PlanFilters, *, after: Seen = None, limit: int = 50
) -> tuple[list[PlanLine], tuple[Key, Key] | None]:
    """One page of day plans, latest day first."""
    p = c(DayPlan)
    wanted, sorting = [p.org_id == actor.org_id], (p.plan_on.desc(), p.id.desc())
    wanted += _between(p.plan_on, filters.first_on, filters.last_on)
    ways = [] if filters.owner_id is None else [p.owner_id == filters.owner_id]
    if after is not None:
        wanted.append(earlier((p.plan_on, p.id), _seen(after)))
    first = leading(actor.must(READ), DayPlan, wanted, sorting, limit + 1, ways=ways)
    rows = connection.execute(first.of(with_name(actor, DayPlan, p.owner_id, written=True), limit + 1)).all()
    return [PlanLine(_row(DayPlan, row), row.person_name) for row in rows[:limit]], _next(rows, limit, "plan_on")


def get_plan(connection: Connection, actor: Actor, plan_id: str, *, written: bool = False) -> PlanLine:
    """One day plan; as get_visit."""
    p = c(DayPlan)
    statement = with_name(actor, DayPlan, p.owner_id, written=written)
    row = connection.execute(statement.where(p.id == plan_id)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return PlanLine(_row(DayPlan, row), row.person_name)


def follow_up_page(
    connection: Connection, actor: Actor, filters: FollowUpFilters, *, after: Seen = None, limit: int = 50
) -> tuple[list[FollowUpLine], tuple[Key, Key] | None]:
    """One page of follow-ups, what is due first at the top."""
    f = c(FollowUp)
    wanted, sorting = [f.org_id == actor.org_id], (f.due_on, f.id)
    wanted += _between(f.due_on, None, filters.last_on)
    ways = [] if filters.assignee_id is None else [f.assignee_id == filters.assignee_id]
    if filters.customer_id is not None:
        wanted += [f.customer_id == filters.customer_id, *ways]
    if filters.state is not None:
        wanted.append((unindexed(f.state) if filters.customer_id else f.state) == filters.state)
    if after is not None:
        wanted.append(later(sorting, _seen(after)))
    first = Page((*wanted, actor.must(READ).condition(FollowUp)), sorting)
    if filters.customer_id is None:  # what there is of one customer is little, and has an index of its own
        states = [] if filters.state else [f.state == each.value for each in FollowUpState]
        first = leading(actor.must(READ), FollowUp, wanted, sorting, limit + 1, states, ways)
    rows = connection.execute(first.of(with_name(actor, FollowUp, f.assignee_id, written=True), limit + 1)).all()
    return [FollowUpLine(_row(FollowUp, row), row.person_name) for row in rows[:limit]], _next(rows, limit, "due_on")


def get_follow_up(connection: Connection, actor: Actor, follow_up_id: str, *, written: bool = False) -> FollowUpLine:
    """One follow-up; as get_visit."""
    f = c(FollowUp)
    statement = with_name(actor, FollowUp, f.assignee_id, written=written)
    row = connection.execute(statement.where(f.id == follow_up_id)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return FollowUpLine(_row(FollowUp, row), row.person_name)


# -- what follows from the clock, as SQL -------------------------------------------------------------------------------


def has_status(
    status: LineStatus, *, now: datetime, zone: ZoneInfo, state: ColumnElement[str] | None = None
) -> ColumnElement[bool]:
    """The condition under which `rules.line_status` says so. state: the column, unless it may be looked up by."""
    v = c(Visit)
    state = v.state if state is None else state
    open_line = state == VisitState.PLANNED.value
    # Of an index by planned day nearly all is "before today"; the few open ones are found by their state.
    planned_on = func.substr(v.planned_on, 1, type_=v.planned_on.type)
    over = and_(v.planned_on.is_not(None), planned_on < day_in(zone, now))
    match status:
        case LineStatus.PLANNED:
            return and_(open_line, or_(v.planned_on.is_(None), planned_on >= day_in(zone, now)))
        case LineStatus.MISSED:
            return and_(open_line, over, planned_on <= last_missed_day(now, zone))
        case LineStatus.NOT_HEARD_FROM:
            return and_(open_line, over, planned_on > last_missed_day(now, zone))
        case _:
            return state == status.value


def was_late(*, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    """The condition under which `rules.is_late` says so."""
    v = c(Visit)
    planned, started = type_coerce(v.planned_start_at, BigInteger), type_coerce(v.actual_started_at, BigInteger)
    grace = LATE_AFTER // timedelta(milliseconds=1)
    waiting = and_(has_status(LineStatus.PLANNED, now=now, zone=zone), planned + grace < to_ms(now))
    return and_(
        v.planned_start_at.is_not(None),
        or_(and_(v.actual_started_at.is_not(None), planned + grace < started), waiting),
    )


def line_of(row: Any, *, now: datetime, zone: ZoneInfo) -> VisitLine:
    """A selected visit, with `person_name` beside its columns, as people read it."""
    visit = _row(Visit, row)
    status = line_status(visit.state, visit.planned_on, now=now, zone=zone)
    late = is_late(visit.planned_start_at, visit.actual_started_at, status, now=now)
    return VisitLine(visit, row.person_name, status, late)


# -- parts -------------------------------------------------------------------------------------------------------------


def with_name(actor: Actor, row: type[Row], person_id: ColumnElement[str], *, written: bool = False) -> Select[Any]:
    """All columns of a row class with a person's name, within the organisation and, unless written, the reach of READ."""
    columns, u = c(row), c(User)
    source = row.__table__.outerjoin(User.__table__, and_(u.org_id == columns.org_id, u.id == person_id))
    return (
        select(*columns, u.name.label("person_name"))
        .select_from(source)
        .where(columns.org_id == actor.org_id, *(() if written else (actor.must(READ).condition(row),)))
    )


def matching(filters: VisitFilters, *, now: datetime, zone: ZoneInfo) -> Iterator[ColumnElement[bool]]:
    """What a list of visits is narrowed to, as SQL."""
    v = c(Visit)
    for name in ("customer_id", *_OF):
        if (value := getattr(filters, name)) is not None:
            yield v[name] == value
    yield from _between(v.day_on, filters.first_on, filters.last_on)
    if filters.status is not None:
        state = None if filters.customer_id is None else unindexed(v.state)
        yield has_status(filters.status, now=now, zone=zone, state=state)


def _between(column: ColumnElement[date], first: date | None, last: date | None) -> Iterator[ColumnElement[bool]]:
    if first is not None:
        yield column >= first
    if last is not None:
        yield column <= last


def _seen(after: tuple[Any, ...]) -> tuple[date, str]:
    return date.fromisoformat(after[0]), after[1]


def _next(rows: Any, limit: int, day: str) -> tuple[Key, Key] | None:
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return getattr(last, day).isoformat(), last.id


def _row(kind: type[R], row: Any) -> R:
    return kind(**{name: getattr(row, name) for name in kind.__names__})
