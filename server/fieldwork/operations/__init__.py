"""What can be done in field work. Operations take the unit of work first and never commit; by topic in the modules beside."""

from __future__ import annotations

from server.fieldwork.operations.comments import add_comment
from server.fieldwork.operations.doing import finish_visit, start_visit
from server.fieldwork.operations.follow_ups import (
    cancel_follow_up,
    change_follow_up,
    complete_follow_up,
    create_follow_up,
    delete_follow_up,
)
from server.fieldwork.operations.handover import follow_customers
from server.fieldwork.operations.plans import cancel_plan, change_plan, create_plan, finish_plan, send_plan
from server.fieldwork.operations.tasks import cancel_task, change_task, complete_task, create_task, reopen_task
from server.fieldwork.operations.visits import (
    cancel_visit,
    change_visit,
    create_visit,
    reopen_visit,
)

__all__ = [
    "add_comment", "cancel_follow_up", "cancel_plan", "cancel_task", "cancel_visit", "change_follow_up", "change_plan",
    "change_task", "change_visit", "complete_follow_up", "complete_task", "create_follow_up", "create_plan", "create_task",
    "create_visit", "delete_follow_up", "finish_plan", "finish_visit", "follow_customers", "reopen_task", "reopen_visit", "send_plan",
    "start_visit",
]  # fmt: skip
