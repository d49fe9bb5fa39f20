"""What becomes of notices: states, when a person is reminded and left alone, how often he is told. Pure.

Rules: docs/rules/notifications.md.
"""

from __future__ import annotations

from enum import StrEnum


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
