"""Facts about imports. Subject: the import."""

from __future__ import annotations

from server.core.events import Event, event


@event("customers.import-begun")
class ImportBegun(Event):
    """Somebody had a list tried or taken in, or went on with it."""

    size: int
    is_trial: bool


@event("customers.import-owners-told")
class ImportOwnersTold(Event):
    """Who handed a list in was told whose customers beyond his reach are that it names."""

    count: int


@event("customers.import-ended")
class ImportEnded(Event):
    """All its rows have been answered."""

    is_trial: bool
    created: int
    duplicates: int
    refused: int
