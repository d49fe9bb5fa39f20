"""Facts about contacts; as server/customers/events.py."""

from __future__ import annotations

from typing import Any

from server.core.events import Event, event
from server.customers.events import Changes


@event("customers.contact-added")
class ContactAdded(Event):
    """Subject: the customer. name: masked, with its commitment."""

    contact_id: str
    name: Any


@event("customers.contact-changed")
class ContactChanged(Event):
    """Subject: the customer."""

    contact_id: str
    changes: Changes
