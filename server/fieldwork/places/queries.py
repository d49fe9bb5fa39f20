"""SELECTs over customers' places. None writes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.core.access import Actor
from server.core.rows import c
from server.fieldwork.calendar.queries import must_see
from server.fieldwork.functions import READ
from server.fieldwork.places.models import CustomerPlace

MOST = 20


def places_of(connection: Connection, actor: Actor, customer_id: str) -> list[CustomerPlace]:
    """Where a customer was said to be, the last one first: that one counts. At most MOST.

    Raises Refused NOT_FOUND when the customer is out of reach.
    """
    must_see(connection, actor, customer_id)
    p = c(CustomerPlace)
    within = (p.org_id == actor.org_id, p.customer_id == customer_id, actor.must(READ).condition(CustomerPlace))
    rows = connection.execute(select(*p).where(*within).order_by(p.created_at.desc(), p.id.desc()).limit(MOST))
    return [CustomerPlace(**each._mapping) for each in rows]
