"""Routes and stand-ins, set by hand; what waits is asked anew at once when they change, and once a night for their days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from server.accounts.models import Organisation, OrgUnit, User
from server.approvals import events
from server.approvals.functions import DECIDE, MANAGE
from server.approvals.models import ApprovalCase, ApprovalRoute, Delegation
from server.approvals.operations.asking import ask_anew, preload_parts
from server.approvals.operations.routing import DIRECTORY
from server.approvals.rules import step_of
from server.approvals.subjects import TOPIC_UNKNOWN, topics
from server.approvals.transitions import CaseState
from server.core.access import system_actor
from server.core.jobs import RunningJob, handler
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork

UNIT_UNKNOWN = problem_type("approvals.unit-unknown", 422, zh="没有这个部门。", en="There is no such unit.")
PERSON_UNKNOWN = problem_type(
    "approvals.person-unknown", 422, zh="没有这名员工。", en="There is no such member of staff."
)
STAND_IN_UNFIT = problem_type(
    "approvals.stand-in-unfit",
    422,
    zh="该员工不能作为代理人。",
    en="This person cannot stand in.",
    doc="Not there, no longer active, or the same person.",
)
DAYS_REVERSED = problem_type(
    "approvals.days-reversed",
    422,
    zh="最后一天早于第一天。",
    en="The last day is before the first.",
)
_AT_ONCE = 500


def write_route(uow: UnitOfWork, route_id: str, values: Mapping[str, Any]) -> ApprovalRoute:
    """Make a route, or change or retire (state) the one of that id. Records RouteWritten; open requests are asked anew.

    values: fields of ApprovalRoute, steps as rules.step_of reads them. Raises Refused TOPIC_UNKNOWN, UNIT_UNKNOWN,
    STEP_FORM, PERSON_UNKNOWN.
    """
    uow.actor.must(MANAGE)
    wanted = dict(values)
    if "steps" in wanted:
        wanted["steps"] = [_step(uow, place, each) for place, each in enumerate(wanted["steps"])]
    if "topic" in wanted and wanted["topic"] not in topics():
        raise Refused(TOPIC_UNKNOWN, field="/topic")
    if wanted.get("unit_id") is not None and uow.get(OrgUnit, wanted["unit_id"]) is None:
        raise Refused(UNIT_UNKNOWN, field="/unit_id")
    route = uow.get(ApprovalRoute, route_id)
    if route is None:
        wanted.setdefault("currency", uow.actor.currency)
        route = uow.add(ApprovalRoute(id=route_id, **wanted))
        changes = {name: [None, getattr(route, name)] for name in wanted}
    else:
        changes = {
            name: [getattr(route, name), value] for name, value in wanted.items() if getattr(route, name) != value
        }
        uow.change(route, **wanted)
    if changes:
        uow.record(events.RouteWritten(route.id, route.topic, changes))
        ask_all_anew(uow)
    return route


def _step(uow: UnitOfWork, place: int, data: Mapping[str, Any]) -> dict[str, Any]:
    step = step_of(data)
    if step.user_id is not None and uow.get(User, step.user_id) is None:
        raise Refused(PERSON_UNKNOWN, field=f"/steps/{place}/user_id")
    return step.to_data()


def begin_delegation(uow: UnitOfWork, delegation_id: str, values: Mapping[str, Any]) -> Delegation:
    """Let somebody stand in for the actor from a day to a day, or with MANAGE for whoever `from_id` names.

    values: to_id, starts_on, ends_on; topic, from_id. Records DelegationBegun; open requests are asked anew.
    Raises Refused STAND_IN_UNFIT, DAYS_REVERSED, TOPIC_UNKNOWN, NOT_FOUND (from_id).
    """
    from_id = values.get("from_id") or uow.actor.user_id
    uow.actor.must(DECIDE if from_id == uow.actor.user_id else MANAGE)
    if uow.get(User, from_id) is None:
        raise Refused(NOT_FOUND, field="/from_id")
    stand_in = uow.get(User, values["to_id"])
    if stand_in is None or stand_in.state != "active" or stand_in.id == from_id:
        raise Refused(STAND_IN_UNFIT, field="/to_id")
    if values["ends_on"] < values["starts_on"]:
        raise Refused(DAYS_REVERSED, field="/ends_on")
    topic = values.get("topic")
    if topic is not None and topic not in topics():
        raise Refused(TOPIC_UNKNOWN, field="/topic")
    made = uow.add(
        Delegation(
            id=delegation_id,
            from_id=from_id,
            to_id=stand_in.id,
            topic=topic,
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
        )
    )
    uow.record(events.DelegationBegun(made.id, from_id, made.to_id, topic, made.starts_on, made.ends_on))
    ask_all_anew(uow)
    return made


def end_delegation(uow: UnitOfWork, delegation: Delegation) -> Delegation:
    """End it at once, by whoever let another stand in, or with MANAGE. Records DelegationEnded. Raises Refused NOT_FOUND."""
    if delegation.from_id != uow.actor.user_id and not uow.actor.may(MANAGE):
        raise Refused(NOT_FOUND)
    if delegation.state == "active":
        uow.change(delegation, state="ended")
        uow.record(events.DelegationEnded(delegation.id, delegation.from_id, delegation.to_id))
        ask_all_anew(uow)
    return delegation


def ask_all_anew(uow: UnitOfWork) -> int:
    """Bring all open requests up to what routes, stand-ins and roles say now. How many changed."""
    a, changed, after = c(ApprovalCase), 0, ""
    uow.flush()
    uow.forget(DIRECTORY)
    while True:
        conditions = [a.state == CaseState.OPEN.value, *([a.id > after] if after else [])]
        cases = uow.find(ApprovalCase, *conditions, limit=_AT_ONCE)
        if not cases:
            return changed
        after = cases[-1].id
        preload_parts(uow, [case.id for case in cases])
        changed += sum(ask_anew(uow, case) for case in cases)


@handler("approvals.ask-anew", nightly=True)
def ask_anew_at_night(job: RunningJob) -> dict[str, int]:
    """A stand-in's first or last day has come, or somebody changed his role or unit."""
    o = c(Organisation)
    with job.services.reading(job.org_id) as connection:
        zone = connection.execute(select(o.timezone).where(o.org_id == job.org_id)).scalar_one()
    with job.writing(system_actor(job.org_id, zone=zone)) as uow:
        changed = ask_all_anew(uow)
        job.finish_in(uow, {"changed": changed})
    return {"changed": changed}
