"""/api/v1/arrivals: the reception's waiting list."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.membership import queries
from server.membership.functions import SEE_ARRIVALS, SERVE
from server.membership.models import Arrival
from server.membership.operations.arrivals import handle_arrival
from server.membership.queries import ArrivalFilters, ArrivalLine
from server.membership.schemas import ArrivalOut, ArrivalQuery
from server.membership.transitions import ARRIVAL_GONE, ARRIVAL_SERVED, ArrivalAction
from server.membership.views.answers import page

ARRIVALS = Blueprint(
    "arrivals", __name__, url_prefix="/api/v1/arrivals", description="Who came to a sales centre, and who waits there."
)


@ARRIVALS.route("", methods=["GET"])
@requires(SEE_ARRIVALS)
@ARRIVALS.arguments(ArrivalQuery, location="query")
@ARRIVALS.response(200, page_of(ArrivalOut))
def list_arrivals(query: dict[str, Any]) -> dict[str, Any]:
    """Arrivals within reach, last come first, by pages. `state=waiting` is the waiting list."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor = ArrivalFilters(**query), current_actor()
    return page(
        "arrivals",
        filters,
        cursor,
        lambda connection, after: queries.arrival_page(connection, actor, filters, after=after, limit=size),
    )


@ARRIVALS.route("/<id:arrival_id>/serve", methods=["POST"])
@requires(SERVE)
@ARRIVALS.response(200, ArrivalOut)
@ARRIVALS.refuses(ARRIVAL_SERVED, ARRIVAL_GONE)
def serve(arrival_id: str) -> ArrivalLine:
    """Say that somebody looks after him."""
    return _handle(arrival_id, ArrivalAction.SERVE)


@ARRIVALS.route("/<id:arrival_id>/leave", methods=["POST"])
@requires(SERVE)
@ARRIVALS.response(200, ArrivalOut)
@ARRIVALS.refuses(ARRIVAL_SERVED)
def leave(arrival_id: str) -> ArrivalLine:
    """Say that he has left."""
    return _handle(arrival_id, ArrivalAction.LEAVE)


def _handle(arrival_id: str, action: ArrivalAction) -> ArrivalLine:
    with writing() as uow:
        handle_arrival(uow, uow.must(Arrival, arrival_id, SERVE), action)
        uow.commit()
    with reading() as connection:
        return queries.get_arrival(connection, current_actor(), arrival_id)
