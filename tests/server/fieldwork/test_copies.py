"""Copies: who takes part in a visit, and to whom a plan or a task is copied, sees exactly what it says, and no more."""

from __future__ import annotations

import dataclasses
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers.deleting.operations import delete_customers, restore_customers
from server.customers.functions import DELETE, READ
from server.fieldwork import operations
from server.fieldwork.copies.models import Copy
from server.fieldwork.copies.people import settle_people
from server.fieldwork.models import DayPlan, Task, Visit
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import Door, Office, shanghai, statements
from tests.support.syncing import Queue, Wire, pull_all, push, told

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


def _held(office: Office, who: str) -> list[Wire]:
    """What his device holds of others' work."""
    return sorted(
        pull_all(office.database, office.actor(who)).of("copies").values(), key=lambda each: str(each["text"])
    )


def _push(office: Office, who: str, queue: Queue) -> list[tuple[str, str | None]]:
    applied = push(office.database, office.on_device(who), queue.take(), clock=office.clock)
    return [told(each) for each in applied.decisions]


def test_who_takes_part_sees_the_line_in_his_own_day_and_the_customer_stays_out_of_his_reach(office: Office) -> None:
    customer, queue = office.customer("王小明", by="wang"), Queue()
    na, sun = office.users["na"], office.users["sun"]
    visit = queue.create(
        "visits", customer_id=customer, planned_on="2025-03-03", purpose="看房", importance=3, people=f"{sun} {na}"
    )
    assert _push(office, "wang", queue) == [("applied", None)]
    for who in ("na", "sun"):
        (copy,) = _held(office, who)
        assert (copy["visit_id"], copy["from_id"], copy["day_on"]) == (visit, office.users["wang"], "2025-03-03")
        assert (copy["customer_name"], copy["text"], copy["importance"]) == ("王小明", "看房", 3)
        assert not pull_all(office.database, office.actor(who)).ids("visits")
    assert _held(office, "zhao") == _held(office, "wang") == []

    office.do("jie", operations.change_visit, Visit, visit, planned_on=TUESDAY)
    assert [each["day_on"] for each in _held(office, "na")] == ["2025-03-04"]
    office.do("jie", operations.change_visit, Visit, visit, people=na)
    assert (len(_held(office, "na")), _held(office, "sun")) == (1, [])
    office.start("wang", visit, shanghai("09:30"))
    assert [each["state"] for each in _held(office, "na")] == ["in_progress"]
    office.hand_over([customer], "na")
    assert [each["visit_id"] for each in _held(office, "na")] == [visit]


def test_a_plan_is_seen_by_those_it_is_copied_to_once_it_is_sent_with_its_lines_and_what_becomes_of_them(
    office: Office,
) -> None:
    na = office.users["na"]
    plan = office.plan("wang", plan_on=MONDAY, note="城北", copied_to=na)
    first = office.visit("wang", plan_id=plan, customer_id=office.customer("甲", by="wang"), importance=1)
    assert _held(office, "na") == []
    office.do("wang", operations.send_plan, DayPlan, plan)
    (copy,) = _held(office, "na")
    assert (copy["plan_id"], copy["text"], copy["state"]) == (plan, "城北", "sent")
    assert [(each["id"], each["customer_name"]) for each in copy["lines"]] == [(first, "甲")]

    second = office.visit("wang", plan_id=plan, place="展厅", importance=3)
    (copy,) = _held(office, "na")
    assert [each["id"] for each in copy["lines"]] == [second, first]
    office.do("jie", operations.change_visit, Visit, first, planned_on=TUESDAY)
    (copy,) = _held(office, "na")
    assert [each["id"] for each in copy["lines"]] == [second]
    office.do("wang", operations.change_plan, DayPlan, plan, copied_to=None)
    assert _held(office, "na") == []


def test_a_task_copied_to_somebody_is_seen_by_him_to_its_end(office: Office) -> None:
    users = office.users
    asked = {"text": "回访", "due_on": MONDAY, "assignee_id": users["wang"], "copied_to": users["na"]}
    task = office.make("jie", operations.create_task, **asked)
    assert [(each["task_id"], each["state"], each["from_id"]) for each in _held(office, "na")] == [
        (task, "open", users["jie"])
    ]
    office.do("jie", operations.change_task, Task, task, due_on=TUESDAY)
    office.do("wang", operations.complete_task, Task, task)
    assert [(each["day_on"], each["state"]) for each in _held(office, "na")] == [("2025-03-04", "done")]


def test_a_deleted_customer_takes_the_copies_of_his_visits_and_tasks_along(office: Office) -> None:
    users, customer = office.users, office.customer(by="wang")
    about = {"customer_id": customer}
    office.visit("wang", **about, planned_on=MONDAY, people=users["na"])
    office.make("wang", operations.create_task, **about, text="回访", due_on=MONDAY, copied_to=users["na"])
    office.visit("wang", place="展厅", planned_on=MONDAY, people=users["na"])
    assert len(_held(office, "na")) == 3
    yang = office.actor("yang")
    manager = dataclasses.replace(yang, reaches={**yang.reaches, DELETE: yang.reaches[READ]})
    with office.writing(actor=manager) as uow:
        delete_customers(uow, [customer])
        uow.commit()
    assert [each["place"] for each in _held(office, "na")] == ["展厅"]


