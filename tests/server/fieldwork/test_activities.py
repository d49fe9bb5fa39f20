"""Activities: who may log one, what becomes of it, and the types an organisation adds to the seven."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from server.core import narrowing
from server.core.access import system_actor
from server.core.problems import Refused
from server.customers.models import TimelineEntry
from server.fieldwork.activities import operations
from server.fieldwork.activities.models import Activity, ActivityType
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import SHANGHAI_NINE, Door, Office, shanghai, statements
from tests.support.syncing import Queue, pull_all, push, told

CALL: dict[str, Any] = {"kind": "presales", "channel": "call_out", "text": "想看样板间"}


@pytest.fixture
def door(office: Office, tmp_path: Path) -> Door:
    return office.door(tmp_path)


def _log(office: Office, who: str, customer: str, **values: Any) -> str:
    return office.make(who, operations.log_activity, customer_id=customer, **(CALL | values))


def _type(office: Office, zh: str = "开盘", en: str = "Opening") -> str:
    return office.make(system_actor(office.org), operations.create_type, name_zh=zh, name_en=en)


def _holds(office: Office, who: str) -> set[str]:
    held: set[str] = pull_all(office.database, office.actor(who)).ids("activities")
    return held


def test_a_call_logged_without_a_network_is_on_the_timeline_and_seen_by_those_who_see_the_customer(
    office: Office,
) -> None:
    customer, queue = office.customer("王小明", by="wang"), Queue()
    call = queue.create("activities", customer_id=customer, at=1_740_970_000_000, contact_name=" 王太太 ", **CALL)
    applied = push(office.database, office.on_device("wang"), queue.take(), clock=office.clock)
    assert [told(each) for each in applied.decisions] == [("applied", None)]
    row = office.row(Activity, call)
    assert (row.author_id, row.contact_name, row.day_on) == (office.users["wang"], "王太太", date(2025, 3, 3))
    assert [name for name in ("wang", "jie", "yang", "zhao", "na") if call in _holds(office, name)] == [
        "wang", "jie", "yang",
    ]  # fmt: skip
    (line,) = [each for each in office.rows(TimelineEntry) if each.kind == "activity"]
    assert (line.subject_id, line.params) == (call, {"kind": "presales", "channel": "call_out", "text": "想看样板间"})
    ((subject, body),) = office.events("fieldwork.activity-logged")
    assert (subject, json.loads(body)["channel"]) == (call, "call_out")


def test_nobody_logs_for_a_customer_out_of_reach_but_a_former_owner_may_send_what_he_did(office: Office) -> None:
    customer, queue = office.customer(by="wang"), Queue()
    with pytest.raises(Refused, match=r"^core.not-found$"):
        _log(office, "na", customer)
    mine = _log(office, "wang", customer)
    late = queue.create("activities", customer_id=customer, **CALL)
    office.hand_over([customer], "na")
    applied = push(office.database, office.on_device("wang"), queue.take(), clock=office.clock)
    assert [told(each) for each in applied.decisions] == [("applied", None)]
    for each in (mine, late):
        row = office.row(Activity, each)
        assert (row.owner_id, row.author_id) == (office.users["na"], office.users["wang"])
    assert _holds(office, "na") == _holds(office, "wang") == {mine, late}


@pytest.mark.parametrize(
    ("at", "verdict", "day"),
    [
        (shanghai("09:59"), "plausible", date(2025, 3, 3)),
        (datetime(2025, 3, 2, 15, 59, tzinfo=UTC), "plausible", date(2025, 3, 2)),  # a minute before midnight there
        (datetime(2031, 1, 1, tzinfo=UTC), "future", date(2025, 3, 3)),
        (datetime(2001, 1, 1, tzinfo=UTC), "old", date(2025, 3, 3)),
    ],
)
def test_a_clock_that_is_off_refuses_nothing_and_dates_nothing(
    office: Office, at: datetime, verdict: str, day: date
) -> None:
    row = office.row(Activity, _log(office, "wang", office.customer(by="wang"), at=at))
    assert (row.at, row.time_verdict, row.day_on) == (at, verdict, day)
    (line,) = [each for each in office.rows(TimelineEntry) if each.kind == "activity"]
    assert line.at == (at if verdict == "plausible" else row.created_at)


def test_an_own_type_goes_with_the_kind_own_and_no_other_while_it_is_in_use(office: Office) -> None:
    customer, own = office.customer(by="wang"), _type(office)
    assert office.row(Activity, _log(office, "wang", customer, kind="own", type_id=own)).type_id == own
    for kind, type_id in (("own", None), ("own", new_id()), ("topic", own)):
        with pytest.raises(Refused, match=r"^fieldwork.activity-type-unknown$"):
            _log(office, "wang", customer, kind=kind, type_id=type_id)
    with office.writing(actor=system_actor(office.org)) as uow:
        operations.change_type(uow, uow.must(ActivityType, own), {"state": "closed"})
        uow.commit()
    with pytest.raises(Refused, match=r"^fieldwork.activity-type-unknown$"):
        _log(office, "wang", customer, kind="own", type_id=own)
    queue = Queue()  # of a phone that could not know
    queue.create("activities", customer_id=customer, **CALL | {"kind": "own"}, type_id=own)
    late = push(office.database, office.on_device("wang"), queue.take(), clock=office.clock)
    assert [told(each) for each in late.decisions] == [("applied", None)]
    with pytest.raises(Refused, match=r"^fieldwork.activity-type-taken$"):
        _type(office, en="Other")
    with pytest.raises(Refused, match=r"^core.function-missing$"):
        office.make("yang", operations.create_type, name_zh="甲", name_en="A")


def test_a_batch_reads_no_row_by_itself(office: Office) -> None:
    own = _type(office)

    def cost(size: int) -> int:
        queue = Queue()
        for customer in [office.customer(by="wang") for _ in range(size)]:
            queue.create("activities", customer_id=customer, **CALL | {"kind": "own"}, type_id=own)
        with statements(office.database) as seen:
            applied = push(office.database, office.on_device("wang"), queue.take(), clock=office.clock)
        assert {told(each) for each in applied.decisions} == {("applied", None)}
        return len(seen)

    cost(1)
    assert cost(2) == cost(12)


def test_the_office_logs_and_lists_them(office: Office, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def ok(who: str, method: str, path: str, status: int = 200, **values: Any) -> Any:
        answer = door(who, method, path, **({"json": values} if values else {}))
        assert answer.status_code == status, answer.text
        return answer.get_json()

    customer, call = office.customer(by="wang"), new_id()
    said = {"id": call, "customer_id": customer, **CALL, "at": SHANGHAI_NINE.isoformat()}
    made = ok("wang", "POST", "/activities", 201, **said)
    assert ok("wang", "POST", "/activities", 200, **said) == made
    assert ok("wang", "POST", "/activities", 409, **said | {"text": "别的"})["code"] == "sync.reused-row-id"
    before = _log(office, "wang", customer, at=datetime(2025, 3, 2, 1, tzinfo=UTC), channel="mail")
    page = ok("jie", "GET", f"/activities?customer_id={customer}&limit=1")
    rest = ok("jie", "GET", f"/activities?customer_id={customer}&limit=1&cursor={page['next']}")
    assert [each["id"] for each in (*page["items"], *rest["items"])] == [call, before]
    assert rest["next"] is None
    _log(office, "na", office.customer(by="na"), at=datetime(2025, 3, 2, 1, tzinfo=UTC), channel="mail")
    for few in (narrowing.FEW, -1):  # what it finds is looked up, or come upon
        monkeypatch.setattr(narrowing, "FEW", few)
        for more in ("", f"&author_id={office.users['wang']}&from=2025-03-02&to=2025-03-02"):
            sunday = ok("jie", "GET", f"/activities?channel=mail{more}")
            assert [each["id"] for each in sunday["items"]] == [before]
    assert ok("wang", "GET", f"/activities/{call}") == made
    assert ok("na", "GET", f"/activities/{call}", 404)["code"] == "core.not-found"
    assert ok("wang", "GET", "/activity-types")["items"] == []
