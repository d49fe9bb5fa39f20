"""Of which days a report is, what it is filled in with, and which steps it may take. Pure. Source: docs/rules/fieldwork.md, F16.

The handheld says the same (handheld/src/app/reports/facts.ts); tests/server/fieldwork/cases/reports.json holds both to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from server.core.clock import day_in
from server.core.i18n import Text
from server.core.problems import problem_type
from server.fieldwork.activities.kinds import CALLS

LISTED = 100
"""Ids of one kind that a report names; the numbers count all."""

READER_UNKNOWN = problem_type(
    "fieldwork.reader-unknown",
    422,
    zh="不能将报告发送给此人。",
    en="The report cannot be sent to this person.",
    doc="Not there, no longer active, or whoever writes it.",
)

TOPICS: Mapping[str, Text] = {
    "routine": Text("日常工作", "Daily work"),
    "customers": Text("客户情况", "Customers"),
    "market": Text("市场与竞品", "Market and competitors"),
    "events": Text("活动", "Events"),
    "proposal": Text("建议", "Proposal"),
    "other": Text("其他", "Other"),
}
"""What a report is about, for a start; people also use words of their own."""


class ReportKind(StrEnum):
    """How long a time a report is of, as stored."""

    DAILY = "daily"
    WEEKLY = "weekly"


class ReportState(StrEnum):
    """The states of a report, as stored. Whether it was read is said for each reader."""

    DRAFT = "draft"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Period:
    """The days a report is of, both included."""

    first_on: date
    last_on: date

    def holds(self, day: date | None) -> bool:
        """Whether a day is one of them."""
        return day is not None and self.first_on <= day <= self.last_on


def first_day(kind: str, day: date) -> date:
    """The first day of the report that this day belongs to: the day itself, or the Monday of its week."""
    return day - timedelta(days=day.weekday()) if kind == ReportKind.WEEKLY else day


def period_of(kind: str, period_on: date) -> Period:
    """The days of a report. period_on: its first day. A week is Monday to Sunday."""
    return Period(period_on, period_on + timedelta(days=6) if kind == ReportKind.WEEKLY else period_on)


@dataclass(frozen=True, slots=True)
class Rows:
    """What may have happened: rows of the seven kinds, of anybody and any day."""

    visits: Iterable[Any] = ()
    follow_ups: Iterable[Any] = ()
    tasks: Iterable[Any] = ()
    customers: Iterable[Any] = ()
    questions: Iterable[Any] = ()
    activities: Iterable[Any] = ()
    receptions: Iterable[Any] = ()


def facts_of(user_id: str, period: Period, zone: ZoneInfo, rows: Rows) -> dict[str, Any]:
    """What somebody did in these days, in numbers and ids: no names, for not every reader sees every customer.

    zone: the organisation's. Planned counts what stood for these days, cancelled or not; open is what of it was neither done
    nor cancelled. Calls, other contacts and receptions are as on the board. Customers are those of his who were first met then. Open questions are all he still has.
    """

    def then(instant: datetime | None) -> bool:
        return instant is not None and period.holds(day_in(zone, instant))

    visits = [each for each in rows.visits if each.assignee_id == user_id]
    planned = [each for each in visits if period.holds(each.planned_on)]
    done = [each for each in visits if each.state == "done" and period.holds(each.day_on)]
    met = [each for each in rows.customers if each.owner_id == user_id and period.holds(each.first_contact_on)]
    questions = [each for each in rows.questions if each.author_id == user_id]
    asked = [each for each in questions if then(each.asked_at)]
    contacts = [each for each in rows.activities if each.author_id == user_id and period.holds(each.day_on)]
    calls = sum(each.channel in CALLS for each in contacts)
    return {
        "visits_planned": len(planned),
        "visits_done": len(done),
        "visits_unplanned": sum(each.planned_on is None for each in done),
        "visits_open": sum(each.state in ("planned", "in_progress") for each in planned),
        "visits_cancelled": sum(each.state == "cancelled" for each in planned),
        "calls": calls,
        "contacts": len(contacts) - calls,
        "receptions": sum(each.received_by == user_id and then(each.received_at) for each in rows.receptions),
        "customers_new": len(met),
        "follow_ups_done": sum(_did(each, user_id) and then(each.done_at) for each in rows.follow_ups),
        "tasks_done": sum(_did(each, user_id) and then(each.done_at) for each in rows.tasks),
        "questions_asked": len(asked),
        "questions_open": sum(each.state == "open" for each in questions),
        "visits": _ids(done),
        "customers": _ids(met),
        "questions": _ids(asked),
    }


def _did(row: Any, user_id: str) -> bool:
    return bool(row.assignee_id == user_id and row.state == "done")


def _ids(rows: Iterable[Any]) -> list[str]:
    return sorted(each.id for each in rows)[:LISTED]
