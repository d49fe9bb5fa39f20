"""Facts that the member club records. Numbers of cards are for people and open nothing; what a card carries is not told."""

from __future__ import annotations

from datetime import datetime

from server.core.events import Event, event


@event("membership.centre-created")
class CentreCreated(Event):
    """Subject: the sales centre."""

    host_id: str


@event("membership.centre-changed")
class CentreChanged(Event):
    """Subject: the sales centre. host_id: who gets unknown visitors from now on."""

    host_id: str
    state: str


@event("membership.member-joined")
class MemberJoined(Event):
    """Subject: the member."""

    customer_id: str
    tier: str


@event("membership.tier-changed")
class TierChanged(Event):
    """Subject: the member."""

    before: str
    after: str


@event("membership.member-left")
class MemberLeft(Event):
    """His cards are blocked with it. Subject: the member."""

    customer_id: str
    cards: int


@event("membership.card-issued")
class CardIssued(Event):
    """Subject: the card."""

    customer_id: str
    kind: str
    replaces_id: str | None


@event("membership.card-moved")
class CardMoved(Event):
    """A card was reported lost, blocked, unblocked, replaced, or expired. Subject: the card."""

    customer_id: str
    before: str
    after: str


@event("membership.code-shown")
class CodeShown(Event):
    """Somebody asked for the code that a card carries. Subject: the card."""

    customer_id: str
    kind: str


@event("membership.member-arrived")
class MemberArrived(Event):
    """A member's card was read at a sales centre. Subject: the customer. late: the reading waited in the kiosk's queue.

    owner_id: whom to tell. is_waiting: he is taken to be there still.
    """

    owner_id: str
    arrival_id: str
    sales_centre_id: str
    arrived_at: datetime
    late: bool
    is_waiting: bool


@event("membership.visitor-arrived")
class VisitorArrived(Event):
    """Somebody registered at a kiosk. Subject: the customer. is_new: he was entered by this.

    owner_id: whom to tell. consent: the version of the text he agreed to.
    """

    owner_id: str
    arrival_id: str
    sales_centre_id: str
    arrived_at: datetime
    is_new: bool
    consent: str


@event("membership.arrival-handled")
class ArrivalHandled(Event):
    """He was served, or left. Subject: the arrival."""

    customer_id: str
    state: str
