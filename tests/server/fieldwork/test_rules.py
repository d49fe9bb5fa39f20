"""Days and times of field work at their edges. No database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.clock import bounds_of
from server.core.problems import Refused
from server.core.types import from_ms
from server.fieldwork.rules import (
    LineStatus,
    TimeVerdict,
    at_same_hour,
    check_aim,
    check_order,
    is_late,
    judge_time,
    last_missed_day,
    line_status,
    visited_day,
)
from sync_protocol.wire import FIRST_INSTANT, LAST_INSTANT

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
DAYS = Path(__file__).parent / "cases" / "days.json"
NOW = datetime(2025, 3, 10, 4, 0, tzinfo=UTC)
SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("off", "verdict"),
    [
        (timedelta(0), "plausible"),
        (timedelta(minutes=10), "plausible"),
        (timedelta(minutes=10) + MILLISECOND, "future"),
        (timedelta(days=20000), "future"),
        (-timedelta(days=30), "plausible"),
        (-timedelta(days=30) - MILLISECOND, "old"),
        (-timedelta(days=9000), "old"),
    ],
)
def test_claimed_times_are_judged_and_kept(off: timedelta, verdict: str) -> None:
    assert judge_time(NOW + off, received_at=NOW) == verdict


@pytest.mark.parametrize(
    ("claimed", "zone", "day"),
    [
        ("2025-03-09T15:59:59.999Z", SHANGHAI, "2025-03-09"),
        ("2025-03-09T16:00:00Z", SHANGHAI, "2025-03-10"),
        ("2025-03-09T16:00:00Z", NEW_YORK, "2025-03-09"),
        ("2025-03-10T03:59:59Z", NEW_YORK, "2025-03-09"),
        ("2024-03-10T04:00:00Z", SHANGHAI, "2025-03-10"),  # a year old: the day of receipt
        ("2026-03-10T04:00:00Z", SHANGHAI, "2025-03-10"),  # a year ahead: the day of receipt
    ],
)
def test_the_day_of_a_visit_is_the_organisations(claimed: str, zone: ZoneInfo, day: str) -> None:
    found = visited_day(datetime.fromisoformat(claimed), received_at=NOW, zone=zone)
    assert found == date.fromisoformat(day)


@pytest.mark.parametrize("case", json.loads(DAYS.read_text()), ids=lambda case: f"{case['zone']} {case['day']}")
def test_a_day_is_as_long_as_its_zone_makes_it(case: dict[str, Any]) -> None:
    """The handheld reads the same cases (handheld/tests/app/times.test.ts)."""
    begin, end = bounds_of(date.fromisoformat(case["day"]), ZoneInfo(case["zone"]))
    assert begin == datetime.fromisoformat(case["begins"])
    assert end - begin == timedelta(hours=case["hours"])


# A visit planned from 23:30 to 00:30, in March 2025: planned day, zone, when it began, which day it then counts for.
@pytest.mark.parametrize(
    ("planned_on", "zone", "begun", "counts_for"),
    [
        ("2025-03-08", NEW_YORK, "2025-03-09T04:35:00Z", "2025-03-08"),  # 23:35
        ("2025-03-08", NEW_YORK, "2025-03-09T05:05:00Z", "2025-03-09"),  # 00:05, two hours before clocks go forward
        ("2025-03-08", SHANGHAI, "2025-03-08T15:59:59.999Z", "2025-03-08"),
        ("2025-03-08", SHANGHAI, "2025-03-08T16:00:00Z", "2025-03-09"),
        ("2025-03-08", ZoneInfo("America/Havana"), "2025-03-09T04:59:00Z", "2025-03-08"),
        ("2025-03-08", ZoneInfo("America/Havana"), "2025-03-09T05:00:00Z", "2025-03-09"),  # 01:00: there is no midnight
    ],
)
def test_a_visit_over_midnight_is_planned_for_one_day_and_may_take_place_on_the_next(
    planned_on: str, zone: ZoneInfo, begun: str, counts_for: str
) -> None:
    """It is never missed once it has begun, however late the phone says so: where the phone is makes no difference."""
    day, at = date.fromisoformat(planned_on), datetime.fromisoformat(begun)
    assert visited_day(at, received_at=at + timedelta(days=2), zone=zone) == date.fromisoformat(counts_for)
    _, end = bounds_of(day, zone)
    assert line_status("planned", day, now=end - MILLISECOND, zone=zone) is LineStatus.PLANNED
    assert line_status("planned", day, now=end, zone=zone) is LineStatus.NOT_HEARD_FROM
    assert line_status("in_progress", day, now=end + timedelta(days=9), zone=zone) is LineStatus.IN_PROGRESS
    assert line_status("done", day, now=end + timedelta(days=9), zone=zone) is LineStatus.DONE
    assert not is_late(at, at, LineStatus.DONE, now=end)


def test_an_end_may_not_be_before_the_start() -> None:
    check_order(NOW, NOW, field="/ended_at")
    check_order(None, NOW, field="/ended_at")
    check_order(NOW, None, field="/ended_at")
    with pytest.raises(Refused, match=r"^fieldwork.end-before-start$") as refused:
        check_order(NOW, NOW - MILLISECOND, field="/ended_at")
    assert refused.value.errors[0].pointer == "/ended_at"


# The end of Monday the 3rd, in each zone, and 72 elapsed hours later. In Berlin clocks go forward on the 30th.
MISSED_AT = [
    (SHANGHAI, date(2025, 3, 3), "2025-03-06T16:00:00Z"),
    (NEW_YORK, date(2025, 3, 7), "2025-03-11T05:00:00Z"),  # forward on the 9th: 72 hours end at 01:00 local
    (BERLIN, date(2025, 3, 28), "2025-03-31T23:00:00Z"),  # forward on the 30th
    (BERLIN, date(2025, 10, 24), "2025-10-27T22:00:00Z"),  # back on the 26th
]


@pytest.mark.parametrize(("zone", "day", "missed_at"), MISSED_AT)
def test_a_line_is_missed_72_hours_after_the_end_of_its_day(zone: ZoneInfo, day: date, missed_at: str) -> None:
    at = datetime.fromisoformat(missed_at)
    _, end = bounds_of(day, zone)
    assert at == end + timedelta(hours=72)
    assert line_status("planned", day, now=end - MILLISECOND, zone=zone) is LineStatus.PLANNED
    assert line_status("planned", day, now=end, zone=zone) is LineStatus.NOT_HEARD_FROM
    assert line_status("planned", day, now=at - MILLISECOND, zone=zone) is LineStatus.NOT_HEARD_FROM
    assert line_status("planned", day, now=at, zone=zone) is LineStatus.MISSED


@given(
    st.sampled_from([SHANGHAI, BERLIN, NEW_YORK, ZoneInfo("America/Santiago"), ZoneInfo("Pacific/Apia")]),
    st.dates(date(2011, 12, 20), date(2030, 1, 1)),
    st.integers(-400_000_000, 400_000_000),
)
def test_the_boundary_of_missed_agrees_with_counting_hours(zone: ZoneInfo, day: date, off_ms: int) -> None:
    _, end = bounds_of(day, zone)
    now = end + timedelta(milliseconds=off_ms)
    assert (day <= last_missed_day(now, zone)) == (now >= end + timedelta(hours=72))


@pytest.mark.parametrize("state", ["in_progress", "done", "cancelled"])
def test_only_what_was_never_started_is_missed(state: str) -> None:
    assert line_status(state, date(2020, 1, 1), now=NOW, zone=SHANGHAI) == state


def test_a_visit_without_a_planned_day_is_never_missed() -> None:
    assert line_status("planned", None, now=NOW, zone=SHANGHAI) is LineStatus.PLANNED


START = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)
GRACE = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("planned", "started", "status", "now", "late"),
    [
        (None, START, "done", NOW, False),
        (START, START + GRACE, "done", NOW, False),
        (START, START + GRACE + MILLISECOND, "done", NOW, True),
        (START, START - GRACE, "in_progress", NOW, False),
        (START, START + GRACE + MILLISECOND, "in_progress", NOW, True),
        (START, None, "planned", START + GRACE, False),
        (START, None, "planned", START + GRACE + MILLISECOND, True),
        (START, None, "not_heard_from", NOW, False),
        (START, None, "missed", NOW, False),
        (START, None, "cancelled", NOW, False),
        (START, None, "done", NOW, False),  # finished without a start: nobody knows
    ],
)
def test_late(planned: datetime | None, started: datetime | None, status: str, now: datetime, late: bool) -> None:
    assert is_late(planned, started, LineStatus(status), now=now) is late


def test_a_moved_visit_keeps_its_hour_also_where_clocks_change() -> None:
    nine = datetime(2025, 3, 28, 9, 0, tzinfo=BERLIN)
    moved = at_same_hour(nine, timedelta(days=3), field="/planned_on")
    assert moved == datetime(2025, 3, 31, 9, 0, tzinfo=BERLIN)
    assert moved - nine == timedelta(hours=71)
    assert moved.tzinfo is UTC


@pytest.mark.parametrize(
    ("last", "away"),
    [(from_ms(FIRST_INSTANT), timedelta(days=-1)), (from_ms(LAST_INSTANT), timedelta(days=1))],
)
def test_a_visit_is_not_moved_to_where_no_device_could_be_told_its_hour(last: datetime, away: timedelta) -> None:
    local = (last - away).astimezone(BERLIN)
    assert at_same_hour(local, away, field="/due_on") == last
    with pytest.raises(Refused, match=r"^fieldwork.moved-too-far$") as refused:
        at_same_hour(last.astimezone(BERLIN), away, field="/due_on")
    assert refused.value.errors[0].pointer == "/due_on"


def test_a_visit_has_an_aim() -> None:
    check_aim("id", None, None)
    check_aim(None, "王", None)
    check_aim(None, None, "展厅")
    with pytest.raises(Refused, match=r"^fieldwork.visit-without-aim$"):
        check_aim(None, None, None)


def test_verdicts_are_the_words_that_are_stored() -> None:
    assert [each.value for each in TimeVerdict] == ["plausible", "future", "old"]
