"""Lead conflicts: when one is opened, once for a pair, whoever enters what at one moment; and who is shown which side."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.core.types import from_ms
from server.core.uow import UnitOfWork
from server.customers import operations
from server.customers.lead_conflicts.finding import Entered, look_for_conflicts
from server.customers.lead_conflicts.models import LeadConflict, conflict_id
from server.customers.models import Customer, CustomerPhone
from server.customers.receptions.operations import add_reception
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, statements

PHONE, OTHER = "13800138000", "13900139000"
AT_TEN = 1_740_967_500_000
"""10:05 in Shanghai by a device's clock; the office's stands at 10:00."""


def _conflicts(office: Office) -> set[frozenset[str]]:
    return {frozenset((each.first_id, each.second_id)) for each in office.rows(LeadConflict)}


def _entered(customer: str, phone: str = PHONE, **values: Any) -> list[dict[str, Any]]:
    """What a device sends of a new customer with his number."""
    number = {"customer_id": customer, "number": phone}
    create = {"action": "create", "made_at": AT_TEN}
    return [
        {**create, "collection": "customers", "row": customer, "values": {"name": "王小明", **values}},
        {**create, "collection": "customer_phones", "row": new_id(), "values": number},
    ]


def _change(office: Office, who: str, operation: Any, kind: Any, row_id: str, **values: Any) -> None:
    with office.writing(who) as uow:
        operation(uow, uow.must(kind, row_id), values)
        uow.commit()


def test_a_number_that_another_owners_customer_has_opens_one_conflict_and_refuses_nothing(office: Office) -> None:
    hers = office.customer(by="na", phone=PHONE)
    office.clock.at += timedelta(hours=8)
    his = new_id()
    applied = office.push(office.on_device("wang"), *_entered(his, "+86 138 0013 8000"))
    assert [each.verdict.value for each in applied.decisions] == ["applied"] * 2
    (row,) = office.rows(LeadConflict)
    assert (row.id, row.state) == (conflict_id(his, hers), "open")
    noon = office.clock.at - timedelta(hours=8)
    assert (row.first_id, row.first_received_at, row.first_arrived_at) == (hers, noon, noon)
    assert (row.second_id, row.second_received_at, row.second_arrived_at) == (his, from_ms(AT_TEN), office.clock.at)
    ((subject, body),) = office.events("customers.lead-conflict-opened")
    owners = [office.users["na"], office.users["wang"]]
    assert (subject, json.loads(body)) == (row.id, {"customer_ids": [hers, his], "owner_ids": owners})


def test_a_reception_that_comes_later_is_looked_at_while_it_is_open(office: Office) -> None:
    office.customer(by="na", phone=PHONE)
    office.clock.at += timedelta(hours=1)
    his = office.customer(by="wang", phone=PHONE)
    (row,) = office.rows(LeadConflict)
    assert (row.proposed, row.because) == ("first", "earlier")
    before = office.clock.at - timedelta(hours=2)  # from memory, and so in doubt by as much
    with office.writing("wang") as uow:
        add_reception(uow, new_id(), {"customer_id": his, "channel": "visit", "received_at": before})
        uow.commit()
    (row,) = office.rows(LeadConflict)
    assert (row.proposed, row.because, row.second_received_at) == (None, "too-near", before)


def test_a_batch_that_comes_again_opens_nothing_again(office: Office) -> None:
    office.customer(by="na", phone=PHONE)
    wang, sent = office.on_device("wang"), _entered(new_id())
    first = office.push(wang, *sent)
    office._sent.clear()
    assert office.push(wang, *sent).decisions == first.decisions
    assert len(office.rows(LeadConflict)) == len(office.events("customers.lead-conflict-opened")) == 1


def test_who_has_a_customer_twice_is_in_conflict_with_nobody(office: Office) -> None:
    office.customer(by="wang", phone=PHONE)
    office.customer(by="wang", phone=PHONE)
    office.customer(by="spy", phone=PHONE)
    office.customer(by="na", phone=OTHER)
    assert _conflicts(office) == set()


def test_a_number_that_is_added_or_changed_counts_and_so_does_an_old_one(office: Office) -> None:
    hers, his, third = office.customer(by="na", phone=PHONE), office.customer(by="wang"), office.customer(by="zhao")
    (phone,) = office.phones_of(hers)
    _change(office, "na", operations.change_phone, CustomerPhone, phone.id, label="手机")
    assert _conflicts(office) == set()
    _change(office, "na", operations.change_phone, CustomerPhone, phone.id, number=OTHER)
    with office.writing("wang") as uow:
        operations.add_phone(uow, new_id(), {"customer_id": his, "number": PHONE})
        uow.commit()
    assert _conflicts(office) == {frozenset((hers, his))}
    with office.writing("zhao") as uow:
        number = operations.add_phone(uow, new_id(), {"customer_id": third, "number": "15400000042"})
        uow.commit()
    _change(office, "zhao", operations.change_phone, CustomerPhone, number.id, number=OTHER)
    assert _conflicts(office) == {frozenset((hers, his)), frozenset((hers, third))}


def test_an_identity_number_counts_like_a_phone(office: Office) -> None:
    paper = "11010519491231002X"
    hers = office.customer(by="na", id_number=paper)
    his = office.customer(by="wang", id_number="h1234567")
    assert _conflicts(office) == set()
    _change(office, "wang", operations.change_customer, Customer, his, id_number=paper.lower())
    third = office.customer(by="zhao", id_number=paper)
    assert _conflicts(office) == {frozenset(each) for each in ((hers, his), (hers, third), (his, third))}
    assert {each.matched for each in office.rows(LeadConflict)} == {"id_number"}


def test_a_dead_customer_is_in_conflict_when_he_comes_back(office: Office) -> None:
    dead = office.customer(by="na", phone=PHONE, stage="dead")
    his = office.customer(by="wang", phone=PHONE)
    assert _conflicts(office) == set()
    _change(office, "na", operations.change_customer, Customer, dead, stage="visited")
    assert _conflicts(office) == {frozenset((dead, his))}


def test_each_other_owner_is_in_it_once_with_whom_he_had_first(office: Office) -> None:
    hers = [office.customer(by="na", phone=PHONE) for _ in range(3)]
    his = office.customer(by="wang", phone=PHONE)
    third = office.customer(by="zhao", phone=PHONE)
    assert _conflicts(office) == {
        frozenset((hers[0], his)),
        frozenset((hers[0], third)),
        frozenset((his, third)),
    }


def test_a_push_looks_for_conflicts_with_as_many_statements_whatever_it_holds(office: Office) -> None:
    def cost(size: int) -> int:
        numbers = [f"1370000{size:02d}{place:02d}" for place in range(size)]
        for number in numbers:
            office.customer(by="na", phone=number)
        sent = [each for number in numbers for each in _entered(new_id(), number)]
        wang, before = office.on_device("wang"), len(office.rows(LeadConflict))
        with statements(office.database) as seen:
            office.push(wang, *sent)
        assert len(office.rows(LeadConflict)) - before == size
        return len(seen)

    cost(1)
    assert cost(2) == cost(12)


def test_what_touches_no_number_pays_nothing(office: Office) -> None:
    customer = office.customer(by="wang", phone=PHONE)
    with statements(office.database) as seen:
        _change(office, "wang", operations.change_customer, Customer, customer, remark="爱喝茶", stage="visited")
    assert not [each for each in seen if "lead_conflicts" in each or "customer_phones" in each]


def test_a_refused_number_opens_nothing_and_the_others_of_its_batch_do(office: Office) -> None:
    hers = office.customer(by="na", phone=PHONE)
    bad, good = new_id(), new_id()
    sent = [*_entered(bad), *_entered(good)]
    for each in sent[:2]:
        each["group"] = 1
    sent[0]["values"]["born_on"] = "2999-01-01"
    for each in sent[2:]:
        each["group"] = 3
    applied = office.push(office.on_device("wang"), *sent)
    assert [each.verdict.value for each in applied.decisions] == ["rejected", "skipped", "applied", "applied"]
    assert _conflicts(office) == {frozenset((hers, good))}


# -- at one moment ----------------------------------------------------------------------------------------------------


def test_two_who_do_not_see_each_other_open_one_conflict(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first has looked and not committed when the second looks; only the turn keeps the second from seeing nothing."""
    looked, second_done = threading.Event(), threading.Event()

    def slowly(uow: UnitOfWork, entered: Sequence[Entered]) -> None:
        look_for_conflicts(uow, entered)
        if not looked.is_set():
            looked.set()
            second_done.wait(0.5)  # in vain, while turns are kept

    monkeypatch.setattr(operations, "look_for_conflicts", slowly)

    def second() -> None:
        looked.wait(5)
        office.customer(by="na", phone=PHONE)
        second_done.set()

    thread = threading.Thread(target=second)
    thread.start()
    office.customer(by="wang", phone=PHONE)
    thread.join(10)
    assert len(office.rows(Customer)) == 2
    assert len(office.rows(LeadConflict)) == len(office.events("customers.lead-conflict-opened")) == 1


