"""Which steps a task may take. Pure. Source: docs/rules/fieldwork.md, F12."""

from __future__ import annotations

from enum import StrEnum

from server.core.problems import Refused, problem_type

TASK_CLOSED = problem_type(
    "fieldwork.task-already-closed",
    409,
    zh="这项任务已经结束。",
    en="This task is already closed.",
    doc="It was done or cancelled; what was confirmed first stays. Cancelling it again changes nothing, and a cancelled one "
    "can be reopened.",
)


class TaskState(StrEnum):
    """The states of a task, as stored."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


def check_open(state: str) -> None:
    """Raise Refused TASK_CLOSED unless the task is open."""
    if state != TaskState.OPEN:
        raise Refused(TASK_CLOSED)
