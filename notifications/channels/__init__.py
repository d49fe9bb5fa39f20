"""The ways out of the house, and what may come of a sending. Wire formats: docs/notifications.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from notifications.rules import DeliveryState

SEND_TIMEOUT = timedelta(seconds=20)
"""The longest a sending is waited for, whatever the other side does (patient.py). A third of the lease of the job that sends."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. id: collapse id, the same each time this is sent again. text: for channels that carry one, in his language.

    link: where to read it. useful_for: the other side may drop it after that.
    """

    id: str
    text: str
    link: str
    locale: str
    useful_for: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class End:
    """Where a message goes: endpoint, token, address or number. keys: of a Web Push subscription."""

    kind: str
    address: str
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of a sending. code: in the words of `<channel>.<what>`. retry_after: what the other side asked for.

    is_ours: the operator has to do something, so it is logged as an error.
    """

    state: DeliveryState
    code: str | None = None
    retry_after: timedelta | None = None
    is_ours: bool = False


class Sender(Protocol):
    """One channel. Used by several threads at once."""

    def send(self, end: End, message: Message) -> Result:
        """Send once. Never raises for what the other side or the line does."""


SENT = Result(DeliveryState.SENT)


def gone(code: str) -> Result:
    """There is nobody behind that end any more: it is forgotten."""
    return Result(DeliveryState.GONE, code)


def refused(code: str, *, is_ours: bool = False) -> Result:
    """It will not be taken, however often it is sent."""
    return Result(DeliveryState.REFUSED, code, is_ours=is_ours)


def later(code: str, retry_after: timedelta | None = None, *, is_ours: bool = False) -> Result:
    """It was certainly not taken and may be taken another time."""
    return Result(DeliveryState.LATER, code, retry_after, is_ours)


def unknown(code: str) -> Result:
    """Nobody can say whether it was taken."""
    return Result(DeliveryState.UNKNOWN, code)


def seconds(header: str | None) -> timedelta | None:
    """A Retry-After of whole seconds, at most an hour. Its other form, a date, is not used by push services: None."""
    return timedelta(seconds=min(int(header), 3600)) if header and header.isascii() and header.isdecimal() else None
