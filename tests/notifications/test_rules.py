"""When, how often, and what is left alone: the rules as tables, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.rules import (
    NoticeAction,
    NoticeState,
    at_local,
    collapse_id,
    move_notice,
    quiet_until,
    reminder_instant,
    room_at,
)

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
NOON = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "instant"),
    [
        (date(2025, 3, 4), time(9), SHANGHAI, "2025-03-04T01:00"),
        (date(2025, 7, 1), time(9), BERLIN, "2025-07-01T07:00"),
        (date(2025, 1, 1), time(9), BERLIN, "2025-01-01T08:00"),
        (date(2025, 3, 30), time(2, 30), BERLIN, "2025-03-30T01:30"),  # skipped: an hour later, at 03:30
        (date(2025, 10, 26), time(2, 30), BERLIN, "2025-10-26T00:30"),  # comes twice: the first
    ],
)
def test_a_time_of_day_is_one_instant(day: date, clock: time, zone: ZoneInfo, instant: str) -> None:
    assert at_local(day, clock, zone) == datetime.fromisoformat(f"{instant}+00:00")


def test_a_day_is_reminded_of_at_the_time_of_day_and_an_exact_time_before_it() -> None:
    day, lead = date(2025, 3, 4), timedelta(minutes=15)
    assert reminder_instant(day, None, zone=SHANGHAI, remind_at=time(9), lead=lead) == datetime(
        2025, 3, 4, 1, tzinfo=UTC
    )
    assert reminder_instant(day, NOON, zone=SHANGHAI, remind_at=time(9), lead=lead) == NOON - lead


@pytest.mark.parametrize(
    ("local", "begin", "end", "until"),
    [
        ("21:59", "22:00", "07:00", None),
        ("22:00", "22:00", "07:00", "04 07:00"),
        ("00:00", "22:00", "07:00", "03 07:00"),
        ("06:59", "22:00", "07:00", "03 07:00"),
        ("07:00", "22:00", "07:00", None),
        ("12:30", "12:00", "14:00", "03 14:00"),
        ("14:00", "12:00", "14:00", None),
        ("03:00", "00:00", "00:00", None),
    ],
)
def test_quiet_hours_end(local: str, begin: str, end: str, until: str | None) -> None:
    now = datetime.fromisoformat(f"2025-03-03T{local}").replace(tzinfo=SHANGHAI)
    found = quiet_until(
        now.astimezone(UTC), zone=SHANGHAI, begin=time.fromisoformat(begin), end=time.fromisoformat(end)
    )
    expected = until and datetime.fromisoformat(f"2025-03-{until.replace(' ', 'T')}").replace(tzinfo=SHANGHAI)
    assert found == expected


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2025-10-25T23:10", "2025-10-26T00:30"),  # 01:10 before the hour that comes twice
        ("2025-10-26T00:10", "2025-10-26T00:30"),  # 02:10, the first time
        ("2025-10-26T00:40", None),  # 02:40, the first time: over
        ("2025-10-26T01:10", None),  # 02:10, the second time: over is over
        ("2025-10-26T01:40", None),
        ("2025-03-30T00:59", "2025-03-30T01:30"),  # 01:59 before the hour that is skipped
        ("2025-03-30T01:00", None),  # 03:00
    ],
)
def test_quiet_hours_that_end_in_an_hour_that_is_set_end_once_and_never_in_the_past(
    now: str, until: str | None
) -> None:
    at = datetime.fromisoformat(f"{now}+00:00")
    found = quiet_until(at, zone=BERLIN, begin=time(22), end=time(2, 30))
    assert found == (until and datetime.fromisoformat(f"{until}+00:00"))


@pytest.mark.parametrize(
    ("minutes_ago", "wait"),
    [
        ([], None),
        ([1, 2, 3, 4, 5], None),
        ([1, 2, 3, 4, 5, 6], 54),
        ([1, 2, 3, 4, 5, 59, 70], 1),
        ([1, 2, 3, 4, 5, 60], None),
        ([n * 60 for n in range(20)], 300),
        ([n * 60 for n in range(19)], None),
        ([0, 1, 2, 3, 4, 5, *(n * 60 for n in range(1, 15))], 600),
    ],
)
def test_room_within_the_limits(minutes_ago: list[int], wait: int | None) -> None:
    found = room_at([NOON - timedelta(minutes=each) for each in sorted(minutes_ago)], NOON)
    assert found == (None if wait is None else NOON + timedelta(minutes=wait))


def test_every_step_of_a_notice() -> None:
    steps = {(state, action): move_notice(state, action) for state in NoticeState for action in NoticeAction}
    assert len(steps) == 16
    assert {steps[NoticeState.DONE, action] for action in NoticeAction} == {NoticeState.DONE}
    assert {steps[state, NoticeAction.DONE] for state in NoticeState} == {NoticeState.DONE}
    assert [steps[state, NoticeAction.WAKE] for state in NoticeState] == ["unread", "read", "unread", "done"]
    assert [steps[state, NoticeAction.READ] for state in NoticeState] == ["read", "read", "read", "done"]
    assert [steps[state, NoticeAction.SNOOZE] for state in NoticeState] == ["snoozed", "snoozed", "snoozed", "done"]


def test_a_collapse_id_fits_a_topic_header_and_tells_nothing() -> None:
    ids = {collapse_id(f"notice|{n}") for n in range(1000)}
    assert len(ids) == 1000
    assert {len(each) for each in ids} == {32}
    assert all(each.replace("-", "").replace("_", "").isalnum() for each in ids)
