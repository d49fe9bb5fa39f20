"""What becomes of visits, their comments, activities and follow-ups when their customer gets another owner."""

from __future__ import annotations

from collections.abc import Sequence

from server.accounts.models import User
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.models import Customer
from server.fieldwork import events
from server.fieldwork.activities.models import Activity
from server.fieldwork.copies.sharing import share_task, share_visit
from server.fieldwork.models import FollowUp, Task, Visit
from server.fieldwork.operations.comments import follow_visits
from server.fieldwork.places.models import CustomerPlace
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import FollowUpState, VisitState

_AT_ONCE = 1000
"""Customers whose rows are looked up with one statement."""


def follow_customers(uow: UnitOfWork, customers: Sequence[Customer], new_owner: User) -> None:
    """Let visits, activities and follow-ups go with their customers, in the same unit of work (rule F9).

    All of them, and what was said about visits, follow their customer's owner and unit, so that the new owner sees the whole history; the author keeps what
    is his through author_id. What is still to be done and was the former owner's to do becomes the new owner's: planned
    visits leave the former owner's day plan but keep their author, so that what he did before he could know still counts
    in his name. Records VisitReassigned and FollowUpHandedOver for those.
    """
    places = {
        each.id: {"owner_id": each.owner_id, "unit_id": each.unit_id, "project_id": each.project_id}
        for each in customers
    }
    ids = sorted(places)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        visits = uow.find(Visit, c(Visit).customer_id.in_(some))
        for visit in visits:
            former = visit.owner_id
            uow.change(visit, **places[str(visit.customer_id)])
            if visit.state == VisitState.PLANNED and visit.assignee_id == former != new_owner.id:
                share_visit(uow, visit)
                uow.change(visit, assignee_id=new_owner.id, plan_id=None)
                uow.record(events.VisitReassigned(visit.id, former, new_owner.id, by_handover=True))
        follow_visits(uow, visits)
        for activity in uow.find(Activity, c(Activity).customer_id.in_(some)):
            uow.change(activity, **places[activity.customer_id])
        for place in uow.find(CustomerPlace, c(CustomerPlace).customer_id.in_(some)):
            uow.change(place, **places[place.customer_id])
        for follow_up in uow.find(FollowUp, c(FollowUp).customer_id.in_(some)):
            former = follow_up.owner_id
            uow.change(follow_up, **places[follow_up.customer_id])
            if follow_up.state == FollowUpState.OPEN and follow_up.assignee_id == former != new_owner.id:
                uow.change(follow_up, assignee_id=new_owner.id)
                uow.record(events.FollowUpHandedOver(follow_up.id, former, new_owner.id))


def follow_leaver(uow: UnitOfWork, leaver: User, heir: User) -> None:
    """What a leaver had still to do without a customer of his: planned visits, open follow-ups and tasks are the heir's (rule F9).

    Who wrote and asked stays. Records VisitReassigned, FollowUpHandedOver and TaskAssigned.
    """
    visits = uow.find(Visit, c(Visit).assignee_id == leaver.id, c(Visit).state == VisitState.PLANNED.value)
    place = {"owner_id": heir.id, "unit_id": heir.unit_id}
    for visit in visits:
        share_visit(uow, visit)
        uow.change(visit, assignee_id=heir.id, plan_id=None, **(place if visit.customer_id is None else {}))
        uow.record(events.VisitReassigned(visit.id, leaver.id, heir.id, by_handover=True))
    follow_visits(uow, visits)
    f, t = c(FollowUp), c(Task)
    for follow_up in uow.find(FollowUp, f.assignee_id == leaver.id, f.state == FollowUpState.OPEN.value):
        uow.change(follow_up, assignee_id=heir.id)
        uow.record(events.FollowUpHandedOver(follow_up.id, leaver.id, heir.id))
    for task in uow.find(Task, t.assignee_id == leaver.id, t.state == TaskState.OPEN.value):
        share_task(uow, task)
        uow.change(task, assignee_id=heir.id, **place)
        uow.record(events.TaskAssigned(task.id, heir.id, task.customer_id, task.due_on))
