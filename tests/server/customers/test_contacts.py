"""Contacts: who may enter them, one primary one, their phones, and what a batch of them costs."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers import operations, queries
from server.customers.contacts import operations as contacts
from server.customers.contacts.models import Contact, MailAddress
from server.customers.contacts.rules import check_mail
from server.customers.lead_conflicts.models import LeadConflict
from server.customers.merging.operations import merge_customers
from server.customers.models import CustomerPhone
from server.customers.narrowing import Filters
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, refused, statements

Sent = dict[str, Any]


@pytest.mark.parametrize(
    ("typed", "stored"), [("li.na@example.com", "li.na@example.com"), (" a+b@x-y.cn ", "a+b@x-y.cn"), ("a@b", None), ("a b@c.d", None), ("@c.d", None), ("李@c.d", None)]
)  # fmt: skip
def test_a_mail_address_is_one(typed: str, stored: str | None) -> None:
    if stored is None:
        with pytest.raises(Refused, match=refused("customers.mail-invalid")):
            check_mail(typed)
    else:
        assert check_mail(typed) == stored


def test_a_mail_address_is_masked() -> None:
    assert MailAddress().mask("li.na@example.com") == "l**@e**"


def _create(collection: str, row: str, **values: Any) -> Sent:
    return {"collection": collection, "action": "create", "row": row, "values": values}


def _update(row: str, base: int, **values: Any) -> Sent:
    return {"collection": "customer_contacts", "action": "update", "row": row, "base": base, "values": values}


def _outcome(applied: Any) -> list[tuple[str, str | None]]:
    return [(each.verdict.value, each.code) for each in applied.decisions]


def _company(office: Office, **given: Any) -> tuple[str, str]:
    company, contact = office.customer("江南置业", kind="company", **given), new_id()
    values = {"customer_id": company, "name": "李娜", "title": "采购经理"}
    assert _outcome(office.push(office.on_device("wang"), _create("customer_contacts", contact, **values))) == [
        ("applied", None)
    ]
    return company, contact


def _found(office: Office, text: str, who: str = "wang") -> list[str]:
    with office.database.read(office.org) as connection:
        cards, _ = queries.page(connection, office.actor(who), Filters(text=text), order="name", after=None, limit=50)
    return [card.name for card in cards]


def test_a_contact_comes_offline_with_his_phone_and_both_find_the_company(office: Office) -> None:
    company, contact, phone = office.customer("江南置业", kind="company"), new_id(), new_id()
    sent = (
        _create("customer_contacts", contact, customer_id=company, name=" 李  娜", mail=" li@x.cn", note=" "),
        _create("customer_phones", phone, customer_id=company, contact_id=contact, number="139 0013 9000"),
    )
    assert _outcome(office.push(office.on_device("wang"), *sent)) == [("applied", None)] * 2
    assert _outcome(office.push(office.on_device("wang"), *sent)) == [("duplicate", None)] * 2
    row = office.row(Contact, contact)
    assert (row.name, row.mail, row.note, row.pinyin) == ("李 娜", "li@x.cn", None, "li na/nuo")
    assert (row.owner_id, row.unit_id) == (office.users["wang"], office.units["east"])
    for text in ("李娜", "lina", "ln", "9000"):
        assert _found(office, text) == ["江南置业"], text
    office.push(office.on_device("wang"), _update(contact, 1, name="王芳"))
    assert (_found(office, "ln"), _found(office, "wf")) == ([], ["江南置业"])
    ((_, body),) = office.events("customers.contact-added")
    assert json.loads(body)["name"]["masked"] == "李**"


def test_a_number_of_a_contact_opens_a_lead_conflict_and_its_old_one_stays_his(office: Office) -> None:
    company, contact = _company(office)
    office.customer("李娜", by="na", phone="13900139000")
    with office.writing() as uow:
        phone = operations.add_phone(
            uow, new_id(), {"customer_id": company, "contact_id": contact, "number": "13900139000"}
        )
        uow.commit()
    assert len(office.rows(LeadConflict)) == 1
    with office.writing() as uow:
        operations.change_phone(uow, uow.must(CustomerPhone, phone.id), {"number": "13900139001"})
        uow.commit()
    assert [each.contact_id for each in office.phones_of(company)] == [contact, contact]
    assert _found(office, "13900139000") == ["江南置业"]


def test_there_is_one_primary_contact_whoever_asks(office: Office) -> None:
    company, first = _company(office)
    second, third = new_id(), new_id()
    device = office.on_device("wang")
    office.push(
        device,
        _update(first, 1, is_primary=True),
        _create("customer_contacts", second, customer_id=company, name="王芳", is_primary=True),
    )
    with office.writing() as uow:
        values = {"customer_id": company, "name": "赵强", "is_primary": True}
        contacts.add_contact(uow, third, values)
        uow.commit()
    primary = [each.id for each in office.rows(Contact) if each.is_primary]
    assert primary == [third]
    assert office.row(Contact, second).version == 2, "whose device still shows him as primary is told"


def test_two_who_make_another_one_primary_at_once_leave_one(office: Office) -> None:
    company, _ = _company(office)
    others = {new_id(): who for who in ("wang", "jie", "yang")}
    with office.writing() as uow:
        for each in others:
            contacts.add_contact(uow, each, {"customer_id": company, "name": "王芳"})
        uow.commit()
    together, trouble = threading.Barrier(len(others)), []

    def choose(contact: str, who: str) -> None:
        try:
            device = office.on_device(who)
            together.wait(10)
            office.push(device, _update(contact, 1, is_primary=True))
        except Exception as error:  # noqa: BLE001 - said by the test
            trouble.append(error)

    threads = [threading.Thread(target=choose, args=each) for each in others.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not trouble
    assert sum(each.is_primary for each in office.rows(Contact)) == 1


def test_a_number_names_only_a_contact_of_the_same_customer(office: Office, door: Door) -> None:
    company, contact = _company(office)
    other = office.customer()
    number = {"number": "13900139000", "contact_id": contact}
    (verdict,) = _outcome(
        office.push(office.on_device("wang"), _create("customer_phones", new_id(), customer_id=other, **number))
    )
    assert verdict == ("rejected", "customers.contact-elsewhere")
    refusal = door("wang", "POST", f"/{other}/phones", json=number)
    assert (refusal.status_code, refusal.get_json()["errors"][0]["pointer"]) == (422, "/contact_id")
    added = door("wang", "POST", f"/{company}/phones", json=number)
    assert added.get_json()["contact_id"] == contact
    path = f"/{company}/phones/{added.get_json()['id']}"
    assert door("wang", "PATCH", path, json={"contact_id": None}).get_json()["contact_id"] is None


def test_the_office_enters_changes_and_lists_them_within_reach(office: Office, door: Door) -> None:
    company = office.customer("江南置业", kind="company")
    path, contact = f"/{company}/contacts", new_id()
    entered = {"id": contact, "name": "李娜", "mail": "li@x.cn"}
    assert [door("wang", "POST", path, json=entered).status_code for _ in range(2)] == [201, 200]
    other = door("wang", "POST", path, json={**entered, "name": "王芳"})
    assert other.get_json()["code"] == "sync.reused-row-id"
    for who, status in (("zhao", 404), ("na", 404), ("spy", 404)):
        assert door(who, "POST", path, json={"name": "x"}).status_code == status
        assert door(who, "GET", path).status_code == status
        assert door(who, "PATCH", f"{path}/{contact}", json={"title": "x"}).status_code == status
    elsewhere = f"/{office.customer()}/contacts/{contact}"
    assert door("wang", "PATCH", elsewhere, json={"title": "x"}).status_code == 404
    changed = door("jie", "PATCH", f"{path}/{contact}", json={"title": "总监", "left_on": "2025-03-03", "base": 1})
    assert (changed.get_json()["title"], changed.get_json()["left_on"]) == ("总监", "2025-03-03")
    clash = door("wang", "PATCH", f"{path}/{contact}", json={"title": "经理", "base": 1})
    assert clash.get_json()["params"]["current"]["title"] == "总监"
    ahead = door("wang", "PATCH", f"{path}/{contact}", json={"left_on": "2025-03-04"})
    assert ahead.get_json()["errors"][0]["code"] == "customers.day-in-future"
    door("wang", "POST", path, json={"name": "王芳"})
    first = door("wang", "GET", f"{path}?limit=1").get_json()
    rest = door("wang", "GET", f"{path}?limit=1&cursor={first['next']}").get_json()
    assert [each["name"] for each in (*first["items"], *rest["items"])] == ["李娜", "王芳"]
    assert rest["next"] is None


def test_they_go_with_the_customer_and_a_former_owner_is_told_so(office: Office) -> None:
    company, contact = _company(office)
    device = office.on_device("wang")
    with office.writing("yang") as uow:
        operations.hand_over_customers(uow, [company], office.users["na"], "调岗")
        uow.commit()
    row = office.row(Contact, contact)
    assert (row.owner_id, row.unit_id) == (office.users["na"], office.units["west"])
    applied = office.push(
        device,
        _update(contact, 1, title="x"),
        _create("customer_contacts", new_id(), customer_id=company, name="王芳"),
        _update(contact, 1, left_on=date(2025, 3, 3).isoformat()),
    )
    assert _outcome(applied) == [("rejected", "customers.handed-over")] * 3


def test_a_merge_brings_contacts_keys_and_one_primary_one_over(office: Office) -> None:
    kept, first = _company(office)
    gone, other = office.customer("江北贸易", kind="company"), new_id()
    office.push(
        office.on_device("wang"),
        _update(first, 1, is_primary=True),
        _create("customer_contacts", other, customer_id=gone, name="赵强", is_primary=True),
        _create("customer_phones", new_id(), customer_id=gone, contact_id=other, number="13900139000"),
    )
    with office.writing() as uow:
        merge_customers(uow, kept, gone)
        uow.commit()
    assert {each.id: (each.customer_id, each.is_primary) for each in office.rows(Contact)} == {
        first: (kept, True), other: (kept, False),
    }  # fmt: skip
    assert _found(office, "jbmy") == []
    assert _found(office, "zq") == _found(office, "9000") == ["江南置业"]


def test_the_statements_of_a_batch_do_not_grow_with_it(office: Office) -> None:
    device, counts = office.on_device("wang"), []
    for size in (3, 60):
        companies = [office.customer() for _ in range(size)]
        known = [new_id() for _ in range(size)]
        office.push(
            device,
            *(
                _create("customer_contacts", row, customer_id=of, name="李娜")
                for row, of in zip(known, companies, strict=True)
            ),
        )
        batch = [
            *(_create("customer_contacts", new_id(), customer_id=of, name="王芳", is_primary=True) for of in companies),
            *(_create("customer_phones", new_id(), customer_id=of, contact_id=row, number="13900139000") for row, of in zip(known, companies, strict=True)),
            *(_update(row, 1, name="李 娜", is_primary=True) for row in known),
        ]  # fmt: skip
        with statements(office.database) as seen:
            assert _outcome(office.push(device, *batch)) == [("applied", None)] * len(batch)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] < 30
    assert len([each for each in office.rows(Contact) if each.is_primary]) == 63
