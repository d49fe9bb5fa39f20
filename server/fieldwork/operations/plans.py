"""Day plans: the envelope of a person's day. Its lines are visits, in visits.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.core.problems import Refused, problem_type
from server.core.uow import UnitOfWork
from server.fieldwork import events
from server.fieldwork.models import DayPlan
from server.fieldwork.operations.belonging import must_be_one_of
from server.fieldwork.operations.changes import changes_of
from server.fieldwork.settling import settle_plan
from server.fieldwork.transitions import PlanAction, PlanState, move_plan

PLAN_DAY_FIXED = problem_type(
    "fieldwork.plan-day-fixed",
    422,
    zh="日计划的日期不能更改，请为另一天新建计划。",
    en="The day of a plan cannot be changed; make a plan for the other day.",
    doc="Its lines would have to move with it, and they may have begun on another device. Move the lines one by one.",
)


def create_plan(uow: UnitOfWork, plan_id: str, values: Mapping[str, Any]) -> DayPlan:
    """Store a day plan of whoever acts. values: plan_on, note. Records PlanCreated.

    Another plan for the same day is no fault: two devices without a network may each have made one (rule F1).
    """
    plan = uow.add(
        DayPlan(
            id=plan_id,
            owner_id=uow.actor.user_id,
            unit_id=uow.actor.unit_id,
            plan_on=values["plan_on"],
            note=settle_plan(values).get("note"),
        )
    )
    uow.record(events.PlanCreated(plan.id, plan.owner_id, plan.plan_on))
    return plan


def change_plan(uow: UnitOfWork, plan: DayPlan, values: Mapping[str, Any]) -> DayPlan:
    """Change the note. Records PlanChanged. Raises Refused NOT_YOURS, PLAN_DONE, PLAN_CANCELLED, PLAN_DAY_FIXED."""
    must_be_one_of(uow, plan.owner_id)
    move_plan(plan.state, PlanAction.CHANGE)
    if values.get("plan_on", plan.plan_on) != plan.plan_on:
        raise Refused(PLAN_DAY_FIXED, field="/plan_on")
    if "note" in values:
        wanted = {"note": settle_plan(values)["note"]}
        if changes := changes_of(uow, plan, wanted):
            uow.change(plan, **wanted)
            uow.record(events.PlanChanged(plan.id, changes))
    return plan


def send_plan(uow: UnitOfWork, plan: DayPlan, _values: Mapping[str, Any] | None = None) -> DayPlan:
    """Say that this is the plan. Records PlanSent. Raises Refused NOT_YOURS, PLAN_DONE, PLAN_CANCELLED."""
    if _step(uow, plan, PlanAction.SEND):
        uow.change(plan, sent_at=uow.now)
        uow.record(events.PlanSent(plan.id, plan.owner_id, plan.plan_on))
    return plan


def finish_plan(uow: UnitOfWork, plan: DayPlan, _values: Mapping[str, Any] | None = None) -> DayPlan:
    """Close the day. Records PlanFinished. Raises Refused NOT_YOURS, PLAN_CANCELLED."""
    if _step(uow, plan, PlanAction.FINISH):
        uow.record(events.PlanFinished(plan.id, plan.owner_id, plan.plan_on))
    return plan


def cancel_plan(uow: UnitOfWork, plan: DayPlan, _values: Mapping[str, Any] | None = None) -> DayPlan:
    """Withdraw the plan; its lines stay as they are. Records PlanCancelled. Raises Refused NOT_YOURS, PLAN_DONE."""
    if _step(uow, plan, PlanAction.CANCEL):
        uow.record(events.PlanCancelled(plan.id, plan.owner_id, plan.plan_on))
    return plan


def _step(uow: UnitOfWork, plan: DayPlan, action: PlanAction) -> bool:
    """Take a step of the table; False when it leads where the plan stands already."""
    must_be_one_of(uow, plan.owner_id)
    state: PlanState = move_plan(plan.state, action)
    if state == plan.state:
        return False
    uow.change(plan, state=state.value)
    return True
