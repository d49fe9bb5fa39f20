"""Pulling: whole checkpoints, exactly the scope, nothing stale, nothing lost by a reset."""

import json
from typing import Any

import pytest

from sync_protocol.phone import Step
from tests.sync_protocol.devices import ask, changed, device, filled, names
from tests.sync_protocol.model_server import ModelServer


def test_pages_are_kept_aside_until_the_checkpoint_is_whole(server: ModelServer) -> None:
    filled(server)
    server.page = 2
    phone = device(server, server.enrol("li"))
    assert [phone.exchange_once().remaining for _ in range(2)] == [3, 1]
    assert (names(phone), phone.cursor, phone.head) == ([], None, 0)
    assert phone.exchange_once().step == Step.DONE
    assert len(names(phone)) == 5
    assert phone.head == server.head


def test_a_row_that_changes_between_pages_is_adopted_as_it_is_at_the_end(server: ModelServer) -> None:
    rows = filled(server)
    server.page = 2
    phone = device(server, server.enrol("li"))
    phone.exchange_once()
    server.put("customers", "li", rows[0], name="changed")
    server.remove("customers", rows[1])
    server.put("customers", "wang", rows[2], name="theirs")
    phone.exchange_once()
    server.put("customers", "li", rows[3], name="late")
    assert phone.sync().step == Step.DONE
    assert names(phone) == ["c4", "changed", "late"]
    assert phone.adopted("customers") == server.visible(phone.enrolment or "", "customers")


def test_a_device_goes_on_where_it_stopped(server: ModelServer) -> None:
    filled(server)
    server.page = 2
    phone = device(server, server.enrol("li"))
    phone.exchange_once()
    again = device(server, phone.enrolment, storage=phone._store.storage)
    assert again.sync().step == Step.DONE
    line: Any = again._transport
    assert len(line.requests) == 2
    assert len(names(again)) == 5


def test_what_leaves_the_scope_leaves_the_device_and_what_enters_arrives_though_it_is_old(server: ModelServer) -> None:
    rows = filled(server, 2)
    phone = device(server, server.enrol("li"))
    boss = device(server, server.enrol("boss", "own:li", "all"))
    other = device(server, server.enrol("wang"))
    for each in (phone, boss, other):
        each.sync()
    server.put("customers", "wang", rows[0])
    for each in (phone, boss, other):
        each.sync()
    assert (names(phone), names(boss), names(other)) == (["c1"], ["c0", "c1"], ["c0"])
    server.subscribed[other.enrolment or ""].append("own:li")
    other.sync()
    assert names(other) == ["c0", "c1"]


def test_a_row_stays_while_one_bucket_holds_it(server: ModelServer) -> None:
    filled(server, 1)
    phone = device(server, server.enrol("li", "own:li", "all"))
    phone.sync()
    for left in (["all"], []):
        server.subscribed[phone.enrolment or ""] = left
        phone.sync()
        assert names(phone) == (["c0"] if left else [])
    server.subscribed[phone.enrolment or ""] = ["all"]
    phone.sync()
    assert names(phone) == ["c0"]


def test_a_bucket_that_is_left_halfway_takes_its_staged_rows_along(server: ModelServer) -> None:
    filled(server)
    server.page = 2
    phone = device(server, server.enrol("li"))
    phone.exchange_once()
    server.subscribed[phone.enrolment or ""] = ["own:wang"]
    assert phone.sync().step == Step.DONE
    assert names(phone) == []


def test_a_stale_answer_is_not_adopted_after_a_newer_one(server: ModelServer) -> None:
    rows = filled(server, 1)
    phone = device(server, server.enrol("li"))
    phone.sync()
    request = phone.prepare()
    server.put("customers", "li", rows[0], name="old")
    old = ask(server, request.body)
    server.put("customers", "li", rows[0], name="new")
    phone.sync()
    adopted = (phone.adopted("customers"), phone.cursor, phone.head)
    assert phone.receive(request, *old).step == Step.DONE
    assert (phone.adopted("customers"), phone.cursor, phone.head) == adopted
    assert names(phone) == ["new"]


def test_a_stale_answer_is_not_staged_either(server: ModelServer) -> None:
    rows = filled(server)
    server.page = 2
    phone = device(server, server.enrol("li"))
    first = phone.prepare()
    old = ask(server, first.body)
    phone.exchange_once()
    server.remove("customers", rows[0])
    server.page = 100
    assert phone.receive(first, *old).step == Step.MORE
    phone.sync()
    assert names(phone) == ["c1", "c2", "c3", "c4"]


