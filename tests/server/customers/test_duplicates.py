"""Who is there already, within reach and beyond it; and what was changed of a customer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from server.customers import operations
from server.customers.contacts import operations as contacts
from server.customers.duplicates import views
from server.customers.duplicates.rules import whole_id_number, whole_name, whole_phone
from server.customers.history.queries import history
from server.customers.models import Customer, CustomerPhone
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, statements

ID_NUMBER = "11010519491231002X"


@pytest.mark.parametrize(
    ("check", "typed", "whole"),
    [
        (whole_phone, "138 0013 8000", "+8613800138000"), (whole_phone, "138 0013", None), (whole_phone, "", None),
        (whole_id_number, "11010519491231002x", ID_NUMBER), (whole_id_number, "110105 19491231 002x", ID_NUMBER),
        (whole_id_number, " ", None), (whole_id_number, None, None),
        (whole_name, " 王 ", "王"), (whole_name, "·", None), (whole_name, None, None),
    ],
)  # fmt: skip
def test_what_is_not_whole_yet_is_left_alone(check: Any, typed: str | None, whole: str | None) -> None:
    assert check(typed) == whole


@pytest.fixture
def known(office: Office) -> str:
    return office.customer("王小明", by="na", phone="13800138000", id_number=ID_NUMBER)


def _asked(door: Door, who: str, **values: Any) -> list[tuple[str, str | None, str]]:
    answer = door(who, "POST", "/duplicates", json=values)
    assert answer.status_code == 200, answer.text
    return [(each["why"], each["name"], each["owner_name"]) for each in answer.get_json()["items"]]


def test_within_reach_all_is_told_and_beyond_it_only_whose_he_is(office: Office, door: Door, known: str) -> None:
    near, far = [("phone", "王小明", "Na")], [("phone", None, "Na")]
    for who, told in (("na", near), ("hong", near), ("boss", near), ("wang", far), ("jie", far), ("spy", [])):
        assert _asked(door, who, phones=["138 0013 8000"]) == told, who
    body = door("wang", "POST", "/duplicates", json={"id_number": ID_NUMBER.lower()}).get_json()
    assert body["items"] == [
        {"why": "id_number", "customer_id": None, "name": None, "stage": None, "owner_name": "Na", "unit_name": "west"}
    ]
    events = [(subject, json.loads(body)) for subject, body in office.events("customers.duplicate-told")]
    assert events == [(known, {"why": "phone"}), (known, {"why": "phone"}), (known, {"why": "id_number"})]


def test_a_name_is_compared_within_reach_alone_as_written_and_as_read(office: Office, door: Door, known: str) -> None:
    assert _asked(door, "wang", name="王小明") == []
    for name in ("王小明", "王晓明", " 王 小明 ", "汪晓鸣"):
        expected = [] if name == " 王 小明 " else [("name", "王小明", "Na")]
        assert _asked(door, "na", name=name) == expected, name
    for name in ("小明", "王小", "王小名字", "明", "王"):
        assert _asked(door, "na", name=name) == [], name
    assert office.events("customers.duplicate-told") == []


def test_an_old_number_and_one_of_a_contact_are_known_and_half_of_one_is_not(office: Office, door: Door) -> None:
    company = office.customer("江南置业", phone="13800138000")
    (phone,) = office.phones_of(company)
    with office.writing() as uow:
        operations.change_phone(uow, uow.must(CustomerPhone, phone.id), {"number": "13900139000"})
        contact = contacts.add_contact(uow, new_id(), {"customer_id": company, "name": "李娜"})
        values = {"customer_id": company, "contact_id": contact.id, "number": "13700137000"}
        operations.add_phone(uow, new_id(), values)
        uow.commit()
    for number in ("13800138000", "13900139000", "13700137000"):
        assert _asked(door, "wang", phones=[number]) == [("phone", "江南置业", "Wang")]
    for number in ("8000", "1380013800", "13800138001"):
        assert _asked(door, "zhao", phones=[number]) == []


def test_who_may_not_enter_customers_is_not_told(door: Door, known: str) -> None:
    assert door("nobody", "POST", "/duplicates", json={"phones": ["13800138000"]}).status_code == 403


def test_nobody_tries_numbers_through(door: Door, known: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "DUPLICATES_PER_PERSON", replace(views.DUPLICATES_PER_PERSON, amount=2))
    statuses = [door("zhao", "POST", "/duplicates", json={}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_asking_costs_three_statements_whoever_is_there(office: Office, door: Door) -> None:
    for _ in range(7):
        office.customer("王小明", phone="13800138000", id_number=ID_NUMBER)
    with statements(office.database) as seen:
        found = _asked(door, "wang", name="王小明", phones=["13800138000"], id_number=ID_NUMBER)
    assert len([each for each in seen if each.startswith("SELECT customers")]) == 3
    assert [why for why, _, _ in found] == ["id_number"] * 5


def _history(office: Office, customer: str, who: str) -> list[tuple[str, str | None, list[tuple[str, Any, Any]]]]:
    found, after = [], None
    with office.database.read(office.org) as connection, statements(office.database) as seen:
        for _ in range(9):
            deeds, after = history(connection, office.actor(who), customer, after=after, limit=2)
            found += deeds
            if after is None:
                break
    assert len(seen) == 2 * ((len(found) + 1) // 2)
    return [
        (deed.what, deed.done_by_name, [(each.field, each.before, each.after) for each in deed.changes])
        for deed in found
    ]


def test_what_was_changed_shows_who_old_and_new_masked(office: Office, door: Door) -> None:
    customer = office.customer("王小明", phone="13800138000", address="江边一号")
    (phone,) = office.phones_of(customer)
    with office.writing("jie") as uow:
        row = uow.must(Customer, customer)
        operations.change_customer(uow, row, {"stage": "won", "address": "湖边二号", "remark": "喜欢钓鱼"})
        operations.change_phone(uow, uow.must(CustomerPhone, phone.id), {"number": "13900139000"})
        uow.commit()
    with office.writing("yang") as uow:
        operations.hand_over_customers(uow, [customer], office.users["zhao"], "调岗")
        uow.commit()
    assert _history(office, customer, "zhao") == [
        ("handed-over", "Yang", [("owner_id", office.users["wang"], office.users["zhao"])]),
        ("phone-changed", "Jie", [("number", "138****8000", "139****9000")]),
        (
            "changed",
            "Jie",
            [
                ("address", "江边一***", "湖边二***"),
                ("deal", "potential", "won"),
                ("remark", None, "(4)"),
                ("stage", "prospect", "won"),
            ],
        ),
        ("phone-added", "Wang", [("number", None, "138****8000")]),
        ("created", "Wang", []),
    ]
    first = door("zhao", "GET", f"/{customer}/history?limit=1").get_json()
    assert first["items"][0]["row_id"] is None
    second = door("zhao", "GET", f"/{customer}/history?limit=1&cursor={first['next']}").get_json()
    assert (second["items"][0]["what"], second["items"][0]["row_id"]) == ("phone-changed", phone.id)
    for who in ("wang", "na", "spy"):
        assert door(who, "GET", f"/{customer}/history").status_code == 404
