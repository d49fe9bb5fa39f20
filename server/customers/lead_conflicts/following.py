"""What becomes of lead conflicts and shares when their customers change hands, or become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import or_, select

from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.events import LeadConflictClosed
from server.customers.lead_conflicts import rules
from server.customers.lead_conflicts.finding import Entered, look_for_conflicts
from server.customers.lead_conflicts.models import CustomerShare, LeadConflict, conflict_id
from server.customers.lead_conflicts.rules import Chosen, ConflictState
from server.customers.models import Customer

_AT_ONCE = 5000
"""Customers that are looked at with one statement."""


def follow_owners(uow: UnitOfWork, customer_ids: Sequence[str]) -> None:
    """In turn: let conflicts go with these customers, who changed hands or places. Records LeadConflictClosed.

    Whoever has one of the two now sees it; what is open and has one owner by now is closed. One that was ruled stays with
    those whom it was about, so that both can read what was ruled.
    """
    t, k = c(LeadConflict), c(Customer)
    for start in range(0, len(customer_ids), _AT_ONCE):
        ids = customer_ids[start : start + _AT_ONCE]
        unruled = t.state != ConflictState.RULED.value
        found = uow.find(LeadConflict, unruled, or_(t.first_id.in_(ids), t.second_id.in_(ids)))
        if not found:
            continue
        both = sorted({side for each in found for side in (each.first_id, each.second_id)})
        statement = select(k.id, k.owner_id, k.unit_id, k.project_id).where(k.org_id == uow.org_id, k.id.in_(both))
        places = {row.id: row for row in uow.connection.execute(statement)}
        for each in found:
            first, second = places[each.first_id], places[each.second_id]
            values = {**_place(Chosen.FIRST, first), **_place(Chosen.SECOND, second)}
            closes = each.state == ConflictState.OPEN and first.owner_id == second.owner_id
            if closes:
                values["state"] = ConflictState.CLOSED.value
                uow.record(LeadConflictClosed(each.id, first.owner_id))
            uow.change(each, **values)


def conflicts_of_merged(uow: UnitOfWork, kept_id: str, gone_id: str) -> None:
    """Let who stays stand in the conflicts of who goes; what the two had with each other, or one owner has, is over.

    A pair has one conflict for ever, whose id follows from the two: the one that is there stays. Records LeadConflictClosed.
    Whoever owns one of two in conflict does not settle it by making one customer of them: raises Refused CONFLICT_OF_ONESELF.
    Not in turn, because his row goes with the merge: whoever opens a conflict with him in that very moment makes the database
    refuse one of the two, which is then tried again.
    """
    uow.in_turn(look_for_conflicts, Entered(kept_id))  # he has the other's numbers and receptions too now
    t, k = c(LeadConflict), c(Customer)
    found = uow.find(LeadConflict, or_(t.first_id == gone_id, t.second_id == gone_id))
    if not found:
        return
    others = {each.id: each.second_id if each.first_id == gone_id else each.first_id for each in found}
    for each in found:
        if each.state == ConflictState.OPEN and others[each.id] == kept_id:
            rules.check_no_side(uow.actor.user_id, (each.first_owner_id, each.second_owner_id))
    uow.preload(LeadConflict, [conflict_id(kept_id, other) for other in others.values()])
    ids = sorted({kept_id, *others.values()})
    statement = select(k.id, k.owner_id, k.unit_id, k.project_id).where(k.org_id == uow.org_id, k.id.in_(ids))
    places = {row.id: row for row in uow.connection.execute(statement)}
    kept = places[kept_id]
    for each in found:
        other = others[each.id]
        uow.remove(each)
        is_over = other == kept_id or places[other].owner_id == kept.owner_id
        if other != kept_id and uow.get(LeadConflict, conflict_id(kept_id, other)) is None:
            side = Chosen.FIRST if each.first_id == gone_id else Chosen.SECOND
            values: dict[str, Any] = {f"{side.value}_id": kept_id}
            if each.state != ConflictState.RULED:
                values |= _place(side, kept)
            if each.state == ConflictState.OPEN and is_over:
                values["state"] = ConflictState.CLOSED.value
            uow.add(replace(each, id=conflict_id(kept_id, other), **values))
        if each.state == ConflictState.OPEN and is_over:
            uow.record(LeadConflictClosed(each.id, kept.owner_id))


def drop_conflicts(uow: UnitOfWork, customer_ids: Sequence[str]) -> None:
    """Forget the conflicts of customers who are deleted; restored, they are looked for anew. Records LeadConflictClosed."""
    t = c(LeadConflict)
    for start in range(0, len(customer_ids), _AT_ONCE):
        ids = customer_ids[start : start + _AT_ONCE]
        for each in uow.find(LeadConflict, or_(t.first_id.in_(ids), t.second_id.in_(ids))):
            uow.remove(each)
            if each.state == ConflictState.OPEN:
                left = each.first_owner_id if each.second_id in ids else each.second_owner_id
                uow.record(LeadConflictClosed(each.id, left))


def shares_of_merged(uow: UnitOfWork, kept_id: str, gone_id: str) -> None:
    """Who shares in the one who stays goes on; in a customer without shares of his own, who shared in the other."""
    t = c(CustomerShare)
    found = uow.find(CustomerShare, t.customer_id.in_((kept_id, gone_id)))
    stays = any(each.customer_id == kept_id for each in found)
    for each in found:
        if each.customer_id == gone_id and stays:
            uow.remove(each)
        elif each.customer_id == gone_id:
            uow.change(each, customer_id=kept_id)


def _place(side: Chosen, row: Any) -> dict[str, Any]:
    return {f"{side.value}_{name}": getattr(row, name) for name in ("owner_id", "unit_id", "project_id")}
