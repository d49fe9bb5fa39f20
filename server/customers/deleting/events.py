"""Facts of deleting."""

from __future__ import annotations

from server.core.events import Event, event


@event("customers.customer-deleted")
class CustomerDeleted(Event):
    """A customer, with all that hung on him, is out of sight and can be restored. Subject: the customer. rows: how many.

    open_work_of: who had something open that went with him, whoever did it and whose he was; sorted, each once.
    """

    owner_id: str
    rows: int
    open_work_of: list[str]


@event("customers.customer-restored")
class CustomerRestored(Event):
    """He is back with all that hung on him. Subject: the customer."""

    owner_id: str
    rows: int


@event("customers.customer-purged")
class CustomerPurged(Event):
    """His days to be restored are over: nothing is left but events. Subject: the customer."""
