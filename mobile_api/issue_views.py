"""The office's list of work that sync refused or that clashed: what, whose, why, with both values."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services
from server.core.declare import requires
from server.core.fields import CodeField, IdField, InstantField, IntegerField, Schema
from server.core.page_schemas import PageQuery, page_of
from server.core.paging import Cursors
from server.core.problems import BAD_CURSOR
from server.core.rows import c
from server.core.sync_issues import ISSUE_STATES, READ_SYNC_ISSUES, SyncIssue

blp = Blueprint("sync_issues", __name__, url_prefix="/api/v1/sync-issues", description="Work that sync refused.")
BLUEPRINTS = (blp,)

VERDICTS = ("rejected", "skipped", "conflict")


class SyncIssueSchema(Schema):
    """One operation that did not apply as it was meant."""

    id = IdField(required=True)
    user_id = IdField(required=True, attribute="owner_id", metadata={"description": "Who made it."})
    enrolment_id = IdField(required=True)
    n = IntegerField(required=True, metadata={"description": "Its number in that enrolment."})
    verdict = CodeField(VERDICTS, required=True)
    collection = fields.String(required=True)
    action = fields.String(required=True)
    row_id = IdField(required=True, allow_none=True)
    code = fields.String(required=True, metadata={"description": "Why; see /api/v1/problems.", "example": "sync.clash"})
    params = fields.Dict(required=True)
    attempted = fields.Dict(required=True, metadata={"description": "The values as pushed.", "example": {"grade": "A"}})
    kept = fields.Dict(
        required=True, metadata={"description": "The server's values where they clashed.", "example": {"grade": "B"}}
    )
    made_at = InstantField(required=True, metadata={"description": "By the device's clock."})
    received_at = InstantField(required=True, attribute="created_at")
    state = CodeField(ISSUE_STATES, required=True)


class SyncIssueQuery(PageQuery):
    """Filters of the list."""

    user = IdField(metadata={"description": "Only what this person made."})
    verdict = CodeField(VERDICTS)


@blp.route("", methods=["GET"])
@requires(READ_SYNC_ISSUES)
@blp.arguments(SyncIssueQuery, location="query")
@blp.response(200, page_of(SyncIssueSchema))
@blp.refuses(BAD_CURSOR)
def list_issues(query: dict[str, Any]) -> dict[str, Any]:
    """Refused and clashing operations within reach, newest first."""
    actor, columns = current_actor(), c(SyncIssue)
    cursors = Cursors(services().keys.secret("cursor"))
    filters = (query.get("user") or "", query.get("verdict") or "")
    scope = ("sync-issues", actor.org_id, *filters)
    after = cursors.decode(scope, query.get("cursor"), str)
    statement = (
        select(SyncIssue.__table__)
        .where(columns.org_id == actor.org_id, actor.reach(READ_SYNC_ISSUES).condition(SyncIssue))
        .order_by(columns.id.desc())
        .limit(query["limit"] + 1)
    )
    if after is not None:
        statement = statement.where(columns.id < after[0])
    if filters[0]:
        statement = statement.where(columns.owner_id == filters[0])
    if filters[1]:
        statement = statement.where(columns.verdict == filters[1])
    with reading() as connection:
        rows = connection.execute(statement).mappings().all()
    items = rows[: query["limit"]]
    following = cursors.encode(scope, (items[-1]["id"],)) if len(rows) > len(items) else None
    return {"items": items, "next": following}
