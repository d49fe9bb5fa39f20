"""Facts of merging."""

from __future__ import annotations

from server.core.events import Event, event
from server.customers.events import Changes


@event("customers.customers-merged")
class CustomersMerged(Event):
    """Two customers are one. Subject: who stays. gone_id: who went. owner_id, gone_owner_id: whose they were.

    sides: field → [who stays had, who went had] where they differed, masked. taken: fields that come from who went.
    """

    gone_id: str
    owner_id: str
    gone_owner_id: str
    sides: Changes
    taken: list[str]
