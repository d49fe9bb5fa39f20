"""The words of activities: what they were for, and how the two sides met. Pure."""

from __future__ import annotations

from enum import StrEnum


class ActivityKind(StrEnum):
    """What it was for. The seven of the trade (domain row 9), and `own`: one that the organisation has named itself."""

    PRESALES = "presales"
    IMPLEMENTATION = "implementation"
    PROGRESS = "progress"
    ACCEPTANCE = "acceptance"
    AFTER_SALES = "after_sales"
    TOPIC = "topic"
    RETURN_VISIT = "return_visit"
    OWN = "own"


class Channel(StrEnum):
    """How the two sides met. Calls are counted per person and day (domain row 162)."""

    CALL_OUT = "call_out"
    CALL_IN = "call_in"
    MESSAGE = "message"
    MAIL = "mail"
    MEETING_ONLINE = "meeting_online"
    OTHER = "other"


CALLS = (Channel.CALL_OUT.value, Channel.CALL_IN.value)


class TypeState(StrEnum):
    """Whether a kind of the organisation's own may still be chosen."""

    ACTIVE = "active"
    CLOSED = "closed"
