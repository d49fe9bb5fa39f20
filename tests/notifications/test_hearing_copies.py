"""What people hear of others' visits, plans and tasks that name them, and who asked of the end of a task."""

from __future__ import annotations

from notifications.models import Notice
from notifications.operations import read_notice
from notifications.topics import (
    PLAN_CHANGED,
    PLAN_SENT,
    TASK_ASSIGNED,
    TASK_CHANGED,
    TASK_CLOSED,
    TASK_COPIED,
    VISIT_SHARED,
)
from server.fieldwork import operations as fieldwork
from server.fieldwork.models import DayPlan, Task, Visit
from tests.notifications.scene import Desk, shanghai
from tests.notifications.test_hearing import DAY, make, topics


def test_who_takes_part_is_told_when_he_is_named_and_when_it_moves_and_not_that_it_goes_on(desk: Desk) -> None:
    users = desk.company.users
    visit = make(
        desk, "wang", fieldwork.create_visit, place="展厅", planned_on=DAY, people=f"{users['na']} {users['wang']}"
    )
    desk.work()
    (notice,) = desk.inbox("na")
    assert (notice.topic, notice.subject_collection) == (VISIT_SHARED, "copies")
    assert notice.params == {"by_id": users["wang"], "day_on": DAY.isoformat()}
    assert topics(desk, "wang") == []
    desk.do("na", read_notice, Notice, notice.id)
    desk.at(shanghai("11:00", 4))
    desk.do("wang", fieldwork.start_visit, Visit, visit, started_at=shanghai("11:00", 4))
    desk.work()
    assert topics(desk, "na") == [VISIT_SHARED]
    other = make(desk, "wang", fieldwork.create_visit, place="工地", planned_on=DAY, people=users["na"])
    desk.work()
    desk.do("na", read_notice, Notice, desk.inbox("na")[-1].id)
    desk.do("jie", fieldwork.cancel_visit, Visit, other)
    desk.work()
    assert topics(desk, "na") == [VISIT_SHARED] * 3


def test_a_plan_is_told_to_those_it_is_copied_to_when_it_is_sent_and_when_it_changes_then_and_once_to_a_leader(
    desk: Desk,
) -> None:
    users = desk.company.users
    plan = make(desk, "wang", fieldwork.create_plan, plan_on=DAY, copied_to=f"{users['jie']} {users['na']}")
    line = make(desk, "wang", fieldwork.create_visit, place="展厅", plan_id=plan)
    desk.work()
    assert topics(desk, "na") == topics(desk, "jie") == []
    desk.do("wang", fieldwork.send_plan, DayPlan, plan)
    desk.work()
    (notice,) = desk.inbox("na")
    assert (notice.topic, notice.subject_collection) == (PLAN_SENT, "copies")
    assert notice.params == {"owner_id": users["wang"], "plan_on": DAY.isoformat()}
    assert topics(desk, "jie") == [PLAN_SENT]
    desk.at(shanghai("11:00", 4))
    desk.do("wang", fieldwork.change_visit, Visit, line, purpose="tea")
    desk.work()
    assert topics(desk, "na") == topics(desk, "jie") == [PLAN_SENT, PLAN_CHANGED]


def test_a_task_is_told_to_those_it_is_copied_to_and_its_end_to_who_asked(desk: Desk) -> None:
    users = desk.company.users
    asked = {"text": "x", "due_on": DAY, "assignee_id": users["wang"], "copied_to": users["na"]}
    task = make(desk, "jie", fieldwork.create_task, **asked)
    desk.work()
    assert (topics(desk, "na"), topics(desk, "wang")) == ([TASK_COPIED], [TASK_ASSIGNED])
    desk.do("wang", fieldwork.complete_task, Task, task, done_note="好")
    desk.work()
    assert topics(desk, "na") == [TASK_COPIED, TASK_CHANGED]
    (notice,) = desk.inbox("jie")
    assert (notice.topic, notice.subject_collection, notice.subject_id) == (TASK_CLOSED, "tasks", task)
    assert notice.params == {"customer_id": None, "state": "done", "by_id": users["wang"]}
    own = make(desk, "jie", fieldwork.create_task, text="y", due_on=DAY)
    desk.do("jie", fieldwork.complete_task, Task, own)
    desk.work()
    assert topics(desk, "jie") == [TASK_CLOSED]
