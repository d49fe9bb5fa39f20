"""Who hears of field work: assignees of what is due or was arranged for them, and those who lead a planner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from notifications.hearing import Hearing, hears
from notifications.models import Notice
from notifications.people import leaders_of
from notifications.reminders import FOLLOW_UPS, TASKS, finish_overtaken, plan_reminders
from notifications.telling import News
from notifications.topics import (
    PLAN_CHANGED,
    PLAN_SENT,
    TASK_ASSIGNED,
    TASK_CALLED_OFF,
    TASK_CLOSED,
    VISIT_ARRANGED,
    VISIT_COMMENTED,
    VISIT_MENTIONED,
)
from server.core.events import Heard
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.fieldwork import events
from server.fieldwork.models import DayPlan, Task, Visit
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import PlanState, VisitState


@hears(
    events.FollowUpCreated,
    events.FollowUpChanged,
    events.FollowUpHandedOver,
    events.FollowUpCompleted,
    events.FollowUpCancelled,
    events.FollowUpDeleted,
)
def follow_ups(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Plan the reminders of what is open, and finish those that are overtaken."""
    ids = [each.subject_id for each in heard]
    finish_overtaken(hearing.uow, FOLLOW_UPS, ids)
    plan_reminders(hearing.uow, hearing.settings, FOLLOW_UPS, ids)


