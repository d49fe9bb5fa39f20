"""/api/v1/deliveries: what was sent to whom and what became of it; deciding about doubtful ones."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from notifications.functions import READ_DELIVERIES
from notifications.models import Delivery
from notifications.review import NOT_DOUBTFUL, settle_delivery
from notifications.schemas import DeliveryOut, DeliveryQuery, SettleIn
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services, writing
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.paging import Cursors
from server.core.problems import BAD_CURSOR
from server.core.rows import c

DELIVERIES = Blueprint(
    "deliveries", __name__, url_prefix="/api/v1/deliveries", description="Messages that left the house."
)


@DELIVERIES.route("", methods=["GET"])
@requires(READ_DELIVERIES)
@DELIVERIES.arguments(DeliveryQuery, location="query")
@DELIVERIES.response(200, page_of(DeliveryOut))
@DELIVERIES.refuses(BAD_CURSOR)
def list_deliveries(query: dict[str, Any]) -> dict[str, Any]:
    """Deliveries of the organisation, newest first. `state=unknown`: those somebody has to look at."""
    actor, columns = current_actor(), c(Delivery)
    cursors = Cursors(services().keys.secret("cursor"))
    scope = ("deliveries", actor.org_id, query.get("state") or "")
    after = cursors.decode(scope, query.get("cursor"), str)
    statement = (
        select(Delivery.__table__)
        .where(columns.org_id == actor.org_id)
        .order_by(columns.id.desc())
        .limit(query["limit"] + 1)
    )
    if after is not None:
        statement = statement.where(columns.id < after[0])
    if "state" in query:
        statement = statement.where(columns.state == query["state"])
    with reading() as connection:
        rows = connection.execute(statement).mappings().all()
    items = rows[: query["limit"]]
    following = cursors.encode(scope, (items[-1]["id"],)) if len(rows) > len(items) else None
    return {"items": items, "next": following}


@DELIVERIES.route("/<id:delivery_id>/settle", methods=["POST"])
@requires(READ_DELIVERIES)
@DELIVERIES.arguments(SettleIn)
@DELIVERIES.response(200, DeliveryOut)
@DELIVERIES.refuses(NOT_DOUBTFUL)
def settle(values: dict[str, Any], delivery_id: str) -> Delivery:
    """Decide about a message with an unknown fate."""
    with writing() as uow:
        delivery = settle_delivery(uow, delivery_id, resend=values["resend"])
        uow.commit()
    return delivery
