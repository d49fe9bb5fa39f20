"""Work reports: filled in, sent, read, changed after, talked about."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest

from server.core.problems import Refused
from server.core.rows import c
from server.customers.merging.operations import merge_customers
from server.customers.models import TimelineEntry
from server.fieldwork.questions import operations as questions
from server.fieldwork.reports import operations
from server.fieldwork.reports.models import WorkReport, WorkReportComment, WorkReportReader, WorkReportRevision
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import Door, Office, shanghai, statements
from tests.support.syncing import Queue, pull_all, push, told

MONDAY = date(2025, 3, 3)


def _begin(office: Office, who: str = "wang", **values: Any) -> str:
    return office.make(who, operations.begin_report, **({"kind": "daily", "period_on": MONDAY} | values))


def _act(office: Office, who: str, operation: Any, report_id: str, **values: Any) -> None:
    with office.writing(who) as uow:
        report = uow.get(WorkReport, report_id)
        assert report is not None
        operation(uow, report, values)
        uow.commit()


def _read(office: Office, who: str, report_id: str, revision: int) -> None:
    with office.writing(who) as uow:
        k = c(WorkReportReader)
        (reader,) = uow.find(WorkReportReader, k.report_id == report_id, k.reader_id == office.users[who])
        operations.read_report(uow, reader, {"revision": revision})
        uow.commit()


def _held(office: Office, who: str, collection: str = "work_reports") -> set[str]:
    held: set[str] = pull_all(office.database, office.actor(who)).ids(collection)
    return held


def _push(office: Office, who: str, queue: Queue) -> list[tuple[str, str | None]]:
    applied = push(office.database, office.on_device(who), queue.take(), clock=office.clock)
    return [told(each) for each in applied.decisions]


def test_a_report_written_without_a_network_arrives_with_what_the_same_push_brings(office: Office) -> None:
    """Blackout day: the visit, its question, a new customer and the report of them come at once, in order."""
    office.follow_up(customer_id=office.customer(by="wang"), due_on=MONDAY)
    his = Queue()
    customer = his.create("customers", name="王小明", first_contact_on="2025-03-03")
    visit = his.create("visits", customer_id=customer)
    his.act("visits", "finish", visit, ended_at=1_740_967_200_000, outcome="met")
    question = his.create(
        "questions", customer_id=customer, visit_id=visit, text="？", cannot_answer=True, asked_at=1_740_967_200_000
    )
    at = 1_740_967_200_000
    his.create("activities", customer_id=customer, kind="topic", channel="call_out", text="回电", at=at)
    his.create("receptions", customer_id=customer, channel="visit", received_at=at)
    report = his.create("work_reports", kind="daily", period_on="2025-03-03", summary=" 一切顺利 ", next_plan=" ")
    his.act("work_reports", "send", report)
    assert set(_push(office, "wang", his)) == {("applied", None)}
    (row,) = pull_all(office.database, office.actor("jie")).of("work_reports").values()
    assert (row["id"], row["state"], row["revision"], row["summary"]) == (report, "sent", 1, "一切顺利")
    facts = row["facts"]
    assert (facts["visits_done"], facts["visits_unplanned"], facts["questions_asked"]) == (1, 1, 1)
    assert (facts["visits"], facts["questions"]) == ([visit], [question])
    assert (facts["calls"], facts["contacts"], facts["receptions"]) == (1, 0, 1)
    assert customer in facts["customers"]
    (line,) = office.rows(TimelineEntry, subject_id=report, customer_id=customer)
    assert (line.deed, line.done_by) == ("report", office.users["wang"])
    assert line.params == {"kind": "daily", "period_on": "2025-03-03"}, "not what it says: that is for its readers"
    _act(office, "wang", operations.send_report, report)
    assert len(office.rows(TimelineEntry, subject_id=report, customer_id=customer)) == 1
    assert office.row(WorkReport, report).revision == 1, "the same is found again among what is stored"
    assert row["reader_ids"] == [office.users["jie"]]
    for stranger in ("zhao", "na", "hong", "yang"):
        assert not _held(office, stranger)


def test_a_draft_is_its_writers_alone(office: Office) -> None:
    report = _begin(office, summary="草稿")
    assert _held(office, "wang") == {report}
    assert not _held(office, "jie")
    hers = Queue()
    hers.update("work_reports", report, summary="她的")
    hers.act("work_reports", "send", report)
    assert _push(office, "jie", hers) == [("rejected", "core.not-found")] * 2
    assert office.row(WorkReport, report).summary == "草稿"


def test_it_goes_to_whom_it_names_above_below_and_beside(office: Office) -> None:
    report = _begin(office, "jie")
    for reader in ("yang", "wang", "hong", "wang"):
        _act(office, "jie", operations.address_report, report, reader_id=office.users[reader])
    assert not _held(office, "hong")
    _act(office, "jie", operations.send_report, report)
    assert all(_held(office, each) == {report} for each in ("jie", "yang", "wang", "hong"))
    office.make("hong", operations.comment_on_report, report_id=report, text="同意")
    _act(office, "jie", operations.address_report, report, reader_id=office.users["na"])
    for collection in ("work_reports", "work_report_revisions", "work_report_comments"):
        assert len(_held(office, "na", collection)) == 1, collection
    assert not _held(office, "zhao")
    assert len(office.events("fieldwork.report-addressed")) == 1


def test_what_changed_after_it_was_read_is_another_revision_and_nothing_is_lost(office: Office) -> None:
    report = _begin(office, summary="三次拜访")
    _act(office, "wang", operations.change_report, report, summary="四次拜访")
    assert not office.rows(WorkReportRevision)
    _act(office, "wang", operations.send_report, report)
    _read(office, "jie", report, 1)
    _act(office, "wang", operations.change_report, report, summary="五次拜访", problems="缺资料")
    _act(office, "wang", operations.change_report, report, summary="五次拜访")
    kept = sorted((each.revision, each.summary, each.problems) for each in office.rows(WorkReportRevision))
    assert kept == [(1, "四次拜访", None), (2, "五次拜访", "缺资料")]
    (body,) = [body for _, body in office.events("fieldwork.report-changed")]
    assert '"fields":["problems","summary"]' in body
    assert "五次" not in body
    held = pull_all(office.database, office.actor("jie"))
    (reader,) = held.of("work_report_readers").values()
    seen = {each["revision"]: each["summary"] for each in held.of("work_report_revisions").values()}
    assert (reader["read_revision"], seen) == (1, {1: "四次拜访", 2: "五次拜访"})
    _read(office, "jie", report, 9)
    _read(office, "jie", report, 1)
    (row,) = office.rows(WorkReportReader)
    assert row.read_revision == 2
    assert len(office.events("fieldwork.report-read")) == 2


def test_sent_again_it_takes_in_what_has_happened_since(office: Office) -> None:
    report = _begin(office)
    for _ in range(2):
        _act(office, "wang", operations.send_report, report)
    assert office.row(WorkReport, report).revision == 1
    visit = office.visit(planned_on=MONDAY)
    office.finish("wang", visit, shanghai("09:30"))
    office.make(
        "wang", questions.ask_question, customer_id=office.customer(by="wang"), text="？", asked_at=shanghai("09:00", 1)
    )
    _act(office, "wang", operations.send_report, report)
    row = office.row(WorkReport, report)
    assert (row.revision, row.facts["visits_done"], row.facts["questions_open"]) == (2, 1, 1)
    (line,) = office.rows(TimelineEntry, subject_id=report)  # the visit was to a place
    his, hers = line.customer_id, office.customer(by="wang")
    for customer, clock in ((his, "10:30"), (hers, "11:30"), (hers, "12:30")):
        office.finish("wang", office.visit(customer_id=customer, planned_on=MONDAY), shanghai(clock))
    _act(office, "wang", operations.send_report, report)
    assert office.row(WorkReport, report).revision == 3
    told_of = [each.customer_id for each in office.rows(TimelineEntry, subject_id=report)]
    assert told_of == [his, hers], "once of each customer"
    with office.writing("jie") as uow:
        merge_customers(uow, hers, his)
        uow.commit()
    office.finish("wang", office.visit(customer_id=hers, planned_on=MONDAY), shanghai("13:30"))
    _act(office, "wang", operations.send_report, report)
    told_of = [each.customer_id for each in office.rows(TimelineEntry, subject_id=report)]
    assert told_of == [hers, hers], "what was said of one who went into another stays; nothing is said anew"


def test_two_devices_may_each_begin_one_and_a_week_begins_on_its_monday(office: Office) -> None:
    first, second = Queue(), Queue()
    made = [each.create("work_reports", kind="weekly", period_on="2025-03-06") for each in (first, second)]
    assert _push(office, "wang", first) == _push(office, "wang", second) == [("applied", None)]
    assert {office.row(WorkReport, each).period_on for each in made} == {MONDAY}


def test_only_the_right_people_act(office: Office) -> None:
    report = _begin(office)
    office.make("wang", operations.comment_on_report, report_id=report, text="详情稍后补充")
    for reader in (office.users["wang"], office.users["gone"], office.users["spy"], new_id()):
        with pytest.raises(Refused, match=r"^fieldwork.reader-unknown$"):
            _act(office, "wang", operations.address_report, report, reader_id=reader)
    _act(office, "wang", operations.send_report, report)
    assert _held(office, "jie", "work_report_comments")
    for operation, values in (
        (operations.change_report, {"summary": "x"}),
        (operations.address_report, {"reader_id": office.users["na"]}),
        (operations.send_report, {}),
    ):
        with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
            _act(office, "jie", operation, report, **values)
    for stranger in ("zhao", "yang"):
        with pytest.raises(Refused, match=r"^core.not-found$"):
            office.make(stranger, operations.comment_on_report, report_id=report, text="x")
    with pytest.raises(Refused, match=r"^customers.text-required$"):
        office.make("jie", operations.comment_on_report, report_id=report, text=" ")
    his = Queue()
    (reader,) = office.rows(WorkReportReader)
    his.act("work_report_readers", "read", reader.id, revision=1)
    assert _push(office, "wang", his) == [("rejected", "fieldwork.not-yours")]


def test_a_double_tap_at_once_sends_it_once(office: Office) -> None:
    report, failed = _begin(office), []
    both = threading.Barrier(2)

    def tap() -> None:
        both.wait()
        try:
            _act(office, "wang", operations.send_report, report)
        except Exception as error:  # noqa: BLE001 - shown below
            failed.append(error)

    taps = [threading.Thread(target=tap) for _ in range(2)]
    for each in taps:
        each.start()
    for each in taps:
        each.join()
    assert failed == []
    assert len(office.events("fieldwork.report-sent")) == len(office.rows(WorkReportRevision)) == 1
    assert len(office.rows(WorkReportReader)) == 1


def test_a_batch_reads_no_row_by_itself(office: Office) -> None:
    office.clock.at = shanghai("20:00", 14)

    def cost(size: int) -> int:
        queue = Queue()
        for day in range(size):
            visit = office.visit(customer_id=office.customer(by="wang"), planned_on=date(2025, 3, day + 1))
            office.finish("wang", visit, shanghai("09:30", day + 1))
        for day in range(size):
            report = queue.create("work_reports", kind="daily", period_on=f"2025-03-{day + 1:02}")
            queue.act("work_reports", "address", report, reader_id=office.users["jie"])
            queue.act("work_reports", "send", report)
            queue.update("work_reports", report, summary="x")
            queue.create("work_report_comments", report_id=report, text="y")
        with statements(office.database) as seen:
            assert set(_push(office, "wang", queue)) == {("applied", None)}
        assert len(office.rows(TimelineEntry, deed="report")) >= size
        return len(seen)

    def again(size: int) -> int:
        """Sent once more, after another visit of each day."""
        queue, told = Queue(), len(office.rows(TimelineEntry, deed="report"))
        for report in office.rows(WorkReport, owner_id=office.users["wang"])[-size:]:
            visit = office.visit(customer_id=office.customer(by="wang"), planned_on=report.period_on)
            office.finish("wang", visit, shanghai("10:30", report.period_on.day))
            queue.act("work_reports", "send", report.id)
        with statements(office.database) as seen:
            assert set(_push(office, "wang", queue)) == {("applied", None)}
        assert len(office.rows(TimelineEntry, deed="report")) >= told + size
        return len(seen)

    cost(1)
    assert cost(2) == cost(12)
    assert again(2) == again(12)


def test_the_office_writes_sends_reads_and_sees_whose_is_missing(office: Office, door: Door) -> None:
    def ok(who: str, method: str, path: str, status: int = 200, **values: Any) -> Any:
        answer = door(who, method, f"/work-reports{path}", **({"json": values} if values else {}))
        assert answer.status_code == status, answer.text
        return answer.get_json()

    report_id = new_id()
    given = {"id": report_id, "kind": "weekly", "period_on": "2025-03-05", "summary": "好", "topic": "market"}
    made = ok("wang", "POST", "", 201, **given)
    assert (made["period_on"], made["read_revision"]) == ("2025-03-03", None)
    assert ok("wang", "POST", "", 200, **given) == made
    assert ok("wang", "POST", "", 409, **given | {"summary": "x"})["code"] == "sync.reused-row-id"
    assert ok("jie", "GET", f"/{report_id}", 404)["code"] == "core.not-found"
    late = "/missing?kind=weekly&on=2025-03-09"
    assert [each["name"] for each in ok("jie", "GET", late)["items"]] == ["Wang", "Zhao"]
    page = ok("jie", "GET", f"{late}&limit=1")
    assert [each["name"] for each in ok("jie", "GET", f"{late}&limit=1&cursor={page['next']}")["items"]] == ["Zhao"]
    assert ok("wang", "POST", f"/{report_id}/send")["reader_ids"] == [office.users["jie"]]
    assert [each["name"] for each in ok("jie", "GET", late)["items"]] == ["Zhao"]
    assert ok("jie", "GET", "?topic=market&from=2025-03-01&to=2025-03-05")["items"][0]["read_revision"] == 0
    assert ok("jie", "POST", f"/{report_id}/read", revision=1)["read_revision"] == 1
    assert ok("yang", "POST", f"/{report_id}/read", 404, revision=1)["code"] == "core.not-found"
    changed = ok("wang", "PATCH", f"/{report_id}", summary="很好", base=1)
    assert changed["revision"] == 2
    assert [each["summary"] for each in ok("jie", "GET", f"/{report_id}/revisions")["items"]] == ["很好", "好"]
    newest = ok("jie", "GET", f"/{report_id}/revisions?limit=1")
    assert ok("jie", "GET", f"/{report_id}/revisions?limit=1&cursor={newest['next']}")["items"][0]["summary"] == "好"
    comment = ok("jie", "POST", f"/{report_id}/comments", 201, text="辛苦了")
    again = {"id": comment["id"], "text": "辛苦了"}
    assert ok("jie", "POST", f"/{report_id}/comments", 200, **again) == comment
    assert ok("wang", "GET", f"/{report_id}/comments")["items"] == [comment]
    (reader,) = ok("wang", "GET", f"/{report_id}/readers")["items"]
    assert (reader["reader_id"], reader["read_revision"]) == (office.users["jie"], 1)
    assert ok("wang", "POST", f"/{report_id}/address", reader_id=office.users["na"])["named_ids"] == [
        office.users["na"]
    ]
    boxes = {who: [len(ok(who, "GET", f"?box={box}")["items"]) for box in ("received", "mine", "reach")]
             for who in ("wang", "jie", "na", "yang", "zhao", "hong")}  # fmt: skip
    assert boxes == {
        "wang": [0, 1, 1],
        "jie": [1, 0, 1],
        "na": [1, 0, 0],
        "yang": [0, 0, 1],
        "zhao": [0, 0, 0],
        "hong": [0, 0, 0],
    }
    assert ok("yang", "GET", f"/{report_id}")["summary"] == "很好"
    assert len(office.rows(WorkReportComment)) == 1
