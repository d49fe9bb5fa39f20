"""Facts about receptions. `changes` as in server/customers/events.py."""

from __future__ import annotations

from server.core.events import Event, event
from server.customers.events import Changes


@event("customers.reception-added")
class ReceptionAdded(Event):
    """Somebody received a customer. Subject: the customer. late: by a former owner, who could not know yet."""

    reception_id: str
    channel: str
    received_at: int
    late: bool


@event("customers.reception-changed")
class ReceptionChanged(Event):
    """Subject: the customer."""

    reception_id: str
    changes: Changes