@hears(events.PlanSent)
def sent_plans(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Those who lead the planner hear that his plan is there to be read."""
    _tell_leaders(hearing, PLAN_SENT, {each.subject_id: each for each in heard})


_OF_PLANS = {events.PlanChanged.code, events.PlanCancelled.code}


@hears(
    events.PlanChanged,
    events.PlanCancelled,
    events.VisitCreated,
    events.VisitChanged,
    events.VisitCancelled,
    events.VisitReopened,
)
def changed_plans(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """A plan that was sent was changed or called off, or a line of it, or lost one: its readers hear of it. So does the assignee, of what
    another did.

    What came before the sending, or with it, is part of what was sent. A visit being done is no change of a plan.
    """
    visits = {each.subject_id: each for each in heard if each.code not in _OF_PLANS}
    lines = _visits(hearing, visits)
    _tell_assignees(hearing, [(visits[row.id], row) for row in lines])
    changed = {plan: each for each in visits.values() if (plan := _plan_left(each)) is not None}
    changed |= {row.plan_id: visits[row.id] for row in lines if row.plan_id is not None}
    changed |= {each.subject_id: each for each in heard if each.code in _OF_PLANS}
    told = {news.subject_id for news in hearing.news if news.topic == PLAN_SENT}
    _tell_leaders(hearing, PLAN_CHANGED, {plan: each for plan, each in changed.items() if plan not in told})


@hears(events.VisitReassigned)
def reassigned_visits(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Whoever is to do a visit now hears of it. Those that went with their customer are part of that news."""
    visits = {each.subject_id: each for each in heard if not each.told["by_handover"]}
    _tell_assignees(hearing, [(visits[row.id], row) for row in _visits(hearing, visits)])


@hears(events.VisitCommented)
def commented_visits(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Whose day a visit stands in and who did it hear what another said about it; who is named in it hears that instead."""
    v = c(Visit)
    columns = (v.id, v.assignee_id, v.author_id, v.customer_id, v.customer_name, v.day_on)
    ids = sorted({each.subject_id for each in heard})
    statement = select(*columns).where(v.org_id == hearing.uow.org_id, v.id.in_(ids))
    visits = {row.id: row for row in hearing.uow.connection.execute(statement)}
    hearing.news += [
        News(
            person,
            VISIT_MENTIONED if person in mentioned else VISIT_COMMENTED,
            occurrence=each.n,
            since=from_ms(each.at),
            subject_collection="visits",
            subject_id=row.id,
            customer_name=row.customer_name,
            params={"customer_id": row.customer_id, "day_on": row.day_on.isoformat(), "by_id": each.actor_id},
        )
        for each in heard
        if (row := visits.get(each.subject_id)) is not None
        for mentioned in [set(each.told.get("mentioned", ()))]
        for person in sorted(({row.assignee_id, row.author_id} | mentioned) - {each.actor_id})
    ]


@hears(events.TaskAssigned)
def assigned_tasks(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Whoever is to do something that another asks hears of it, while it is open and still his; and again when it is due.

    Given after the hour at which it would be reminded of, the giving is the news.
    """
    plan_reminders(hearing.uow, hearing.settings, TASKS, (each.subject_id for each in heard), late=timedelta(0))
    t = c(Task)
    ids = sorted({each.subject_id for each in heard})
    statement = select(t.id, t.assignee_id, t.customer_id, t.customer_name, t.due_on).where(
        t.org_id == hearing.uow.org_id, t.id.in_(ids), t.state == TaskState.OPEN.value
    )
    tasks = {row.id: row for row in hearing.uow.connection.execute(statement)}
    hearing.news += [
        News(
            row.assignee_id,
            TASK_ASSIGNED,
            occurrence=each.n,
            since=from_ms(each.at),
            subject_collection="tasks",
            subject_id=row.id,
            customer_name=row.customer_name,
            params={"customer_id": row.customer_id, "due_on": row.due_on.isoformat(), "by_id": each.actor_id},
        )
        for each in heard
        if (row := tasks.get(each.subject_id)) is not None
        and row.assignee_id == each.told["assignee_id"] != each.actor_id
    ]


@hears(events.TaskChanged)
def changed_tasks(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Reminders go with the day and the assignee; whoever was just given it is not reminded at once."""
    ids = {each.subject_id for each in heard}
    finish_overtaken(hearing.uow, TASKS, ids)
    given = {news.subject_id for news in hearing.news if news.topic == TASK_ASSIGNED}
    plan_reminders(hearing.uow, hearing.settings, TASKS, ids - given)


@hears(events.TaskClosed)
def closed_tasks(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Who asked hears that it was done, or called off by another; who was to do it, that it was called off, if he had
    heard of it. What reminded of it is done.
    """
    finish_overtaken(hearing.uow, TASKS, (each.subject_id for each in heard))
    t = c(Task)
    columns = (t.id, t.author_id, t.assignee_id, t.customer_id, t.customer_name, t.state)
    ids = sorted({each.subject_id for each in heard})
    rows = hearing.uow.connection.execute(select(*columns).where(t.org_id == hearing.uow.org_id, t.id.in_(ids)))
    closed = {each.subject_id: each for each in heard}
    knows = _who_knows(hearing, ids)
    hearing.news += [
        News(
            person,
            topic,
            occurrence=each.n,
            since=from_ms(each.at),
            subject_collection="tasks",
            subject_id=row.id,
            customer_name=row.customer_name,
            params={"customer_id": row.customer_id, "state": row.state, "by_id": each.actor_id},
        )
        for row in rows
        for person, topic in ((row.author_id, TASK_CLOSED), (row.assignee_id, TASK_CALLED_OFF))
        if person != (each := closed[row.id]).actor_id
        and (topic == TASK_CLOSED or (row.state == TaskState.CANCELLED and (person, row.id) in knows))
    ]


def _who_knows(hearing: Hearing, task_ids: Sequence[str]) -> set[tuple[str, str]]:
    """(person, task) of whoever was told that a task is his."""
    n = c(Notice)
    told = (n.org_id == hearing.uow.org_id, n.subject_id.in_(task_ids), n.topic == TASK_ASSIGNED)
    return {
        (row.user_id, row.subject_id)
        for row in hearing.uow.connection.execute(select(n.user_id, n.subject_id).where(*told))
    }


def _plan_left(visit: Heard) -> str | None:
    """The plan that a visit stood in and does not stand in any more."""
    before: str | None = visit.told.get("changes", {}).get("plan_id", [None])[0]
    return before


def _visits(hearing: Hearing, ids: Iterable[str]) -> Sequence[Any]:
    """Visits that are still to come."""
    v = c(Visit)
    columns = (v.id, v.plan_id, v.assignee_id, v.customer_id, v.customer_name, v.day_on)
    still = (VisitState.PLANNED.value, VisitState.CANCELLED.value)
    statement = select(*columns).where(v.org_id == hearing.uow.org_id, v.id.in_(sorted(ids)), v.state.in_(still))
    return hearing.uow.connection.execute(statement).all()


def _tell_assignees(hearing: Hearing, changed: Iterable[tuple[Heard, Any]]) -> None:
    """Of what another did to a visit that was theirs then and still is: what went on with its customer is other news."""
    hearing.news += [
        News(
            row.assignee_id,
            VISIT_ARRANGED,
            occurrence=event.n,
            since=from_ms(event.at),
            subject_collection="visits",
            subject_id=row.id,
            customer_name=row.customer_name,
            params={"customer_id": row.customer_id, "day_on": row.day_on.isoformat(), "by_id": event.actor_id},
        )
        for event, row in changed
        if row.assignee_id == event.told["assignee_id"] != event.actor_id
    ]


def _tell_leaders(hearing: Hearing, topic: str, plans: Mapping[str, Heard]) -> None:
    """Those who lead the owner of a plan that is sent, or was and is called off now; not who did it himself."""
    uow, p = hearing.uow, c(DayPlan)
    called_off = sorted(plan for plan, each in plans.items() if each.code == events.PlanCancelled.code)
    statement = select(p.id, p.owner_id, p.unit_id, p.plan_on, p.sent_at).where(
        p.org_id == uow.org_id,
        p.id.in_(sorted(plans)),
        p.sent_at.is_not(None),
        or_(p.state == PlanState.SENT.value, and_(p.state == PlanState.CANCELLED.value, p.id.in_(called_off))),
    )
    rows = uow.connection.execute(statement).all()
    sent = [row for row in rows if topic == PLAN_SENT or to_ms(row.sent_at) < plans[row.id].at]
    leaders = leaders_of(uow.connection, uow.org_id, {(row.owner_id, row.unit_id) for row in sent}) if sent else {}
    hearing.news += [
        News(
            leader,
            topic,
            occurrence=plans[row.id].n,
            since=from_ms(plans[row.id].at),
            subject_collection="day_plans",
            subject_id=row.id,
            params={"owner_id": row.owner_id, "plan_on": row.plan_on.isoformat()},
        )
        for row in sent
        for leader in sorted(leaders[row.owner_id, row.unit_id] - {plans[row.id].actor_id})
    ]
