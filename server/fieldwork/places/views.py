"""/api/v1/customers/{customer_id}/places: where a customer is to be met."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.problems import NOT_FOUND
from server.fieldwork.functions import READ, WRITE
from server.fieldwork.places import operations, queries
from server.fieldwork.places.models import CustomerPlace
from server.fieldwork.places.schemas import PlaceIn, PlaceOut
from server.fieldwork.views.answers import REUSED_ID, refuse_unless_same, repeated
from sync_protocol.ids import new_id

PLACES = Blueprint(
    "customer_places",
    __name__,
    url_prefix="/api/v1/customers/<id:customer_id>/places",
    description="Where a customer is to be met; check-ins are judged against it.",
)


@PLACES.route("", methods=["GET"])
@requires(READ)
@PLACES.response(200, page_of(PlaceOut))
def list_places(customer_id: str) -> dict[str, Any]:
    """Where the customer was said to be, the last one first; that one counts."""
    with reading() as connection:
        return {"items": queries.places_of(connection, current_actor(), customer_id), "next": None}


@PLACES.route("", methods=["POST"])
@requires(WRITE)
@PLACES.arguments(PlaceIn)
@PLACES.response(201, PlaceOut)
@repeated(PLACES, PlaceOut)
@PLACES.refuses(operations.NO_SUCH_PLACE, REUSED_ID, NOT_FOUND)
def set_place(values: dict[str, Any], customer_id: str) -> tuple[CustomerPlace, int]:
    """Say where the customer is to be met. With an `id`, sending the same again changes nothing."""
    place_id, given = values.pop("id", None) or new_id(), {**values, "customer_id": customer_id}
    with writing() as uow:
        known = uow.get(CustomerPlace, place_id)
        if known is None:
            made = operations.set_place(uow, place_id, given)
            uow.commit()
            return made, 201
        refuse_unless_same(uow, known, given, known.author_id)
        return known, 200
