"""/api/v1/visits/{visit_id}/comments: read what was said about a visit, say something."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, Refused
from server.customers.mentions import MENTION_UNSEEN
from server.customers.rules import TEXT_REQUIRED
from server.fieldwork import operations
from server.fieldwork.comment_queries import comment_page
from server.fieldwork.comment_schemas import CommentIn, CommentOut
from server.fieldwork.functions import READ, WRITE
from server.fieldwork.models import Visit, VisitComment
from server.fieldwork.settling import settle_comment
from server.fieldwork.views.answers import REUSED_ID, cursors, repeated
from sync_protocol.ids import new_id

COMMENTS = Blueprint(
    "visit_comments",
    __name__,
    url_prefix="/api/v1/visits/<id:visit_id>/comments",
    description="What is said about a visit.",
)


@COMMENTS.route("", methods=["GET"])
@requires(READ)
@COMMENTS.arguments(PageQuery, location="query")
@COMMENTS.response(200, page_of(CommentOut))
@COMMENTS.refuses(BAD_CURSOR)
def list_comments(query: dict[str, Any], visit_id: str) -> dict[str, Any]:
    """What was said about a visit, what arrived last first."""
    actor = current_actor()
    scope = ["comments", actor.org_id, visit_id]
    after = cursors().decode(scope, query.get("cursor"), int, str)
    with reading() as connection:
        items, key = comment_page(connection, actor, visit_id, after=after, limit=query["limit"])
    return {"items": items, "next": None if key is None else cursors().encode(scope, key)}


@COMMENTS.route("", methods=["POST"])
@requires(WRITE)
@COMMENTS.arguments(CommentIn)
@COMMENTS.response(201, CommentOut)
@repeated(COMMENTS, CommentOut)
@COMMENTS.refuses(TEXT_REQUIRED, MENTION_UNSEEN, REUSED_ID)
def add_comment(values: dict[str, Any], visit_id: str) -> tuple[VisitComment, int]:
    """Say something about a visit. With an `id`, sending the same again changes nothing."""
    comment_id = values.pop("id", None) or new_id()
    with writing() as uow:
        uow.must(Visit, visit_id, WRITE)
        known = uow.get(VisitComment, comment_id)
        if known is None:
            comment = operations.add_comment(uow, comment_id, {"visit_id": visit_id, **values})
            uow.commit()
            return comment, 201
        content = (known.visit_id, known.written_by, known.text)
        if content != (visit_id, uow.actor.user_id, settle_comment(values)["text"]):
            raise Refused(REUSED_ID)
        return known, 200
