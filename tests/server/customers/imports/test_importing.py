"""A list through the door and the worker: tried, taken in, answered row by row; twice, stopped, killed, at once, by others."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import event, insert

from server.core.db import commit
from server.core.job_queue import Queue
from server.core.jobs import HANDLERS, Backoff, RunningJob
from server.core.services import Services
from server.core.sheets import SheetKind, line_chunks
from server.core.tables import ORG_DIRECTORY
from server.customers.functions import IMPORT
from server.customers.imports import running
from server.customers.imports.operations import KIND
from server.customers.merging.operations import merge_customers
from server.customers.models import Customer, CustomerPhone
from server.worker import Worker
from tests.server.customers.office import Office

PATH = "/api/v1/customer-imports"
AT_ONCE = Backoff(timedelta(0), timedelta(0))
KINDS = {kind: replace(each, backoff=AT_ONCE) for kind, each in HANDLERS.items() if kind.startswith("customers.")}


@dataclass
class Desk:
    """Who takes lists in: the door, and a worker that works when it is told to."""

    office: Office
    services: Services
    client: FlaskClient

    def ask(self, method: str, path: str = "", who: str = "jie", **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {who}", "Accept-Language": "en"} | given.pop("headers", {})
        return self.client.open(PATH + path, method=method, headers=headers, **given)

    def hand_in(self, data: str | bytes, who: str = "jie") -> dict[str, Any]:
        raw = data.encode() if isinstance(data, str) else data
        answer = self.ask("POST", "?name=list.csv", who, data=raw)
        assert answer.status_code == 201, answer.json
        found: dict[str, Any] = answer.json
        return found

    def start(self, given: dict[str, Any], who: str = "jie", **how: Any) -> Any:
        columns = [{"place": each["place"], "field": each["field"]} for each in given["columns"] if each["field"]]
        return self.ask("POST", f"/{given['id']}/start", who, json={"columns": columns, **how})

    def work(self) -> None:
        people = {actor.user_id: actor for actor in self.office.people.values()}
        worker = Worker(self.services, load_actor=lambda _c, _o, user: people.get(user), handlers=KINDS)
        while worker.work_one():
            pass

    def take_in(self, data: str | bytes, who: str = "jie", **how: Any) -> dict[str, Any]:
        given = self.hand_in(data, who)
        assert self.start(given, who, **how).status_code == 202
        self.work()
        return self.card(given["id"], who)

    def card(self, import_id: str, who: str = "jie") -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/{import_id}", who).json
        return found

    def answers(self, import_id: str, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", f"/{import_id}/rows{query}").json["items"]
        return found


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    with office.database.write(office.org) as connection:  # where a worker finds organisations
        connection.execute(insert(ORG_DIRECTORY).values(org_id=office.org, code="demo"))
        commit(connection)
    return Desk(office, office.services(tmp_path), office.client(tmp_path))


def counts(card: dict[str, Any]) -> tuple[int, int, int]:
    return card["created"], card["duplicates"], card["refused"]


def listed(*names: str, first: int = 0) -> str:
    rows = "".join(f"{name},1380013{number:04d}\n" for number, name in enumerate(names, first))
    return f"姓名,手机\n{rows}"


MIXED = """姓名,手机,等级,首次接触,置业顾问,备注
王小明,13800138000,A,2025-01-02,wang,=1+1
李雷,13900139000;010-62345678,B级,2025/1/3,Zhao,喜欢湖景
韩梅梅,,C,03/04/2025,,
,13700137000,,,,
张三,13900139000,,,,
李四,13600136000,,,nobody,
赵六,13500135000,D,,na,
"""


def test_each_row_is_answered_and_good_ones_are_customers(desk: Desk) -> None:
    card = desk.take_in(MIXED, source="exhibition")
    assert (card["state"], counts(card), card["answered"], card["total"]) == ("done", (1, 1, 5), 7, 7)
    assert [
        (each["number"], each["outcome"], [(fault["code"], fault["column"]) for fault in each["faults"]])
        for each in desk.answers(card["id"])
    ] == [
        (2, "refused", [("customers.import-formula", 5)]),
        (3, "created", []),
        (4, "refused", [("customers.import-day", 3)]),
        (5, "refused", [("customers.name-required", 0)]),
        (6, "duplicate", []),
        (7, "refused", [("customers.import-owner", 4)]),
        (8, "refused", [("customers.new-owner-unfit", 4)]),  # of another team than the supervisor's
    ]
    (made,) = desk.office.rows(Customer)
    assert (made.name, made.owner_id, made.grade, made.source) == ("李雷", desk.office.users["zhao"], "B", "exhibition")
    assert [each.number for each in desk.office.phones_of(made.id)] == ["+8613900139000", "+861062345678"]
    detail = desk.answers(card["id"], "?outcome=refused")[1]["faults"][0]["detail"]
    assert detail == "“03/04/2025” is no clear date; write 2025-03-04."


def test_a_row_of_somebody_who_was_lost_says_why(desk: Desk) -> None:
    card = desk.take_in("姓名,阶段,流失原因\n王小明,流失,\n李雷,流失,竞品\n韩梅梅,来访,\n")
    assert counts(card) == (2, 0, 1)
    ((fault,),) = (each["faults"] for each in desk.answers(card["id"], "?outcome=refused"))
    assert (fault["code"], fault["column"]) == ("customers.lost-reason-required", 2)
    made = {each.name: (each.stage, each.lost_reason) for each in desk.office.rows(Customer)}
    assert made == {"李雷": ("lost", "competitor"), "韩梅梅": ("visited", None)}


def test_a_trial_answers_the_same_and_makes_nobody(desk: Desk) -> None:
    given = desk.hand_in(MIXED)
    assert given["state"] == "new"
    assert [each["field"] for each in given["columns"]] == [
        "name", "phone", "grade", "first_contact_on", "owner", "remark",
    ]  # fmt: skip
    desk.start(given, is_trial=True)
    desk.work()
    tried = desk.card(given["id"])
    assert (tried["state"], counts(tried)) == ("tried", (1, 1, 5))
    assert desk.office.rows(Customer) == []
    expected = [(each["number"], each["outcome"], each["faults"]) for each in desk.answers(given["id"])]
    desk.start(given)
    desk.work()
    assert [(each["number"], each["outcome"], each["faults"]) for each in desk.answers(given["id"])] == expected
    assert len(desk.office.rows(Customer)) == 1
    assert desk.start(given).json["code"] == "customers.import-over"


def test_the_same_list_twice_changes_nothing(desk: Desk) -> None:
    data = "姓名,手机,证件号码\n王小明,13800138000,\n无号码,,\n有证件,,D1234567\n"
    assert counts(desk.take_in(data)) == (3, 0, 0)
    before = [(each.id, each.version) for each in desk.office.rows(Customer)]
    phones = len(desk.office.rows(CustomerPhone))
    again = desk.take_in(data)
    assert counts(again) == (0, 3, 0)
    assert {each["customer_id"] for each in desk.answers(again["id"])} == {each for each, _ in before}
    assert [(each.id, each.version) for each in desk.office.rows(Customer)] == before
    assert len(desk.office.rows(CustomerPhone)) == phones


def test_whoever_is_known_by_number_or_identity_is_not_made_again_whoever_owns_him(desk: Desk) -> None:
    desk.office.customer("王小明", by="na", phone="13800138000")
    desk.office.customer("李雷", by="wang", id_number="D1234567")
    card = desk.take_in("姓名,手机,证件号\n王先生,138 0013 8000,\n李雷,,d1234567\n")
    assert counts(card) == (0, 2, 0)


def test_who_was_there_already_is_named_within_reach_and_beyond_it_whose_he_is(desk: Desk) -> None:
    theirs = desk.office.customer("王小明", by="na", phone="13800138000")
    ours = desk.office.customer("李雷", by="wang", phone="13900139000")
    card = desk.take_in("姓名,手机\n王先生,13800138000\n李先生,13900139000\n赵六,13700137000\n")
    told = [(each["customer_id"], each["customer_name"], each["owner_name"]) for each in desk.answers(card["id"])]
    assert told[:2] == [(theirs, None, "Na"), (ours, "李雷", "Wang")]
    assert told[2][1:] == ("赵六", "Jie")
    ((subject, body),) = desk.office.events("customers.import-owners-told")
    assert (subject, json.loads(body)) == (card["id"], {"count": 1})
    assert len(desk.answers(card["id"], "?outcome=created")) == 1
    assert len(desk.office.events("customers.import-owners-told")) == 1, "nobody beyond reach was on that page"
    with desk.office.writing("jie") as uow:
        merge_customers(uow, ours, told[2][0])
        uow.commit()
    (one,) = desk.answers(card["id"], "?outcome=created")
    assert (one["customer_id"], one["customer_name"]) == (ours, "李雷"), "who stands for him now"


def test_rows_that_were_refused_come_back_as_a_file_to_be_mended(desk: Desk) -> None:
    card = desk.take_in(MIXED)
    answer = desk.ask("GET", f"/{card['id']}/rows/file?format=xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rows-refused.xlsx"'
    book = load_workbook(io.BytesIO(answer.data))
    rows = [list(row) for row in book.active.values]  # type: ignore[union-attr]
    assert rows[0] == ["row number", "姓名", "手机", "等级", "首次接触", "置业顾问", "备注", "why"]
    assert [row[0] for row in rows[1:]] == [2, 4, 5, 7, 8]
    assert rows[2][1:5] == ["韩梅梅", None, "C", "03/04/2025"]
    assert rows[2][7] == "首次接触: “03/04/2025” is no clear date; write 2025-03-04."
    for row in rows[1:]:
        row[1], row[4], row[5] = row[1] or "张三", None, None
    mended = io.BytesIO()
    sheet = Workbook()
    for row in rows:
        sheet.active.append(row)  # type: ignore[union-attr]
    sheet.save(mended)
    assert counts(desk.take_in(mended.getvalue())) == (5, 0, 0)
    made = desk.ask("GET", f"/{card['id']}/rows/file?outcome=created", headers={"Accept": "text/csv"})
    assert made.data.decode("utf-8-sig").splitlines()[1:] == [
        "3,李雷,13900139000;010-62345678,B级,2025/1/3,Zhao,喜欢湖景,"
    ]
    assert desk.ask("GET", f"/{card['id']}/rows/file", "hong").status_code == 404


def test_what_a_list_is_written_in_is_told(desk: Desk) -> None:
    assert desk.hand_in("姓名\n王小明\n".encode("gb18030"))["encoding"] == "gb18030"
    assert desk.hand_in("姓名\n王小明\n")["encoding"] == "utf-8"


def test_our_own_file_can_be_taken_in_again(desk: Desk) -> None:
    """Also what it keeps from running as a formula."""
    data = b"".join(line_chunks(SheetKind.CSV, ["姓名", "电话", "备注"], [["-王", "+8613800138000", "=1+1"]]))
    assert counts(desk.take_in(data)) == (1, 0, 0)
    (made,) = desk.office.rows(Customer)
    assert (made.name, made.remark) == ("-王", "=1+1")


def test_a_stopped_list_goes_on_behind_the_last_row_that_was_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 4)
    monkeypatch.setattr(RunningJob, "progress_every", 0.0)
    given = desk.hand_in(listed(*(f"客户{number}" for number in range(10))))
    desk.start(given)
    renewed: list[int] = []

    def cancel_after_first(queue: Queue, lease: Any, done: int, total: int | None) -> bool:
        renewed.append(done)
        return True

    with monkeypatch.context() as patched:
        patched.setattr(Queue, "renew", cancel_after_first)
        desk.work()
    stopped = desk.card(given["id"])
    assert (stopped["state"], counts(stopped), stopped["total"], renewed) == ("stopped", (4, 0, 0), 10, [4])
    assert desk.ask("POST", f"/{given['id']}/continue").status_code == 202
    assert desk.ask("POST", f"/{given['id']}/continue").json["code"] == "customers.import-busy"
    desk.work()
    assert (desk.card(given["id"])["state"], counts(desk.card(given["id"]))) == ("done", (10, 0, 0))
    assert len(desk.office.rows(Customer)) == 10
    assert desk.ask("POST", f"/{given['id']}/continue").json["code"] == "customers.import-not-begun"


def test_a_worker_that_dies_in_the_middle_of_a_batch_leaves_whole_batches(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 4)
    given = desk.hand_in(listed(*(f"客户{number}" for number in range(10))))
    desk.start(given)
    taken = running._take
    batches: list[int] = []

    def die_in_the_third(*given: Any) -> Any:
        batches.append(1)
        if len(batches) == 3:
            raise MemoryError
        return taken(*given)

    monkeypatch.setattr(running, "_take", die_in_the_third)
    desk.work()
    assert len(batches) == 4
    assert counts(desk.card(given["id"])) == (10, 0, 0)
    assert [each["number"] for each in desk.answers(given["id"])] == list(range(2, 12))


def test_two_lists_with_one_customer_at_once_make_him_once_or_open_a_conflict(desk: Desk) -> None:
    """Each transaction sees what was committed before it; two at the same instant are told as a lead conflict at most."""
    cards = [desk.hand_in(listed("王小明")), desk.hand_in(listed("王小明"))]
    for card in cards:
        desk.start(card)
    threads = [threading.Thread(target=desk.work) for _ in cards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.work()
    made = desk.office.rows(Customer)
    assert sum(desk.card(each["id"])["created"] for each in cards) == len(made)
    assert len(made) in (1, 2)


def test_statements_do_not_grow_with_the_rows_of_a_batch(desk: Desk) -> None:
    def statements(number: int, first: int) -> int:
        given = desk.hand_in(listed(*(f"客户{first + each}" for each in range(number)), first=first))
        desk.start(given)
        asked: list[str] = []
        engine = desk.services.database.engine
        listener = lambda *told: asked.append(told[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listener)
        desk.work()
        event.remove(engine, "before_cursor_execute", listener)
        assert desk.card(given["id"])["created"] == number
        return len(asked)

    assert statements(2, 0) == statements(300, 1000)


def test_only_whoever_may_and_only_ones_own(desk: Desk) -> None:
    given = desk.hand_in(listed("王小明"))
    assert desk.ask("POST", "?name=x.csv", "wang", data=b"x").status_code == 403
    for path, method in (("", "GET"), ("", "DELETE"), ("/continue", "POST"), ("/rows", "GET")):
        answer = desk.ask(method, f"/{given['id']}{path}", "hong")
        assert answer.status_code == 404, path
    assert desk.start(given, "hong").status_code == 404
    assert desk.ask("GET", "", "hong").json["items"] == []
    assert [each["id"] for each in desk.ask("GET").json["items"]] == [given["id"]]


def test_rights_are_those_at_the_time_of_the_work(desk: Desk) -> None:
    given = desk.hand_in(listed("王小明"))
    desk.start(given)
    jie = desk.office.actor("jie")
    left = {function: reach for function, reach in jie.reaches.items() if function != IMPORT}
    desk.office.people["jie"] = replace(jie, reaches=left)
    desk.work()
    assert desk.office.rows(Customer) == []
    assert [json.loads(body) for _, body in desk.office.events("core.job-given-up")] == [
        {"kind": KIND, "owner_id": jie.user_id, "problem": "core.function-missing"}
    ]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ([{"place": 1, "field": "phone"}], "customers.import-name-column"),
        ([{"place": 0, "field": "name"}, {"place": 1, "field": "name"}], "customers.import-column-twice"),
        ([{"place": 0, "field": "name"}, {"place": 0, "field": "phone"}], "customers.import-column-twice"),
        ([{"place": 9, "field": "name"}], "customers.import-column-twice"),
    ],
)
def test_columns_that_make_no_sense_are_refused(desk: Desk, columns: Any, code: str) -> None:
    given = desk.hand_in(listed("王小明"))
    answer = desk.ask("POST", f"/{given['id']}/start", json={"columns": columns})
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_a_file_that_is_none_leaves_nothing_behind(desk: Desk, tmp_path: Path) -> None:
    for data, code in ((b"", "customers.import-empty"), (b"PK\x03\x04" + b"\x00" * 50, "customers.import-unreadable")):
        assert desk.ask("POST", "?name=x", data=data).json["code"] == code
    assert desk.ask("GET").json["items"] == []
    assert [each for each in (tmp_path / "blobs").rglob("*") if each.is_file()] == []


def test_a_list_is_forgotten_when_asked_to_and_its_rows_still_make_no_second_customer(
    desk: Desk, tmp_path: Path
) -> None:
    data = "姓名\n无号码\n"
    card = desk.take_in(data)
    assert desk.ask("DELETE", f"/{card['id']}").status_code == 204
    assert desk.ask("GET", f"/{card['id']}").status_code == 404
    assert [each for each in (tmp_path / "blobs").rglob("*") if each.is_file()] == []
    assert counts(desk.take_in(data)) == (0, 1, 0)


def test_what_was_said_of_a_list_stands_in_the_log(desk: Desk) -> None:
    card = desk.take_in(listed("王小明"))
    assert [each.subject_id for each in desk.office.events("customers.import-begun")] == [card["id"]]
    assert [each.subject_id for each in desk.office.events("customers.import-ended")] == [card["id"]]


def test_old_lists_are_forgotten_at_night(desk: Desk, tmp_path: Path) -> None:
    card = desk.take_in(listed("王小明"))
    desk.office.clock.at += running.KEPT_FOR * 2
    with desk.services.writing(desk.office.actor("jie")) as uow:
        uow.enqueue("customers.forget-imports", {})
        uow.commit()
    desk.work()
    assert desk.ask("GET", f"/{card['id']}").status_code == 404
    assert [each for each in (tmp_path / "blobs").rglob("*") if each.is_file()] == []
