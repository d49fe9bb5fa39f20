"""Facts about rulings. When a conflict is opened and closed by itself: server/customers/events.py."""

from __future__ import annotations

from server.core.events import Event, event


@event("customers.lead-conflict-ruled")
class LeadConflictRuled(Event):
    """A supervisor gave both customers to one owner. Subject: the conflict. The lists: of both, in order of arrival.

    percent: of the deal, what the other one gets.
    """

    customer_ids: list[str]
    owner_ids: list[str]
    owner_id: str
    percent: int
    reason: str


@event("customers.lead-conflict-dismissed")
class LeadConflictDismissed(Event):
    """A supervisor said that the two are not the same person. Subject: the conflict."""

    customer_ids: list[str]
    owner_ids: list[str]
    reason: str
