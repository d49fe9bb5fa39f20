"""Facts about looking for duplicates; as server/customers/events.py."""

from __future__ import annotations

from server.core.events import Event, event


@event("customers.duplicate-told")
class DuplicateTold(Event):
    """Somebody was told who looks after a customer beyond his reach. Subject: that customer. why: by what he asked."""

    why: str
