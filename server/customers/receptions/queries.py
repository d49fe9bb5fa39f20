"""SELECTs over receptions; as server/customers/queries.py. None writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from server.core.access import Actor
from server.core.paging import Key, earlier
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.customers.functions import READ
from server.customers.models import Customer
from server.customers.queries import within
from server.customers.receptions.models import Reception


def reception_page(
    connection: Connection, actor: Actor, customer_id: str, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Reception], tuple[Key, Key] | None]:
    """One page of a customer's receptions, what arrived last first. Two statements. after: (created_at in ms, id).

    Raises Refused NOT_FOUND when the customer is out of reach.
    """
    seen = select(c(Customer).id).where(*within(actor, READ), c(Customer).id == customer_id)
    if connection.execute(seen).first() is None:
        raise Refused(NOT_FOUND)
    t = c(Reception)
    statement = select(*t).where(t.org_id == actor.org_id, t.customer_id == customer_id)
    if after is not None:
        statement = statement.where(earlier((t.created_at, t.id), (from_ms(after[0]), after[1])))
    rows = connection.execute(statement.order_by(t.created_at.desc(), t.id.desc()).limit(limit + 1)).all()
    found = [Reception(**each._mapping) for each in rows[:limit]]
    return found, (to_ms(found[-1].created_at), found[-1].id) if len(rows) > limit else None
