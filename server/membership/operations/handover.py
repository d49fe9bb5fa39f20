"""What becomes of memberships, cards and arrivals when their customer gets another owner, or is merged with another."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from server.accounts.models import User
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.models import Customer
from server.membership.models import Arrival, Card, Member

_AT_ONCE = 1000
"""Customers whose rows are looked up with one statement."""


def follow_customers(uow: UnitOfWork, customers: Sequence[Customer], _new_owner: User) -> None:
    """Let members and cards go with their customers, in the same unit of work; of arrivals only the owner (rule M11).

    An arrival stays with the unit of its sales centre: its reception goes on seeing who waits.
    """
    places = {
        each.id: {"owner_id": each.owner_id, "unit_id": each.unit_id, "project_id": each.project_id}
        for each in customers
    }
    ids = sorted(places)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for member in uow.find(Member, c(Member).customer_id.in_(some)):
            uow.change(member, **places[member.customer_id])
        for card in uow.find(Card, c(Card).customer_id.in_(some)):
            uow.change(card, **places[card.customer_id])
        for arrival in uow.find(Arrival, c(Arrival).customer_id.in_(some)):
            uow.change(arrival, owner_id=places[arrival.customer_id]["owner_id"])


def merge_members(uow: UnitOfWork, kept_id: str, gone_id: str) -> None:
    """A customer is a member once: who stays keeps his own membership and takes the other's cards into it (rule M11)."""
    found = {each.customer_id: each for each in uow.find(Member, c(Member).customer_id.in_((kept_id, gone_id)))}
    kept, gone = found.get(kept_id), found.get(gone_id)
    if gone is None:
        return
    if kept is None:
        uow.change(gone, customer_id=kept_id)
        return
    for card in uow.find(Card, c(Card).member_id == gone.id):
        uow.change(card, member_id=kept.id)
    uow.remove(gone)


def members_among(uow: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, str]:
    """Of these customers those who are in the club, or were: cards that are out lead to them, so they are not deleted."""
    m = c(Member)
    statement = select(m.customer_id).where(m.org_id == uow.org_id, m.customer_id.in_(customer_ids))
    return {row[0]: "member" for row in uow.connection.execute(statement)}