def test_a_deleted_customer_is_out_of_the_copies_of_plans_and_restored_he_is_in_them_again(office: Office) -> None:
    plan = office.plan("wang", plan_on=MONDAY, copied_to=office.users["na"])
    customer, _ = office.customer("王小明", by="wang"), office.visit("wang", plan_id=plan, planned_on=MONDAY)
    office.visit("wang", plan_id=plan, planned_on=MONDAY, customer_id=customer)
    office.do("wang", operations.send_plan, DayPlan, plan)

    def named() -> list[str | None]:
        (copy,) = _held(office, "na")
        return [each["customer_name"] for each in copy["lines"]]

    yang = office.actor("yang")
    manager = dataclasses.replace(yang, reaches={**yang.reaches, DELETE: yang.reaches[READ]})
    for how, left in ((delete_customers, [None]), (restore_customers, [None, "王小明"])):
        with office.writing(actor=manager) as uow:
            how(uow, [customer])
            uow.commit()
        assert sorted(named(), key=str) == left
    assert office.events("fieldwork.copy-changed") == [], "nobody is told"


def test_only_whoever_may_change_the_row_names_people_and_only_active_colleagues(office: Office) -> None:
    visit = office.visit("wang", planned_on=MONDAY)
    plan = office.plan("wang", plan_on=MONDAY)
    for operation, row, row_id, values in (
        (operations.change_visit, Visit, visit, {"people": office.users["na"]}),
        (operations.change_plan, DayPlan, plan, {"copied_to": office.users["na"]}),
    ):
        with pytest.raises(Refused, match=r"^(core.not-found|fieldwork.not-yours)$"):
            office.do("zhao", operation, row, row_id, **values)
    for stranger in (office.users["gone"], new_id()):
        with pytest.raises(Refused, match=r"^fieldwork.person-unknown$"):
            office.do("wang", operations.change_visit, Visit, visit, people=stranger)
    assert office.rows(Copy) == []
    queue = Queue()  # of a phone that could not know who has left
    queue.create("day_plans", plan_on="2025-03-04", copied_to=office.users["gone"])
    queue.create("day_plans", plan_on="2025-03-04", copied_to=new_id())
    assert _push(office, "wang", queue) == [("applied", None), ("rejected", "fieldwork.person-unknown")]


@pytest.mark.parametrize("text", ["x", "a b", " ".join(new_id() for _ in range(21))])
def test_what_is_no_list_of_people_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"^fieldwork.people-invalid$"):
        settle_people(text, field="/people")


def test_a_list_of_people_is_one_however_it_was_spelt() -> None:
    one, two = sorted((new_id(), new_id()))
    assert settle_people(f" {two}  {one} {two}", field="/people") == f"{one} {two}"
    assert settle_people(" ", field="/people") is settle_people(None, field="/people") is None


def test_two_who_change_lines_of_one_plan_at_once_leave_a_copy_with_both(office: Office) -> None:
    plan = office.plan("wang", plan_on=MONDAY, copied_to=office.users["na"])
    lines = [office.visit("wang", plan_id=plan, purpose="旧") for _ in range(6)]
    office.do("wang", operations.send_plan, DayPlan, plan)
    start = threading.Barrier(len(lines))

    def change(line: str) -> None:
        start.wait()
        office.do("wang", operations.change_visit, Visit, line, purpose="新")

    threads = [threading.Thread(target=change, args=(each,)) for each in lines]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    (copy,) = _held(office, "na")
    assert [each["text"] for each in copy["lines"]] == ["新"] * 6


def test_a_batch_reads_no_row_by_itself(office: Office) -> None:
    people = f"{office.users['na']} {office.users['zhao']}"

    def cost(size: int) -> int:
        queue = Queue()
        for number in range(size):
            plan = queue.create("day_plans", plan_on="2025-03-03", copied_to=people)
            visit = queue.create("visits", place=f"{number}", plan_id=plan, people=people)
            queue.act("day_plans", "send", plan)
            queue.update("visits", visit, purpose="看房")
            queue.create("tasks", text="x", due_on="2025-03-03", copied_to=people)
        with statements(office.database) as seen:
            assert set(_push(office, "wang", queue)) == {("applied", None)}
        return len(seen)

    cost(1)
    assert cost(2) == cost(12)


def test_the_office_names_people_as_a_list_and_lists_what_was_copied_to_one(office: Office, tmp_path: Path) -> None:
    door: Door = office.door(tmp_path)
    na, wang = office.users["na"], office.users["wang"]

    def ok(who: str, method: str, path: str, status: int = 200, **values: Any) -> Any:
        answer = door(who, method, path, **({"json": values} if values else {}))
        assert answer.status_code == status, answer.text
        return answer.get_json()

    visit = ok("wang", "POST", "/visits", 201, place="展厅", planned_on="2025-03-04", people=[na])
    assert visit["people"] == [na]
    ok("jie", "POST", "/tasks", 201, text="回访", due_on="2025-03-03", assignee_id=wang, copied_to=[na, wang])
    assert ok("wang", "PATCH", f"/visits/{visit['id']}", people=[])["people"] == []
    assert ok("wang", "PATCH", f"/visits/{visit['id']}", people=[na])["people"] == [na]
    assert ok("wang", "POST", "/day-plans", 422, plan_on="2025-03-04", copied_to=[new_id()])["code"] == (
        "fieldwork.person-unknown"
    )
    page = ok("na", "GET", "/copies?limit=1")
    rest = ok("na", "GET", f"/copies?limit=1&cursor={page['next']}")
    assert [(each["text"], each["day_on"]) for each in (*page["items"], *rest["items"])] == [
        ("回访", "2025-03-03"),
        (None, "2025-03-04"),
    ]
    assert [each["visit_id"] for each in ok("na", "GET", "/copies?from=2025-03-04&to=2025-03-04")["items"]] == [
        visit["id"]
    ]
    assert ok("zhao", "GET", "/copies")["items"] == []
