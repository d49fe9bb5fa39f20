"""Tasks: who may ask what of whom, and who may close them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.accounts.models import User
from server.core.access import system_actor
from server.core.problems import Refused
from server.core.uow import unit_of_work
from server.fieldwork import operations
from server.fieldwork.models import Task
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import Door, Office, statements
from tests.support.syncing import Queue, pull_all, push, told

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


@pytest.fixture
def door(office: Office, tmp_path: Path) -> Door:
    return office.door(tmp_path)


def _give(office: Office, who: str = "jie", to: str = "wang", **values: Any) -> str:
    given = {"text": "回访", "due_on": MONDAY, "assignee_id": office.users[to]} | values
    return office.make(who, operations.create_task, **given)


def _holds(office: Office, who: str) -> set[str]:
    held: set[str] = pull_all(office.database, office.actor(who)).ids("tasks")
    return held


def _push(office: Office, who: str, queue: Queue) -> list[tuple[str, str | None]]:
    applied = push(office.database, office.on_device(who), queue.take(), clock=office.clock)
    return [told(each) for each in applied.decisions]


def test_a_supervisor_gives_a_task_and_the_assignee_does_it_both_without_a_network(office: Office) -> None:
    customer = office.customer("王小明", by="wang")
    hers, his = Queue(), Queue()
    task = hers.create(
        "tasks", text=" 回访 ", due_on="2025-03-03", customer_id=customer, assignee_id=office.users["wang"]
    )
    assert _push(office, "jie", hers) == [("applied", None)]
    row = pull_all(office.database, office.actor("wang")).of("tasks")[task]
    assert (row["text"], row["customer_name"], row["state"]) == ("回访", "王小明", "open")
    his.act("tasks", "complete", task, done_note="已回访")
    assert _push(office, "wang", his) == [("applied", None)]
    assert _holds(office, "jie") == _holds(office, "yang") == {task}
    assert _holds(office, "zhao") == _holds(office, "hong") == set()
    ((subject, body),) = office.events("fieldwork.task-closed")
    assert (subject, json.loads(body)) == (task, {"assignee_id": office.users["wang"], "state": "done"})


def test_only_who_may_assign_within_reach_gives_tasks_to_others(office: Office) -> None:
    _give(office, "wang", "wang")
    with pytest.raises(Refused, match=r"^core.function-missing$"):
        _give(office, "wang", "zhao")
    for to in ("na", "sun", "gone"):
        with pytest.raises(Refused, match=r"^fieldwork.assignee-unknown$"):
            _give(office, "jie", to)
    with pytest.raises(Refused, match=r"^core.not-found$"):
        _give(office, customer_id=office.customer(by="na"))


def test_who_asked_changes_and_cancels_and_who_does_it_completes(office: Office) -> None:
    task = _give(office)
    for operation, values in ((operations.change_task, {"due_on": TUESDAY}), (operations.cancel_task, {})):
        with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
            office.do("wang", operation, Task, task, **values)
    office.do("yang", operations.change_task, Task, task, due_on=TUESDAY)
    office.do("jie", operations.change_task, Task, task, assignee_id=office.users["zhao"])
    row = office.row(Task, task)
    assert (row.assignee_id, row.owner_id, row.author_id) == (*[office.users["zhao"]] * 2, office.users["jie"])
    assert (_holds(office, "wang"), _holds(office, "zhao")) == (set(), {task})
    assert len(office.events("fieldwork.task-assigned")) == 2
    for _ in range(2):
        office.do("jie", operations.cancel_task, Task, task)
    assert len(office.events("fieldwork.task-closed")) == 1


@pytest.mark.parametrize("close", [operations.complete_task, operations.cancel_task])
def test_what_is_closed_stays_as_it_is(office: Office, close: Any) -> None:
    task = _give(office)
    office.do("jie", close, Task, task)
    others: set[Callable[..., Task]] = {operations.complete_task, operations.change_task, operations.cancel_task}
    for operation in others - ({close} if close is operations.cancel_task else set()):
        with pytest.raises(Refused, match=r"^fieldwork.task-already-closed$"):
            office.do("jie", operation, Task, task)


def test_what_was_called_off_is_asked_for_again_by_whoever_may_ask_for_it(office: Office) -> None:
    task, done = _give(office), _give(office)
    office.do("jie", operations.cancel_task, Task, task)
    office.do("wang", operations.complete_task, Task, done)
    for who, code in (("wang", "fieldwork.not-yours"), ("hong", "core.not-found")):
        with pytest.raises(Refused, match=rf"^{code}$"):
            office.do(who, operations.reopen_task, Task, task)
    queue = Queue()
    queue.act("tasks", "reopen", task)
    queue.act("tasks", "reopen", task)
    queue.act("tasks", "reopen", done)
    assert _push(office, "yang", queue) == [("applied", None)] * 2 + [("rejected", "fieldwork.task-already-closed")]
    row = office.row(Task, task)
    assert (row.state, row.assignee_id) == ("open", office.users["wang"])
    assert len(office.events("fieldwork.task-assigned")) == 3, "who is to do it is told anew, once"
    office.do("jie", operations.cancel_task, Task, task)
    with unit_of_work(office.database, system_actor(office.org), clock=office.clock) as uow:
        uow.change(uow.must(User, office.users["wang"]), state="disabled")
        uow.commit()
    with pytest.raises(Refused, match=r"^fieldwork.assignee-unknown$"):
        office.do("jie", operations.reopen_task, Task, task)


def test_a_task_stays_with_its_assignee_after_a_handover(office: Office) -> None:
    customer = office.customer(by="wang")
    task = _give(office, customer_id=customer)
    office.hand_over([customer], "na")
    assert (_holds(office, "wang"), _holds(office, "na")) == ({task}, set())


def test_a_batch_reads_no_row_by_itself(office: Office) -> None:
    def cost(size: int) -> int:
        queue = Queue()
        for customer in [office.customer(by="wang") for _ in range(size)]:
            due = {"text": "x", "due_on": "2025-03-03", "customer_id": customer}
            task = queue.create("tasks", **due, assignee_id=office.users["wang"])
            queue.update("tasks", task, assignee_id=office.users["zhao"])
        with statements(office.database) as seen:
            assert set(_push(office, "jie", queue)) == {("applied", None)}
        return len(seen)

    cost(1)
    assert cost(2) == cost(12)


def test_the_office_gives_reads_and_closes_tasks(office: Office, door: Door) -> None:
    def ok(who: str, method: str, path: str, status: int = 200, **values: Any) -> Any:
        answer = door(who, method, path, **({"json": values} if values else {}))
        assert answer.status_code == status, answer.text
        return answer.get_json()

    task_id, wang = new_id(), office.users["wang"]
    given = {"id": task_id, "text": "回访", "due_on": "2025-03-04", "assignee_id": wang}
    made = ok("jie", "POST", "/tasks", 201, **given)
    assert ok("jie", "POST", "/tasks", 200, **given) == made
    assert ok("jie", "POST", "/tasks", 409, **given | {"text": "y"})["code"] == "sync.reused-row-id"
    for stranger in ("yang", "na"):  # known, but not as his: no more is said of it
        mine = given | {"assignee_id": office.users[stranger]}
        assert ok(stranger, "POST", "/tasks", 409, **mine)["code"] == "sync.reused-row-id"
    for unseen in (office.customer(by="na"), new_id()):
        about = {"text": "x", "due_on": "2025-03-04", "assignee_id": wang, "customer_id": unseen}
        assert ok("jie", "POST", "/tasks", 404, **about)["code"] == "core.not-found"
    first = ok("jie", "POST", "/tasks", 201, text="x", due_on="2025-03-03", assignee_id=wang)["id"]
    page = ok("wang", "GET", f"/tasks?state=open&assignee_id={wang}&limit=1")
    rest = ok("wang", "GET", f"/tasks?state=open&assignee_id={wang}&limit=1&cursor={page['next']}")
    assert [each["id"] for each in (*page["items"], *rest["items"])] == [first, task_id]
    assert rest["next"] is None
    assert ok("zhao", "GET", f"/tasks/{first}", 404)["code"] == "core.not-found"
    changed = ok("jie", "PATCH", f"/tasks/{task_id}", text="上门", base=1)
    assert (changed["text"], changed["version"]) == ("上门", 2)
    assert ok("yang", "PATCH", f"/tasks/{task_id}", 409, text="电话", base=1)["code"] == "core.stale"
    assert ok("wang", "POST", f"/tasks/{task_id}/complete", done_note="好")["state"] == "done"
    assert ok("jie", "POST", f"/tasks/{first}/cancel")["state"] == "cancelled"
    assert ok("wang", "POST", f"/tasks/{first}/cancel", 403)["code"] == "fieldwork.not-yours"
    assert ok("wang", "POST", f"/tasks/{first}/reopen", 403)["code"] == "fieldwork.not-yours"
    assert ok("jie", "POST", f"/tasks/{first}/reopen")["state"] == "open"
    assert ok("jie", "POST", f"/tasks/{task_id}/reopen", 409)["code"] == "fieldwork.task-already-closed"
