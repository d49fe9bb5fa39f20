"""/api/v1/approvals: what waits for the caller, and his decisions; above a limit, with the password given just now."""

from __future__ import annotations

from typing import Any

from server.approvals import operations, queries
from server.approvals.functions import DECIDE
from server.approvals.models import Approval
from server.approvals.operations.deciding import (
    CHANGED_MEANWHILE,
    COMMENT_REQUIRED,
    DAY_LIMIT,
    NOT_ASKED,
    OWN_REQUEST,
)
from server.approvals.schemas import ApprovalDecisionIn, ApprovalOut, ApprovalQuery, ReasonedApprovalDecisionIn
from server.approvals.transitions import NO_LONGER_WAITING, Answer
from server.core.api import Blueprint
from server.core.auth import current_actor, must_be_recent, reading, writing
from server.core.declare import STEP_UP, requires
from server.core.lists import page_answer
from server.core.page_schemas import page_of
from server.core.problem_types import ProblemType
from server.core.problems import BAD_CURSOR, CONFIRMATION_NEEDED, NOT_FOUND, Refused

APPROVALS = Blueprint(
    "approvals", __name__, url_prefix="/api/v1/approvals", description="What waits for a decision of the caller."
)
_REFUSALS: tuple[ProblemType, ...] = (
    OWN_REQUEST, NO_LONGER_WAITING, CHANGED_MEANWHILE, NOT_ASKED, CONFIRMATION_NEEDED,
)  # fmt: skip


@APPROVALS.route("", methods=["GET"])
@requires(DECIDE)
@APPROVALS.arguments(ApprovalQuery, location="query")
@APPROVALS.response(200, page_of(ApprovalOut))
@APPROVALS.refuses(BAD_CURSOR)
def list_approvals(query: dict[str, Any]) -> dict[str, Any]:
    """What the caller is or was asked to decide, newest first."""
    size, cursor, actor = query.pop("limit"), query.pop("cursor", None), current_actor()
    filters = {"user": actor.user_id, "state": query.get("state")}
    return page_answer(
        "approvals",
        filters,
        cursor,
        (str,),
        lambda connection, after: queries.my_parts(connection, actor, state=filters["state"], after=after, limit=size),
    )


@APPROVALS.route("/<id:approval_id>", methods=["GET"])
@requires(DECIDE)
@APPROVALS.response(200, ApprovalOut)
def get_approval(approval_id: str) -> Approval:
    """One of them."""
    return _part(approval_id)


@APPROVALS.route("/<id:approval_id>/approve", methods=["POST"])
@requires(DECIDE)
@APPROVALS.arguments(ApprovalDecisionIn)
@APPROVALS.response(200, ApprovalOut)
@APPROVALS.refuses(*_REFUSALS, DAY_LIMIT)
def approve(values: dict[str, Any], approval_id: str) -> Approval:
    """Say yes. A second time changes nothing. What is asked for may have reasons of its own not to be approved yet (409)."""
    return _decide(approval_id, values, Answer.APPROVED)


@APPROVALS.route("/<id:approval_id>/return", methods=["POST"])
@requires(DECIDE)
@APPROVALS.arguments(ReasonedApprovalDecisionIn)
@APPROVALS.response(200, ApprovalOut)
@APPROVALS.refuses(*_REFUSALS, COMMENT_REQUIRED)
def send_back(values: dict[str, Any], approval_id: str) -> Approval:
    """Ask for something to be mended; then it can be submitted again."""
    return _decide(approval_id, values, Answer.RETURNED)


@APPROVALS.route("/<id:approval_id>/reject", methods=["POST"])
@requires(DECIDE)
@APPROVALS.arguments(ReasonedApprovalDecisionIn)
@APPROVALS.response(200, ApprovalOut)
@APPROVALS.refuses(*_REFUSALS, COMMENT_REQUIRED)
def reject(values: dict[str, Any], approval_id: str) -> Approval:
    """Say no, for good."""
    return _decide(approval_id, values, Answer.REJECTED)


def _decide(approval_id: str, values: dict[str, Any], answer: Answer) -> Approval:
    seen = _part(approval_id)
    with writing() as uow:
        operations.lock_cases(uow, [seen.case_id])
        part = uow.get(Approval, approval_id)
        if part is None:
            raise Refused(NOT_FOUND)
        operations.decide(uow, part, values, answer, confirm=lambda: must_be_recent(STEP_UP))
        uow.commit()
    return _part(approval_id)


def _part(approval_id: str) -> Approval:
    with reading() as connection:
        return queries.my_part(connection, current_actor(), approval_id)
