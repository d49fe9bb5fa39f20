"""SELECTs over lead conflicts and shares; as server/customers/queries.py. None writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select, union_all

from server.accounts.models import User
from server.core.access import Actor, Columns
from server.core.paging import Key, Page, by_each_way, chosen, earlier, unindexed
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.customers.functions import HAND_OVER, READ
from server.customers.lead_conflicts.models import CustomerShare, LeadConflict, Place, places_of
from server.customers.lead_conflicts.rules import Chosen
from server.customers.models import Customer
from server.customers.queries import within


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two customers; who he is, only to whoever sees him. Whose he is, to all who see the conflict (rule C16)."""

    received_at: datetime
    arrived_at: datetime
    fixed_at: datetime | None
    doubt_ms: int
    reception_id: str | None
    owner_id: str
    owner_name: str
    customer_id: str | None = None
    customer_name: str | None = None


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A lead conflict as lists show it."""

    id: str
    version: int
    state: str
    opened_at: datetime
    matched: str
    proposed: str | None
    because: str
    chosen: str | None
    other_percent: int | None
    reason: str | None
    ruled_by: str | None
    ruled_at: datetime | None
    first: Side
    second: Side


def conflict_page(
    connection: Connection, actor: Actor, state: str | None, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[ConflictLine], tuple[Key, Key] | None]:
    """One page of conflicts with a customer whom the actor may hand over, what was opened last first. Three statements.

    after: (created_at as milliseconds, id).
    """
    t, reach = c(LeadConflict), actor.must(HAND_OVER)
    wanted = [t.org_id == actor.org_id]
    if state is not None:
        wanted.append((t.state if reach.everything else unindexed(t.state)) == state)
    if after is not None:
        wanted.append(earlier((t.created_at, t.id), (from_ms(after[0]), after[1])))
    order = (t.created_at.desc(), t.id.desc())
    first = Page(tuple(wanted), order)
    if not reach.everything:
        found = select(t.id).where(*wanted)
        ways = [way for side in Chosen for way in by_each_way(reach, _place_of(side), found, order, limit + 1)]
        first = chosen(LeadConflict, union_all(*ways), order)
    rows = connection.execute(first.of(select(*t).where(t.org_id == actor.org_id), limit + 1)).all()
    conflicts = [LeadConflict(**each._mapping) for each in rows[:limit]]
    lines = _lines(connection, actor, conflicts)
    return lines, (to_ms(conflicts[-1].created_at), conflicts[-1].id) if len(rows) > limit else None


def get_conflict(connection: Connection, actor: Actor, row_id: str, *, written: bool = False) -> ConflictLine:
    """One conflict. Three statements. Raises Refused NOT_FOUND when neither customer is the actor's to hand over.

    written: the actor has just ruled, so he is shown what became of it.
    """
    t = c(LeadConflict)
    row = connection.execute(select(*t).where(t.org_id == actor.org_id, t.id == row_id)).one_or_none()
    conflict = None if row is None else LeadConflict(**row._mapping)
    reach = actor.must(HAND_OVER)
    if conflict is None or not (written or any(reach.holds(each) for each in places_of(conflict))):
        raise Refused(NOT_FOUND)
    return _lines(connection, actor, [conflict])[0]


def _place_of(side: Chosen) -> Columns:
    """Whose one of the two customers is, and where."""
    return {name: c(LeadConflict)[f"{side.value}_{name}"] for name in Place._fields}


def _lines(connection: Connection, actor: Actor, conflicts: Sequence[LeadConflict]) -> list[ConflictLine]:
    if not conflicts:
        return []
    k, u = c(Customer), c(User)
    ids = {side for each in conflicts for side in (each.first_id, each.second_id)}
    seen = select(k.id, k.name).where(k.org_id == actor.org_id, actor.reach(READ).condition(Customer))
    customers = {row.id: row.name for row in connection.execute(seen.where(k.id.in_(sorted(ids))))}
    owners = {owner for each in conflicts for owner in (each.first_owner_id, each.second_owner_id)}
    named = select(u.id, u.name).where(u.org_id == actor.org_id, u.id.in_(sorted(owners)))
    names = {row.id: row.name for row in connection.execute(named)}
    return [_line(each, customers, names) for each in conflicts]


def _line(each: LeadConflict, customers: dict[str, str], names: dict[str, str]) -> ConflictLine:
    def side(name: Chosen) -> Side:
        def of(column: str) -> Any:
            return getattr(each, f"{name.value}_{column}")

        seen = of("id") if of("id") in customers else None
        return Side(
            of("received_at"), of("arrived_at"), of("fixed_at"), of("doubt_ms"), of("reception_id"),
            of("owner_id"), names[of("owner_id")], seen, customers.get(of("id")),
        )  # fmt: skip

    return ConflictLine(
        each.id, each.version, each.state, each.created_at, each.matched, each.proposed, each.because, each.chosen,
        each.other_percent, each.reason, each.ruled_by, each.ruled_at, side(Chosen.FIRST), side(Chosen.SECOND),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """Whose part of a deal with a customer is how large."""

    user_id: str
    user_name: str
    percent: int
    since: datetime
    conflict_id: str


def shares(connection: Connection, actor: Actor, customer_id: str) -> list[Share]:
    """Who shares in a customer, the largest part first. Two statements. Raises Refused NOT_FOUND when he is out of reach."""
    k, t, u = c(Customer), c(CustomerShare), c(User)
    if connection.execute(select(k.id).where(*within(actor, READ), k.id == customer_id)).first() is None:
        raise Refused(NOT_FOUND)
    statement = (
        select(t.user_id, u.name, t.percent, t.since, t.conflict_id)
        .join(User.__table__, and_(u.org_id == t.org_id, u.id == t.user_id))
        .where(t.org_id == actor.org_id, t.customer_id == customer_id)
        .order_by(t.percent.desc(), t.user_id)
    )
    return [Share(*row) for row in connection.execute(statement)]
