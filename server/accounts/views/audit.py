"""The audit log."""

from __future__ import annotations

from typing import Any

from server.accounts.queries.audit import list_events
from server.accounts.schemas.access import AuditEventOut, AuditQuery
from server.accounts.views.installed import cursors
from server.core.api import Blueprint
from server.core.auth import current_actor, reading
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.verify import AUDIT

blp = Blueprint("events", __name__, url_prefix="/api/v1/events", description="The audit log: who did what, and when.")


@blp.route("", methods=["GET"])
@requires(AUDIT)
@blp.arguments(AuditQuery, location="query")
@blp.response(200, page_of(AuditEventOut))
def list_audit(query: dict[str, Any]) -> dict[str, Any]:
    """Events, newest first; of one subject, one actor or one kind."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    actor = current_actor()
    scope = ["events", actor.org_id, *(query.get(name) or "" for name in ("subject_id", "actor_id", "name"))]
    key = cursors().decode(scope, cursor, int)
    with reading() as connection:
        found = list_events(connection, actor, **query, before=None if key is None else key[0], limit=size + 1)
    page = found[:size]
    return {
        "items": page,
        "next": cursors().encode(scope, [page[-1].n]) if len(found) > size else None,
    }
