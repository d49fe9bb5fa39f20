"""Finding lead conflicts, in turn only (`UnitOfWork.in_turn`).

In turn, because two people who enter one number at the same moment do not see each other's rows: the one who commits second
does. Some statements, however many customers. Source: docs/rules/customers.md, C16.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.events import LeadConflictOpened
from server.customers.lead_conflicts.models import LeadConflict, conflict_id
from server.customers.lead_conflicts.rules import Chosen, ConflictState, Met, propose
from server.customers.models import Customer, CustomerPhone
from server.customers.receptions.models import Reception
from server.customers.rules import tail_of

_AT_ONCE = 5000
"""Customers that are looked at with one statement."""
_MOST = 20
"""Conflicts that one customer opens at one time: enough to be heard, whatever number a whole sales force types for nobody."""
_ID_NUMBER = "id_number"


class Entered(NamedTuple):
    """Somebody has said that a customer has this number, or that he is here. number: None for all that he has."""

    customer_id: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class _Holder:
    """A customer who has a number. received_at: when he was met, as claimed; met: by the server's clock.

    reception_id: of his first reception; without one, he was met when he was entered.
    """

    id: str
    owner_id: str
    unit_id: str
    project_id: str | None
    arrived_at: datetime
    received_at: datetime
    met: Met
    reception_id: str | None = None

    @property
    def place(self) -> tuple[datetime, str]:
        """In which order customers arrived."""
        return self.arrived_at, self.id

    def side(self, name: Chosen) -> dict[str, Any]:
        """The columns of that side of a conflict."""
        values = {
            "id": self.id,
            "owner_id": self.owner_id,
            "unit_id": self.unit_id,
            "project_id": self.project_id,
            "received_at": self.received_at,
            "arrived_at": self.arrived_at,
            "fixed_at": self.met.at,
            "doubt_ms": self.met.doubt // timedelta(milliseconds=1),
            "reception_id": self.reception_id,
        }
        return {f"{name.value}_{column}": value for column, value in values.items()}


class _Pair(NamedTuple):
    """Two customers, the first to arrive first, and what both have."""

    first: _Holder
    second: _Holder
    matched: str

    def values(self) -> dict[str, Any]:
        """What of a conflict follows from its two customers."""
        proposal = propose(self.first.met, self.second.met)
        return {
            **self.first.side(Chosen.FIRST),
            **self.second.side(Chosen.SECOND),
            "proposed": None if proposal.side is None else proposal.side.value,
            "because": proposal.because.value,
        }


_UNRULED: dict[str, Any] = dict.fromkeys(("chosen", "other_percent", "reason", "ruled_by", "ruled_at"))


def look_for_conflicts(uow: UnitOfWork, entered: Sequence[Entered]) -> None:
    """Open a conflict for each of these customers with whoever else has his number. Records LeadConflictOpened.

    Of another owner's customers with that number the one who arrived first stands for all. Dead ones do not count. A pair
    has one conflict for ever: one that is open gets the times as they are known now; one that was closed or ruled is opened
    again, since the two belong to two owners again; one of whom somebody said that they are not the same stays dismissed.
    """
    for start in range(0, len(entered), _AT_ONCE):
        pairs = _pairs(uow, entered[start : start + _AT_ONCE])
        known = {each.id: each for each in _known(uow, sorted(pairs))}
        for row_id in sorted(pairs):
            pair, row = pairs[row_id], known.get(row_id)
            if row is None:
                uow.add(LeadConflict(id=row_id, matched=pair.matched, **pair.values()))
            elif row.state == ConflictState.DISMISSED:
                continue
            else:
                was = row.state
                uow.change(row, state=ConflictState.OPEN.value, **_UNRULED, **pair.values())
                if was == ConflictState.OPEN:
                    continue
            ids, owners = [pair.first.id, pair.second.id], [pair.first.owner_id, pair.second.owner_id]
            uow.record(LeadConflictOpened(row_id, ids, owners))


def _known(uow: UnitOfWork, ids: Sequence[str]) -> list[LeadConflict]:
    """Those of these conflicts that were opened before, whatever became of them."""
    found: list[LeadConflict] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += uow.find(LeadConflict, c(LeadConflict).id.in_(ids[start : start + _AT_ONCE]))
    return found


_Key = tuple[str, str]
"""Which column holds it, and the number."""


def _pairs(uow: UnitOfWork, entered: Sequence[Entered]) -> dict[str, _Pair]:
    """Id of a conflict → the two customers it is about."""
    claimed = {(each.number, each.customer_id) for each in entered if each.number is not None}
    whole = sorted({each.customer_id for each in entered if each.number is None})
    claimed |= _all_numbers(uow, whole)
    papers = _all_papers(uow, whole)
    by_number: defaultdict[_Key, dict[str, _Holder]] = defaultdict(dict)
    for column, asked, holders in (("phone", claimed, _phone_holders), (_ID_NUMBER, papers, _paper_holders)):
        for row in uow.connection.execute(holders(uow.org_id, asked)) if asked else ():
            by_number[column, row.number][row.id] = _holder(row)
    known = {("phone", *each) for each in claimed} | {(_ID_NUMBER, *each) for each in papers}
    found: dict[str, _Pair] = {}
    for (column, number), holding in by_number.items():
        in_order = sorted(holding.values(), key=lambda each: each.place)
        for one in in_order:
            if (column, number, one.id) in known:
                others = [each for each in in_order if each.owner_id != one.owner_id][:_MOST]
                for row_id, pair in _by_id(one, others, column).items():
                    found.setdefault(row_id, pair)
    return _with_receptions(uow, found)


def _holder(row: Any) -> _Holder:
    met = Met(row.received_fixed_at, timedelta(milliseconds=row.received_doubt_ms or 0))
    return _Holder(
        row.id, row.owner_id, row.unit_id, row.project_id, row.created_at, row.received_at or row.created_at, met
    )


def _with_receptions(uow: UnitOfWork, pairs: dict[str, _Pair]) -> dict[str, _Pair]:
    """The same, with the first reception of each customer that has one. One statement."""
    if not pairs:
        return pairs
    t = c(Reception)
    ids = sorted({side.id for pair in pairs.values() for side in pair[:2]})
    order = (t.fixed_at.is_(None), t.fixed_at, t.received_at, t.id)
    place = func.row_number().over(partition_by=t.customer_id, order_by=order)
    columns = (t.customer_id, t.id, t.received_at, t.fixed_at, t.doubt_ms)
    ranked = select(*columns, place.label("place")).where(t.org_id == uow.org_id, t.customer_id.in_(ids)).subquery()
    first = {row.customer_id: row for row in uow.connection.execute(select(ranked).where(ranked.c.place == 1))}

    def seen(holder: _Holder) -> _Holder:
        row = first.get(holder.id)
        if row is None:
            return holder
        met = Met(row.fixed_at, timedelta(milliseconds=row.doubt_ms))
        return replace(holder, received_at=row.received_at, met=met, reception_id=row.id)

    return {key: _Pair(seen(pair.first), seen(pair.second), pair.matched) for key, pair in pairs.items()}


def _by_id(one: _Holder, others: Iterable[_Holder], matched: str) -> dict[str, _Pair]:
    return {
        conflict_id(one.id, other.id): _Pair(*((one, other) if one.place < other.place else (other, one)), matched)
        for other in others
    }


def _all_numbers(uow: UnitOfWork, customer_ids: Sequence[str]) -> set[tuple[str, str]]:
    """The phone numbers of these customers, each with whose it is."""
    p = c(CustomerPhone)
    if not customer_ids:
        return set()
    statement = select(p.number, p.customer_id).where(p.org_id == uow.org_id, p.customer_id.in_(customer_ids))
    return {(row.number, row.customer_id) for row in uow.connection.execute(statement)}


def _all_papers(uow: UnitOfWork, customer_ids: Sequence[str]) -> set[tuple[str, str]]:
    """The identity numbers of these customers, each with whose it is."""
    k = c(Customer)
    if not customer_ids:
        return set()
    statement = select(k.id_number, k.id).where(k.org_id == uow.org_id, k.id.in_(customer_ids))
    return {(row.id_number, row.id) for row in uow.connection.execute(statement.where(k.id_number.is_not(None)))}


_SHOWN = (
    "id", "owner_id", "unit_id", "project_id", "created_at", "received_at", "received_fixed_at", "received_doubt_ms",
)  # fmt: skip


def _phone_holders(org_id: str, claimed: Iterable[tuple[str, str]]) -> Select[Any]:
    """Who has these phone numbers. Numbers as lists and not as a subquery: SQLite would read the whole table for that."""
    p, k = c(CustomerPhone), c(Customer)
    numbers = sorted({number for number, _ in claimed})
    theirs = and_(k.org_id == p.org_id, k.id == p.customer_id)
    tails = sorted({tail_of(each) for each in numbers})
    having = (p.org_id == org_id, p.tail.in_(tails), p.number.in_(numbers))
    return _first_of_each(CustomerPhone.__table__.join(Customer.__table__, theirs), p.number, having, claimed)


def _paper_holders(org_id: str, claimed: Iterable[tuple[str, str]]) -> Select[Any]:
    """Who has these identity numbers."""
    k = c(Customer)
    numbers = sorted({number for number, _ in claimed})
    return _first_of_each(Customer.__table__, k.id_number, (k.org_id == org_id, k.id_number.in_(numbers)), claimed)


def _first_of_each(
    source: Any, number: Any, having: tuple[ColumnElement[bool], ...], claimed: Iterable[tuple[str, str]]
) -> Select[Any]:
    """Those who are claimed to have a number, and of each owner's customers that have it the one who arrived first."""
    k = c(Customer)
    ids = sorted({customer for _, customer in claimed})
    place = func.row_number().over(partition_by=(number, k.owner_id), order_by=(k.created_at, k.id))
    holders = (
        select(number.label("number"), *(k[name] for name in _SHOWN), place.label("place"))
        .select_from(source)
        .where(*having, k.stage != "dead")
        .subquery()
    )
    h = holders.c
    return select(h.number, *(h[name] for name in _SHOWN)).where(or_(h.place == 1, h.id.in_(ids)))
