"""SELECTs over deleted customers; as server/customers/queries.py. None writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from server.accounts.models import User
from server.core.access import Actor
from server.core.paging import Key, earlier, leading
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.customers.deleting.models import DeletedCustomer
from server.customers.deleting.rules import restorable_until
from server.customers.functions import DELETE


@dataclass(frozen=True, slots=True)
class DeletedLine:
    """A deleted customer as the list shows him. restorable_until: the last day on which he surely can be restored."""

    id: str
    name: str
    owner_id: str
    owner_name: str
    deleted_by: str
    deleted_at: datetime
    restorable_until: date


def deleted_page(
    connection: Connection, actor: Actor, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[DeletedLine], tuple[Key, Key] | None]:
    """One page of deleted customers whom the actor may restore, what was deleted last first. One statement.

    after: (milliseconds of the deletion, id).
    """
    t, u = c(DeletedCustomer), c(User)
    wanted, sorting = [t.org_id == actor.org_id], (t.created_at.desc(), t.id.desc())
    if after is not None:
        wanted.append(earlier((t.created_at, t.id), (from_ms(after[0]), after[1])))
    first = leading(actor.must(DELETE), DeletedCustomer, wanted, sorting, limit + 1)
    statement = (
        select(t.id, t.name, t.owner_id, u.name.label("owner_name"), t.deleted_by, t.created_at.label("deleted_at"))
        .outerjoin(User.__table__, and_(u.org_id == t.org_id, u.id == t.owner_id))
        .where(t.org_id == actor.org_id)
    )
    rows = connection.execute(first.of(statement, limit + 1)).all()
    lines = [
        DeletedLine(**row._mapping, restorable_until=restorable_until(row.deleted_at, actor.timezone))
        for row in rows[:limit]
    ]
    return lines, (to_ms(lines[-1].deleted_at), lines[-1].id) if len(rows) > limit else None
