"""/api/v1/lead-conflicts: customers whom two owners have, for whoever may hand them over."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.problems import BAD_CURSOR
from server.customers.conflict_queries import conflict_page
from server.customers.functions import HAND_OVER
from server.customers.schemas import LeadConflictOut, LeadConflictQuery
from server.customers.views.blueprint import cursors

LEAD_CONFLICTS = Blueprint(
    "lead_conflicts", __name__, url_prefix="/api/v1/lead-conflicts", description="One number, customers of two owners."
)


@LEAD_CONFLICTS.route("", methods=["GET"])
@requires(HAND_OVER)
@LEAD_CONFLICTS.arguments(LeadConflictQuery, location="query")
@LEAD_CONFLICTS.response(200, page_of(LeadConflictOut))
@LEAD_CONFLICTS.refuses(BAD_CURSOR)
def list_lead_conflicts(query: dict[str, Any]) -> dict[str, Any]:
    """Conflicts with a customer within reach, what was opened last first. Of a customer out of reach the times alone."""
    actor, state = current_actor(), query.get("state")
    scope = ["lead_conflicts", actor.org_id, f"state={state}"]
    after = cursors().decode(scope, query.get("cursor"), int, str)
    with reading() as connection:
        items, key = conflict_page(connection, actor, state, after=after, limit=query["limit"])
    return {"items": items, "next": None if key is None else cursors().encode(scope, key)}
