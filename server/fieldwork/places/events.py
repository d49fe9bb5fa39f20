"""Facts about customers' places. Coordinates stay in the row."""

from __future__ import annotations

from server.core.events import Event, event


@event("fieldwork.customer-place-set")
class CustomerPlaceSet(Event):
    """Subject: the customer."""

    place_id: str
