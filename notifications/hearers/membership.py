"""Who hears of the member club: the owner of a customer who has arrived."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from notifications.hearing import Hearing, hears
from notifications.telling import News
from notifications.topics import MEMBER_ARRIVED
from server.core.events import Heard
from server.core.rows import c
from server.core.types import from_ms
from server.membership.events import MemberArrived, VisitorArrived
from server.membership.models import Arrival


@hears(MemberArrived, VisitorArrived)
def arrivals(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """The owner hears who has come. What a kiosk sends in long afterwards stands in the inbox and calls nobody."""
    uow, a = hearing.uow, c(Arrival)
    ids = sorted({each.told["arrival_id"] for each in heard})
    statement = select(a.id, a.customer_name).where(a.org_id == uow.org_id, a.id.in_(ids))
    names = {row.id: row.customer_name for row in uow.connection.execute(statement)}
    hearing.news += [
        News(
            each.told["owner_id"],
            MEMBER_ARRIVED,
            occurrence=each.n,
            since=from_ms(each.told["arrived_at"]),
            subject_collection="arrivals",
            subject_id=each.told["arrival_id"],
            customer_name=names.get(each.told["arrival_id"]),
            params={"customer_id": each.subject_id, "sales_centre_id": each.told["sales_centre_id"]},
        )
        for each in heard
        if each.told["owner_id"] != each.actor_id
    ]
