"""Instants as text, the organisation's day, and the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.clock import (
    NaiveTime,
    SystemClock,
    bounds_of,
    cut,
    day_from_text,
    day_in,
    from_text,
    to_text,
    zone_named,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_clock_says_utc_in_milliseconds() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert before - timedelta(milliseconds=1) <= now <= datetime.now(UTC)


def test_cutting_never_leads_into_the_future() -> None:
    assert cut(datetime(2025, 1, 1, 0, 0, 0, 999_999, UTC)) == datetime(2025, 1, 1, 0, 0, 0, 999_000, UTC)


@pytest.mark.parametrize("function", [cut, to_text, lambda instant: day_in(SHANGHAI, instant)])
def test_a_naive_time_is_refused_everywhere(function: object) -> None:
    with pytest.raises(NaiveTime):
        function(datetime(2025, 1, 1))  # type: ignore[operator]  # noqa: DTZ001


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_its_text(instant: datetime) -> None:
    assert from_text(to_text(instant)) == cut(instant)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-03-01T09:30:00Z", datetime(2025, 3, 1, 9, 30, tzinfo=UTC)),
        ("2025-03-01t09:30:00z", datetime(2025, 3, 1, 9, 30, tzinfo=UTC)),
        ("2025-03-01 09:30:00+08:00", datetime(2025, 3, 1, 1, 30, tzinfo=UTC)),
        ("2025-03-01T09:30:00.1Z", datetime(2025, 3, 1, 9, 30, 0, 100_000, UTC)),
        ("2025-03-01T09:30:00.123999999-00:30", datetime(2025, 3, 1, 10, 0, 0, 123_000, UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999_000, UTC)),
    ],
)
def test_rfc_3339_is_read(text: str, instant: datetime) -> None:
    assert from_text(text) == instant
    assert from_text(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["2025-03-01T09:30:00", "2025-03-01 09:30:00.5"])
def test_a_text_without_a_zone_is_its_own_mistake(text: str) -> None:
    with pytest.raises(NaiveTime):
        from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2025-03-01", "20250301T093000Z", "2025-03-01T09:30Z", "2025-03-01T09:30:00+0800", "2025-03-01T09:30:00+8",
        "2025-03-01T24:00:00Z", "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2025-03-01T09:30:61Z",
        "2025-03-01T09:30:00Z ", "2025-03-01T09:30:00Z\n", "٢٠٢٥-03-01T09:30:00Z", "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", "2025-03-01T09:30:00+24:00", "2025-03-01T09:30:00.Z",
        "1740821400", "2025-W09-6T09:30:00Z",
    ],
)  # fmt: skip
def test_other_texts_are_no_time(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        from_text(text)
    assert not isinstance(caught.value, NaiveTime)


@pytest.mark.parametrize("text", ["20250301", "2025-W09-6", "2025-3-1", "2025-02-29", "2025-03-01 ", "٢٠٢٥-03-01", ""])
def test_a_day_has_one_form(text: str) -> None:
    with pytest.raises(ValueError):
        day_from_text(text)


def test_a_day_is_read() -> None:
    assert day_from_text("2024-02-29") == date(2024, 2, 29)


def test_the_day_is_the_zones_not_utc() -> None:
    instant = datetime(2025, 2, 28, 16, 0, tzinfo=UTC)
    assert day_in(SHANGHAI, instant) == date(2025, 3, 1)
    assert day_in(SHANGHAI, instant - timedelta(milliseconds=1)) == date(2025, 2, 28)
    assert day_in(ZoneInfo("America/New_York"), instant.astimezone(timezone(timedelta(hours=8)))) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("day", "zone", "begins", "hours"),
    [
        (date(2025, 3, 1), "Asia/Shanghai", datetime(2025, 2, 28, 16, tzinfo=UTC), 24),
        (date(2025, 3, 30), "Europe/Berlin", datetime(2025, 3, 29, 23, tzinfo=UTC), 23),
        (date(2025, 10, 26), "Europe/Berlin", datetime(2025, 10, 25, 22, tzinfo=UTC), 25),
        (date(2024, 9, 8), "America/Santiago", datetime(2024, 9, 8, 4, tzinfo=UTC), 23),  # midnight does not exist
    ],
)
def test_a_day_has_the_hours_its_zone_gives_it(day: date, zone: str, begins: datetime, hours: int) -> None:
    first, after = bounds_of(day, ZoneInfo(zone))
    assert first == begins
    assert after - first == timedelta(hours=hours)
    assert day_in(ZoneInfo(zone), first) == day
    assert day_in(ZoneInfo(zone), after - timedelta(milliseconds=1)) == day
    assert day_in(ZoneInfo(zone), after) == day + timedelta(days=1)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "/etc/passwd", "Asia/Shanghai\0", "Asia"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        zone_named(name)
