"""/api/v1/copies: what was copied to whoever asks."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.fieldwork.copies.queries import CopyFilters, copy_page
from server.fieldwork.copies.schemas import CopyOut, CopyQuery
from server.fieldwork.functions import READ
from server.fieldwork.views.answers import page

COPIES = Blueprint(
    "copies",
    __name__,
    url_prefix="/api/v1/copies",
    description="Visits one takes part in; plans and tasks copied to one.",
)


@COPIES.route("", methods=["GET"])
@requires(READ)
@COPIES.arguments(CopyQuery, location="query")
@COPIES.response(200, page_of(CopyOut))
def list_copies(query: dict[str, Any]) -> dict[str, Any]:
    """What was copied to the caller, earliest day first, by pages."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor = CopyFilters(**query), current_actor()
    # The person too: a cursor of one's own list leads nowhere in another's.
    return page(
        f"copies {actor.user_id}",
        filters,
        cursor,
        lambda connection, after: copy_page(connection, actor, filters, after=after, limit=size),
    )
