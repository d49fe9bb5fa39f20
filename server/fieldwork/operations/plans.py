"""Day plans: the envelope of a person's day. Its lines are visits, in visits.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.core.problems import Refused, problem_type
from server.core.uow import UnitOfWork
from server.fieldwork import events
from server.fieldwork.copies.sharing import check_people, share_plan
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
    """Store a day plan of whoever acts. values: plan_on, note, copied_to. Records PlanCreated.

    Another plan for the same day is no fault: two devices without a network may each have made one (rule F1). Raises
    Refused PEOPLE_INVALID, PERSON_UNKNOWN.
    """
    settled = settle_plan(values)
    plan = uow.add(
        DayPlan(
            id=plan_id,
            owner_id=uow.actor.user_id,
            unit_id=uow.actor.unit_id,
            plan_on=values["plan_on"],
            note=settled.get("note"),
            copied_to=check_people(uow, settled.get("copied_to"), before=None, field="/copied_to"),
        )
    )
    uow.record(events.PlanCreated(plan.id, plan.owner_id, plan.plan_on))
    return plan


def change_plan(uow: UnitOfWork, plan: DayPlan, values: Mapping[str, Any]) -> DayPlan:
    """Change the note, or who else is to see it. Records PlanChanged.

    Raises Refused NOT_YOURS, PLAN_DONE, PLAN_CANCELLED, PLAN_DAY_FIXED, PEOPLE_INVALID, PERSON_UNKNOWN.
    """
    must_be_one_of(uow, plan.owner_id)
    move_plan(plan.state, PlanAction.CHANGE)
    if values.get("plan_on", plan.plan_on) != plan.plan_on:
        raise Refused(PLAN_DAY_FIXED, field="/plan_on")
    settled = settle_plan(values)
    wanted: dict[str, Any] = {name: settled[name] for name in ("note", "copied_to") if name in settled}
    if "copied_to" in wanted:
        check_people(uow, wanted["copied_to"], before=plan.copied_to, field="/copied_to")
    if changes := changes_of(uow, plan, wanted):
        share_plan(uow, plan)
        uow.change(plan, **wanted)
        share_plan(uow, plan)
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
    share_plan(uow, plan)
    return True
