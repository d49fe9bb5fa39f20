"""Facts that this area records. `changes`: field → [before, after] with names, numbers and texts masked."""

from __future__ import annotations

from typing import Any

from server.core.events import Event, event

Changes = dict[str, list[Any]]


@event("customers.customer-created")
class CustomerCreated(Event):
    """Subject: the customer."""

    kind: str
    stage: str
    owner_id: str


@event("customers.customer-changed")
class CustomerChanged(Event):
    """Subject: the customer."""

    changes: Changes


@event("customers.phone-added")
class PhoneAdded(Event):
    """Subject: the customer. number: masked, with its commitment."""

    phone_id: str
    number: Any


@event("customers.phone-changed")
class PhoneChanged(Event):
    """Subject: the customer."""

    phone_id: str
    changes: Changes


@event("customers.note-added")
class NoteAdded(Event):
    """Subject: the customer. late: by a former owner, who could not know yet."""

    note_id: str
    reply_to: str | None
    late: bool


@event("customers.people-mentioned")
class PeopleMentioned(Event):
    """Colleagues who see the customer, and did not write it themselves, are named in a note. Subject: the customer."""

    note_id: str
    person_ids: list[str]


@event("customers.customer-handed-over")
class CustomerHandedOver(Event):
    """A customer with all that hangs on him has a new owner. Subject: the customer."""

    from_id: str
    to_id: str
    reason: str


@event("customers.handover-done")
class HandoverDone(Event):
    """One handover as a whole, for telling people about it once. Subject: the new owner. from_ids: the owners before."""

    from_ids: list[str]
    count: int
    reason: str


@event("customers.lead-conflict-opened")
class LeadConflictOpened(Event):
    """Customers of two owners have one number. Subject: the conflict. The two lists stand in one order: of arrival."""

    customer_ids: list[str]
    owner_ids: list[str]


@event("customers.lead-conflict-closed")
class LeadConflictClosed(Event):
    """Both customers have one owner, or are one, or one of them was deleted. Subject: the conflict. owner_id: who is left."""

    owner_id: str


@event("customers.sensitive-read")
class SensitiveRead(Event):
    """Somebody asked to see a protected value in full. Subject: the customer. row_id: the phone, when it is one's number."""

    field: str
    row_id: str
    reason: str


@event("customers.customers-exported")
class CustomersExported(Event):
    """Subject: who took the file. filters: name of each filter that was set. count: rows at its beginning."""

    filters: list[str]
    count: int
