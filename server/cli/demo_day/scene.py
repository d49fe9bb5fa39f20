"""The day as it is told: who plays, what the run made, and what everybody counts on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.cli.demo_day.people import Carrier, Desk
from sync_protocol.ids import new_id

PORTFOLIO, PLANNED, UNPLANNED, NEW_CUSTOMERS = 12, 9, 3, 5
PHOTOS = 3
"""Pictures of receipts, unless told."""
EVENING_BATCH = 6
"""Operations a push on the bad line, so that the evening takes many requests."""
SITE = (312_304_160, 1_214_737_010)
"""Where the visits take place: degrees north and east × 10⁷, in Shanghai."""

Say = Callable[[str, str], None]
"""Tells the story: a time of the day, and what happens."""


@dataclass(slots=True)
class Day:
    """What the people of the day made, for the reckoning. Row ids by what they are."""

    number: int
    on: date
    zone: ZoneInfo
    tag: str = field(default_factory=lambda: new_id()[-6:])
    portfolio: list[str] = field(default_factory=list)
    plan: str = ""
    planned: list[str] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)
    new_customers: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    follow_ups: list[str] = field(default_factory=list)
    to_be_refused: dict[str, str] = field(default_factory=dict)
    handed_over: str = ""
    clash: str = ""
    merge: str = ""
    moved: str = ""
    claim: str = ""
    bare_claim: str = ""
    trips: str = ""
    report: str = ""
    receipt: bytes = b""
    upload: str = ""
    photos: list[bytes] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)
    kiosk: str = ""
    greeted: list[str | None] = field(default_factory=list)
    queued: list[str] = field(default_factory=list)
    queued_again: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    read: int = 0
    reminders: list[str] = field(default_factory=list)
    done_before: str = ""

    @property
    def mark(self) -> str:
        """What all customers of this run carry in their remark. Runs that begin at the same moment have one number."""
        return f"demo day {self.number} {self.tag}"

    def at(self, hour: int, minute: int) -> datetime:
        """A time of that day in the organisation's zone, as an instant."""
        return datetime.combine(self.on, time(hour, minute), tzinfo=self.zone).astimezone(UTC)


@dataclass(slots=True)
class Cast:
    """Who plays: the salesperson without a network, his colleague, his supervisor with phone and desk."""

    li: Carrier
    min: Carrier
    jie: Carrier
    desk: Desk

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """Those with phones."""
        return (self.li, self.min, self.jie)


def last_business_day(today: date) -> date:
    """The latest Monday to Friday before `today`."""
    day = today - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def ms(instant: datetime) -> int:
    """Milliseconds since 1970, as phones count."""
    return int(instant.timestamp() * 1000)


def rows_of(carrier: Carrier, collection: str, ids: list[str]) -> list[dict[str, Any]]:
    """Those of the rows that a phone holds."""
    held = carrier.phone.rows(collection)
    return [held[row] for row in ids if row in held]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the reckoning. ok: as it should be."""

    what: str
    expected: Any
    found: Any

    @property
    def ok(self) -> bool:
        """Whether it is as it should be."""
        return bool(self.expected == self.found)
