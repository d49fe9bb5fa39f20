"""Reminders: due in the person's zone, once, and only while there is something to be reminded of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from notifications.models import Notice
from notifications.operations import finish_notice, read_notice, snooze_notice
from notifications.reminders import REMIND
from notifications.topics import FOLLOW_UP_DUE, TASK_ASSIGNED, TASK_CALLED_OFF, TASK_DUE
from server.accounts.operations import staff
from server.customers.operations import hand_over_customers
from server.fieldwork import operations as fieldwork
from server.fieldwork.models import Task
from sync_protocol.ids import new_id
from tests.notifications.scene import Desk, shanghai

TUESDAY = date(2025, 3, 4)


def test_a_follow_up_due_on_a_day_is_reminded_of_at_nine_in_the_persons_zone(desk: Desk) -> None:
    desk.follow_up("wang", due_on=TUESDAY)
    desk.work_until(shanghai("08:59", 4), timedelta(hours=1))
    assert desk.inbox("wang") == []
    desk.work_until(shanghai("09:00", 4))
    (notice,) = desk.inbox("wang")
    assert (notice.topic, notice.state, notice.customer_name) == (FOLLOW_UP_DUE, "unread", "王小明")
    assert notice.subject_collection == "follow_ups"
    assert notice.params["due_on"] == "2025-03-04"
    desk.work_until(shanghai("23:00", 5), timedelta(hours=1))
    assert len(desk.inbox("wang")) == 1


@pytest.mark.parametrize(("zone", "hours"), [("Europe/London", 9), ("Asia/Tokyo", 0), ("America/New_York", 14)])
def test_it_is_the_persons_zone_and_not_the_organisations(desk: Desk, zone: str, hours: int) -> None:
    desk.move("wang", zone)
    desk.follow_up("wang", due_on=TUESDAY)
    desk.work()
    (job,) = desk.jobs(REMIND, "waiting")
    assert job.due_at == shanghai("08:00", 4) + timedelta(hours=hours)


def test_an_exact_time_is_reminded_of_as_long_before_as_he_wants(desk: Desk) -> None:
    desk.wish("wang", lead_minutes=15)
    desk.follow_up("wang", due_at=shanghai("14:00"))
    desk.work_until(shanghai("13:44"), timedelta(minutes=30))
    assert desk.inbox("wang") == []
    desk.work_until(shanghai("13:45"))
    (notice,) = desk.inbox("wang")
    assert notice.due_at == shanghai("14:00")


def test_moved_it_is_reminded_of_at_the_new_time_alone(desk: Desk) -> None:
    follow_up = desk.follow_up("wang", due_at=shanghai("14:00"))
    desk.work()
    desk.change(follow_up, fieldwork.change_follow_up, due_at=shanghai("16:00"))
    desk.work_until(shanghai("15:59"), timedelta(minutes=30))
    assert desk.inbox("wang") == []
    desk.work_until(shanghai("16:00"))
    assert len(desk.inbox("wang")) == 1
    desk.change(follow_up, fieldwork.change_follow_up, due_at=shanghai("11:00", 4))
    desk.work()
    assert [each.state for each in desk.inbox("wang")] == ["done"]
    desk.work_until(shanghai("11:00", 4), timedelta(hours=1))
    assert [each.state for each in desk.inbox("wang")] == ["done", "unread"]


@pytest.mark.parametrize("end", [fieldwork.complete_follow_up, fieldwork.cancel_follow_up, fieldwork.delete_follow_up])
def test_what_is_over_is_not_reminded_of(desk: Desk, end: object) -> None:
    before, after = (desk.follow_up("wang", due_at=shanghai(each)) for each in ("14:00", "12:00"))
    desk.work_until(shanghai("12:00"), timedelta(minutes=30))
    assert [each.state for each in desk.inbox("wang")] == ["unread"]
    for each in (before, after):
        desk.change(each, end)
    desk.work_until(shanghai("15:00"), timedelta(minutes=30))
    assert [each.state for each in desk.inbox("wang")] == ["done"]


def test_it_goes_with_the_customer_to_his_new_owner(desk: Desk) -> None:
    customer = desk.customer("wang")
    desk.follow_up("wang", customer, due_at=shanghai("14:00"))
    desk.follow_up("wang", customer, due_at=shanghai("11:00"))
    desk.work_until(shanghai("11:30"), timedelta(minutes=30))
    with desk.services.writing(desk.company.actor("boss")) as uow:
        hand_over_customers(uow, [customer], desk.company.users["na"], "moves west")
        uow.commit()
    desk.work_until(shanghai("14:00"), timedelta(minutes=30))
    assert [(each.topic, each.state) for each in desk.inbox("wang")] == [(FOLLOW_UP_DUE, "done")]
    assert sorted(each.topic for each in desk.inbox("na")) == ["customers.handed-over", FOLLOW_UP_DUE, FOLLOW_UP_DUE]


def test_somebody_who_left_is_told_nothing(desk: Desk) -> None:
    desk.follow_up("wang", due_at=shanghai("14:00"))
    desk.work()
    with desk.company.writing() as uow:
        staff.disable_user(uow, desk.company.users["wang"])
        uow.commit()
    desk.work_until(shanghai("14:00"), timedelta(minutes=30))
    assert desk.inbox("wang") == []


def test_what_was_due_long_before_it_came_is_not_reminded_of_and_what_was_due_today_is(desk: Desk) -> None:
    desk.follow_up("wang", due_on=date(2025, 2, 20))
    desk.follow_up("wang", due_on=date(2025, 3, 3))  # it is ten o'clock of that day
    desk.work()
    assert [each.params["due_on"] for each in desk.inbox("wang")] == ["2025-03-03"]


def test_put_off_it_comes_back_once_and_read_again_it_stays(desk: Desk) -> None:
    desk.follow_up("wang", due_at=shanghai("11:00"))
    desk.work_until(shanghai("11:00"))
    (notice,) = desk.inbox("wang")
    desk.do("wang", snooze_notice, Notice, notice.id, until=shanghai("12:00"))
    desk.do("wang", snooze_notice, Notice, notice.id, until=shanghai("13:00"))
    desk.work_until(shanghai("12:59"), timedelta(minutes=30))
    assert [each.state for each in desk.inbox("wang")] == ["snoozed"]
    desk.work_until(shanghai("13:00"))
    assert [each.state for each in desk.inbox("wang")] == ["unread"]
    desk.do("wang", snooze_notice, Notice, notice.id, until=shanghai("14:00"))
    desk.do("wang", finish_notice, Notice, notice.id)
    desk.do("wang", read_notice, Notice, notice.id)
    desk.do("wang", snooze_notice, Notice, notice.id, until=shanghai("15:00"))
    desk.work_until(shanghai("15:00"), timedelta(minutes=30))
    assert [each.state for each in desk.inbox("wang")] == ["done"]


def test_a_year_ahead_is_planned_and_survives_a_move_to_another_zone(desk: Desk) -> None:
    desk.follow_up("wang", due_on=date(2026, 3, 3))
    desk.work()
    desk.wish("wang", remind_at="08:15")
    desk.move("wang", "Asia/Tokyo")
    desk.work()
    desk.at(shanghai("07:15") + timedelta(days=365))
    desk.work()
    assert len(desk.inbox("wang")) == 1
    desk.at(shanghai("23:00") + timedelta(days=365))
    desk.work()
    assert len(desk.inbox("wang")) == 1


def _task(desk: Desk, by: str, to: str, due_on: date) -> str:
    task_id = new_id()
    with desk.services.writing(desk.company.actor(by)) as uow:
        given = {"text": "送合同", "due_on": due_on, "assignee_id": desk.company.users[to]}
        fieldwork.create_task(uow, task_id, given)
        uow.commit()
    return task_id


def _told(desk: Desk, who: str) -> list[tuple[str, str | None, str]]:
    return [(each.topic, each.subject_id, each.state) for each in desk.inbox(who)]


def test_a_task_is_reminded_of_on_its_day_while_it_is_open_and_his(desk: Desk) -> None:
    kept, done, moved = (_task(desk, "jie", "wang", TUESDAY) for _ in range(3))
    desk.work()
    desk.do("wang", fieldwork.complete_task, Task, done)
    desk.do("jie", fieldwork.change_task, Task, moved, assignee_id=desk.company.users["zhao"])
    desk.work_until(shanghai("08:59", 4), timedelta(hours=4))
    assert {topic for topic, _, _ in _told(desk, "wang") + _told(desk, "zhao")} == {TASK_ASSIGNED}
    desk.work_until(shanghai("09:00", 4))
    assert [each for each in _told(desk, "wang") if each[0] == TASK_DUE] == [(TASK_DUE, kept, "unread")]
    assert (TASK_DUE, moved, "unread") in _told(desk, "zhao")
    desk.do("wang", fieldwork.complete_task, Task, kept)
    desk.do("jie", fieldwork.change_task, Task, moved, due_on=date(2025, 3, 6))
    desk.work()
    assert [each[2] for each in _told(desk, "wang") + _told(desk, "zhao") if each[0] == TASK_DUE] == ["done", "done"]
    desk.work_until(shanghai("09:00", 6), timedelta(hours=12))
    assert (TASK_DUE, moved, "unread") in _told(desk, "zhao")
    desk.do("jie", fieldwork.cancel_task, Task, moved)
    desk.work()
    assert _told(desk, "zhao")[-1] == (TASK_CALLED_OFF, moved, "unread")
    assert (TASK_DUE, moved, "unread") not in _told(desk, "zhao")


def test_a_task_given_on_its_day_after_nine_is_told_once_and_moved_to_today_it_is_due(desk: Desk) -> None:
    _task(desk, "jie", "wang", date(2025, 3, 3))  # it is ten o'clock of that day
    later = _task(desk, "wang", "wang", TUESDAY)
    desk.work()
    assert [topic for topic, _, _ in _told(desk, "wang")] == [TASK_ASSIGNED]
    desk.do("jie", fieldwork.change_task, Task, later, due_on=date(2025, 3, 3))
    desk.work()
    assert _told(desk, "wang")[1:] == [(TASK_DUE, later, "unread")]
