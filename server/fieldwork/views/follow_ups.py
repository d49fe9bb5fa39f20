"""/api/v1/follow-ups: list what is due, make, change, complete, cancel, delete."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.problems import NOT_FOUND, STALE
from server.customers.rules import TEXT_REQUIRED
from server.fieldwork import operations, queries, rules
from server.fieldwork.follow_up_schemas import CompleteIn, FollowUpIn, FollowUpOut, FollowUpPatch, FollowUpQuery
from server.fieldwork.functions import READ, WRITE
from server.fieldwork.models import FollowUp
from server.fieldwork.operations.belonging import ASSIGNEE_UNKNOWN, NOT_YOURS
from server.fieldwork.queries import FollowUpFilters, FollowUpLine
from server.fieldwork.settling import settle_follow_up
from server.fieldwork.transitions import FOLLOW_UP_CANCELLED, FOLLOW_UP_DONE
from server.fieldwork.views.answers import REUSED_ID, page, refuse_stale, refuse_unless_same, repeated
from sync_protocol.ids import new_id

FOLLOW_UPS = Blueprint(
    "follow_ups", __name__, url_prefix="/api/v1/follow-ups", description="What is to be done for customers, by a day."
)
_FIELD_PROBLEMS = (rules.REPEAT_INVALID, ASSIGNEE_UNKNOWN, rules.DUE_MISSING, TEXT_REQUIRED)


@FOLLOW_UPS.route("", methods=["GET"])
@requires(READ)
@FOLLOW_UPS.arguments(FollowUpQuery, location="query")
@FOLLOW_UPS.response(200, page_of(FollowUpOut))
def list_follow_ups(query: dict[str, Any]) -> dict[str, Any]:
    """Follow-ups within reach, what is due first at the top, by pages."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor = FollowUpFilters(**query), current_actor()
    return page(
        "follow_ups",
        filters,
        cursor,
        lambda connection, after: queries.follow_up_page(connection, actor, filters, after=after, limit=size),
    )


@FOLLOW_UPS.route("", methods=["POST"])
@requires(WRITE)
@FOLLOW_UPS.arguments(FollowUpIn)
@FOLLOW_UPS.response(201, FollowUpOut)
@repeated(FOLLOW_UPS, FollowUpOut)
@FOLLOW_UPS.refuses(*_FIELD_PROBLEMS, REUSED_ID, NOT_FOUND)
def create_follow_up(values: dict[str, Any]) -> tuple[FollowUpLine, int]:
    """Make a follow-up. With an `id`, sending the same again changes nothing."""
    follow_up_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(FollowUp, follow_up_id)
        if known is None:
            operations.create_follow_up(uow, follow_up_id, values)
            uow.commit()
        else:
            refuse_unless_same(uow, known, settle_follow_up(values), known.author_id)
    return _line(follow_up_id, written=True), 201 if known is None else 200


@FOLLOW_UPS.route("/<id:follow_up_id>", methods=["GET"])
@requires(READ)
@FOLLOW_UPS.response(200, FollowUpOut)
def get_follow_up(follow_up_id: str) -> FollowUpLine:
    """One follow-up."""
    return _line(follow_up_id)


@FOLLOW_UPS.route("/<id:follow_up_id>", methods=["PATCH"])
@requires(WRITE)
@FOLLOW_UPS.arguments(FollowUpPatch)
@FOLLOW_UPS.response(200, FollowUpOut)
@FOLLOW_UPS.refuses(*_FIELD_PROBLEMS, rules.MOVED_TOO_FAR, NOT_YOURS, FOLLOW_UP_DONE, FOLLOW_UP_CANCELLED, STALE)
def change_follow_up(values: dict[str, Any], follow_up_id: str) -> FollowUpLine:
    """Change an open follow-up."""
    base = values.pop("base", None)
    with writing() as uow:
        follow_up = uow.must(FollowUp, follow_up_id, WRITE)
        refuse_stale(uow, follow_up, settle_follow_up(values), base)
        operations.change_follow_up(uow, follow_up, values)
        uow.commit()
    return _line(follow_up_id, written=True)


@FOLLOW_UPS.route("/<id:follow_up_id>/complete", methods=["POST"])
@requires(WRITE)
@FOLLOW_UPS.arguments(CompleteIn)
@FOLLOW_UPS.response(200, FollowUpOut)
@FOLLOW_UPS.refuses(NOT_YOURS, FOLLOW_UP_DONE, FOLLOW_UP_CANCELLED)
def complete_follow_up(values: dict[str, Any], follow_up_id: str) -> FollowUpLine:
    """Say that it was done."""
    with writing() as uow:
        operations.complete_follow_up(uow, uow.must(FollowUp, follow_up_id, WRITE), values)
        uow.commit()
    return _line(follow_up_id, written=True)


@FOLLOW_UPS.route("/<id:follow_up_id>/cancel", methods=["POST"])
@requires(WRITE)
@FOLLOW_UPS.response(200, FollowUpOut)
@FOLLOW_UPS.refuses(NOT_YOURS, FOLLOW_UP_DONE)
def cancel_follow_up(follow_up_id: str) -> FollowUpLine:
    """Say that it is not needed any more. A second time changes nothing."""
    with writing() as uow:
        operations.cancel_follow_up(uow, uow.must(FollowUp, follow_up_id, WRITE))
        uow.commit()
    return _line(follow_up_id, written=True)


@FOLLOW_UPS.route("/<id:follow_up_id>", methods=["DELETE"])
@requires(WRITE)
@FOLLOW_UPS.response(204)
@FOLLOW_UPS.refuses(NOT_YOURS, FOLLOW_UP_DONE)
def delete_follow_up(follow_up_id: str) -> None:
    """Take back what one wrote, unless it was done."""
    with writing() as uow:
        operations.delete_follow_up(uow, uow.must(FollowUp, follow_up_id, WRITE))
        uow.commit()


def _line(follow_up_id: str, *, written: bool = False) -> FollowUpLine:
    with reading() as connection:
        return queries.get_follow_up(connection, current_actor(), follow_up_id, written=written)
