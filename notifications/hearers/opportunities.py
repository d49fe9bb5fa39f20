"""Who hears of opportunities: those who lead the owner of one that was won or lost."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from notifications.hearing import Hearing, hears
from notifications.people import leaders_of
from notifications.telling import News
from notifications.topics import OPPORTUNITY_CLOSED
from server.core.events import Heard
from server.core.rows import c
from server.core.types import from_ms
from server.customers.functions import HAND_OVER
from server.customers.models import Customer
from server.customers.opportunities.events import OpportunityClosed
from server.customers.opportunities.models import Opportunity


@hears(OpportunityClosed)
def closed_opportunities(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Those who lead the owner hear that one was won or lost, and the owner if another closed it; not what is open again."""
    uow, o, k = hearing.uow, c(Opportunity), c(Customer)
    closed = {each.subject_id: each for each in heard}
    statement = (
        select(o.id, o.customer_id, o.owner_id, o.unit_id, o.state, o.amount_minor, o.currency, k.name)
        .join(Customer.__table__, (k.org_id == o.org_id) & (k.id == o.customer_id))
        .where(o.org_id == uow.org_id, o.id.in_(sorted(closed)))
    )
    rows = [row for row in uow.connection.execute(statement) if row.state == closed[row.id].told["state"]]
    leaders = (
        leaders_of(uow.connection, uow.org_id, {(row.owner_id, row.unit_id) for row in rows}, HAND_OVER) if rows else {}
    )
    for row in rows:
        event = closed[row.id]
        for person in sorted((leaders[row.owner_id, row.unit_id] | {row.owner_id}) - {event.actor_id}):
            params = {"customer_id": row.customer_id, "state": row.state, "by_id": event.actor_id}
            params |= {"amount_minor": row.amount_minor, "currency": row.currency}
            hearing.news.append(
                News(
                    person,
                    OPPORTUNITY_CLOSED,
                    occurrence=event.n,
                    since=from_ms(event.at),
                    subject_collection="opportunities",
                    subject_id=row.id,
                    customer_name=row.name,
                    params=params,
                )
            )
