"""Facts that notifications record. What people read and when is not among them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server.core.events import Event, event

Changes = dict[str, list[Any]]


@event("notifications.notice-snoozed")
class NoticeSnoozed(Event):
    """Subject: the notice."""

    topic: str
    until: datetime


@event("notifications.notice-finished")
class NoticeFinished(Event):
    """Subject: the notice."""

    topic: str


@event("notifications.settings-changed")
class NoticeSettingsChanged(Event):
    """Subject: the person, who alone changes them. The address masked."""

    changes: Changes


@event("notifications.delivery-settled")
class DeliverySettled(Event):
    """Somebody decided about a message with an unknown fate. Subject: the delivery. resend: it is sent once more."""

    channel: str
    resend: bool
