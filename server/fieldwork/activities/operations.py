"""What can be done with activities: logging one, and the organisation's own types. Never commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from server.core.problems import Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.timeline import Deed, add_to_timeline, timeline_kind
from server.fieldwork import functions, rules
from server.fieldwork.activities.events import ActivityLogged, ActivityTypeChanged, ActivityTypeCreated
from server.fieldwork.activities.kinds import CALLS, ActivityKind, TypeState
from server.fieldwork.activities.models import Activity, ActivityType
from server.fieldwork.activities.settling import settle_activity, settle_type
from server.fieldwork.operations.belonging import belongs_to

TYPE_UNKNOWN = problem_type(
    "fieldwork.activity-type-unknown",
    422,
    zh="没有这个活动类型，或已停用。",
    en="There is no such type of activity, or it is no longer used.",
    doc="type_id names one of the organisation's own types that is in use, for kind `own` and for no other.",
)
TYPE_TAKEN = problem_type(
    "fieldwork.activity-type-taken",
    409,
    zh="已有同名的活动类型。",
    en="There is a type of activity of that name already.",
)
LOGGED = timeline_kind("activity", zh="活动", en="Activity", deed=Deed.ACTIVITY)
EXCERPT = 200
"""Characters of its text that stand in the customer's timeline."""


def log_activity(uow: UnitOfWork, activity_id: str, values: Mapping[str, Any]) -> Activity:
    """Keep what was done with or for a customer, in the name of whoever acts. Records ActivityLogged.

    values: as the collection takes them; at: now unless told. A former owner's from his device is taken too. Adds to the
    customer's timeline. Raises Refused NOT_FOUND (customer), TYPE_UNKNOWN, TEXT_REQUIRED. Source: rule F13.
    """
    settled = settle_activity(values)
    customer = customers.accept_fact_for(uow, settled["customer_id"])
    _check_type(uow, settled["kind"], settled.get("type_id"))
    at: datetime = settled.get("at") or uow.now
    verdict = rules.judge_time(at, received_at=uow.now)
    told = ("contact_name", "kind", "type_id", "channel", "duration_min", "text", "nothing_next")
    activity = uow.add(
        Activity(
            id=activity_id,
            author_id=uow.actor.user_id,
            **belongs_to(customer, None),
            customer_id=customer.id,
            at=at,
            day_on=rules.visited_day(at, received_at=uow.now, zone=uow.actor.timezone),
            time_verdict=verdict.value,
            **{name: settled[name] for name in told if name in settled},
        )
    )
    params = {"kind": activity.kind, "channel": activity.channel, "text": activity.text[:EXCERPT]}
    params |= {} if activity.type_id is None else {"type_id": activity.type_id}
    dated = at if verdict is rules.TimeVerdict.PLAUSIBLE else uow.now
    deed = Deed.CALL if activity.channel in CALLS else Deed.ACTIVITY
    add_to_timeline(uow, customer, LOGGED, at=dated, subject_id=activity.id, params=params, deed=deed)
    uow.record(ActivityLogged(activity.id, customer.id, activity.kind, activity.channel, at, verdict.value))
    return activity


def create_type(uow: UnitOfWork, type_id: str, values: Mapping[str, Any]) -> ActivityType:
    """Add a type to the seven. values: name_zh, name_en. Records ActivityTypeCreated.

    Raises Refused FORBIDDEN_FUNCTION, TYPE_TAKEN, TEXT_REQUIRED.
    """
    uow.actor.must(functions.CONFIGURE)
    settled = settle_type(values)
    _refuse_taken(uow, type_id, settled["name_zh"], settled["name_en"])
    made = uow.add(ActivityType(id=type_id, name_zh=settled["name_zh"], name_en=settled["name_en"]))
    uow.record(ActivityTypeCreated(made.id, made.name_zh, made.name_en))
    return made


def change_type(uow: UnitOfWork, known: ActivityType, values: Mapping[str, Any]) -> ActivityType:
    """Rename a type, close it or use it again. Records ActivityTypeChanged. Raises Refused as create_type does."""
    uow.actor.must(functions.CONFIGURE)
    settled = settle_type(values)
    _refuse_taken(uow, known.id, settled.get("name_zh", known.name_zh), settled.get("name_en", known.name_en))
    before = known.version
    uow.change(known, **settled)
    if known.version != before:
        uow.record(ActivityTypeChanged(known.id, known.name_zh, known.name_en, known.state))
    return known


def _check_type(uow: UnitOfWork, kind: str, type_id: str | None) -> None:
    """Raise Refused TYPE_UNKNOWN at /type_id unless kind and type fit. One statement a transaction, where one is named.

    A type that was closed is still taken from a device, which could not know.
    """
    if (kind == ActivityKind.OWN) != (type_id is not None):
        raise Refused(TYPE_UNKNOWN, field="/type_id")
    if type_id is None:
        return
    state = uow.once("fieldwork.activity-types", lambda: _types(uow)).get(type_id)
    if state is None or (state != TypeState.ACTIVE and uow.actor.enrolment_id is None):
        raise Refused(TYPE_UNKNOWN, field="/type_id")


def _types(uow: UnitOfWork) -> dict[str, str]:
    t = c(ActivityType)
    rows = uow.connection.execute(select(t.id, t.state).where(t.org_id == uow.org_id))
    return {row.id: row.state for row in rows}


def _refuse_taken(uow: UnitOfWork, type_id: str, name_zh: str, name_en: str) -> None:
    t = c(ActivityType)
    same = or_(t.name_zh == name_zh, t.name_en == name_en)
    if uow.connection.execute(select(t.id).where(t.org_id == uow.org_id, same, t.id != type_id)).first() is not None:
        raise Refused(TYPE_TAKEN)
