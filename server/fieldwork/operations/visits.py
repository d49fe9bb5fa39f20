"""Visits as they are planned: made, changed, moved, called off. Doing one is in doing.py; one row from plan to event. States: transitions.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from server.core.clock import day_in
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.models import Customer
from server.fieldwork import events, functions, rules
from server.fieldwork.copies.sharing import check_people, share_visit
from server.fieldwork.models import DayPlan, Visit
from server.fieldwork.operations.belonging import assignee_of, belongs_to, must_direct, whose_turn
from server.fieldwork.operations.changes import changes_of
from server.fieldwork.operations.comments import follow_visits
from server.fieldwork.settling import settle_visit
from server.fieldwork.transitions import VisitAction, move_visit

OTHER_PLAN = problem_type(
    "fieldwork.other-plan",
    422,
    zh="这份日计划属于另一天或另一个人。",
    en="That day plan is for another day or another person.",
    doc="A line stands in a plan of its own day and assignee, or in none.",
)

_PLAIN = (
    "customer_name", "place", "purpose", "planned_start_at", "planned_end_at", "importance", "urgency", "site_latitude_e7",
    "site_longitude_e7", "site_radius_m",
)  # fmt: skip


def create_visit(uow: UnitOfWork, visit_id: str, values: Mapping[str, Any]) -> Visit:
    """Store a visit: planned for a day, or of no planned day when it is logged on the spot. Records VisitCreated.

    values: as the collection takes them; the assignee is whoever acts unless named. With a plan, its day is the visit's.
    Raises Refused NOT_FOUND (customer, plan), ASSIGNEE_UNKNOWN, OTHER_PLAN, PLACE_MISSING, END_BEFORE_START,
    PEOPLE_INVALID, PERSON_UNKNOWN.
    """
    values = settle_visit(values)
    assignee = assignee_of(uow, values.get("assignee_id"))
    customer_id = values.get("customer_id")
    customer = None if customer_id is None else customers.accept_fact_for(uow, customer_id)
    plan = _plan_named(uow, values.get("plan_id"))
    to_do_by = whose_turn(uow, customer, assignee)
    planned_on = values.get("planned_on") or (plan and plan.plan_on)
    planned_on = planned_on or _day_of(uow, values.get("planned_start_at"))
    visit = Visit(
        id=visit_id,
        author_id=assignee.id,
        assignee_id=to_do_by,
        **belongs_to(customer, assignee),
        plan_id=None if plan is None or to_do_by != assignee.id else plan.id,
        customer_id=customer_id,
        planned_on=planned_on,
        day_on=planned_on or uow.today(),
        people=check_people(uow, values.get("people"), before=None, field="/people"),
        **{name: values[name] for name in _PLAIN if name in values},
    )
    if customer is not None:
        visit.customer_name = customer.name
    if visit.plan_id is not None:
        _check_plan(visit, plan)
    _check_values(visit)
    uow.add(visit)
    share_visit(uow, visit)
    uow.record(events.VisitCreated(visit.id, to_do_by, customer_id, planned_on))
    return visit


def change_visit(uow: UnitOfWork, visit: Visit, values: Mapping[str, Any]) -> Visit:
    """Change what is planned, before the visit has started: by its assignee, or by whoever may assign within reach.

    Moved to another day or person it leaves its plan, unless the new one is named; its times move with the day.
    Records VisitChanged, VisitReassigned. Raises Refused as create_visit, MOVED_TOO_FAR, NOT_YOURS, VISIT_STARTED,
    VISIT_DONE, VISIT_CANCELLED.
    """
    values = settle_visit(values)
    must_direct(uow, visit, visit.assignee_id)
    move_visit(visit.state, VisitAction.CHANGE)
    former = visit.assignee_id
    wanted = {
        name: values[name] for name in (*_PLAIN, "people", "planned_on", "plan_id", "customer_id") if name in values
    }
    if "people" in wanted:
        check_people(uow, wanted["people"], before=visit.people, field="/people")
    assignee = assignee_of(uow, values["assignee_id"]) if values.get("assignee_id", former) != former else None
    if assignee is not None:
        wanted |= {"author_id": assignee.id, "assignee_id": assignee.id}
    if assignee is not None or "customer_id" in wanted:
        customer = _customer_after(uow, visit, values)
        # Without a customer a visit is its assignee's; his unit is looked up only then.
        wanted |= belongs_to(customer, assignee or (assignee_of(uow, former) if customer is None else None))
        wanted |= {} if customer is None else {"customer_name": customer.name}
    elif visit.customer_id is not None:
        wanted.pop("customer_name", None)
    wanted |= _moved(uow, visit, wanted)
    if wanted.get("plan_id", visit.plan_id) != visit.plan_id:
        _plan_named(uow, wanted["plan_id"])
    changes = changes_of(uow, visit, wanted)
    share_visit(uow, visit)
    uow.change(visit, **wanted)
    share_visit(uow, visit)
    follow_visits(uow, [visit])
    _check_plan(visit, None if visit.plan_id is None else uow.get(DayPlan, visit.plan_id))
    _check_values(visit)
    if assignee is not None:
        uow.record(events.VisitReassigned(visit.id, former, assignee.id, by_handover=False))
    if changes:
        uow.record(events.VisitChanged(visit.id, visit.assignee_id, changes))
    return visit


def cancel_visit(uow: UnitOfWork, visit: Visit, values: Mapping[str, Any]) -> Visit:
    """Call it off, with a reason where there is one. Records VisitCancelled.

    Raises Refused NOT_YOURS, VISIT_STARTED, VISIT_DONE.
    """
    must_direct(uow, visit, visit.assignee_id)
    state = move_visit(visit.state, VisitAction.CANCEL)
    if state != visit.state:
        uow.change(visit, state=state.value, cancel_reason=settle_visit(values).get("reason"))
        share_visit(uow, visit)
        uow.record(events.VisitCancelled(visit.id, visit.assignee_id))
    return visit


def reopen_visit(uow: UnitOfWork, visit: Visit, _values: Mapping[str, Any] | None = None) -> Visit:
    """Plan a cancelled visit again. Records VisitReopened. Raises Refused NOT_YOURS, VISIT_STARTED, VISIT_DONE."""
    must_direct(uow, visit, visit.assignee_id)
    state = move_visit(visit.state, VisitAction.REOPEN)
    if state != visit.state:
        uow.change(visit, state=state.value, cancel_reason=None)
        share_visit(uow, visit)
        uow.record(events.VisitReopened(visit.id, visit.assignee_id))
    return visit


def _plan_named(uow: UnitOfWork, plan_id: str | None) -> DayPlan | None:
    """The plan a line is to stand in. Out of reach is as good as not there, or its id could be tried out (rule A5)."""
    if plan_id is None:
        return None
    plan = uow.get(DayPlan, plan_id)
    if plan is None or not uow.actor.must(functions.WRITE).holds(plan):
        raise Refused(NOT_FOUND, field="/plan_id")
    return plan


def _day_of(uow: UnitOfWork, instant: datetime | None) -> date | None:
    return None if instant is None else day_in(uow.actor.timezone, instant)


def _customer_after(uow: UnitOfWork, visit: Visit, values: Mapping[str, Any]) -> Customer | None:
    """The customer the visit will have: a new one has to be within reach, the present one is taken as it is."""
    customer_id = values.get("customer_id", visit.customer_id)
    if customer_id is None:
        return None
    return (
        uow.get(Customer, customer_id)
        if customer_id == visit.customer_id
        else customers.accept_fact_for(uow, customer_id)
    )


def _moved(uow: UnitOfWork, visit: Visit, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What follows when the visit goes to another day or person: it leaves its plan, and its times keep their hour."""
    planned_on = wanted.get("planned_on", visit.planned_on)
    found: dict[str, Any] = {"day_on": planned_on or day_in(uow.actor.timezone, visit.created_at)}
    other_day = planned_on != visit.planned_on
    if (other_day or "assignee_id" in wanted) and "plan_id" not in wanted:
        found["plan_id"] = None
    if other_day and planned_on is not None and visit.planned_on is not None:
        for name in ("planned_start_at", "planned_end_at"):
            instant = getattr(visit, name)
            if instant is not None and name not in wanted:
                local = instant.astimezone(uow.actor.timezone)
                found[name] = rules.at_same_hour(local, planned_on - visit.planned_on, field="/planned_on")
        start, end = visit.planned_start_at, visit.planned_end_at
        begins, ends = found.get("planned_start_at"), found.get("planned_end_at")
        if start and end and begins and ends and ends < begins:
            found["planned_end_at"] = begins + (end - start)  # clocks skip its hour there: it lasts as long as it did
    return found


def _check_plan(visit: Visit, plan: DayPlan | None) -> None:
    if plan is not None and (plan.owner_id, plan.plan_on) != (visit.assignee_id, visit.planned_on):
        raise Refused(OTHER_PLAN, field="/plan_id")


def _check_values(visit: Visit) -> None:
    rules.check_aim(visit.customer_id, visit.customer_name, visit.place)
    rules.check_order(visit.planned_start_at, visit.planned_end_at, field="/planned_end_at")
