"""Visits as they are done: checking in, and saying what came of it. Times: rules.py; points: check_in.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.core.uow import UnitOfWork
from server.customers.models import Customer
from server.customers.timeline import Deed, add_to_timeline, timeline_kind
from server.fieldwork import check_in, events, rules
from server.fieldwork.check_in import Judgement, LocationReason, LocationVerdict, Place
from server.fieldwork.copies.sharing import share_visit
from server.fieldwork.models import Visit
from server.fieldwork.operations.belonging import must_be_one_of
from server.fieldwork.operations.comments import follow_visits
from server.fieldwork.places.operations import place_of_customer
from server.fieldwork.settling import settle_visit
from server.fieldwork.transitions import VisitAction, move_visit

VISITED = timeline_kind("visit", zh="拜访", en="Visit", deed=Deed.VISIT)
EXCERPT = 200
"""Characters of a result that stand in the customer's timeline."""


def start_visit(uow: UnitOfWork, visit: Visit, values: Mapping[str, Any]) -> Visit:
    """Check in. values: started_at, and the fix as claimed (latitude_e7, longitude_e7, accuracy_m, fix_age_s, is_mock).

    Judged on arrival and never refused for where or when it was (rules F6, F7), against the place that was planned, or else
    the customer's, which is then kept as the visit's. Whoever does it is its author from now on.
    Records VisitStarted. Raises Refused NOT_YOURS, VISIT_STARTED, VISIT_DONE, VISIT_CANCELLED.
    """
    state = move_visit(visit.state, VisitAction.START)
    must_be_one_of(uow, visit.assignee_id, visit.author_id)
    started_at: datetime = values["started_at"]
    point = {name: values.get(name) for name in ("latitude_e7", "longitude_e7", "accuracy_m", "fix_age_s")}
    is_mock = bool(values.get("is_mock"))
    fix = check_in.fix_of(*point.values(), is_mock=is_mock)
    site = _site(uow, visit)
    judged = check_in.judge_check_in(fix, site)
    uow.change(
        visit,
        state=state.value,
        actual_started_at=started_at,
        check_in_at=started_at,
        start_received_at=uow.now,
        is_mock=is_mock,
        **point,
        **_kept(site),
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

    values: ended_at; started_at counts only where nobody checked in, and the visit is then unverified; the point of leaving
    (out_latitude_e7, …), judged as that of coming (rule F7); nothing_next, impression. The timeline's line
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
        **{name: values.get(name) for name in ("result", "outcome", "next_step", "nothing_next", "impression")},
        **_left(uow, visit, values),
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


def _left(uow: UnitOfWork, visit: Visit, values: Mapping[str, Any]) -> dict[str, Any]:
    """The point of leaving and what is thought of it."""
    names = ("out_latitude_e7", "out_longitude_e7", "out_accuracy_m", "out_fix_age_s")
    point = {name: values.get(name) for name in names}
    is_mock, site = bool(values.get("out_is_mock")), _site(uow, visit)
    judged = check_in.judge_check_in(check_in.fix_of(*point.values(), is_mock=is_mock), site)
    found = {
        "out_verdict": judged.verdict.value,
        "out_reason": judged.reason.value,
        "out_distance_m": judged.distance_m,
    }
    return {**point, "out_is_mock": is_mock, **_kept(site), **found}


def _site(uow: UnitOfWork, visit: Visit) -> Place | None:
    """Where the visit was to be: as planned, else where its customer is."""
    planned = check_in.place_of(visit.site_latitude_e7, visit.site_longitude_e7, visit.site_radius_m)
    return planned or place_of_customer(uow, visit.customer_id)


def _kept(site: Place | None) -> dict[str, Any]:
    """The place that was judged against, as the visit keeps it."""
    if site is None:
        return {}
    return {
        "site_latitude_e7": site.latitude_e7,
        "site_longitude_e7": site.longitude_e7,
        "site_radius_m": site.radius_m,
    }


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
