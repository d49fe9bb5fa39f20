"""SELECTs over customers who are not there any more; as queries.py. None writes."""

from __future__ import annotations

from sqlalchemy import Connection, and_, select

from server.core.access import Actor
from server.core.problems import Refused
from server.core.rows import c
from server.customers.absent import DELETED, MERGED
from server.customers.deleting.models import DeletedCustomer, DeletedMergedCustomer
from server.customers.deleting.rules import restorable_until
from server.customers.functions import READ
from server.customers.merging.models import MergedCustomer
from server.customers.models import Customer
from server.customers.queries import within


def refuse_absent(connection: Connection, actor: Actor, customer_id: str) -> None:
    """Raise Refused MERGED or DELETED when that is why he is not there and the actor may know it. Two statements."""
    m, k, d, g = c(MergedCustomer), c(Customer), c(DeletedCustomer), c(DeletedMergedCustomer)
    statement = (
        select(m.into_id)
        .join(Customer.__table__, and_(k.org_id == m.org_id, k.id == m.into_id))
        .where(m.org_id == actor.org_id, m.id == customer_id, *within(actor, READ))
    )
    into = connection.execute(statement).scalar()
    if into is not None:
        raise Refused(MERGED, into_id=into)
    went = select(g.into_id).where(g.org_id == actor.org_id, g.id == customer_id).scalar_subquery()
    deleted = select(d.id, d.created_at).where(
        d.org_id == actor.org_id, d.id.in_((customer_id, went)), actor.must(READ).condition(DeletedCustomer)
    )
    if (found := connection.execute(deleted).first()) is not None:
        into_id = {} if found.id == customer_id else {"into_id": found.id}
        raise Refused(DELETED, until=restorable_until(found.created_at, actor.timezone).isoformat(), **into_id)