@pytest.mark.parametrize("page", [1, 100])
def test_an_old_answer_on_a_new_line_is_recognised(server: ModelServer, page: int) -> None:
    """The request is the newest, the answer belongs to an older one: positions or the head go back."""
    rows = filled(server, 2)
    phone = device(server, server.enrol("li"))
    phone.sync()
    server.put("customers", "li", rows[0], name="old")
    old = ask(server, phone.prepare().body)
    server.put("customers", "li", rows[0], name="new")
    server.put("customers", "li", rows[1], name="new")
    server.page = page
    phone.exchange_once()
    before = (phone._store.staging, phone.rows("customers"))
    exchanged = phone.receive(phone.prepare(), *old)
    assert (exchanged.step, exchanged.code) == (Step.LATER, "sync.stale-answer")
    assert (phone._store.staging, phone.rows("customers")) == before


def test_a_head_that_goes_back_is_recognised_by_itself(server: ModelServer) -> None:
    filled(server, 2)
    phone = device(server, server.enrol("li"))
    phone.sync()
    document = json.loads(ask(server, phone.prepare().body)[2])
    body = json.dumps({**document, "head": document["head"] - 1}).encode()
    assert phone.receive(phone.prepare(), 200, {}, body).code == "sync.stale-answer"
    assert phone.head == server.head


def test_an_answer_that_forgets_a_bucket_is_not_taken(server: ModelServer) -> None:
    filled(server, 1)
    phone = device(server, server.enrol("li", "own:li", "all"))
    phone.sync()
    answer = ask(server, phone.prepare().body)
    cursor = json.loads(answer[2])["pull"]["cursor"]
    del cursor["buckets"]["all"]
    assert phone.receive(phone.prepare(), *changed(answer, cursor=cursor)).code == "sync.stale-answer"
    assert phone.receive(phone.prepare(), *changed(answer, cursor=cursor, left=["all"])).step == Step.DONE
    assert phone.cursor is not None
    assert set(phone.cursor.buckets) == {"own:li"}


def test_a_bucket_left_and_read_again_in_one_answer_starts_over(server: ModelServer) -> None:
    rows = filled(server, 2)
    phone = device(server, server.enrol("li"))
    phone.sync()
    answer = ask(server, phone.prepare().body)
    page = {
        "collection": "customers",
        "columns": {"id": [rows[1]], "version": [1], "name": ["again"]},
        "buckets": [[0]],
    }
    cursor = {**json.loads(answer[2])["pull"]["cursor"], "buckets": {"own:li": 1}}
    again = changed(answer, left=["own:li"], cursor=cursor, pages=[page])
    assert phone.receive(phone.prepare(), *again).step == Step.DONE
    assert names(phone) == ["again"]


def test_nothing_new_writes_nothing(server: ModelServer) -> None:
    filled(server)
    phone = device(server, server.enrol("li"))
    phone.sync()
    writes: list[str] = []
    phone._store.storage.fuse = lambda when, changes: writes.append(when)  # type: ignore[attr-defined]
    assert phone.exchange_once().step == Step.DONE
    assert writes == []


def test_an_incomplete_answer_without_progress_does_not_spin(server: ModelServer) -> None:
    filled(server)
    phone = device(server, server.enrol("li"))
    phone.sync()
    answer = changed(ask(server, phone.prepare().body), complete=False)
    assert phone.receive(phone.prepare(), *answer).step == Step.LATER


def test_an_edit_of_a_row_that_left_stays_queued_but_is_not_shown(server: ModelServer) -> None:
    rows = filled(server, 1)
    phone = device(server, server.enrol("li"))
    phone.sync()
    server.put("customers", "wang", rows[0])
    request = phone.prepare()
    phone.update("customers", rows[0], {"remark": "late work"})
    phone.receive(request, *ask(server, request.body))
    assert (names(phone), len(phone.queue)) == ([], 1)


def test_others_changes_arrive_under_ones_own(server: ModelServer) -> None:
    rows = filled(server, 1)
    phone = device(server, server.enrol("li"))
    phone.sync()
    phone.update("customers", rows[0], {"grade": "A"})
    request = phone.prepare()
    server.put("customers", "li", rows[0], remark="from the office", grade="B")
    phone.receive(request, *ask(server, {**request.body, "push": None}))
    shown = phone.rows("customers")[rows[0]]
    assert (shown["remark"], shown["grade"], shown["version"]) == ("from the office", "A", 2)
