"""SELECTs over a customer's contacts; as server/customers/queries.py. None writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from server.core.access import Actor
from server.core.paging import Key, later
from server.core.rows import c
from server.customers.contacts.models import Contact
from server.customers.trail import refuse_beyond


def contact_page(
    connection: Connection, actor: Actor, customer_id: str, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Contact], tuple[Key] | None]:
    """One page of a customer's contacts, in the order of their ids; the id to go on after. Two statements.

    Raises Refused NOT_FOUND when the customer is out of reach.
    """
    refuse_beyond(connection, actor, customer_id)
    t = c(Contact)
    statement = select(*t).where(t.org_id == actor.org_id, t.customer_id == customer_id)
    if after is not None:
        statement = statement.where(later((t.id,), after))
    rows = connection.execute(statement.order_by(t.id).limit(limit + 1)).all()
    contacts = [Contact(**each._mapping) for each in rows[:limit]]
    return contacts, (contacts[-1].id,) if len(rows) > limit else None
