"""The board: what people planned for a day against what happened. One statement each, whatever the team's size.

Who stands on it: people within reach of BOARD. All of their visits are counted, also those to customers who belong to
another unit by now; of a visit that is out of the reader's own reach, the line says when and how, but not who and what.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    Text,
    and_,
    case,
    false,
    func,
    or_,
    select,
    type_coerce,
    union_all,
)

from server.accounts.models import Device, OrgUnit, Role, User, UserRole
from server.accounts.queries.staff import staff_condition
from server.core.access import Actor, Reach
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.tables import ENROLMENTS
from server.fieldwork import functions as fieldwork
from server.fieldwork.activities.kinds import CALLS
from server.fieldwork.activities.models import Activity
from server.fieldwork.models import DayPlan, Visit
from server.fieldwork.queries import VisitLine, has_status, line_of, was_late
from server.fieldwork.rules import LineStatus
from server.fieldwork.transitions import PlanState, VisitState
from server.insight.functions import BOARD

_HIDDEN = (
    "customer_id", "customer_name", "place", "purpose", "result", "next_step", "cancel_reason", "latitude_e7",
    "longitude_e7", "site_latitude_e7", "site_longitude_e7",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of one day.

    planned: lines planned for the day; of them kept (done, on whatever day), in_progress, open (to come), cancelled,
    not_heard_from and missed add up to it. done: visits that took place on the day, planned or not. unplanned: those of
    them that nobody had planned for it. late: began, or should have begun, more than 15 min after the plan.
    outside, unverified: of the visits that began that day, by the verdict on their check-in. calls: with customers, either way;
    contacts: all other activities.
    """

    planned: int = 0
    kept: int = 0
    in_progress: int = 0
    open: int = 0
    cancelled: int = 0
    not_heard_from: int = 0
    missed: int = 0
    done: int = 0
    unplanned: int = 0
    late: int = 0
    outside: int = 0
    unverified: int = 0
    calls: int = 0
    contacts: int = 0

    def plus(self, other: Counts) -> Counts:
        """The sum, number by number."""
        return Counts(*(mine + theirs for mine, theirs in zip(_numbers(self), _numbers(other), strict=True)))


NAMES = tuple(each.name for each in dataclasses.fields(Counts))


@dataclass(frozen=True, slots=True)
class Person:
    """One person's day. plan_sent_at: of his day plan. last_seen_at: when one of his devices was last heard of."""

    user_id: str
    name: str
    unit_id: str
    unit_name: str
    counts: Counts
    plan_sent_at: datetime | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """A day of a team, people by unit and name."""

    on: date
    people: list[Person]
    total: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A visit on the board. is_hidden: it is out of the reader's reach, so who and what are left out."""

    line: VisitLine
    is_hidden: bool


def board(
    connection: Connection,
    actor: Actor,
    *,
    on: date,
    now: datetime,
    units: frozenset[str] | None = None,
) -> Board:
    """Plan against actual of a day, for each person within reach who works in the field or has a line that day.

    on: a day of the organisation. units: only people whose primary unit is one of these; None for all in reach.
    """
    u, n, v, d, e, p = c(User), c(OrgUnit), c(Visit), c(Device), ENROLMENTS.c, c(DayPlan)
    seen = select(func.max(d.last_seen_at)).where(d.org_id == u.org_id, d.user_id == u.id).scalar_subquery()
    heard = (
        select(e.user_id, func.max(e.exchanged_at).label("at"))
        .where(e.org_id == actor.org_id)
        .group_by(e.user_id)
        .subquery()
    )
    sent = (
        select(func.max(p.sent_at))
        .where(p.org_id == u.org_id, p.owner_id == u.id, p.plan_on == on, p.state != PlanState.CANCELLED.value)
        .scalar_subquery()
    )
    lines = _lines_of(actor.org_id, on)
    numbers = [
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(name)
        for name, condition in _conditions(on, now=now, zone=actor.timezone).items()
    ]
    statement = (
        select(u.id, u.name, u.unit_id, n.name, *numbers, *_contacts_on(on), sent, seen, heard.c.at)
        .select_from(User.__table__)
        .join(OrgUnit.__table__, and_(n.org_id == u.org_id, n.id == u.unit_id))
        .outerjoin(heard, heard.c.user_id == u.id)
        .outerjoin(lines, lines.c.assignee_id == u.id)
        .outerjoin(Visit.__table__, and_(v.org_id == u.org_id, v.id == lines.c.id))
        .where(u.org_id == actor.org_id, _within(actor.must(BOARD), actor.org_id))
        .group_by(u.org_id, u.id, u.name, u.unit_id, n.name, u.state, heard.c.at)
        .having(or_(and_(u.state == "active", works_in_the_field()), func.count(v.id) > 0))
        .order_by(n.name, u.name, u.id)
    )
    if units is not None:
        statement = statement.where(u.unit_id.in_(sorted(units)))
    people = [
        Person(*row[:4], Counts(*map(int, row[4:-3])), row[-3], max(filter(None, row[-2:]), default=None))
        for row in connection.execute(statement)
    ]
    total = Counts()
    for person in people:
        total = total.plus(person.counts)
    return Board(on, people, total)


