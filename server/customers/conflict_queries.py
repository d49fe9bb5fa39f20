"""SELECTs over lead conflicts; as queries.py. None writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from server.accounts.models import User
from server.core.access import Actor
from server.core.paging import Key, earlier
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.customers.functions import HAND_OVER, READ
from server.customers.models import Customer, LeadConflict
from server.customers.queries import within


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two customers; of one whom the reader does not see, the times alone."""

    received_at: datetime
    arrived_at: datetime
    customer_id: str | None = None
    customer_name: str | None = None
    owner_id: str | None = None
    owner_name: str | None = None


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A lead conflict as lists show it."""

    id: str
    version: int
    state: str
    opened_at: datetime
    first: Side
    second: Side


def conflict_page(
    connection: Connection, actor: Actor, state: str | None, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[ConflictLine], tuple[Key, Key] | None]:
    """One page of conflicts with a customer whom the actor may hand over, what was opened last first. Two statements.

    after: (created_at as milliseconds, id).
    """
    t, k = c(LeadConflict), c(Customer)
    reached = select(k.id).where(*within(actor, HAND_OVER))
    statement = select(*t).where(t.org_id == actor.org_id, or_(t.first_id.in_(reached), t.second_id.in_(reached)))
    if state is not None:
        statement = statement.where(t.state == state)
    if after is not None:
        statement = statement.where(earlier((t.created_at, t.id), (from_ms(after[0]), after[1])))
    rows = connection.execute(statement.order_by(t.created_at.desc(), t.id.desc()).limit(limit + 1)).all()
    conflicts = [LeadConflict(**each._mapping) for each in rows[:limit]]
    shown = _shown(connection, actor, [side for each in conflicts for side in (each.first_id, each.second_id)])
    lines = [_line(each, shown) for each in conflicts]
    return lines, (to_ms(conflicts[-1].created_at), conflicts[-1].id) if len(rows) > limit else None


def _shown(connection: Connection, actor: Actor, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Id → what is shown of a customer, for those whom the actor sees."""
    k, u = c(Customer), c(User)
    if not ids:
        return {}
    statement = (
        select(k.id, k.name, k.owner_id, u.name.label("owner_name"))
        .join(User.__table__, and_(u.org_id == k.org_id, u.id == k.owner_id))
        .where(k.org_id == actor.org_id, actor.reach(READ).condition(Customer), k.id.in_(sorted(set(ids))))
    )
    return {
        row.id: {
            "customer_id": row.id,
            "customer_name": row.name,
            "owner_id": row.owner_id,
            "owner_name": row.owner_name,
        }
        for row in connection.execute(statement)
    }


def _line(each: LeadConflict, shown: dict[str, dict[str, Any]]) -> ConflictLine:
    first = Side(each.first_received_at, each.first_arrived_at, **shown.get(each.first_id, {}))
    second = Side(each.second_received_at, each.second_arrived_at, **shown.get(each.second_id, {}))
    return ConflictLine(each.id, each.version, each.state, each.created_at, first, second)
