"""Facts about activities."""

from __future__ import annotations

from datetime import datetime

from server.core.events import Event, event


@event("fieldwork.activity-logged")
class ActivityLogged(Event):
    """Subject: the activity. at: as claimed."""

    customer_id: str
    kind: str
    channel: str
    at: datetime
    time_verdict: str


@event("fieldwork.activity-type-created")
class ActivityTypeCreated(Event):
    """Subject: the type."""

    name_zh: str
    name_en: str


@event("fieldwork.activity-type-changed")
class ActivityTypeChanged(Event):
    """Subject: the type."""

    name_zh: str
    name_en: str
    state: str