def board_lines(connection: Connection, actor: Actor, user_id: str, *, on: date, now: datetime) -> list[BoardLine]:
    """All visits behind one person's numbers of a day, by planned and then by actual time.

    Raises Refused NOT_FOUND when the person is not within reach.
    """
    u, v = c(User), c(Visit)
    reach = actor.reach(fieldwork.READ)
    within = reach.condition(Visit) if reach else false()
    begins = func.coalesce(v.planned_start_at, v.actual_started_at, v.actual_ended_at)
    lines = _lines_of(actor.org_id, on, user_id)
    rows = connection.execute(
        select(*v, u.name.label("person_name"), case((within, 1), else_=0).label("within"))
        .select_from(User.__table__)
        .outerjoin(lines, lines.c.assignee_id == u.id)
        .outerjoin(Visit.__table__, and_(v.org_id == u.org_id, v.id == lines.c.id))
        .where(u.org_id == actor.org_id, u.id == user_id, _within(actor.must(BOARD), actor.org_id))
        .order_by(begins.is_(None), begins, v.id)
    ).all()
    if not rows:
        raise Refused(NOT_FOUND)
    found = [(line_of(row, now=now, zone=actor.timezone), bool(row.within)) for row in rows if row.id is not None]
    return [BoardLine(line if within else _without_details(line), not within) for line, within in found]


def _conditions(on: date, *, now: datetime, zone: ZoneInfo) -> dict[str, ColumnElement[bool]]:
    """What is counted under each name of Counts, over one person's lines of the day."""
    v = c(Visit)
    of_day, began = v.planned_on == on, v.actual_started_at.is_not(None)
    happened = and_(v.day_on == on, v.state == VisitState.DONE.value)
    here = and_(v.day_on == on, v.state.in_((VisitState.IN_PROGRESS.value, VisitState.DONE.value)))

    def planned(status: LineStatus) -> ColumnElement[bool]:
        return and_(of_day, has_status(status, now=now, zone=zone))

    return {
        "planned": of_day,
        "kept": planned(LineStatus.DONE),
        "in_progress": planned(LineStatus.IN_PROGRESS),
        "open": planned(LineStatus.PLANNED),
        "cancelled": planned(LineStatus.CANCELLED),
        "not_heard_from": planned(LineStatus.NOT_HEARD_FROM),
        "missed": planned(LineStatus.MISSED),
        "done": happened,
        "unplanned": and_(here, v.planned_on.is_(None)),
        "late": and_(of_day, was_late(now=now, zone=zone)),
        "outside": and_(here, began, v.location_verdict == "outside"),
        "unverified": and_(here, v.location_verdict == "unverified"),
    }


def _contacts_on(on: date) -> list[ColumnElement[int]]:
    """Calls, and what else was done with customers, of the person in the same row."""
    u, a = c(User), c(Activity)
    called = a.channel.in_(CALLS)
    return [
        select(func.count())
        .select_from(Activity.__table__)
        .where(a.org_id == u.org_id, a.author_id == u.id, a.day_on == on, each)
        .scalar_subquery()
        for each in (called, ~called)
    ]


def _lines_of(org_id: str, on: date, user_id: str | None = None) -> Subquery:
    """The visits that were planned for the day or stand in it, of everybody or of one: out of the indexes of their days.

    Joined by the day with an OR, they would be looked for among all visits that a person ever had.
    """
    v = c(Visit)
    of = [v.org_id == org_id, *([] if user_id is None else [v.assignee_id == user_id])]
    days = (v.planned_on == on, and_(v.day_on == on, v.planned_on.is_distinct_from(on)))
    return union_all(*(select(v.id, v.assignee_id).where(*of, day) for day in days)).subquery("lines")


def _within(reach: Reach, org_id: str) -> ColumnElement[bool]:
    return staff_condition(reach, org_id)


def works_in_the_field() -> ColumnElement[bool]:
    """He holds a role that writes visits and does not read boards: managers stand on it only with a visit of their own.

    Functions are kept as a JSON list of codes, and a code holds nothing but letters, dots and dashes; so the quoted code is
    found as text, and the board stays one statement.
    """
    u, r, ur = c(User), c(Role), c(UserRole)
    granted = type_coerce(r.functions, Text)
    return (
        select(1)
        .where(
            ur.org_id == u.org_id,
            ur.user_id == u.id,
            r.org_id == ur.org_id,
            r.id == ur.role_id,
            r.state == "active",
            granted.contains(f'"{fieldwork.WRITE}"', autoescape=True),
            ~granted.contains(f'"{BOARD}"', autoescape=True),
        )
        .correlate(User.__table__)
        .exists()
    )


def _without_details(line: VisitLine) -> VisitLine:
    bare: dict[str, Any] = dict.fromkeys(_HIDDEN)
    return dataclasses.replace(line, visit=dataclasses.replace(line.visit, **bare))


def _numbers(counts: Counts) -> tuple[int, ...]:
    return tuple(getattr(counts, name) for name in NAMES)
