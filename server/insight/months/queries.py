"""What people did in a range of days: SELECTs only, a fixed number of them, whatever the team's size and the range.

Who stands here: people within reach of BOARD, as on the board. All that a person did counts for him, also with customers who
belong to another unit by now: these are numbers of people, and say nothing of a customer. Days are the organisation's.
"""

from __future__ import annotations

import calendar
import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from server.core.access import Actor
from server.core.rows import c
from server.customers.models import TimelineEntry
from server.customers.opportunities.models import Opportunity
from server.customers.opportunities.operations import OPENED
from server.customers.opportunities.rules import OpportunityState
from server.customers.timeline import Deed
from server.expenses.functions import READ as EXPENSES_READ
from server.expenses.spending import SpendBy, SpendFilters, spend
from server.fieldwork.activities.kinds import CALLS
from server.fieldwork.activities.models import Activity
from server.fieldwork.models import Visit
from server.fieldwork.queries import has_status, was_late
from server.fieldwork.rules import LineStatus
from server.fieldwork.targets.counting import amount_of, took_place
from server.insight.months.people import people_in_reach, rows_of, who

OF_A_DAY = ("visits", "calls", "contacts", "receptions")
_STATUSES = {
    LineStatus.DONE: "kept", LineStatus.CANCELLED: "cancelled", LineStatus.NOT_HEARD_FROM: "not_heard_from",
    LineStatus.MISSED: "missed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """What one person did on one day: visits that took place, calls either way, other activities, customers received."""

    on: date
    visits: int = 0
    calls: int = 0
    contacts: int = 0
    receptions: int = 0


@dataclass(frozen=True, slots=True)
class PersonDays:
    """One person, and the days on which there was something, earliest first."""

    user_id: str
    name: str
    unit_id: str
    unit_name: str
    days: list[Day]


@dataclass(frozen=True, slots=True)
class Numbers:
    """One month. Amounts are in minor units of the organisation's currency; what is in another is counted, not added.

    planned: lines planned for its days: kept, to come or under way (open), cancelled, not_heard_from, missed. late: of them.
    visits: that took place, unplanned: those that nobody had planned. days_worked: with a visit, activity or reception.
    customers: entered by hand. opened, won, lost: opportunities, by whose deed it was. spent_minor: approved or paid back;
    None for a reader who may not see expenses.
    """

    planned: int = 0
    kept: int = 0
    open: int = 0
    cancelled: int = 0
    not_heard_from: int = 0
    missed: int = 0
    late: int = 0
    visits: int = 0
    unplanned: int = 0
    calls: int = 0
    contacts: int = 0
    receptions: int = 0
    days_worked: int = 0
    customers: int = 0
    opened: int = 0
    won: int = 0
    won_minor: int = 0
    lost: int = 0
    lost_minor: int = 0
    spent_minor: int | None = 0


NAMES = tuple(each.name for each in dataclasses.fields(Numbers))


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """One person's month."""

    user_id: str
    name: str
    unit_id: str
    unit_name: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Month:
    """A team's month, people by unit and name. currency: the organisation's."""

    first_on: date
    last_on: date
    currency: str
    people: list[PersonMonth]
    total: Numbers


def days(
    connection: Connection, actor: Actor, first: date, last: date, *, units: frozenset[str] | None = None
) -> list[PersonDays]:
    """What each person did on each day from first to last. Four statements."""
    people = people_in_reach(connection, actor, units)
    counted: dict[str, dict[date, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for user_id, on, name, count in _happened(connection, actor, first, last, units):
        if name in OF_A_DAY:
            counted[user_id][on][name] += count
    return [
        PersonDays(*who(each), [Day(on, **found) for on, found in sorted(counted[each.id].items()) if found])
        for each in people
        if each.is_expected or counted[each.id]
    ]


def month(
    connection: Connection, actor: Actor, on: date, *, now: datetime, units: frozenset[str] | None = None
) -> Month:
    """The month that `on` is in. Eight statements."""
    first, last = on.replace(day=1), on.replace(day=calendar.monthrange(on.year, on.month)[1])
    people = people_in_reach(connection, actor, units)
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    worked: dict[str, set[date]] = defaultdict(set)
    for user_id, day, name, count in _happened(connection, actor, first, last, units):
        counted[user_id][name] += count
        if name in OF_A_DAY:
            worked[user_id].add(day)
    for user_id, name, count in (
        *_planned(connection, actor, first, last, now, units),
        *_closed(connection, actor, first, last, units),
    ):
        counted[user_id][name] += count
    spent = _spent(connection, actor, first, last)
    lines = []
    for each in people:
        found = counted[each.id]
        found["days_worked"] = len(worked[each.id])
        found["spent_minor"] = (spent or {}).get(each.id, 0)
        if each.is_expected or any(found.values()):
            numbers = Numbers(**found)
            lines.append(
                PersonMonth(
                    *who(each), numbers if spent is not None else dataclasses.replace(numbers, spent_minor=None)
                )
            )
    return Month(first, last, actor.currency, lines, _sum([each.numbers for each in lines], spent is not None))


def _sum(all_numbers: Iterable[Numbers], with_expenses: bool) -> Numbers:
    total = Counter(dict.fromkeys(NAMES, 0))
    for numbers in all_numbers:
        total.update({name: getattr(numbers, name) or 0 for name in NAMES})
    found = Numbers(**total)
    return found if with_expenses else dataclasses.replace(found, spent_minor=None)


def _happened(
    connection: Connection, actor: Actor, first: date, last: date, units: frozenset[str] | None
) -> Iterable[tuple[str, date, str, int]]:
    """(whose, day, name of the number, how many) of what has a day, without noughts. Three statements."""
    v, a, t = c(Visit), c(Activity), c(TimelineEntry)
    rows: list[tuple[str, date, str, int]] = []

    def read(statement: Select[Any], *names: str) -> None:
        for user_id, on, *numbers in connection.execute(statement):
            rows.extend((user_id, on, name, int(each)) for name, each in zip(names, numbers, strict=True) if each)

    read(
        select(v.assignee_id, v.day_on, func.count(), _count(v.planned_on.is_(None)))
        .where(*rows_of(actor, Visit, "assignee_id", units), took_place(first, last))
        .group_by(v.assignee_id, v.day_on),
        "visits",
        "unplanned",
    )
    read(
        select(a.author_id, a.day_on, _count(a.channel.in_(CALLS)), _count(~a.channel.in_(CALLS)))
        .where(*rows_of(actor, Activity, "author_id", units), a.day_on.between(first, last))
        .group_by(a.author_id, a.day_on),
        "calls",
        "contacts",
    )
    deeds = (Deed.RECEPTION.value, Deed.CUSTOMER.value, Deed.OPPORTUNITY.value)
    read(
        select(
            t.done_by, t.day_on, *(_count(each) for each in (t.deed == deeds[0], t.deed == deeds[1], t.kind == OPENED))
        )
        .where(*rows_of(actor, TimelineEntry, "done_by", units), t.day_on.between(first, last))
        .where(t.deed.in_(deeds), or_(t.deed != deeds[2], t.kind == OPENED))
        .group_by(t.done_by, t.day_on),
        "receptions",
        "customers",
        "opened",
    )
    return rows


def _planned(
    connection: Connection, actor: Actor, first: date, last: date, now: datetime, units: frozenset[str] | None
) -> list[tuple[str, str, int]]:
    """What became of the lines that were planned for these days. One statement."""
    v, zone = c(Visit), actor.timezone

    def stands(*statuses: LineStatus) -> ColumnElement[int]:
        return _count(or_(*(has_status(each, now=now, zone=zone) for each in statuses)))

    numbers = {
        "planned": func.count(),
        "open": stands(LineStatus.PLANNED, LineStatus.IN_PROGRESS),
        "late": _count(was_late(now=now, zone=zone)),
        **{name: stands(status) for status, name in _STATUSES.items()},
    }
    rows = connection.execute(
        select(v.assignee_id, *numbers.values())
        .where(*rows_of(actor, Visit, "assignee_id", units), v.planned_on.between(first, last))
        .group_by(v.assignee_id)
    )
    return [(row[0], name, int(count)) for row in rows for name, count in zip(numbers, row[1:], strict=True)]


def _closed(
    connection: Connection, actor: Actor, first: date, last: date, units: frozenset[str] | None
) -> list[tuple[str, str, int]]:
    """Opportunities won and lost in these days, by who said so. One statement."""
    o = c(Opportunity)
    names = {OpportunityState.WON.value: ("won", "won_minor"), OpportunityState.LOST.value: ("lost", "lost_minor")}
    rows = connection.execute(
        select(o.closed_by, o.state, func.count(), amount_of(actor.currency))
        .where(*rows_of(actor, Opportunity, "closed_by", units), o.state.in_(sorted(names)))
        .where(o.closed_on.between(first, last))
        .group_by(o.closed_by, o.state)
    )
    return [
        (user_id, name, int(each))
        for user_id, state, *numbers in rows
        for name, each in zip(names[state], numbers, strict=True)
    ]


def _spent(connection: Connection, actor: Actor, first: date, last: date) -> dict[str, int] | None:
    """Person → what he spent, as far as the reader may see it; None where he may see nothing of it. Two statements."""
    if not actor.may(EXPENSES_READ):
        return None
    sums = spend(connection, actor, SpendBy.PERSON, SpendFilters(from_on=first, to_on=last))
    return {each.key: each.amount_minor for each in sums if each.key is not None and each.currency == actor.currency}


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
