"""SELECTs over customers who went into another; as server/customers/queries.py. None writes."""

from __future__ import annotations

from sqlalchemy import Connection, and_, select

from server.core.access import Actor
from server.core.problems import Refused
from server.core.rows import c
from server.customers.functions import READ
from server.customers.merging.models import MergedCustomer
from server.customers.merging.operations import MERGED
from server.customers.models import Customer
from server.customers.queries import within


def refuse_merged(connection: Connection, actor: Actor, customer_id: str) -> None:
    """Raise Refused MERGED when he went into a customer whom the actor reaches. One statement."""
    m, k = c(MergedCustomer), c(Customer)
    statement = (
        select(m.into_id)
        .join(Customer.__table__, and_(k.org_id == m.org_id, k.id == m.into_id))
        .where(m.org_id == actor.org_id, m.id == customer_id, *within(actor, READ))
    )
    into = connection.execute(statement).scalar()
    if into is not None:
        raise Refused(MERGED, into_id=into)
