"""Customers' questions: from the visit to the department and back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers.functions import MERGE, WRITE
from server.customers.merging.operations import merge_customers
from server.customers.models import TimelineEntry
from server.fieldwork.questions import operations
from server.fieldwork.questions.models import Question
from server.fieldwork.questions.operations import ANSWERED
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import Door, Office, statements
from tests.support.syncing import Queue, pull_all, push, told


def _ask(office: Office, who: str = "wang", **values: Any) -> str:
    if "customer_id" not in values:
        values["customer_id"] = office.customer(by=who)
    return office.make(who, operations.ask_question, **({"text": "地铁何时通车？", "cannot_answer": True} | values))


def _holds(office: Office, who: str) -> set[str]:
    held: set[str] = pull_all(office.database, office.actor(who)).ids("questions")
    return held


def _push(office: Office, who: str, queue: Queue) -> list[tuple[str, str | None]]:
    applied = push(office.database, office.on_device(who), queue.take(), clock=office.clock)
    return [told(each) for each in applied.decisions]


def test_a_question_asked_without_a_network_comes_back_answered_on_the_customers_timeline(office: Office) -> None:
    customer, his, theirs = office.customer("王小明", by="wang"), Queue(), Queue()
    visit = his.create("visits", customer_id=customer, place="展厅")
    asked = {"customer_id": customer, "visit_id": visit, "text": " 地铁何时通车？ ", "asked_at": 1_740_967_200_000}
    question = his.create("questions", **asked, cannot_answer=True)
    assert _push(office, "wang", his) == [("applied", None)] * 2
    row = pull_all(office.database, office.actor("yang")).of("questions")[question]
    assert (row["text"], row["customer_name"], row["state"]) == ("地铁何时通车？", "王小明", "open")
    assert (row["department_id"], row["due_on"]) == (office.units["sales"], "2025-03-05")
    theirs.act("questions", "pass_on", question, department_id=office.units["south"])
    assert _push(office, "yang", theirs) == [("applied", None)]
    office.do("boss", operations.answer_question, Question, question, answer=" 明年六月。 ")
    (line,) = office.rows(TimelineEntry, customer_id=customer, kind=ANSWERED)
    assert (line.subject_id, line.done_by) == (question, office.users["sun"])
    assert json.loads(json.dumps(line.params)) == {"question": "地铁何时通车？", "answer": "明年六月。"}
    ((subject, body),) = office.events("fieldwork.question-answered")
    assert (subject, json.loads(body)["answered_by"]) == (question, office.users["sun"])
    assert pull_all(office.database, office.actor("wang")).of("questions")[question]["answer"] == "明年六月。"


_ACTIVITY = {"kind": "presales", "channel": "call_in", "text": "来电"}
_ASKED_ON: dict[str, tuple[str, dict[str, Any]]] = {
    "activity_id": ("activities", _ACTIVITY),
    "reception_id": ("receptions", {"channel": "visit"}),
}


@pytest.mark.parametrize("where", _ASKED_ON)
def test_asked_in_a_call_or_at_a_reception_it_comes_back_too_also_from_who_lost_the_customer(
    office: Office, where: str
) -> None:
    customer, other, his = office.customer(by="wang"), office.customer(by="wang"), Queue()
    collection, said = _ASKED_ON[where]
    about = his.create(collection, customer_id=customer, **said)
    question = his.create("questions", customer_id=customer, text="学区？", cannot_answer=True, **{where: about})
    his.create("questions", customer_id=other, text="学区？", **{where: about})
    office.hand_over([customer], "na")  # before his device comes back
    assert _push(office, "wang", his) == [("applied", None)] * 2 + [("rejected", "core.not-found")]
    assert getattr(office.row(Question, question), where) == about
    office.do("boss", operations.answer_question, Question, question, answer="实验小学")
    assert [each.subject_id for each in office.rows(TimelineEntry, customer_id=customer, kind=ANSWERED)] == [question]
    with pytest.raises(Refused, match=r"^core.not-found$"):
        _ask(office, "zhao", **{where: about})


def test_who_noted_it_who_has_the_customer_and_the_department_see_it_and_nobody_else(office: Office) -> None:
    customer = office.customer(by="wang")
    question = _ask(office, customer_id=customer)
    assert [who for who in ("wang", "zhao", "na", "jie", "hong", "yang") if question in _holds(office, who)] == [
        "wang",
        "jie",
        "yang",
    ]
    office.do("wang", operations.pass_on_question, Question, question, department_id=office.units["west"])
    assert question in _holds(office, "hong")  # leads West, and sees neither customer nor visit of it
    assert not pull_all(office.database, office.actor("hong")).ids("customers")
    office.hand_over([customer], "na")
    assert question in _holds(office, "wang") & _holds(office, "na") & _holds(office, "hong")
    assert question not in _holds(office, "jie")
    row = office.row(Question, question)
    assert (row.owner_id, row.unit_id, row.author_id) == (
        office.users["na"],
        office.units["west"],
        office.users["wang"],
    )


def test_a_question_goes_along_when_its_customer_is_merged(office: Office) -> None:
    kept, gone = office.customer("王小明", by="na"), office.customer("王晓明", by="wang")
    question = _ask(office, customer_id=gone)
    office.people["yang"].reaches[MERGE] = office.actor("yang").reach(WRITE)  # type: ignore[index]
    with office.writing("yang") as uow:
        merge_customers(uow, kept, gone)
        uow.commit()
    row = office.row(Question, question)
    assert (row.customer_id, row.owner_id, row.author_id) == (kept, office.users["na"], office.users["wang"])


def test_a_question_that_can_be_answered_waits_for_nobody(office: Office) -> None:
    question = _ask(office, cannot_answer=False)
    row = office.row(Question, question)
    assert (row.department_id, row.due_on, row.cannot_answer) == (None, None, False)
    assert question not in _holds(office, "hong")
    office.do("wang", operations.answer_question, Question, question, answer="有。")
    assert office.row(Question, question).answered_by == office.users["wang"]


@pytest.mark.parametrize("close", ["answer", "withdraw"])
def test_what_is_closed_stays_as_it_is(office: Office, close: str) -> None:
    question = _ask(office)
    steps: dict[str, tuple[Any, dict[str, Any]]] = {
        "answer": (operations.answer_question, {"answer": "是"}),
        "withdraw": (operations.withdraw_question, {}),
        "pass on": (operations.pass_on_question, {"department_id": office.units["south"]}),
    }
    first, values = steps[close]
    office.do("wang", first, Question, question, **values)
    for name, (operation, values) in steps.items():
        if name == close == "withdraw":
            office.do("wang", operation, Question, question, **values)
            continue
        with pytest.raises(Refused, match=r"^fieldwork.question-already-closed$"):
            office.do("wang", operation, Question, question, **values)
    assert len(office.events("fieldwork.question-withdrawn")) == (close == "withdraw")


def test_nobody_asks_about_strangers_nor_passes_to_what_is_no_unit(office: Office) -> None:
    theirs = office.customer(by="na")
    with pytest.raises(Refused, match=r"^core.not-found$"):
        _ask(office, customer_id=theirs)
    with pytest.raises(Refused, match=r"^core.not-found$"):
        _ask(office, customer_id=office.customer(by="wang"), visit_id=office.visit("na", customer_id=theirs))
    question = _ask(office)
    with pytest.raises(Refused, match=r"^fieldwork.department-unknown$"):
        office.do("wang", operations.pass_on_question, Question, question, department_id=new_id())
    with pytest.raises(Refused, match=r"^core.not-found$"):
        office.do("na", operations.withdraw_question, Question, question)
    with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
        office.do("jie", operations.withdraw_question, Question, question)
    for blank in ("", " "):
        with pytest.raises(Refused, match=r"^customers.text-required$"):
            _ask(office, text=blank)
        with pytest.raises(Refused, match=r"^customers.text-required$"):
            office.do("wang", operations.answer_question, Question, question, answer=blank)


def test_passing_to_where_it_is_changes_nothing_and_elsewhere_begins_the_days_anew(office: Office) -> None:
    question = _ask(office)
    office.do("wang", operations.pass_on_question, Question, question, department_id=office.units["sales"])
    assert len(office.events("fieldwork.question-passed-on")) == 1
    office.clock.at += timedelta(days=4)
    office.do("wang", operations.pass_on_question, Question, question, department_id=office.units["south"])
    assert office.row(Question, question).due_on == date(2025, 3, 11)


def test_a_batch_reads_no_row_by_itself(office: Office) -> None:
    def cost(size: int) -> int:
        queue = Queue()
        for customer in [office.customer(by="wang") for _ in range(size)]:
            asked = queue.create("questions", customer_id=customer, text="？", cannot_answer=True)
            queue.act("questions", "pass_on", asked, department_id=office.units["south"])
            queue.act("questions", "answer", asked, answer="好")
        with statements(office.database) as seen:
            assert set(_push(office, "wang", queue)) == {("applied", None)}
        return len(seen)

    cost(1)
    assert cost(2) == cost(12)


def test_the_office_lists_the_queue_of_a_department_and_what_is_overdue(office: Office, door: Door) -> None:
    def ok(who: str, method: str, path: str, status: int = 200, **values: Any) -> Any:
        answer = door(who, method, path, **({"json": values} if values else {}))
        assert answer.status_code == status, answer.text
        return answer.get_json()

    customer, question_id = office.customer(by="wang"), new_id()
    given = {"id": question_id, "customer_id": customer, "text": "学区？", "cannot_answer": True}
    made = ok("wang", "POST", "/questions", 201, **given)
    assert made["department_id"] == office.units["sales"]
    assert ok("wang", "POST", "/questions", 200, **given) == made
    assert ok("wang", "POST", "/questions", 409, **given | {"text": "x"})["code"] == "sync.reused-row-id"
    later = ok("wang", "POST", "/questions", 201, customer_id=customer, text="车位？")["id"]
    queue = f"/questions?department_id={office.units['sales']}&state=open"
    assert [each["id"] for each in ok("yang", "GET", queue)["items"]] == [question_id]
    page = ok("wang", "GET", f"/questions?customer_id={customer}&limit=1")
    rest = ok("wang", "GET", f"/questions?customer_id={customer}&limit=1&cursor={page['next']}")
    assert [each["id"] for each in (*page["items"], *rest["items"])] == [later, question_id]
    assert ok("yang", "GET", "/questions?overdue=true")["items"] == []
    office.clock.at += timedelta(days=3)
    (late,) = ok("yang", "GET", "/questions?overdue=true&limit=1")["items"]
    assert (late["id"], late["is_overdue"], late["due_on"]) == (question_id, True, "2025-03-05")
    assert ok("wang", "GET", f"/questions/{question_id}")["is_overdue"] is True
    assert ok("zhao", "GET", f"/questions/{question_id}", 404)["code"] == "core.not-found"
    passed = ok("yang", "POST", f"/questions/{question_id}/pass-on", department_id=office.units["south"])
    assert (passed["due_on"], passed["is_overdue"]) == ("2025-03-10", False)
    assert ok("yang", "POST", f"/questions/{question_id}/answer", answer="有")["state"] == "answered"
    assert ok("wang", "POST", f"/questions/{later}/withdraw")["state"] == "withdrawn"
