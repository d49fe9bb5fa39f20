"""Lead conflicts (撞单): one number, customers of two owners. Opened and closed here, in turn (`UnitOfWork.in_turn`).

In turn, because two people who enter one number at the same moment do not see each other's rows: the one who commits second
does. Some statements, however many customers. Source: docs/rules/customers.md, C16.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, func, or_, select

from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.events import LeadConflictClosed, LeadConflictOpened
from server.customers.models import ConflictState, Customer, CustomerPhone, LeadConflict, conflict_id
from server.customers.rules import tail_of

_AT_ONCE = 5000
"""Customers that are looked at with one statement."""
_MOST = 20
"""Conflicts that one customer opens at one time: enough to be heard, whatever number a whole sales force types for nobody."""


class Entered(NamedTuple):
    """Somebody has said that a customer has this number. number: None for all that he has."""

    customer_id: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class _Holder:
    """A customer who has a number. received_at: as claimed, else when he arrived."""

    id: str
    owner_id: str
    arrived_at: datetime
    received_at: datetime

    @property
    def place(self) -> tuple[datetime, str]:
        """In which order customers arrived."""
        return self.arrived_at, self.id


_Pair = tuple[_Holder, _Holder]


def look_for_conflicts(uow: UnitOfWork, entered: Sequence[Entered]) -> None:
    """Open a conflict for each of these customers with whoever else has his number. Records LeadConflictOpened.

    Of another owner's customers with that number the one who arrived first stands for all. Dead ones do not count. A pair
    that had its conflict gets no other.
    """
    for start in range(0, len(entered), _AT_ONCE):
        pairs = _pairs(uow, entered[start : start + _AT_ONCE])
        for row_id in sorted(pairs.keys() - _known(uow, sorted(pairs))):
            first, second = pairs[row_id]
            uow.add(
                LeadConflict(
                    id=row_id,
                    first_id=first.id,
                    first_received_at=first.received_at,
                    first_arrived_at=first.arrived_at,
                    second_id=second.id,
                    second_received_at=second.received_at,
                    second_arrived_at=second.arrived_at,
                )
            )
            uow.record(LeadConflictOpened(row_id, [first.id, second.id], [first.owner_id, second.owner_id]))


def close_conflicts(uow: UnitOfWork, customer_ids: Sequence[str]) -> None:
    """Close what these customers are in, where both belong to one owner by now. Records LeadConflictClosed."""
    t, k = c(LeadConflict), c(Customer)
    for start in range(0, len(customer_ids), _AT_ONCE):
        ids = customer_ids[start : start + _AT_ONCE]
        involved = or_(t.first_id.in_(ids), t.second_id.in_(ids))
        found = uow.find(LeadConflict, t.state == ConflictState.OPEN.value, involved)
        if not found:
            continue
        both = sorted({side for each in found for side in (each.first_id, each.second_id)})
        statement = select(k.id, k.owner_id).where(k.org_id == uow.org_id, k.id.in_(both))
        owners = {row.id: row.owner_id for row in uow.connection.execute(statement)}
        for each in found:
            if owners[each.first_id] == owners[each.second_id]:
                uow.change(each, state=ConflictState.CLOSED.value)
                uow.record(LeadConflictClosed(each.id, owners[each.first_id]))


def conflicts_of_merged(uow: UnitOfWork, kept_id: str, gone_id: str) -> None:
    """Let who stays stand in the conflicts of who goes; what the two had with each other, or one owner has, is over.

    A pair has one conflict for ever, whose id follows from the two: the one that is there stays. Records LeadConflictClosed.
    Not in turn, because his row goes with the merge: whoever opens a conflict with him in that very moment makes the database
    refuse one of the two, which is then tried again.
    """
    t, k = c(LeadConflict), c(Customer)
    found = uow.find(LeadConflict, or_(t.first_id == gone_id, t.second_id == gone_id))
    if not found:
        return
    sides = {each.id: (each.first_id, each.second_id) for each in found}
    others = {row_id: second if first == gone_id else first for row_id, (first, second) in sides.items()}
    uow.preload(LeadConflict, [conflict_id(kept_id, other) for other in others.values()])
    statement = select(k.id, k.owner_id).where(k.org_id == uow.org_id, k.id.in_(sorted({kept_id, *others.values()})))
    owners = {row.id: row.owner_id for row in uow.connection.execute(statement)}
    for each in found:
        other = others[each.id]
        uow.remove(each)
        is_over = other == kept_id or owners[other] == owners[kept_id]
        if other != kept_id and uow.get(LeadConflict, conflict_id(kept_id, other)) is None:
            first, second = (kept_id if side == gone_id else side for side in sides[each.id])
            state = ConflictState.CLOSED.value if is_over else each.state
            uow.add(replace(each, id=conflict_id(kept_id, other), first_id=first, second_id=second, state=state))
        if each.state == ConflictState.OPEN and is_over:
            uow.record(LeadConflictClosed(each.id, owners[kept_id]))


def drop_conflicts(uow: UnitOfWork, customer_ids: Sequence[str]) -> None:
    """Forget the conflicts of customers who are deleted; restored, they are looked for anew. Records LeadConflictClosed."""
    t, k = c(LeadConflict), c(Customer)
    for start in range(0, len(customer_ids), _AT_ONCE):
        ids = customer_ids[start : start + _AT_ONCE]
        found = uow.find(LeadConflict, or_(t.first_id.in_(ids), t.second_id.in_(ids)))
        sides = sorted({side for each in found for side in (each.first_id, each.second_id)})
        statement = select(k.id, k.owner_id).where(k.org_id == uow.org_id, k.id.in_(sides))
        owners = {row.id: row.owner_id for row in uow.connection.execute(statement)} if found else {}
        for each in found:
            uow.remove(each)
            if each.state == ConflictState.OPEN:
                uow.record(
                    LeadConflictClosed(each.id, owners[each.first_id if each.second_id in ids else each.second_id])
                )


def _known(uow: UnitOfWork, ids: Sequence[str]) -> set[str]:
    """Which of these conflicts were opened before, whatever became of them."""
    t, found = c(LeadConflict), set[str]()
    for start in range(0, len(ids), _AT_ONCE):
        statement = select(t.id).where(t.org_id == uow.org_id, t.id.in_(ids[start : start + _AT_ONCE]))
        found |= set(uow.connection.execute(statement).scalars())
    return found


def _pairs(uow: UnitOfWork, entered: Sequence[Entered]) -> dict[str, _Pair]:
    """Id of a conflict → the two customers it is about, the first to arrive first."""
    claimed = {(each.number, each.customer_id) for each in entered if each.number is not None}
    claimed |= _all_numbers(uow, [each.customer_id for each in entered if each.number is None])
    by_number: defaultdict[str, dict[str, _Holder]] = defaultdict(dict)
    for row in uow.connection.execute(_holders(uow.org_id, claimed)) if claimed else ():
        holder = _Holder(row.id, row.owner_id, row.created_at, row.received_at or row.created_at)
        by_number[row.number][row.id] = holder
    found: dict[str, _Pair] = {}
    for number, holders in by_number.items():
        in_order = sorted(holders.values(), key=lambda each: each.place)
        for one in in_order:
            if (number, one.id) in claimed:
                others = [each for each in in_order if each.owner_id != one.owner_id][:_MOST]
                found.update(_by_id(one, others))
    return found


def _by_id(one: _Holder, others: Iterable[_Holder]) -> dict[str, _Pair]:
    return {
        conflict_id(one.id, other.id): (one, other) if one.place < other.place else (other, one) for other in others
    }


def _all_numbers(uow: UnitOfWork, customer_ids: Sequence[str]) -> set[tuple[str, str]]:
    """The numbers of these customers, each with whose it is."""
    p = c(CustomerPhone)
    if not customer_ids:
        return set()
    statement = select(p.number, p.customer_id).where(p.org_id == uow.org_id, p.customer_id.in_(customer_ids))
    return {(row.number, row.customer_id) for row in uow.connection.execute(statement)}


def _holders(org_id: str, claimed: Iterable[tuple[str, str]]) -> Select[tuple[str, str, str, datetime, datetime]]:
    """Who has these numbers: those who are claimed to, and of each owner's customers the one who arrived first.

    Numbers as lists and not as a subquery, which SQLite would answer by reading the organisation's whole table.
    """
    p, k = c(CustomerPhone), c(Customer)
    numbers, ids = sorted({number for number, _ in claimed}), sorted({customer for _, customer in claimed})
    theirs = and_(k.org_id == p.org_id, k.id == p.customer_id)
    place = func.row_number().over(partition_by=(p.number, k.owner_id), order_by=(k.created_at, k.id))
    holders = (
        select(p.number, k.id, k.owner_id, k.created_at, k.received_at, place.label("place"))
        .select_from(CustomerPhone.__table__.join(Customer.__table__, theirs))
        .where(p.org_id == org_id, p.tail.in_(sorted({tail_of(each) for each in numbers})), p.number.in_(numbers))
        .where(k.stage != "dead")
        .subquery()
    )
    h = holders.c
    return select(h.number, h.id, h.owner_id, h.created_at, h.received_at).where(or_(h.place == 1, h.id.in_(ids)))
