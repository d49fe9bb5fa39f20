"""What operations on customers store and record, on both databases."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers import operations
from server.customers.functions import WRITE
from server.customers.models import Customer, CustomerPhone, Note, TimelineEntry
from sync_protocol.ids import new_id
from tests.server.customers.office import Office, refused


def test_a_new_customer_is_his_who_entered_him(office: Office) -> None:
    row = office.row(Customer, office.customer("  王  小明 ", id_number="11010519491231002x", grade="A"))
    assert (row.name, row.name_key, row.stage, row.grade) == ("王 小明", "王 小明", "prospect", "A")
    assert row.id_number == "11010519491231002X"
    assert (row.owner_id, row.unit_id) == (office.users["wang"], office.units["east"])
    assert row.first_contact_on == date(2025, 3, 3)
    assert [entry.kind for entry in office.rows(TimelineEntry, customer_id=row.id)] == ["customer-created"]
    assert [subject for subject, _ in office.events("customers.customer-created")] == [row.id]


def test_a_supervisor_enters_a_customer_for_his_team_only(office: Office) -> None:
    row = office.row(Customer, office.customer(by="jie", owner_id=office.users["zhao"], project_id=office.project))
    assert (row.owner_id, row.unit_id, row.project_id) == (office.users["zhao"], office.units["east"], office.project)
    for unfit in ("na", "gone", "spy"):
        with pytest.raises(Refused, match=refused("customers.new-owner-unfit")):
            office.customer(by="jie", owner_id=office.users[unfit])
    with pytest.raises(Refused, match=refused("core.function-missing")):
        office.customer(by="wang", owner_id=office.users["zhao"])


def test_an_unknown_project_is_refused(office: Office) -> None:
    with pytest.raises(Refused, match=refused("customers.project-unknown")):
        office.customer(project_id=new_id())


def test_a_change_is_recorded_without_personal_data(office: Office) -> None:
    customer_id = office.customer("王小明", address="北京路一号", remark="爱喝茶")
    with office.writing() as uow:
        customer = uow.must(Customer, customer_id, WRITE)
        values = {
            "name": "王大明",
            "address": "上海路二号",
            "remark": "爱下棋",
            "grade": "B",
            "born_on": date(1980, 5, 6),
        }
        operations.change_customer(uow, customer, values)
        uow.commit()
    ((_, body),) = office.events("customers.customer-changed")
    changes = json.loads(body)["changes"]
    assert changes["grade"] == [None, "B"]
    assert changes["born_on"] == [None, "1980"]
    assert [each["masked"] for each in changes["name"]] == ["王**", "王**"]
    assert [each["masked"] for each in changes["address"]] == ["北京路***", "上海路***"]
    assert changes["name"][0]["commitment"] != changes["name"][1]["commitment"]
    for word in ("小明", "大明", "一号", "爱", "05-06"):
        assert word not in body


def test_nothing_changed_is_nothing_recorded(office: Office) -> None:
    customer_id = office.customer()
    with office.writing() as uow:
        customer = uow.must(Customer, customer_id, WRITE)
        operations.change_customer(uow, customer, {"name": "王小明 ", "remark": ""})
        uow.commit()
    assert office.row(Customer, customer_id).version == 1
    assert office.events("customers.customer-changed") == []


def test_a_new_stage_stands_on_the_timeline(office: Office) -> None:
    customer_id = office.customer()
    with office.writing() as uow:
        operations.change_customer(uow, uow.must(Customer, customer_id, WRITE), {"stage": "visited"})
        uow.commit()
    last = office.rows(TimelineEntry, customer_id=customer_id, kind="stage-changed")
    assert [entry.params for entry in last] == [{"before": "prospect", "after": "visited"}]


def test_a_replaced_number_stays_and_both_are_on_the_timeline_masked(office: Office) -> None:
    customer_id = office.customer(phone="13800138000")
    (phone,) = office.phones_of(customer_id)
    with office.writing() as uow:
        operations.change_phone(uow, uow.must(CustomerPhone, phone.id, WRITE), {"number": "139 0013 9000"})
        uow.commit()
    stored = {(each.id == phone.id, each.number, each.tail, each.is_current) for each in office.phones_of(customer_id)}
    assert stored == {(True, "+8613900139000", "9000", True), (False, "+8613800138000", "8000", False)}
    (entry,) = office.rows(TimelineEntry, customer_id=customer_id, kind="phone-changed")
    assert entry.params == {"before": "138****8000", "after": "139****9000"}
    assert entry.done_by == office.users["wang"]
    ((_, body),) = office.events("customers.phone-changed")
    assert "13800138000" not in body


def test_a_label_alone_leaves_the_number_as_it_is(office: Office) -> None:
    customer_id = office.customer(phone="13800138000")
    (phone,) = office.phones_of(customer_id)
    with office.writing() as uow:
        values: dict[str, Any] = {"number": "+86 13800138000", "label": "  ", "is_current": False}
        operations.change_phone(uow, uow.must(CustomerPhone, phone.id, WRITE), values)
        uow.commit()
    (after,) = office.phones_of(customer_id)
    assert (after.number, after.label, after.is_current, after.version) == ("+8613800138000", None, False, 2)


def test_a_reply_is_to_a_note_about_the_same_customer(office: Office) -> None:
    one, other = office.customer(), office.customer("李")
    first = new_id()
    with office.writing() as uow:
        operations.add_note(uow, first, {"customer_id": one, "text": "想看江景"})
        operations.add_note(uow, new_id(), {"customer_id": one, "text": "好", "reply_to": first})
        with pytest.raises(Refused, match=refused("customers.reply-elsewhere")):
            operations.add_note(uow, new_id(), {"customer_id": other, "text": "?!", "reply_to": first})
        uow.commit()
    stored = office.rows(Note, customer_id=one)
    assert [note.reply_to for note in stored] == [None, first]
    assert all(note.written_by == office.users["wang"] for note in stored)
    kinds = [entry.kind for entry in office.rows(TimelineEntry, customer_id=one)]
    assert kinds == ["customer-created", "note", "note"]
    assert "江景" not in office.events("customers.note-added")[0][1]


def test_a_note_about_somebody_elses_customer_is_about_nobody(office: Office) -> None:
    customer_id = office.customer(by="na")
    with office.writing("wang") as uow, pytest.raises(Refused, match=refused("core.not-found")):
        operations.add_note(uow, new_id(), {"customer_id": customer_id, "text": "x"})


def test_a_revealed_value_is_in_the_audit_log_with_its_reason_only(office: Office) -> None:
    customer_id = office.customer(id_number="11010519491231002X", phone="13800138000")
    (phone,) = office.phones_of(customer_id)
    with office.writing() as uow:
        customer = uow.must(Customer, customer_id, WRITE)
        assert operations.reveal(uow, customer, "id_number", "网签") == "11010519491231002X"
        assert operations.reveal(uow, customer, "number", "回访", phone_id=phone.id) == "+8613800138000"
        assert operations.reveal(uow, customer, "address", "寄信") is None
        uow.commit()
    bodies = [json.loads(body) for _, body in office.events("customers.sensitive-read")]
    assert bodies == [
        {"field": "id_number", "row_id": customer_id, "reason": "网签"},
        {"field": "number", "row_id": phone.id, "reason": "回访"},
        {"field": "address", "row_id": customer_id, "reason": "寄信"},
    ]


def test_nobody_reveals_out_of_reach_or_another_customers_phone(office: Office) -> None:
    mine, strange = office.customer(), office.customer(by="na", phone="13800138000")
    (phone,) = office.phones_of(strange)
    with office.writing() as uow:
        theirs = uow.get(Customer, strange)
        assert theirs is not None
        with pytest.raises(Refused, match=refused("core.not-found")):
            operations.reveal(uow, theirs, "address", "x1")
        with pytest.raises(Refused, match=refused("core.not-found")):
            operations.reveal(uow, uow.must(Customer, mine, WRITE), "number", "x1", phone_id=phone.id)
        with pytest.raises(Refused, match=refused("customers.reason-required")):
            operations.reveal(uow, uow.must(Customer, mine, WRITE), "address", "  ")


def test_an_undeclared_kind_has_no_place_on_the_timeline(office: Office) -> None:
    customer_id = office.customer()
    with office.writing() as uow, pytest.raises(KeyError):
        operations.add_to_timeline(uow, uow.must(Customer, customer_id), "made-up")
