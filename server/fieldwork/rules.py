"""What the days and times of field work mean: late, missed, not heard from, flagged. Pure: values in, values out.

Steps: transitions.py. The point of a check-in: check_in.py. Source of each rule: docs/rules/fieldwork.md.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from server.core.problems import Refused, problem_type
from server.fieldwork.transitions import VisitState
from sync_protocol.wire import FIRST_INSTANT, LAST_INSTANT

END_BEFORE_START = problem_type(
    "fieldwork.end-before-start",
    422,
    zh="结束时间早于开始时间。",
    en="The end is before the start.",
)
PLACE_MISSING = problem_type(
    "fieldwork.visit-without-aim",
    422,
    zh="请填写客户或地点。",
    en="Name a customer or a place.",
    doc="A visit needs one of customer_id, customer_name and place.",
)
DUE_MISSING = problem_type(
    "fieldwork.due-missing",
    422,
    zh="请填写跟进日期。",
    en="Say when to follow up.",
    doc="due_on, or due_at for an exact time, whose day then counts.",
)
MOVED_TOO_FAR = problem_type(
    "fieldwork.moved-too-far",
    422,
    zh="移到这一天后，原定时间将超出可记录的范围（2000 年至 2099 年）；请换一天，或同时修改时间。",
    en="Moved to that day, its time would lie outside what can be kept (2000 to 2099); choose another day, or change the time as well.",
    doc="A visit or follow-up that is moved keeps its hour unless told another.",
)

REPEAT_INVALID = problem_type(
    "fieldwork.repeat-invalid",
    422,
    zh="请填写每几周（1 至 52）或每几个月（1 至 12）重复一次。",
    en="Say every how many weeks (1 to 52) or months (1 to 12) it comes again.",
    doc="repeat_every and repeat_unit go together; repeat_until only with them.",
)

FUTURE_TOLERANCE = timedelta(minutes=10)
"""How far ahead of the server a device's clock may run before what it claims is flagged."""
PAST_TOLERANCE = timedelta(days=30)
"""How old a claim may be when it arrives before it is flagged."""
WAITING_FOR_PHONE = timedelta(hours=72)
"""From the end of its day until a plan line counts as missed: travelling staff are online at least every 3 days."""
LATE_AFTER = timedelta(minutes=15)
"""From the planned start until a visit counts as late."""

_FIRST, _LAST = (
    datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=each) for each in (FIRST_INSTANT, LAST_INSTANT)
)
_LAST_DAY = _LAST.date() - timedelta(days=1)
"""A day all of whose hours can be kept, in every zone."""


class RepeatUnit(StrEnum):
    """What the distance between two follow-ups is counted in."""

    WEEK = "week"
    MONTH = "month"


REPEAT_MOST = {RepeatUnit.WEEK: 52, RepeatUnit.MONTH: 12}
"""The longest cadence is a year (domain row 19)."""


class TimeVerdict(StrEnum):
    """What is thought of the times a device claims. Never a reason to refuse (F6)."""

    PLAUSIBLE = "plausible"
    FUTURE = "future"
    OLD = "old"


def judge_time(claimed_at: datetime, *, received_at: datetime) -> TimeVerdict:
    """What is thought of an instant a device claims; the limits themselves are still plausible."""
    if claimed_at > received_at + FUTURE_TOLERANCE:
        return TimeVerdict.FUTURE
    if claimed_at < received_at - PAST_TOLERANCE:
        return TimeVerdict.OLD
    return TimeVerdict.PLAUSIBLE


def visited_day(claimed_at: datetime, *, received_at: datetime, zone: ZoneInfo) -> date:
    """The day a visit counts for: the claimed one in the organisation's zone, or the day of receipt when that is flagged.

    A device whose clock is off by a year must not hide a visit from the board (F6).
    """
    plausible = judge_time(claimed_at, received_at=received_at) is TimeVerdict.PLAUSIBLE
    return (claimed_at if plausible else received_at).astimezone(zone).date()


def check_order(started_at: datetime | None, ended_at: datetime | None, *, field: str) -> None:
    """Raise Refused END_BEFORE_START at `field` when the end is before the start. A visit may take no time at all."""
    if started_at is not None and ended_at is not None and ended_at < started_at:
        raise Refused(END_BEFORE_START, field=field)


def last_missed_day(now: datetime, zone: ZoneInfo) -> date:
    """The latest day whose unstarted plan lines count as missed by now.

    A line of day D is missed once 72 h have passed since the end of D in the organisation's zone, counted in elapsed
    hours also where clocks change. Until then it is only “not heard from”: the phone may be out of reach (F5).
    """
    return (now - WAITING_FOR_PHONE).astimezone(zone).date() - timedelta(days=1)


class LineStatus(StrEnum):
    """What a supervisor reads about a visit: its state, told apart further by the clock."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"
    NOT_HEARD_FROM = "not_heard_from"
    MISSED = "missed"


def line_status(state: str, planned_on: date | None, *, now: datetime, zone: ZoneInfo) -> LineStatus:
    """The status of a visit at `now`. A visit that was planned for no day is never missed."""
    if state != VisitState.PLANNED or planned_on is None or planned_on >= now.astimezone(zone).date():
        return LineStatus(state)
    return LineStatus.MISSED if planned_on <= last_missed_day(now, zone) else LineStatus.NOT_HEARD_FROM


def is_late(
    planned_start_at: datetime | None,
    started_at: datetime | None,
    status: LineStatus,
    *,
    now: datetime,
) -> bool:
    """Whether a visit began more than LATE_AFTER past its planned start, or should have by now and has not.

    The second holds only while its day lasts: afterwards it is not heard from, or missed, and no longer late.
    """
    if planned_start_at is None:
        return False
    begun = started_at if started_at is not None else now if status is LineStatus.PLANNED else None
    return begun is not None and begun > planned_start_at + LATE_AFTER


def at_same_hour(local: datetime, by: timedelta, *, field: str) -> datetime:
    """The instant with the same clock reading `by` whole days away. local: in the organisation's zone. Returns UTC.

    Raises Refused MOVED_TOO_FAR at `field` when it would be none that devices can be sent.
    """
    moved = (local.replace(tzinfo=None) + by).replace(tzinfo=local.tzinfo).astimezone(UTC)
    if not _FIRST <= moved <= _LAST:
        raise Refused(MOVED_TOO_FAR, field=field)
    return moved


def check_aim(customer_id: str | None, customer_name: str | None, place: str | None) -> None:
    """Raise Refused PLACE_MISSING at /place when a visit names nobody and nowhere. Texts: blank is none."""
    if customer_id is None and customer_name is None and place is None:
        raise Refused(PLACE_MISSING, field="/place")


def check_repeat(every: int | None, unit: str | None, until: date | None) -> None:
    """Raise Refused REPEAT_INVALID unless the three make a cadence, or none."""
    if every is None and unit is None and until is None:
        return
    if every is None or unit is None or not 1 <= every <= REPEAT_MOST[RepeatUnit(unit)]:
        raise Refused(REPEAT_INVALID, field="/repeat_every")


def next_due(first_on: date, every: int, unit: str, *, after: date, until: date | None) -> date | None:
    """The first day of the cadence later than `after`; None when it is over by then. It counts from `first_on`.

    Of months that are too short the last day: 31 January, 28 February, 31 March.
    """
    times, found = 0, first_on
    while found <= after:
        times += every
        found = first_on + timedelta(weeks=times) if unit == RepeatUnit.WEEK else _months_later(first_on, times)
        if found > min(until or _LAST_DAY, _LAST_DAY):
            return None
    return found


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
