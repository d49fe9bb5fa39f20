"""Time: the server's clock, the organisation's calendar day, and instants as RFC 3339 text.

Instants are aware UTC with millisecond precision, as they are stored (server/core/types.py). The clock is passed in by
whoever opens a unit of work; no build has one that can be set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_RFC3339 = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt ](?P<hm>\d{2}:\d{2}):(?P<s>\d{2})(?:\.(?P<fraction>\d{1,30}))?"
    r"(?P<zone>[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?",
    re.ASCII,
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class NaiveTime(ValueError):
    """A time without a zone, which names no instant."""


class Clock(Protocol):
    """Whoever can say what time it is."""

    def now(self) -> datetime:
        """The current instant: aware, UTC, cut to milliseconds."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        return cut(datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """What is known of a device's clock while it exchanges; what it says of a time is a claim.

    behind: server's time less the device's, at this exchange; None when it was not said. before_at, before_behind: the
    last exchange of the contact before this one, by the server's clock, and the same difference then. enrolled_at: before
    that, there was no device.
    """

    enrolled_at: datetime
    behind: timedelta | None = None
    before_at: datetime | None = None
    before_behind: timedelta | None = None


CONTACT_ENDS = timedelta(minutes=10)
"""Exchanges no further apart than this are one contact: a long queue comes in many, and none of its rows was made between."""


def cut(instant: datetime) -> datetime:
    """`instant` in UTC without what is finer than a millisecond. Cut, never rounded up: it must not lie in the future.

    Raises NaiveTime for a naive one.
    """
    if instant.tzinfo is None:
        raise NaiveTime("a naive time names no instant")
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def to_text(instant: datetime) -> str:
    """`2025-03-01T01:30:00.000Z`: RFC 3339, UTC, always three decimals. Raises NaiveTime for a naive one."""
    return cut(instant).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_text(text: str) -> datetime:
    """The instant an RFC 3339 text names, in UTC and cut to milliseconds.

    A leap second (`:60`), which Python cannot hold, becomes the last millisecond of its minute.
    Raises NaiveTime for a text that is whole but for its zone, ValueError for any other that is no RFC 3339 time or lies
    outside the years 1 to 9999.
    """
    parts = _RFC3339.fullmatch(text)
    if parts is None:
        raise ValueError("not an RFC 3339 time")
    day, hour_minute, seconds, fraction, zone = parts.group("day", "hm", "s", "fraction", "zone")
    if seconds == "60":
        seconds, fraction = "59", "999"
    naive = datetime.fromisoformat(f"{day}T{hour_minute}:{seconds}.{(fraction or '0')[:3]:0<3}")
    if zone is None:
        raise NaiveTime("the time has no zone")
    try:
        return datetime.fromisoformat(f"{naive.isoformat()}{zone.upper().replace('Z', '+00:00')}").astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def day_from_text(text: str) -> date:
    """The day `YYYY-MM-DD` names. Raises ValueError for any other form, and for days that are in no calendar."""
    if not _DAY.fullmatch(text):
        raise ValueError("not a day")
    return date.fromisoformat(text)


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone") from None


def day_in(zone: ZoneInfo, instant: datetime) -> date:
    """The calendar day it is in `zone` at `instant`. Raises NaiveTime for a naive one."""
    if instant.tzinfo is None:
        raise NaiveTime("a naive time names no instant")
    return instant.astimezone(zone).date()


def bounds_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of `day` in `zone` and first instant after it, in UTC: 23, 24 or 25 hours apart.

    Where the clocks skip midnight, the day begins with the first instant after the gap.
    """
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # fold=0 reads a midnight inside a gap with the offset before it, which is the instant the gap ends at or later.
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
