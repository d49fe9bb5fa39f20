"""What becomes of notices: states, when a person is reminded and left alone, how often he is told. Pure.

Rules: docs/rules/notifications.md.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class NoticeState(StrEnum):
    """What its reader did with a notice."""

    UNREAD = "unread"
    READ = "read"
    SNOOZED = "snoozed"
    DONE = "done"


class NoticeAction(StrEnum):
    """What its reader can do with a notice; `wake` is the end of a snooze."""

    READ = "read"
    SNOOZE = "snooze"
    DONE = "done"
    WAKE = "wake"


class TargetKind(StrEnum):
    """What a device is pushed to through. FCM names an installation by a token, or since 2026 by its installation id."""

    WEBPUSH = "webpush"
    FCM_TOKEN = "fcm_token"  # noqa: S105 - a kind
    FCM_FID = "fcm_fid"


class Channel(StrEnum):
    """A way out of the house. The inbox is none: every notice is in it."""

    WEBPUSH = "webpush"
    FCM = "fcm"
    EMAIL = "email"
    SMS = "sms"


class DeliveryState(StrEnum):
    """What is known of a delivery: under way or cut off, taken over, target gone, refused for good, to be tried again,
    perhaps sent and not to be repeated, given up."""

    SENDING = "sending"
    SENT = "sent"
    GONE = "gone"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


_STEPS: dict[NoticeAction, dict[NoticeState, NoticeState]] = {
    NoticeAction.READ: {
        NoticeState.UNREAD: NoticeState.READ,
        NoticeState.READ: NoticeState.READ,
        NoticeState.SNOOZED: NoticeState.READ,
        NoticeState.DONE: NoticeState.DONE,
    },
    NoticeAction.SNOOZE: {
        NoticeState.UNREAD: NoticeState.SNOOZED,
        NoticeState.READ: NoticeState.SNOOZED,
        NoticeState.SNOOZED: NoticeState.SNOOZED,
        NoticeState.DONE: NoticeState.DONE,
    },
    NoticeAction.DONE: dict.fromkeys(NoticeState, NoticeState.DONE),
    NoticeAction.WAKE: {
        NoticeState.UNREAD: NoticeState.UNREAD,
        NoticeState.READ: NoticeState.READ,
        NoticeState.SNOOZED: NoticeState.UNREAD,
        NoticeState.DONE: NoticeState.DONE,
    },
}


def move_notice(state: str, action: NoticeAction) -> NoticeState:
    """The state after an action. Nothing is refused: what is done stays done, whoever taps late (rule N4)."""
    return _STEPS[action][NoticeState(state)]


# -- when -------------------------------------------------------------------------------------------------------------

REMINDED_LATE = timedelta(hours=24)
"""How long after its time something that was only now written or moved is still reminded of."""


def at_local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant of a day and time of day in a zone. In the hour that clocks skip: as much later as they skip.

    In the hour that comes twice: the first.
    """
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def reminder_instant(
    due_on: date, due_at: datetime | None, *, zone: ZoneInfo, remind_at: time, lead: timedelta
) -> datetime:
    """When somebody is reminded: `lead` before an exact time; of a day, at his time of day (rule N2)."""
    return at_local(due_on, remind_at, zone) if due_at is None else due_at - lead


def quiet_until(now: datetime, *, zone: ZoneInfo, begin: time, end: time) -> datetime | None:
    """When the quiet hours that `now` lies in end; None outside them. Equal ends: there are none (rule N7).

    In the hour that comes twice they end the first time.
    """
    if begin == end:
        return None
    local = now.astimezone(zone)
    clock = local.time()
    over_night = begin > end
    if not (clock >= begin or clock < end if over_night else begin <= clock < end):
        return None
    day = local.date() + timedelta(days=1) if over_night and clock >= begin else local.date()
    until = at_local(day, end, zone)
    return until if until > now else None


# -- how often --------------------------------------------------------------------------------------------------------

PER_HOUR, PER_DAY = 6, 20
LATE = timedelta(minutes=10)
"""News this old when its turn comes was held up by an outage: it waits for what else was, and is told with it."""
GATHERING = timedelta(minutes=1)
AWAY = timedelta(minutes=5)
"""How long a person's ways out are left alone that were away for LATE; news of that time joins what is told then."""
SWITCHED_OFF = timedelta(minutes=15)
"""How long something waits before it is looked at again, when an operator's switch or limit is in its way."""


def room_at(told: Sequence[datetime], now: datetime) -> datetime | None:
    """When somebody may be told next, by the limits per hour and day; None for at once (rule N8).

    told: when he was told before, newest first; those of more than a day ago do not matter.
    """
    waits = [
        told[most - 1] + span
        for most, span in ((PER_HOUR, timedelta(hours=1)), (PER_DAY, timedelta(days=1)))
        if len(told) >= most and told[most - 1] + span > now
    ]
    return max(waits, default=None)


# -- once -------------------------------------------------------------------------------------------------------------


def collapse_id(message: str) -> str:
    """What push services and devices know a message by: 32 characters of base64url, of which nothing can be read back."""
    return base64.urlsafe_b64encode(hashlib.sha256(message.encode()).digest()[:24]).decode()
