"""/api/v1/approval-routes and /api/v1/approval-delegations: who is asked, and who stands in."""

from __future__ import annotations

from typing import Any

from server.approvals import operations, queries
from server.approvals.functions import DECIDE, MANAGE
from server.approvals.models import ApprovalRoute, Delegation
from server.approvals.operations.setting import DAYS_REVERSED, PERSON_UNKNOWN, STAND_IN_UNFIT, UNIT_UNKNOWN
from server.approvals.rules import STEP_FORM
from server.approvals.schemas import (
    ApprovalRouteIn,
    ApprovalRouteOut,
    ApprovalRoutePatch,
    ApprovalRoutesOut,
    DelegationIn,
    DelegationOut,
    DelegationsOut,
)
from server.approvals.subjects import TOPIC_UNKNOWN, topics
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import STEP_UP, requires
from server.core.problems import NOT_FOUND, Refused
from sync_protocol.ids import new_id

ROUTES = Blueprint(
    "approval_routes", __name__, url_prefix="/api/v1/approval-routes", description="Whom requests for approval pass."
)
DELEGATIONS = Blueprint(
    "approval_delegations",
    __name__,
    url_prefix="/api/v1/approval-delegations",
    description="Who stands in for whom, from a day to a day.",
)


@ROUTES.route("", methods=["GET"])
@requires(MANAGE)
@ROUTES.response(200, ApprovalRoutesOut)
def list_routes() -> dict[str, Any]:
    """All routes in use, and the topics there are."""
    with reading() as connection:
        return {"items": queries.routes(connection, current_actor().org_id), "topics": topics()}


@ROUTES.route("", methods=["POST"])
@requires(MANAGE, recent=STEP_UP)
@ROUTES.arguments(ApprovalRouteIn)
@ROUTES.response(201, ApprovalRouteOut)
@ROUTES.refuses(TOPIC_UNKNOWN, UNIT_UNKNOWN, STEP_FORM, PERSON_UNKNOWN)
def add_route(values: dict[str, Any]) -> ApprovalRoute:
    """Make a route. What waits is asked anew at once."""
    return _write(new_id(), values)


@ROUTES.route("/<id:route_id>", methods=["PATCH"])
@requires(MANAGE, recent=STEP_UP)
@ROUTES.arguments(ApprovalRoutePatch)
@ROUTES.response(200, ApprovalRouteOut)
@ROUTES.refuses(UNIT_UNKNOWN, STEP_FORM, PERSON_UNKNOWN)
def change_route(values: dict[str, Any], route_id: str) -> ApprovalRoute:
    """Change or retire a route. What waits is asked anew at once; a decision on its way is judged by the new one."""
    with reading() as connection:
        queries.route(connection, current_actor().org_id, route_id)
    return _write(route_id, values)


@DELEGATIONS.route("", methods=["GET"])
@requires(DECIDE)
@DELEGATIONS.response(200, DelegationsOut)
def list_delegations() -> dict[str, Any]:
    """Who stands in for the caller, and for whom he does; of everybody for who sets routes."""
    with reading() as connection:
        return {"items": queries.delegations(connection, current_actor())}


@DELEGATIONS.route("", methods=["POST"])
@requires(DECIDE, MANAGE)
@DELEGATIONS.arguments(DelegationIn)
@DELEGATIONS.response(201, DelegationOut)
@DELEGATIONS.refuses(STAND_IN_UNFIT, DAYS_REVERSED, TOPIC_UNKNOWN, NOT_FOUND)
def begin_delegation(values: dict[str, Any]) -> Delegation:
    """Let somebody stand in. What waits is put before him too, on the days it holds."""
    with writing() as uow:
        made = operations.begin_delegation(uow, new_id(), values)
        uow.commit()
    return made


@DELEGATIONS.route("/<id:delegation_id>/end", methods=["POST"])
@requires(DECIDE, MANAGE)
@DELEGATIONS.response(200, DelegationOut)
def end_delegation(delegation_id: str) -> Delegation:
    """End it before its last day. A second time changes nothing."""
    with writing() as uow:
        delegation = uow.get(Delegation, delegation_id)
        if delegation is None:
            raise Refused(NOT_FOUND)
        operations.end_delegation(uow, delegation)
        uow.commit()
    return delegation


def _write(route_id: str, values: dict[str, Any]) -> ApprovalRoute:
    with writing() as uow:
        route = operations.write_route(uow, route_id, values)
        uow.commit()
    return route
