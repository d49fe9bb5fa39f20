"""Two customers become one: what stays, who may, what is answered for who went, and what it costs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.accounts.models import User
from server.core.problems import Refused
from server.customers import operations
from server.customers.lead_conflicts.models import LeadConflict
from server.customers.merging.models import MergedCustomer
from server.customers.merging.operations import merge_customers
from server.customers.merging.rules import values_taken
from server.customers.models import Customer, FormerOwner, Note, TimelineEntry
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, refused, statements
from tests.support.syncing import pull_all

PHONE, OTHER = "13800138000", "13900139000"


def _merge(office: Office, kept: str, gone: str, *, by: str = "yang", **given: Any) -> None:
    with office.writing(by) as uow:
        merge_customers(uow, kept, gone, **given)
        uow.commit()


def _note(office: Office, customer: str, *, by: str = "wang") -> str:
    with office.writing(by) as uow:
        note = operations.add_note(uow, new_id(), {"customer_id": customer, "text": "爱喝茶"})
        uow.commit()
    return note.id


def _holds(office: Office, who: str, collection: str = "customers") -> set[str]:
    held: set[str] = pull_all(office.database, office.actor(who)).ids(collection)
    return held


@pytest.mark.parametrize(
    ("kept", "gone", "take", "expected"),
    [
        ({}, {"grade": "A"}, (), {"grade": "A"}),
        ({"grade": "B"}, {"grade": "A"}, (), {}),
        ({"grade": "B"}, {"grade": "A"}, ("grade",), {"grade": "A"}),
        ({"grade": "B"}, {}, ("grade",), {"grade": None}),
        ({"grade": "B"}, {"grade": "B"}, ("grade",), {}),
        ({}, {"id_number": "91X", "kind": "company"}, (), {}),
        ({}, {"id_number": "91X", "kind": "company"}, ("kind", "id_number"), {"id_number": "91X", "kind": "company"}),
    ],
)
def test_what_a_card_gets_from_the_other(kept: Any, gone: Any, take: Any, expected: Any) -> None:
    empty = {"kind": "person", "stage": "prospect", "lost_reason": None, "grade": None, "id_number": None}
    assert values_taken(empty | kept, empty | gone, take) == expected


def test_all_that_hangs_on_who_goes_is_with_who_stays_and_his_owner(office: Office) -> None:
    kept = office.customer("王小明", by="na", phone=PHONE, remark="老客户")
    gone = office.customer("王晓明", by="wang", phone=PHONE, grade="A", remark="朋友介绍")
    with office.writing("wang") as uow:
        operations.add_phone(uow, new_id(), {"customer_id": gone, "number": OTHER})
        uow.commit()
    note = _note(office, gone)
    _merge(office, kept, gone)
    card = office.row(Customer, kept)
    assert (card.name, card.grade, card.remark, card.owner_id) == ("王小明", "A", "老客户", office.users["na"])
    assert office.row(Customer, gone) is None
    assert sorted(phone.number for phone in office.phones_of(kept)) == [f"+86{PHONE}", f"+86{OTHER}"]
    assert {each.customer_id for each in office.rows(TimelineEntry)} == {kept}
    na = pull_all(office.database, office.actor("na"))
    assert (na.ids("customers"), na.ids("notes")) == ({kept}, {note})
    assert na.of("notes")[note]["customer_id"] == kept
    for collection in ("customers", "notes", "customer_phones", "timeline"):
        assert _holds(office, "wang", collection) == set()
    (entry,) = office.rows(TimelineEntry, kind="merged")
    assert (entry.subject_id, entry.params) == (gone, {"name": "王晓明"})
    ((subject, body),) = office.events("customers.customers-merged")
    told = json.loads(body)
    assert (subject, told["gone_id"], told["taken"]) == (kept, gone, ["grade"])
    assert (told["owner_id"], told["gone_owner_id"]) == (office.users["na"], office.users["wang"])
    assert set(told["sides"]) == {"name", "grade", "remark"}
    assert "晓" not in body
    assert "介绍" not in body


def test_a_leavers_who_stays_is_the_others_owners(office: Office) -> None:
    kept, gone = office.customer(by="wang", stage="lost", lost_reason="price"), office.customer(by="zhao")
    note = _note(office, kept)
    with office.writing("boss") as uow:
        uow.change(uow.must(User, office.users["wang"]), state="disabled")
        uow.commit()
    _merge(office, kept, gone)
    owners = (office.row(Customer, kept).owner_id, office.row(Note, note).owner_id)
    assert owners == (office.users["zhao"],) * 2
    ((_, body),) = office.events("customers.customers-merged")
    assert json.loads(body)["owner_id"] == office.users["zhao"]


def test_only_who_reaches_both_merges_them_and_nobody_merges_one_with_himself(office: Office) -> None:
    kept, gone, strange = office.customer(by="wang"), office.customer(by="wang"), office.customer(by="na")
    for who, a, b, code in (
        ("wang", kept, strange, "core.not-found"),
        ("wang", strange, kept, "core.not-found"),
        ("zhao", kept, gone, "core.not-found"),
        ("nobody", kept, gone, "core.function-missing"),
        ("spy", kept, gone, "core.not-found"),
        ("wang", kept, kept, "customers.merge-with-himself"),
    ):
        with pytest.raises(Refused, match=refused(code)):
            _merge(office, a, b, by=who)
    for given, code in (
        ({"gone_version": 2}, "core.stale"),
        ({"kept_version": 2}, "core.stale"),
        ({"take": ["owner_id"]}, "customers.merge-unknown-field"),
    ):
        with pytest.raises(Refused, match=refused(code)):
            _merge(office, kept, gone, by="wang", **given)
    assert office.events("customers.customers-merged") == []
    for _ in range(2):  # a double tap changes nothing
        _merge(office, kept, gone, by="wang", kept_version=1)
    assert len(office.events("customers.customers-merged")) == 1


def test_late_work_of_devices_goes_to_who_stands_for_him_and_edits_come_back_naming_that_one(office: Office) -> None:
    """Of who owned him, a colleague who never saw him, and the present owner. Also after that one was merged in turn."""
    first, kept, gone = office.customer(by="na"), office.customer(by="na"), office.customer(by="wang")
    _merge(office, kept, gone)
    _merge(office, first, kept)
    assert {each.into_id for each in office.rows(MergedCustomer)} == {first}
    note = {"collection": "notes", "action": "create", "values": {"customer_id": gone, "text": "晚到"}}
    edit = {"collection": "customers", "action": "update", "row": gone, "values": {"grade": "A"}}
    for who, codes in (
        ("wang", [None, "customers.merged", "customers.handed-over"]),
        ("na", [None, "customers.merged", None]),
        ("zhao", ["core.not-found", "core.not-found", "core.not-found"]),
    ):
        phone = {"customer_id": gone, "number": OTHER}
        number = {"collection": "customer_phones", "action": "create", "row": new_id(), "values": phone}
        applied = office.push(office.on_device(who), {**note, "row": new_id()}, edit, number)
        assert [each.code for each in applied.decisions] == codes, who
        if "customers.merged" in codes:
            assert applied.decisions[1].params == {"into_id": first}
    assert {each.customer_id for each in office.rows(Note)} == {first}
    assert {each.written_by for each in office.rows(Note)} == {office.users["wang"], office.users["na"]}


def test_a_device_merges_too_and_again_it_changes_nothing(office: Office) -> None:
    kept, gone = office.customer(by="wang"), office.customer(by="wang", grade="C")
    device = office.on_device("wang")
    merge = {"collection": "customers", "action": "merge", "row": kept, "values": {"gone_id": gone, "take": "grade"}}
    for _ in range(2):
        assert [each.verdict.value for each in office.push(device, merge).decisions] == ["applied"]
    assert office.row(Customer, kept).grade == "C"
    assert _holds(office, "wang") == {kept}
    assert (
        office.push(device, {**merge, "values": {"gone_id": kept}}).decisions[0].code == "customers.merge-with-himself"
    )


def test_conflicts_of_the_two_are_over_and_those_with_others_go_on_with_who_stays(office: Office) -> None:
    kept, gone = office.customer(by="wang", phone=PHONE), office.customer(by="na", phone=PHONE)
    third = office.customer(by="zhao", phone=PHONE)
    assert len(office.rows(LeadConflict)) == 3
    _merge(office, kept, gone, by="boss")
    (left,) = office.rows(LeadConflict)
    assert ({left.first_id, left.second_id}, left.state) == ({kept, third}, "open")
    assert len(office.events("customers.lead-conflict-closed")) == 1
    _merge(office, third, kept, by="boss")
    assert office.rows(LeadConflict) == []


def test_who_owned_either_may_still_bring_what_he_gathered(office: Office) -> None:
    kept, gone = office.customer(by="na"), office.customer(by="wang")
    for customer in (kept, gone):
        with office.writing("yang") as uow:
            operations.hand_over_customers(uow, [customer], office.users["zhao"], "换人")
            uow.commit()
    _merge(office, kept, gone)
    assert {each.owner_id for each in office.rows(FormerOwner)} == {office.users["na"], office.users["wang"]}
    assert {each.customer_id for each in office.rows(FormerOwner)} == {kept}


def test_it_costs_the_same_however_much_hangs_on_him(office: Office) -> None:
    def cost(size: int) -> int:
        kept, gone = office.customer(by="na"), office.customer(by="wang", phone=PHONE)
        with office.writing("wang") as uow:
            for _ in range(size):
                operations.add_note(uow, new_id(), {"customer_id": gone, "text": "x"})
            uow.commit()
        with statements(office.database) as seen:
            _merge(office, kept, gone)
        return len(seen)

    cost(1)
    assert cost(1) == cost(1000)


def test_the_office_merges_and_is_told_where_he_went(office: Office, door: Door) -> None:
    kept, gone = office.customer("王小明", by="wang"), office.customer("王晓明", by="wang", grade="A")
    body = {"gone_id": gone, "take": ["name"], "gone_version": 1}
    answer = door("wang", "POST", f"/{kept}/merge", json=body)
    assert (answer.status_code, answer.json["name"], answer.json["grade"]) == (200, "王晓明", "A")
    for method, given in (("GET", {}), ("PATCH", {"json": {"grade": "B"}})):
        answer = door("jie", method, f"/{gone}", **given)
        assert (answer.status_code, answer.json["code"], answer.json["params"]) == (
            410, "customers.merged", {"into_id": kept},
        )  # fmt: skip
        assert door("na", method, f"/{gone}", **given).status_code == 404
    assert door("wang", "POST", f"/{gone}/merge", json={"gone_id": kept}).json["code"] == "customers.merged"


def test_one_push_that_merges_somebody_twice_or_goes_on_with_him_is_told_so(office: Office) -> None:
    kept, gone, other = (office.customer(by="wang") for _ in range(3))
    merge = {"collection": "customers", "action": "merge", "row": kept, "values": {"gone_id": gone}}
    note = {"collection": "notes", "action": "create", "row": new_id(), "values": {"customer_id": gone, "text": "x"}}
    applied = office.push(office.on_device("wang"), merge, {**merge, "row": other}, note)
    assert [each.code for each in applied.decisions] == [None, "customers.merged", "core.not-found"]
    assert {each.id for each in office.rows(Customer)} == {kept, other}
