"""/api/v1/day-plans: list, make, change, send, finish, cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.problems import STALE
from server.fieldwork import operations, queries
from server.fieldwork.copies.sharing import PERSON_UNKNOWN
from server.fieldwork.functions import READ, WRITE
from server.fieldwork.models import DayPlan
from server.fieldwork.operations.belonging import NOT_YOURS
from server.fieldwork.queries import PlanFilters, PlanLine
from server.fieldwork.schemas import PlanIn, PlanOut, PlanPatch, PlanQuery
from server.fieldwork.settling import settle_plan
from server.fieldwork.transitions import PLAN_CANCELLED, PLAN_DONE
from server.fieldwork.views.answers import REUSED_ID, page, refuse_stale, refuse_unless_same, repeated
from sync_protocol.ids import new_id

DAY_PLANS = Blueprint(
    "day_plans", __name__, url_prefix="/api/v1/day-plans", description="Day plans; their lines are visits."
)


@DAY_PLANS.route("", methods=["GET"])
@requires(READ)
@DAY_PLANS.arguments(PlanQuery, location="query")
@DAY_PLANS.response(200, page_of(PlanOut))
def list_plans(query: dict[str, Any]) -> dict[str, Any]:
    """Day plans within reach, latest day first, by pages."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor = PlanFilters(**query), current_actor()
    return page(
        "day_plans",
        filters,
        cursor,
        lambda connection, after: queries.plan_page(connection, actor, filters, after=after, limit=size),
    )


@DAY_PLANS.route("", methods=["POST"])
@requires(WRITE)
@DAY_PLANS.arguments(PlanIn)
@DAY_PLANS.response(201, PlanOut)
@repeated(DAY_PLANS, PlanOut)
@DAY_PLANS.refuses(PERSON_UNKNOWN, REUSED_ID)
def create_plan(values: dict[str, Any]) -> tuple[PlanLine, int]:
    """Make a day plan of one's own. With an `id`, sending the same again changes nothing."""
    plan_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(DayPlan, plan_id)
        if known is None:
            operations.create_plan(uow, plan_id, values)
            uow.commit()
        else:
            refuse_unless_same(uow, known, settle_plan(values), known.owner_id)
    return _line(plan_id, written=True), 201 if known is None else 200


@DAY_PLANS.route("/<id:plan_id>", methods=["GET"])
@requires(READ)
@DAY_PLANS.response(200, PlanOut)
def get_plan(plan_id: str) -> PlanLine:
    """One day plan."""
    return _line(plan_id)


@DAY_PLANS.route("/<id:plan_id>", methods=["PATCH"])
@requires(WRITE)
@DAY_PLANS.arguments(PlanPatch)
@DAY_PLANS.response(200, PlanOut)
@DAY_PLANS.refuses(PERSON_UNKNOWN, NOT_YOURS, PLAN_DONE, PLAN_CANCELLED, STALE)
def change_plan(values: dict[str, Any], plan_id: str) -> PlanLine:
    """Change the note of one's own plan."""
    base = values.pop("base", None)
    with writing() as uow:
        plan = uow.must(DayPlan, plan_id, WRITE)
        refuse_stale(uow, plan, settle_plan(values), base)
        operations.change_plan(uow, plan, values)
        uow.commit()
    return _line(plan_id, written=True)


@DAY_PLANS.route("/<id:plan_id>/send", methods=["POST"])
@requires(WRITE)
@DAY_PLANS.response(200, PlanOut)
@DAY_PLANS.refuses(NOT_YOURS, PLAN_DONE, PLAN_CANCELLED)
def send_plan(plan_id: str) -> PlanLine:
    """Say that this is the plan. A second time changes nothing."""
    return _step(plan_id, operations.send_plan)


@DAY_PLANS.route("/<id:plan_id>/finish", methods=["POST"])
@requires(WRITE)
@DAY_PLANS.response(200, PlanOut)
@DAY_PLANS.refuses(NOT_YOURS, PLAN_CANCELLED)
def finish_plan(plan_id: str) -> PlanLine:
    """Close the day. A second time changes nothing."""
    return _step(plan_id, operations.finish_plan)


@DAY_PLANS.route("/<id:plan_id>/cancel", methods=["POST"])
@requires(WRITE)
@DAY_PLANS.response(200, PlanOut)
@DAY_PLANS.refuses(NOT_YOURS, PLAN_DONE)
def cancel_plan(plan_id: str) -> PlanLine:
    """Withdraw the plan; its lines stay as they are. A second time changes nothing."""
    return _step(plan_id, operations.cancel_plan)


def _step(plan_id: str, operation: Callable[..., DayPlan]) -> PlanLine:
    with writing() as uow:
        operation(uow, uow.must(DayPlan, plan_id, WRITE))
        uow.commit()
    return _line(plan_id, written=True)


def _line(plan_id: str, *, written: bool = False) -> PlanLine:
    with reading() as connection:
        return queries.get_plan(connection, current_actor(), plan_id, written=written)
