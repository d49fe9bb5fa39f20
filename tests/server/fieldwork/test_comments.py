"""Comments on visits: who may say and read something, and where it goes when its visit goes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.core.problems import Refused
from server.fieldwork import operations
from server.fieldwork.models import Visit, VisitComment
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import Door, Office, shanghai, statements
from tests.support.syncing import Queue, pull_all, push, told

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


@pytest.fixture
def door(office: Office, tmp_path: Path) -> Door:
    return office.door(tmp_path)


def _say(office: Office, who: str, visit: str, text: str = "带上户型图") -> str:
    return office.make(who, operations.add_comment, visit_id=visit, text=text)


def _holds(office: Office, who: str) -> set[str]:
    held: set[str] = pull_all(office.database, office.actor(who)).ids("visit_comments")
    return held


def _push(office: Office, who: str, queue: Queue) -> list[tuple[str, str | None]]:
    applied = push(office.database, office.on_device(who), queue.take(), clock=office.clock)
    return [told(each) for each in applied.decisions]


def test_a_supervisor_comments_without_a_network_and_the_salesperson_answers(office: Office) -> None:
    visit = office.visit(customer_id=office.customer(by="wang"), planned_on=MONDAY)
    hers, his = Queue(), Queue()
    first = hers.create("visit_comments", visit_id=visit, text=" 带上户型图 ")
    assert _push(office, "jie", hers) == [("applied", None)]
    answer = his.create("visit_comments", visit_id=visit, text="好")
    assert _push(office, "wang", his) == [("applied", None)]
    for who in ("wang", "jie", "yang"):
        held = pull_all(office.database, office.actor(who)).of("visit_comments")
        assert {row_id: each["text"] for row_id, each in held.items()} == {first: "带上户型图", answer: "好"}
        assert held[first]["written_by"] == office.users["jie"]
    for who in ("zhao", "na", "hong"):
        assert _holds(office, who) == set()


def test_out_of_reach_is_as_good_as_not_there(office: Office) -> None:
    visit = office.visit(customer_id=office.customer(by="wang"), planned_on=MONDAY)
    for who in ("zhao", "hong"):
        queue = Queue()
        queue.create("visit_comments", visit_id=visit, text="x")
        queue.create("visit_comments", visit_id=new_id(), text="x")
        seen, missing = _push(office, who, queue)
        assert seen == missing == ("rejected", "core.not-found")
    with pytest.raises(Refused, match=r"^customers.text-required$"):
        _say(office, "jie", visit, " ")
    assert office.events("fieldwork.visit-commented") == []


def test_comments_go_with_their_visit_to_whoever_is_to_do_it(office: Office) -> None:
    visit = office.visit("jie", assignee_id=office.users["wang"], planned_on=MONDAY)
    comment = _say(office, "jie", visit)
    assert _holds(office, "wang") == {comment}
    office.do("jie", operations.change_visit, Visit, visit, assignee_id=office.users["zhao"])
    assert (_holds(office, "wang"), _holds(office, "zhao")) == (set(), {comment})


def test_comments_go_with_a_visit_that_is_made_and_reassigned_in_one_push(office: Office) -> None:
    queue = Queue()
    visit = queue.create("visits", place="展厅", assignee_id=office.users["wang"], planned_on="2025-03-03")
    comment = queue.create("visit_comments", visit_id=visit, text="x")
    queue.update("visits", visit, assignee_id=office.users["zhao"])
    assert _push(office, "jie", queue) == [("applied", None)] * 3
    assert (_holds(office, "wang"), _holds(office, "zhao")) == (set(), {comment})


def test_after_a_handover_the_new_owner_reads_them_and_so_does_who_did_the_visit(office: Office) -> None:
    customer = office.customer(by="wang")
    done, planned = office.visit(customer_id=customer), office.visit(customer_id=customer, planned_on=TUESDAY)
    office.start("wang", done, shanghai("09:00"))
    said = {_say(office, "jie", done), _say(office, "jie", planned)}
    office.hand_over([customer], "na")
    assert _holds(office, "na") == _holds(office, "wang") == _holds(office, "hong") == said
    assert _holds(office, "jie") == set()
    office.start("na", planned, shanghai("09:30"))  # from now on it is hers alone
    assert len(_holds(office, "wang")) == 1
    row = office.row(VisitComment, next(iter(_holds(office, "wang"))))
    assert (row.visit_id, row.author_id, row.owner_id) == (done, office.users["wang"], office.users["na"])
    answer = _say(office, "wang", done, "谢谢")  # who did it answers, though the customer is another's by now
    assert answer in _holds(office, "na")


def test_a_handover_and_a_batch_ask_as_much_for_many_visits_as_for_two(office: Office) -> None:
    def cost(size: int) -> tuple[int, int]:
        customer, queue = office.customer(by="wang"), Queue()
        named = ["hong", "yang"] * size
        for visit in [office.visit(customer_id=customer, planned_on=MONDAY) for _ in range(size)]:
            _say(office, "jie", visit)
            queue.update("visits", visit, assignee_id=office.users["zhao"])
            queue.create("visit_comments", visit_id=visit, text="y", mentions=office.users[named.pop()])
        with statements(office.database) as pushed:
            assert set(_push(office, "jie", queue)) == {("applied", None)}
        with statements(office.database) as handed:
            office.hand_over([customer], "na")
        return len(pushed), len(handed)

    cost(1)
    assert cost(2) == cost(12)


def test_the_office_comments_and_reads_by_pages(office: Office, door: Door) -> None:
    visit = office.visit(customer_id=office.customer(by="wang"), planned_on=MONDAY)
    path, row_id = f"/visits/{visit}/comments", new_id()

    def said(who: str, status: int, **values: Any) -> Any:
        answer = door(who, "POST", path, json=values)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    made = said("jie", 201, id=row_id, text=" 带上户型图")
    assert (made["text"], made["written_by"], made["visit_id"]) == ("带上户型图", office.users["jie"], visit)
    assert said("jie", 200, id=row_id, text="带上户型图") == made
    assert said("jie", 409, id=row_id, text="别的")["code"] == "sync.reused-row-id"
    assert said("wang", 409, id=row_id, text="带上户型图")["code"] == "sync.reused-row-id"
    assert said("zhao", 404, text="x")["code"] == "core.not-found"
    others = {said("wang", 201, text=f"第{n}")["id"] for n in range(4)}
    seen, cursor = [], ""
    while True:
        page = door("yang", "GET", f"{path}?limit=2{cursor}").get_json()
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == 5
    assert set(seen) == {row_id, *others}
    assert door("zhao", "GET", path).status_code == 404
