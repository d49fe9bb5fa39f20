"""/api/v1/lead-conflicts: customers whom two owners have, and ruling whose they are, for whoever may hand them over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.problems import BAD_CURSOR
from server.core.uow import UnitOfWork
from server.customers import rules as customer_rules
from server.customers.functions import HAND_OVER, READ
from server.customers.lead_conflicts import operations, queries, rules
from server.customers.lead_conflicts.models import LeadConflict
from server.customers.lead_conflicts.queries import ConflictLine, conflict_page, get_conflict
from server.customers.lead_conflicts.schemas import (
    DismissalIn,
    LeadConflictOut,
    LeadConflictQuery,
    RulingIn,
    SharesOut,
)
from server.customers.ownership import NEW_OWNER_UNFIT
from server.customers.views.blueprint import CUSTOMERS, cursors

LEAD_CONFLICTS = Blueprint(
    "lead_conflicts", __name__, url_prefix="/api/v1/lead-conflicts", description="One number, customers of two owners."
)
_CONFLICT = "/<id:conflict_id>"
_REFUSALS = (
    rules.CONFLICT_SETTLED, rules.CONFLICT_BEYOND_REACH, rules.CONFLICT_OF_ONESELF, customer_rules.REASON_REQUIRED,
)  # fmt: skip


@LEAD_CONFLICTS.route("", methods=["GET"])
@requires(HAND_OVER)
@LEAD_CONFLICTS.arguments(LeadConflictQuery, location="query")
@LEAD_CONFLICTS.response(200, page_of(LeadConflictOut))
@LEAD_CONFLICTS.refuses(BAD_CURSOR)
def list_lead_conflicts(query: dict[str, Any]) -> dict[str, Any]:
    """Conflicts with a customer within reach, what was opened last first."""
    actor, state = current_actor(), query.get("state")
    scope = ["lead_conflicts", actor.org_id, f"state={state}"]
    after = cursors().decode(scope, query.get("cursor"), int, str)
    with reading() as connection:
        items, key = conflict_page(connection, actor, state, after=after, limit=query["limit"])
    return {"items": items, "next": None if key is None else cursors().encode(scope, key)}


@LEAD_CONFLICTS.route(_CONFLICT, methods=["GET"])
@requires(HAND_OVER)
@LEAD_CONFLICTS.response(200, LeadConflictOut)
def get_lead_conflict(conflict_id: str) -> ConflictLine:
    """One conflict with both sides."""
    with reading() as connection:
        return get_conflict(connection, current_actor(), conflict_id)


@LEAD_CONFLICTS.route(f"{_CONFLICT}/rule", methods=["POST"])
@requires(HAND_OVER)
@LEAD_CONFLICTS.arguments(RulingIn)
@LEAD_CONFLICTS.response(200, LeadConflictOut)
@LEAD_CONFLICTS.refuses(*_REFUSALS, NEW_OWNER_UNFIT)
def rule_lead_conflict(values: dict[str, Any], conflict_id: str) -> ConflictLine:
    """Give both customers to the owner of one, with a part of the deal for the other. Sent again, it changes nothing."""
    return _settled(conflict_id, operations.rule_conflict, values)


@LEAD_CONFLICTS.route(f"{_CONFLICT}/dismiss", methods=["POST"])
@requires(HAND_OVER)
@LEAD_CONFLICTS.arguments(DismissalIn)
@LEAD_CONFLICTS.response(200, LeadConflictOut)
@LEAD_CONFLICTS.refuses(*_REFUSALS)
def dismiss_lead_conflict(values: dict[str, Any], conflict_id: str) -> ConflictLine:
    """Say that the two are not the same person: each keeps his own, and none is opened for this pair again."""
    return _settled(conflict_id, operations.dismiss_conflict, values)


@CUSTOMERS.route("/<id:customer_id>/shares", methods=["GET"])
@requires(READ)
@CUSTOMERS.response(200, SharesOut)
def list_shares(customer_id: str) -> dict[str, Any]:
    """Who shares in a customer, as was ruled."""
    with reading() as connection:
        return {"items": queries.shares(connection, current_actor(), customer_id)}


def _settled(
    conflict_id: str,
    act: Callable[[UnitOfWork, LeadConflict, Mapping[str, Any]], LeadConflict],
    values: Mapping[str, Any],
) -> ConflictLine:
    with writing() as uow:
        operations.lock_customers(uow, [conflict_id])
        conflict = uow.must(LeadConflict, conflict_id)
        operations.check_reached(uow, conflict)
        act(uow, conflict, values)
        uow.commit()
    with reading() as connection:
        return get_conflict(connection, current_actor(), conflict_id, written=True)
