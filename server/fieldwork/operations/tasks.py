"""Tasks: what one person asks of another, or of himself, by a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.fieldwork import events
from server.fieldwork.copies.sharing import check_people, share_task
from server.fieldwork.models import Task
from server.fieldwork.operations.belonging import assignee_of, belongs_to, must_direct
from server.fieldwork.operations.changes import changes_of
from server.fieldwork.settling import settle_follow_up
from server.fieldwork.task_states import TaskState, check_open


def create_task(uow: UnitOfWork, task_id: str, values: Mapping[str, Any]) -> Task:
    """Ask something of somebody. values: text, due_on, customer_id?, assignee_id? (whoever acts unless named), copied_to?.

    Records TaskAssigned. Raises Refused NOT_FOUND (customer), ASSIGNEE_UNKNOWN, FORBIDDEN_FUNCTION, TEXT_REQUIRED,
    PEOPLE_INVALID, PERSON_UNKNOWN.
    """
    values = settle_follow_up(values)
    assignee = assignee_of(uow, values.get("assignee_id"))
    customer_id = values.get("customer_id")
    customer = None if customer_id is None else customers.accept_fact_for(uow, customer_id)
    task = uow.add(
        Task(
            id=task_id,
            author_id=uow.actor.user_id,
            assignee_id=assignee.id,
            **belongs_to(None, assignee),
            customer_id=customer_id,
            customer_name=None if customer is None else customer.name,
            due_on=values["due_on"],
            text=values["text"],
            copied_to=check_people(uow, values.get("copied_to"), before=None, field="/copied_to"),
        )
    )
    share_task(uow, task)
    uow.record(events.TaskAssigned(task.id, assignee.id, customer_id, task.due_on))
    return task


def change_task(uow: UnitOfWork, task: Task, values: Mapping[str, Any]) -> Task:
    """Change text, day, whose it is or who else sees it, while it is open: by who asked, or whoever may assign within reach.

    Records TaskChanged, and TaskAssigned when it goes to another. Raises Refused NOT_YOURS, TASK_CLOSED,
    ASSIGNEE_UNKNOWN, FORBIDDEN_FUNCTION, TEXT_REQUIRED, PEOPLE_INVALID, PERSON_UNKNOWN.
    """
    must_direct(uow, task, task.author_id)
    check_open(task.state)
    values = settle_follow_up(values)
    wanted: dict[str, Any] = {name: values[name] for name in ("text", "due_on", "copied_to") if name in values}
    if "copied_to" in wanted:
        check_people(uow, wanted["copied_to"], before=task.copied_to, field="/copied_to")
    goes = values.get("assignee_id", task.assignee_id) != task.assignee_id
    if goes:
        assignee = assignee_of(uow, values["assignee_id"])
        wanted |= {"assignee_id": assignee.id, **belongs_to(None, assignee)}
    if changes := changes_of(uow, task, wanted):
        share_task(uow, task)
        uow.change(task, **wanted)
        share_task(uow, task)
        uow.record(events.TaskChanged(task.id, changes))
    if goes:
        uow.record(events.TaskAssigned(task.id, task.assignee_id, task.customer_id, task.due_on))
    return task


def complete_task(uow: UnitOfWork, task: Task, values: Mapping[str, Any]) -> Task:
    """Done. values: done_at? (claimed; now unless told), done_note?. By its assignee, who asked, or who may assign.

    Records TaskClosed. Raises Refused NOT_YOURS, TASK_CLOSED.
    """
    if uow.actor.user_id != task.assignee_id:
        must_direct(uow, task, task.author_id)
    check_open(task.state)
    values = settle_follow_up(values)
    done_at = values.get("done_at") or uow.now
    uow.change(task, state=TaskState.DONE.value, done_at=done_at, done_note=values.get("done_note"))
    share_task(uow, task)
    uow.record(events.TaskClosed(task.id, task.assignee_id, task.state))
    return task


def cancel_task(uow: UnitOfWork, task: Task, _values: Mapping[str, Any] | None = None) -> Task:
    """Not wanted any more; a second time changes nothing. By who asked, or whoever may assign within reach.

    Records TaskClosed. Raises Refused NOT_YOURS, TASK_CLOSED.
    """
    must_direct(uow, task, task.author_id)
    if task.state != TaskState.CANCELLED:
        check_open(task.state)
        uow.change(task, state=TaskState.CANCELLED.value)
        share_task(uow, task)
        uow.record(events.TaskClosed(task.id, task.assignee_id, task.state))
    return task


def reopen_task(uow: UnitOfWork, task: Task, _values: Mapping[str, Any] | None = None) -> Task:
    """Ask again for what was called off; of an open one it changes nothing. By who asked, or whoever may assign within reach.

    It is a new asking: whoever is to do it is one to whom the actor may give it now. Records TaskAssigned. Raises Refused
    NOT_YOURS, TASK_CLOSED when it was done, ASSIGNEE_UNKNOWN, FORBIDDEN_FUNCTION.
    """
    must_direct(uow, task, task.author_id)
    if task.state == TaskState.CANCELLED:
        assignee = assignee_of(uow, task.assignee_id)
        uow.change(task, state=TaskState.OPEN.value, **belongs_to(None, assignee))
        share_task(uow, task)
        uow.record(events.TaskAssigned(task.id, assignee.id, task.customer_id, task.due_on))
    check_open(task.state)
    return task
