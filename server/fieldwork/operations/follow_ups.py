"""Follow-ups: something to do for a customer by a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from server.core.clock import day_in
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.models import Customer
from server.customers.timeline import Deed, add_to_timeline, timeline_kind
from server.fieldwork import events, functions, rules
from server.fieldwork.models import FollowUp, Visit
from server.fieldwork.operations.belonging import assignee_of, belongs_to, must_be_one_of, must_direct, whose_turn
from server.fieldwork.operations.changes import changes_of
from server.fieldwork.settling import settle_follow_up
from server.fieldwork.transitions import FollowUpAction, FollowUpState, move_follow_up
from sync_protocol.ids import new_id

CUSTOMER_MISSING = problem_type(
    "fieldwork.follow-up-without-customer",
    422,
    zh="跟进须针对一位客户。",
    en="A follow-up is about a customer.",
    doc="Comes with the result of a visit that was to no customer.",
)
REPEAT = ("repeat_every", "repeat_unit", "repeat_until")
"""What makes a cadence."""
FOLLOWED_UP = timeline_kind("follow-up", zh="跟进", en="Follow-up", deed=Deed.FOLLOW_UP)


def create_follow_up(uow: UnitOfWork, follow_up_id: str, values: Mapping[str, Any]) -> FollowUp:
    """Store a follow-up. values: customer_id, text, due_on or due_at, visit_id?, assignee_id? (whoever acts unless named),
    repeat_every?, repeat_unit?, repeat_until?.

    After a visit of his, somebody may write one for a customer who is not his. Records FollowUpCreated. Raises Refused
    NOT_FOUND (customer, visit), CUSTOMER_MISSING, REPEAT_INVALID, ASSIGNEE_UNKNOWN, DUE_MISSING, TEXT_REQUIRED.
    """
    values = settle_follow_up(values)
    if values["customer_id"] is None:
        raise Refused(CUSTOMER_MISSING, field="/customer_id")
    visit = _visit_of(uow, values)
    customer = _customer_of(uow, values["customer_id"], visit)
    assignee = assignee_of(uow, values.get("assignee_id"))
    due_at = values.get("due_at")
    repeat: dict[str, Any] = {name: values.get(name) for name in REPEAT}
    rules.check_repeat(**_cadence(repeat))
    due_on = _due_on(uow, values.get("due_on"), due_at)
    follow_up = uow.add(
        FollowUp(
            id=follow_up_id,
            author_id=uow.actor.user_id,
            assignee_id=whose_turn(uow, customer, assignee),
            **belongs_to(customer, assignee),
            customer_id=customer.id,
            customer_name=customer.name,
            visit_id=None if visit is None else visit.id,
            due_on=due_on,
            due_at=due_at,
            text=values["text"],
            repeat_from=None if repeat["repeat_every"] is None else due_on,
            **repeat,
        )
    )
    uow.record(events.FollowUpCreated(follow_up.id, customer.id, follow_up.assignee_id, follow_up.due_on))
    return follow_up


def change_follow_up(uow: UnitOfWork, follow_up: FollowUp, values: Mapping[str, Any]) -> FollowUp:
    """Change text, due day or time, or whose it is, while it is open. Records FollowUpChanged.

    By its assignee, its author, or whoever may assign within reach. Moved to another day its time keeps its hour. Raises
    Refused NOT_YOURS, ASSIGNEE_UNKNOWN, DUE_MISSING, REPEAT_INVALID, MOVED_TOO_FAR, TEXT_REQUIRED, FOLLOW_UP_DONE, FOLLOW_UP_CANCELLED.
    """
    _must_tend(uow, follow_up)
    move_follow_up(follow_up.state, FollowUpAction.CHANGE)
    values = settle_follow_up(values)
    wanted: dict[str, Any] = {"text": values["text"]} if "text" in values else {}
    if values.get("assignee_id", follow_up.assignee_id) != follow_up.assignee_id:
        wanted["assignee_id"] = assignee_of(uow, values["assignee_id"]).id
    due_on = values.get("due_on", follow_up.due_on)
    if "due_at" in values:
        wanted |= {"due_at": values["due_at"], "due_on": _due_on(uow, due_on, values["due_at"])}
    elif due_on != follow_up.due_on:
        wanted |= _moved(uow, follow_up, due_on)
    wanted |= _repeated(follow_up, values, wanted.get("due_on", follow_up.due_on))
    if changes := changes_of(uow, follow_up, wanted):
        uow.change(follow_up, **wanted)
        uow.record(events.FollowUpChanged(follow_up.id, changes))
    return follow_up


def complete_follow_up(uow: UnitOfWork, follow_up: FollowUp, values: Mapping[str, Any]) -> FollowUp:
    """Done. values: done_at? (claimed; now unless told), done_note?. Adds to the customer's timeline.

    By its assignee, its author (late, after a handover), or whoever may assign within reach. Records FollowUpCompleted.
    One that repeats brings the next of its cadence with it, which is somebody's to do as this one was (rule F8).
    Raises Refused NOT_YOURS, FOLLOW_UP_DONE, FOLLOW_UP_CANCELLED.
    """
    _must_tend(uow, follow_up)
    state = move_follow_up(follow_up.state, FollowUpAction.COMPLETE)
    values = settle_follow_up(values)
    done_at: datetime = values.get("done_at") or uow.now
    uow.change(follow_up, state=state.value, done_at=done_at, done_note=values.get("done_note"))
    if (customer := uow.get(Customer, follow_up.customer_id)) is not None:
        plausible = rules.judge_time(done_at, received_at=uow.now) is rules.TimeVerdict.PLAUSIBLE
        params = {"text": follow_up.text, "note": follow_up.done_note}
        add_to_timeline(
            uow, customer, FOLLOWED_UP, at=done_at if plausible else uow.now, subject_id=follow_up.id, params=params
        )
    uow.record(events.FollowUpCompleted(follow_up.id, follow_up.customer_id, done_at))
    _come_again(uow, follow_up)
    return follow_up


def cancel_follow_up(uow: UnitOfWork, follow_up: FollowUp, _values: Mapping[str, Any] | None = None) -> FollowUp:
    """Not needed any more. Records FollowUpCancelled. Raises Refused NOT_YOURS, FOLLOW_UP_DONE."""
    _must_tend(uow, follow_up)
    state = move_follow_up(follow_up.state, FollowUpAction.CANCEL)
    if state != follow_up.state:
        uow.change(follow_up, state=state.value)
        uow.record(events.FollowUpCancelled(follow_up.id, follow_up.customer_id))
    return follow_up


def delete_follow_up(uow: UnitOfWork, follow_up: FollowUp, _values: Mapping[str, Any] | None = None) -> FollowUp:
    """Take back what one wrote, unless it was done. Records FollowUpDeleted. Raises Refused NOT_YOURS, FOLLOW_UP_DONE."""
    must_be_one_of(uow, follow_up.author_id)
    move_follow_up(follow_up.state, FollowUpAction.DELETE)
    uow.remove(follow_up)
    was_open = follow_up.state == FollowUpState.OPEN
    uow.record(events.FollowUpDeleted(follow_up.id, follow_up.customer_id, was_open))
    return follow_up


def _must_tend(uow: UnitOfWork, follow_up: FollowUp) -> None:
    if uow.actor.user_id != follow_up.author_id:
        must_direct(uow, follow_up, follow_up.assignee_id)


def _visit_of(uow: UnitOfWork, values: Mapping[str, Any]) -> Visit | None:
    """The visit it came from: one within reach, of the same customer. Raises Refused NOT_FOUND at /visit_id."""
    visit_id = values.get("visit_id")
    if visit_id is None:
        return None
    visit = uow.get(Visit, visit_id)
    fits = visit is not None and visit.customer_id == values["customer_id"]
    if visit is None or not fits or not uow.actor.must(functions.READ).covers(visit):
        raise Refused(NOT_FOUND, field="/visit_id")
    return visit


def _customer_of(uow: UnitOfWork, customer_id: str, visit: Visit | None) -> Customer:
    if visit is not None and uow.actor.user_id in (visit.author_id, visit.assignee_id):
        return uow.must(Customer, customer_id)
    return customers.accept_fact_for(uow, customer_id)


def _cadence(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("repeat_"): values[name] for name in REPEAT}


def _repeated(follow_up: FollowUp, values: Mapping[str, Any], due_on: date) -> dict[str, Any]:
    """What changes of the cadence: it counts anew from the day that is due now when it, or that day, is another."""
    repeat = {name: values.get(name, getattr(follow_up, name)) for name in REPEAT}
    rules.check_repeat(**_cadence(repeat))
    same = due_on == follow_up.due_on and all(getattr(follow_up, name) == repeat[name] for name in REPEAT[:2])
    start = follow_up.repeat_from if same else due_on
    return {**repeat, "repeat_from": None if repeat["repeat_every"] is None else start}


def _come_again(uow: UnitOfWork, follow_up: FollowUp) -> None:
    """The next of a cadence, after today and after the one that was done. Records FollowUpCreated."""
    every, unit = follow_up.repeat_every, follow_up.repeat_unit
    if every is None or unit is None:
        return
    after = max(follow_up.due_on, uow.today())
    first = follow_up.repeat_from or follow_up.due_on
    due_on = rules.next_due(first, every, unit, after=after, until=follow_up.repeat_until)
    if due_on is None:
        return
    due_at = follow_up.due_at
    if due_at is not None:
        local = due_at.astimezone(uow.actor.timezone)
        due_at = rules.at_same_hour(local, due_on - follow_up.due_on, field="/due_on")
    same = ("author_id", "assignee_id", "owner_id", "unit_id", "project_id", "customer_id", "customer_name", "text")
    kept = {name: getattr(follow_up, name) for name in (*same, *REPEAT, "repeat_from")}
    made = uow.add(FollowUp(id=new_id(), due_on=due_on, due_at=due_at, **kept))
    uow.record(events.FollowUpCreated(made.id, made.customer_id, made.assignee_id, due_on))


def _due_on(uow: UnitOfWork, due_on: date | None, due_at: datetime | None) -> date:
    if due_at is not None:
        return day_in(uow.actor.timezone, due_at)
    if due_on is None:
        raise Refused(rules.DUE_MISSING, field="/due_on")
    return due_on


def _moved(uow: UnitOfWork, follow_up: FollowUp, due_on: date | None) -> dict[str, Any]:
    if due_on is None:
        raise Refused(rules.DUE_MISSING, field="/due_on")
    if follow_up.due_at is None:
        return {"due_on": due_on}
    local = follow_up.due_at.astimezone(uow.actor.timezone)
    return {"due_on": due_on, "due_at": rules.at_same_hour(local, due_on - follow_up.due_on, field="/due_on")}
