"""Visits, from plan to event: one row, one id. States: transitions.py; times: rules.py; the point of a check-in: check_in.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from server.core.clock import day_in
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.models import Customer
from server.customers.timeline import add_to_timeline, timeline_kind
from server.fieldwork import check_in, events, functions, rules
from server.fieldwork.check_in import Judgement, LocationReason, LocationVerdict
from server.fieldwork.copies.sharing import check_people, share_visit
from server.fieldwork.models import DayPlan, Visit
from server.fieldwork.operations.belonging import assignee_of, belongs_to, must_be_one_of, must_direct, whose_turn
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
VISITED = timeline_kind("visit", zh="拜访", en="Visit")

_PLAIN = (
    "customer_name", "place", "purpose", "planned_start_at", "planned_end_at", "importance", "urgency", "site_latitude_e7",
    "site_longitude_e7", "site_radius_m",
)  # fmt: skip
EXCERPT = 200
"""Characters of a result that stand in the customer's timeline."""


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


def start_visit(uow: UnitOfWork, visit: Visit, values: Mapping[str, Any]) -> Visit:
    """Check in. values: started_at, and the fix as claimed (latitude_e7, longitude_e7, accuracy_m, fix_age_s, is_mock).

    Judged on arrival and never refused for where or when it was (rules F6, F7). Whoever does it is its author from now on.
    Records VisitStarted. Raises Refused NOT_YOURS, VISIT_STARTED, VISIT_DONE, VISIT_CANCELLED.
    """
    state = move_visit(visit.state, VisitAction.START)
    must_be_one_of(uow, visit.assignee_id, visit.author_id)
    started_at: datetime = values["started_at"]
    point = {name: values.get(name) for name in ("latitude_e7", "longitude_e7", "accuracy_m", "fix_age_s")}
    is_mock = bool(values.get("is_mock"))
    fix = check_in.fix_of(*point.values(), is_mock=is_mock)
    judged = check_in.judge_check_in(
        fix, check_in.place_of(visit.site_latitude_e7, visit.site_longitude_e7, visit.site_radius_m)
    )
    uow.change(
        visit,
        state=state.value,
        actual_started_at=started_at,
        check_in_at=started_at,
        start_received_at=uow.now,
        is_mock=is_mock,
        **point,
        **_verdict(judged),
        **_claimed(uow, started_at),
    )
    share_visit(uow, visit)
    follow_visits(uow, [visit])
    uow.record(
        events.VisitStarted(
            visit.id,
            visit.customer_id,
            started_at,
            visit.location_verdict,
            visit.location_reason,
            visit.distance_m,
            visit.time_verdict,
        )
    )
    return visit


def finish_visit(uow: UnitOfWork, visit: Visit, values: Mapping[str, Any]) -> Visit:
    """Turn the plan line into an event: actual times, result, outcome, next step. Adds to the customer's timeline.

    values: ended_at; started_at counts only where nobody checked in, and the visit is then unverified. The timeline's line
    is the author's, also when the customer is somebody else's by now. Records VisitFinished. Raises Refused NOT_YOURS,
    VISIT_DONE, VISIT_CANCELLED, END_BEFORE_START.
    """
    values = settle_visit(values)
    state = move_visit(visit.state, VisitAction.FINISH)
    must_be_one_of(uow, visit.assignee_id, visit.author_id)
    ended_at: datetime = values["ended_at"]
    checked_in = visit.actual_started_at is not None
    started_at = visit.actual_started_at if checked_in else values.get("started_at")
    rules.check_order(started_at, ended_at, field="/ended_at")
    known: dict[str, Any] = {}
    if not checked_in:
        known = {"actual_started_at": started_at, **_claimed(uow, started_at or ended_at)}
        known |= _verdict(Judgement(LocationVerdict.UNVERIFIED, LocationReason.NO_CHECK_IN))
    uow.change(
        visit,
        state=state.value,
        actual_ended_at=ended_at,
        end_received_at=uow.now,
        result=values.get("result"),
        outcome=values.get("outcome"),
        next_step=values.get("next_step"),
        **known,
    )
    share_visit(uow, visit)
    follow_visits(uow, [visit])
    verdict = rules.judge_time(ended_at, received_at=uow.now)
    if visit.time_verdict == rules.TimeVerdict.PLAUSIBLE:
        uow.change(visit, time_verdict=verdict.value)
    if visit.customer_id is not None and (customer := uow.get(Customer, visit.customer_id)) is not None:
        params = {"outcome": visit.outcome, "result": (visit.result or "")[:EXCERPT] or None}
        at = ended_at if verdict is rules.TimeVerdict.PLAUSIBLE else uow.now
        add_to_timeline(uow, customer, VISITED, at=at, subject_id=visit.id, params=params, done_by=visit.author_id)
    uow.record(
        events.VisitFinished(
            visit.id, visit.customer_id, started_at, ended_at, visit.outcome, checked_in, visit.time_verdict
        )
    )
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
    return found


def _check_plan(visit: Visit, plan: DayPlan | None) -> None:
    if plan is not None and (plan.owner_id, plan.plan_on) != (visit.assignee_id, visit.planned_on):
        raise Refused(OTHER_PLAN, field="/plan_id")


def _check_values(visit: Visit) -> None:
    rules.check_aim(visit.customer_id, visit.customer_name, visit.place)
    rules.check_order(visit.planned_start_at, visit.planned_end_at, field="/planned_end_at")


def _verdict(judged: Judgement) -> dict[str, Any]:
    return {
        "location_verdict": judged.verdict.value,
        "location_reason": judged.reason.value,
        "distance_m": judged.distance_m,
    }


def _claimed(uow: UnitOfWork, claimed_at: datetime) -> dict[str, Any]:
    """What follows from the first time that was claimed for the visit, and from who did it."""
    return {
        "author_id": uow.actor.user_id,
        "assignee_id": uow.actor.user_id,
        "day_on": rules.visited_day(claimed_at, received_at=uow.now, zone=uow.actor.timezone),
        "time_verdict": rules.judge_time(claimed_at, received_at=uow.now).value,
    }
