"""Facts about copies: who may see something from now on, and that what he sees has changed."""

from __future__ import annotations

from server.core.events import Event, event


@event("fieldwork.copied")
class Copied(Event):
    """Somebody sees a visit, plan or task of another's from now on. Subject: that row. copies: person → his copy."""

    collection: str
    copies: dict[str, str]


@event("fieldwork.copy-changed")
class CopyChanged(Event):
    """What they were told of has changed. Subject: the visit, plan or task. copies: person → his copy."""

    collection: str
    copies: dict[str, str]