def test_a_crowd_that_enters_one_number_at_once_is_in_conflict_pair_by_pair_each_once(office: Office) -> None:
    people = ["wang", "zhao", "na", "jie", "hong", "yang", "sun"]
    together, trouble = threading.Barrier(len(people)), []

    def enter(who: str) -> None:
        try:
            device, sent = office.on_device(who), _entered(new_id())
            together.wait(10)
            office.push(device, *sent)
        except Exception as error:  # noqa: BLE001 - said by the test
            trouble.append(error)

    threads = [threading.Thread(target=enter, args=(who,)) for who in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert not trouble
    pairs = len(people) * (len(people) - 1) // 2
    assert len(_conflicts(office)) == len(office.events("customers.lead-conflict-opened")) == pairs


# -- the end of one, and who sees it ----------------------------------------------------------------------------------


def _hand_over(office: Office, customer: str, to: str) -> None:
    with office.writing("yang") as uow:
        operations.hand_over_customers(uow, [customer], office.users[to], "撞单")
        uow.commit()


def test_a_handover_to_one_owner_closes_it_and_one_that_tears_them_apart_opens_it_again(office: Office) -> None:
    hers, his = office.customer(by="na", phone=PHONE), office.customer(by="wang", phone=PHONE)
    _hand_over(office, hers, "zhao")
    (row,) = office.rows(LeadConflict)
    assert (row.state, row.first_owner_id, row.first_unit_id) == ("open", office.users["zhao"], office.units["east"])
    _hand_over(office, hers, "wang")
    (row,) = office.rows(LeadConflict)
    assert (row.state, row.first_owner_id) == ("closed", office.users["wang"])
    ((subject, body),) = office.events("customers.lead-conflict-closed")
    assert (subject, json.loads(body)) == (conflict_id(his, hers), {"owner_id": office.users["wang"]})
    _hand_over(office, hers, "zhao")
    assert [each.state for each in office.rows(LeadConflict)] == ["open"]
    assert len(office.events("customers.lead-conflict-opened")) == 2


def test_a_handover_opens_a_conflict_where_it_makes_one(office: Office) -> None:
    mine = [office.customer(by="wang", phone=PHONE) for _ in range(2)]
    assert _conflicts(office) == set()
    _hand_over(office, mine[1], "na")
    assert _conflicts(office) == {frozenset(mine)}


def test_each_sees_the_customer_within_reach_and_of_the_other_whose_he_is_and_the_times(
    office: Office, door: Door
) -> None:
    def listed(who: str, query: str = "") -> Any:
        answer = door(who, "GET", f"/api/v1/lead-conflicts{query}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    hers = office.customer("李娜", by="na", phone=PHONE)
    office.clock.at += timedelta(minutes=1)
    his = office.customer("王小明", by="wang", phone=PHONE)
    for who, seen in (("yang", [hers, his]), ("boss", [hers, his]), ("jie", [None, his]), ("hong", [hers, None])):
        (item,) = listed(who)["items"]
        sides = (item["first"], item["second"])
        assert [side["customer_id"] for side in sides] == seen
        for side in sides:
            assert (side["customer_name"] is None) == (side["customer_id"] is None)
        assert [side["owner_name"] for side in sides] == ["Na", "Wang"]  # whose he is, is what a conflict tells
        assert [side["received_at"] for side in sides] == [
            "2025-03-03T02:00:00.000Z",
            "2025-03-03T02:01:00.000Z",
        ]
    assert listed("spy")["items"] == []
    assert door("wang", "GET", "/api/v1/lead-conflicts").get_json()["code"] == "core.function-missing"
    _hand_over(office, his, "na")
    assert listed("yang", "?state=open")["items"] == []
    assert len(listed("yang", "?state=closed")["items"]) == 1


def test_the_list_goes_on_where_a_page_ends(office: Office, door: Door) -> None:
    for number in range(3):
        office.clock.at = datetime(2025, 3, 3, 3, number, tzinfo=UTC)
        for who in ("na", "wang"):
            office.customer(by=who, phone=f"1370000000{number}")
    found: list[str] = []
    query = "?limit=2"
    while True:
        page = door("yang", "GET", f"/api/v1/lead-conflicts{query}").get_json()
        found += [each["opened_at"] for each in page["items"]]
        if page["next"] is None:
            break
        query = f"?limit=2&cursor={page['next']}"
    assert found == [f"2025-03-03T03:0{number}:00.000Z" for number in (2, 1, 0)]
    stale = door("yang", "GET", f"/api/v1/lead-conflicts{query}&state=open")
    assert stale.get_json()["code"] == "core.bad-cursor"
