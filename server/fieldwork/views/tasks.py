"""/api/v1/tasks: list what is to be done, give, change, complete, cancel."""

from __future__ import annotations

from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.problems import NOT_FOUND, STALE
from server.customers.rules import TEXT_REQUIRED
from server.fieldwork import operations
from server.fieldwork.copies.sharing import PERSON_UNKNOWN
from server.fieldwork.follow_up_schemas import CompleteIn
from server.fieldwork.functions import READ, WRITE
from server.fieldwork.models import Task
from server.fieldwork.operations.belonging import ASSIGNEE_UNKNOWN, NOT_YOURS
from server.fieldwork.settling import settle_follow_up
from server.fieldwork.task_queries import TaskFilters, get_task, task_page
from server.fieldwork.task_schemas import TaskIn, TaskOut, TaskPatch, TaskQuery
from server.fieldwork.task_states import TASK_CLOSED
from server.fieldwork.views.answers import REUSED_ID, page, refuse_stale, refuse_unless_same, repeated
from sync_protocol.ids import new_id

TASKS = Blueprint("tasks", __name__, url_prefix="/api/v1/tasks", description="What somebody is asked to do, by a day.")
_FIELD_PROBLEMS = (ASSIGNEE_UNKNOWN, PERSON_UNKNOWN, TEXT_REQUIRED)


@TASKS.route("", methods=["GET"])
@requires(READ)
@TASKS.arguments(TaskQuery, location="query")
@TASKS.response(200, page_of(TaskOut))
def list_tasks(query: dict[str, Any]) -> dict[str, Any]:
    """Tasks within reach, what is due first at the top, by pages."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor = TaskFilters(**query), current_actor()
    return page(
        "tasks",
        filters,
        cursor,
        lambda connection, after: task_page(connection, actor, filters, after=after, limit=size),
    )


@TASKS.route("", methods=["POST"])
@requires(WRITE)
@TASKS.arguments(TaskIn)
@TASKS.response(201, TaskOut)
@repeated(TASKS, TaskOut)
@TASKS.refuses(*_FIELD_PROBLEMS, REUSED_ID, NOT_FOUND)
def create_task(values: dict[str, Any]) -> tuple[Task, int]:
    """Give a task. With an `id`, sending the same again changes nothing."""
    task_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(Task, task_id)
        if known is None:
            task = operations.create_task(uow, task_id, values)
            uow.commit()
            return task, 201
        refuse_unless_same(uow, known, settle_follow_up(values), known.author_id)
        return known, 200


@TASKS.route("/<id:task_id>", methods=["GET"])
@requires(READ)
@TASKS.response(200, TaskOut)
def read_task(task_id: str) -> Task:
    """One task."""
    with reading() as connection:
        return get_task(connection, current_actor(), task_id)


@TASKS.route("/<id:task_id>", methods=["PATCH"])
@requires(WRITE)
@TASKS.arguments(TaskPatch)
@TASKS.response(200, TaskOut)
@TASKS.refuses(*_FIELD_PROBLEMS, NOT_YOURS, TASK_CLOSED, STALE)
def change_task(values: dict[str, Any], task_id: str) -> Task:
    """Change an open task, or give it to another."""
    base = values.pop("base", None)
    with writing() as uow:
        task = uow.must(Task, task_id, WRITE)
        refuse_stale(uow, task, settle_follow_up(values), base)
        operations.change_task(uow, task, values)
        uow.commit()
    return task


@TASKS.route("/<id:task_id>/complete", methods=["POST"])
@requires(WRITE)
@TASKS.arguments(CompleteIn)
@TASKS.response(200, TaskOut)
@TASKS.refuses(NOT_YOURS, TASK_CLOSED)
def complete_task(values: dict[str, Any], task_id: str) -> Task:
    """Say that it was done."""
    with writing() as uow:
        task = operations.complete_task(uow, uow.must(Task, task_id, WRITE), values)
        uow.commit()
    return task


@TASKS.route("/<id:task_id>/cancel", methods=["POST"])
@requires(WRITE)
@TASKS.response(200, TaskOut)
@TASKS.refuses(NOT_YOURS, TASK_CLOSED)
def cancel_task(task_id: str) -> Task:
    """Say that it is not wanted any more. A second time changes nothing."""
    with writing() as uow:
        task = operations.cancel_task(uow, uow.must(Task, task_id, WRITE))
        uow.commit()
    return task


@TASKS.route("/<id:task_id>/reopen", methods=["POST"])
@requires(WRITE)
@TASKS.response(200, TaskOut)
@TASKS.refuses(NOT_YOURS, TASK_CLOSED, ASSIGNEE_UNKNOWN)
def reopen_task(task_id: str) -> Task:
    """Ask again for what was called off. A second time changes nothing."""
    with writing() as uow:
        task = operations.reopen_task(uow, uow.must(Task, task_id, WRITE))
        uow.commit()
    return task
