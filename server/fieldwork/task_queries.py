"""SELECTs over tasks; as queries.py. None writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, select

from server.core.access import Actor
from server.core.paging import Key, Page, later, leading, unindexed
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.fieldwork.functions import READ
from server.fieldwork.models import Task
from server.fieldwork.task_states import TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilters:
    """What a list of tasks is narrowed to."""

    assignee_id: str | None = None
    author_id: str | None = None
    customer_id: str | None = None
    state: str | None = None


def task_page(
    connection: Connection, actor: Actor, filters: TaskFilters, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Task], tuple[Key, Key] | None]:
    """One page of tasks, what is due first at the top. after: (due_on as ISO text, id)."""
    t = c(Task)
    wanted, sorting = [t.org_id == actor.org_id], (t.due_on, t.id)
    of = [t[name] == value for name in ("assignee_id", "author_id") if (value := getattr(filters, name)) is not None]
    if filters.customer_id is not None:
        wanted += [t.customer_id == filters.customer_id, *of]
    if filters.state is not None:
        wanted.append((unindexed(t.state) if filters.customer_id else t.state) == filters.state)
    if after is not None:
        wanted.append(later(sorting, (date.fromisoformat(after[0]), after[1])))
    first = Page((*wanted, actor.must(READ).condition(Task)), sorting)
    if filters.customer_id is None:  # as of follow-ups
        states = [] if filters.state else [t.state == each.value for each in TaskState]
        first = leading(actor.must(READ), Task, wanted, sorting, limit + 1, states, [and_(*of)] if of else [])
    rows = connection.execute(first.of(select(*t).where(t.org_id == actor.org_id), limit + 1)).all()
    tasks = [Task(**each._mapping) for each in rows[:limit]]
    return tasks, (tasks[-1].due_on.isoformat(), tasks[-1].id) if len(rows) > limit else None


def get_task(connection: Connection, actor: Actor, task_id: str) -> Task:
    """One task. Raises Refused NOT_FOUND when it is out of reach."""
    t = c(Task)
    within = (t.org_id == actor.org_id, t.id == task_id, actor.must(READ).condition(Task))
    row = connection.execute(select(*t).where(*within)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return Task(**row._mapping)
