"""/api/v1/targets: what people are to reach in a month, and what is still wanting."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, services, writing
from server.core.clock import day_in
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.problems import NOT_FOUND
from server.fieldwork.targets import operations, queries
from server.fieldwork.targets.functions import READ, WRITE
from server.fieldwork.targets.models import Target
from server.fieldwork.targets.queries import TargetFilters
from server.fieldwork.targets.schemas import TargetIn, TargetOut, TargetQuery, TargetSetOut
from server.fieldwork.views.answers import page
from sync_protocol.ids import new_id

TARGETS = Blueprint(
    "targets", __name__, url_prefix="/api/v1/targets", description="What people are to reach in a month."
)


@TARGETS.route("", methods=["GET"])
@requires(READ)
@TARGETS.arguments(TargetQuery, location="query")
@TARGETS.response(200, page_of(TargetOut))
def list_targets(query: dict[str, Any]) -> dict[str, Any]:
    """Targets of a month within reach, by person, with what was done and what is still wanting, by pages."""
    size, cursor, actor = query.pop("limit"), query.pop("cursor", None), current_actor()
    filters = TargetFilters(
        month=query.get("month") or day_in(actor.timezone, services().clock.now()), owner_id=query.get("owner_id")
    )
    return page(
        "targets",
        filters,
        cursor,
        lambda connection, after: queries.target_page(connection, actor, filters, after=after, limit=size),
    )


@TARGETS.route("", methods=["POST"])
@requires(WRITE)
@TARGETS.arguments(TargetIn)
@TARGETS.response(200, TargetSetOut)
@TARGETS.refuses(NOT_FOUND)
def set_target(values: dict[str, Any]) -> Target:
    """Set somebody's target of a month, or set it anew: the same again changes nothing."""
    with writing() as uow:
        target = operations.set_target(uow, new_id(), values)
        uow.commit()
    return target


@TARGETS.route("/<id:target_id>", methods=["DELETE"])
@requires(WRITE)
@TARGETS.response(204)
def remove_target(target_id: str) -> None:
    """Take a target away."""
    with writing() as uow:
        operations.remove_target(uow, uow.must(Target, target_id, WRITE))
        uow.commit()
