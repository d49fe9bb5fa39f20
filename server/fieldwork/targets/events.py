"""Facts about targets."""

from __future__ import annotations

from datetime import date

from server.core.events import Event, event


@event("fieldwork.target-set")
class TargetSet(Event):
    """Set, or set anew. Subject: the target."""

    owner_id: str
    month_on: date
    measure: str
    amount: int


@event("fieldwork.target-removed")
class TargetRemoved(Event):
    """Subject: the target that was."""

    owner_id: str
    month_on: date
    measure: str
