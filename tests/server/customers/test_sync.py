"""What devices push about customers, through the real apply step, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from server.core.collections import COLLECTIONS
from server.customers import operations
from server.customers.models import Customer, CustomerPhone, Note, TimelineEntry
from sync_protocol.ids import new_id
from tests.server.customers.office import Office, statements


def _create(collection: str, row: str, **values: Any) -> dict[str, Any]:
    return {"collection": collection, "action": "create", "row": row, "values": values}


def _update(collection: str, row: str, base: int, **values: Any) -> dict[str, Any]:
    return {"collection": collection, "action": "update", "row": row, "base": base, "values": values}


def _outcome(applied: Any) -> list[tuple[str, str | None]]:
    return [(each.verdict.value, each.code) for each in applied.decisions]


def _hand_over(office: Office, customer_id: str, to: str = "na") -> None:
    with office.writing("yang") as uow:
        operations.hand_over_customers(uow, [customer_id], office.users[to], "调岗")
        uow.commit()


def test_a_reception_arrives_with_phone_and_note(office: Office) -> None:
    device, customer, phone, note = office.on_device("wang"), new_id(), new_id(), new_id()
    applied = office.push(
        device,
        {**_create("customers", customer, name="王小明", first_contact_on="2025-03-05"), "group": 1},
        {**_create("customer_phones", phone, customer_id=customer, number="１３８ 0013 8000"), "group": 1},
        {**_create("notes", note, customer_id=customer, text="江景", written_at=1_740_900_000_000), "group": 1},
    )
    assert _outcome(applied) == [("applied", None)] * 3
    row = office.row(Customer, customer)
    assert (row.owner_id, row.unit_id) == (office.users["wang"], office.units["east"])
    assert row.first_contact_on.isoformat() == "2025-03-03", "the device's clock runs ahead"
    assert office.row(CustomerPhone, phone).number == "+8613800138000"
    assert office.row(Note, note).written_by == office.users["wang"]
    assert [entry.kind for entry in office.rows(TimelineEntry, customer_id=customer)] == ["customer-created", "note"]


def test_what_a_rule_refuses_names_its_field_and_the_rest_goes_on(office: Office) -> None:
    customer = new_id()
    applied = office.push(
        office.on_device("wang"),
        _create("customers", new_id(), name="\u200b"),
        _create("customers", customer, name="李"),
        _create("customer_phones", new_id(), customer_id=customer, number="12"),
        _create("customers", new_id(), name="赵", id_number="110105194912310021"),
        _update("customers", customer, 1, stage="won"),
    )
    assert _outcome(applied) == [
        ("rejected", "customers.name-required"),
        ("applied", None),
        ("rejected", "customers.phone-invalid"),
        ("rejected", "customers.id-number-invalid"),
        ("applied", None),
    ]
    assert applied.decisions[0].params["field"].endswith("/name")


def test_different_fields_merge_and_the_same_field_clashes(office: Office) -> None:
    customer = office.customer()
    wang, jie = office.on_device("wang"), office.on_device("jie")
    assert _outcome(office.push(wang, _update("customers", customer, 1, grade="A"))) == [("applied", None)]
    assert _outcome(office.push(jie, _update("customers", customer, 1, stage="visited"))) == [("merged", None)]
    ((verdict, code),) = _outcome(office.push(jie, _update("customers", customer, 1, grade="C")))
    assert verdict == "conflict"
    assert code is not None
    row = office.row(Customer, customer)
    assert (row.grade, row.stage) == ("A", "visited")


def test_what_comes_again_from_a_restored_phone_is_known_however_it_was_spelt(office: Office) -> None:
    customer, phone, note = new_id(), new_id(), new_id()
    sent = (
        _create("customers", customer, name=" 王  小明", id_number="11010519491231002x", address=" 江边 ", remark=" "),
        _create("customer_phones", phone, customer_id=customer, number="138 0000 0001", label=" 手机 "),
        _create("notes", note, customer_id=customer, text="江景\n"),
    )
    assert _outcome(office.push(office.on_device("wang"), *sent)) == [("applied", None)] * 3
    restored = office.on_device("wang")
    assert _outcome(office.push(restored, *sent)) == [("duplicate", None)] * 3
    other = _create("customer_phones", phone, customer_id=customer, number="138 0000 0002")
    unfit = _create("customer_phones", phone, customer_id=customer, number="12")
    assert _outcome(office.push(restored, other, unfit)) == [("rejected", "sync.reused-row-id")] * 2
    assert len(office.rows(CustomerPhone)) == 1


def test_two_who_write_the_same_number_differently_agree(office: Office) -> None:
    customer = office.customer(phone="13800138000")
    (phone,) = office.phones_of(customer)
    wang, jie = office.on_device("wang"), office.on_device("jie")
    first = _update("customer_phones", phone.id, 1, number="139 0013 9000", label="手机 ")
    again = _update("customer_phones", phone.id, 1, number="＋86-139-0013-9000", label=" 手机")
    assert _outcome(office.push(wang, first)) == [("applied", None)]
    assert _outcome(office.push(jie, again)) == [("merged", None)]
    assert len(office.phones_of(customer)) == 2, "the new one and the old one"
    assert _outcome(office.push(wang, _update("customers", customer, 1, name="王 明", id_number="e12345678"))) == [
        ("applied", None)
    ]
    applied = office.push(
        jie,
        _update("customers", customer, 1, name=" 王  明", id_number="E12345678 "),
        _update("customer_phones", phone.id, 1, number="139 0013 9001"),
        _update("customer_phones", phone.id, 1, number="12"),
    )
    assert _outcome(applied) == [
        ("merged", None), ("conflict", "sync.clash"), ("rejected", "customers.phone-invalid"),
    ]  # fmt: skip
    assert applied.decisions[2].params["field"] == "/values/number"


@pytest.mark.parametrize("stranger", ["na", "sun"])
def test_somebody_elses_customer_is_like_none(office: Office, stranger: str) -> None:
    customer = office.customer(phone="13800138000")
    (phone,) = office.phones_of(customer)
    applied = office.push(
        office.on_device(stranger),
        _create("customer_phones", new_id(), customer_id=customer, number="13800138000"),
        _create("notes", new_id(), customer_id=customer, text="x"),
        _create("notes", new_id(), customer_id=new_id(), text="x"),
        _update("customer_phones", phone.id, 1, label="x"),
        _update("customers", customer, 1, grade="A"),
        _update("customers", new_id(), 1, grade="A"),
    )
    assert _outcome(applied) == [("rejected", "core.not-found")] * 6


def test_a_former_owners_note_counts_and_his_edits_do_not(office: Office) -> None:
    customer, device, note = office.customer(phone="13800138000"), office.on_device("wang"), new_id()
    (phone,) = office.phones_of(customer)
    _hand_over(office, customer)
    applied = office.push(
        device,
        _create("notes", note, customer_id=customer, text="昨天答应送车位"),
        _create("customer_phones", new_id(), customer_id=customer, number="13900139000"),
        _update("customer_phones", phone.id, 1, label="x"),
        _update("customers", customer, 1, grade="A"),
    )
    assert _outcome(applied) == [("applied", None)] + [("rejected", "customers.handed-over")] * 3
    assert applied.decisions[1].params["owner_id"] == office.users["na"]
    row = office.row(Note, note)
    assert (row.written_by, row.owner_id, row.unit_id) == (
        office.users["wang"], office.users["na"], office.units["west"],
    )  # fmt: skip
    assert f"customers:own:{office.users['wang']}" not in office.feed(note), "he loses the notes, this one too"
    assert '"late":true' in office.events("customers.note-added")[0][1]


def test_a_refused_edit_does_not_take_the_note_after_it_along(office: Office) -> None:
    customer, device = office.customer(), office.on_device("wang")
    _hand_over(office, customer)
    applied = office.push(
        device,
        _update("customers", customer, 1, grade="A"),
        _create("notes", new_id(), customer_id=customer, text="昨天答应送车位"),
    )
    assert _outcome(applied) == [("rejected", "customers.handed-over"), ("applied", None)]


def test_in_the_office_a_former_owner_is_a_stranger(office: Office) -> None:
    customer = office.customer()
    _hand_over(office, customer)
    with office.writing("wang") as uow:
        assert not operations.was_mine(uow, customer)
    with office.writing(actor=office.on_device("wang")) as uow:
        assert operations.was_mine(uow, customer)


@pytest.mark.parametrize("formerly", [False, True])
def test_the_statements_of_a_batch_do_not_grow_with_it(office: Office, *, formerly: bool) -> None:
    device = office.on_device("wang")
    counts = []
    for size in (3, 60):
        customers = [office.customer(phone="13800138000") for _ in range(size)]
        phones = [office.phones_of(customer)[0].id for customer in customers]
        if formerly:
            with office.writing("yang") as uow:
                operations.hand_over_customers(uow, customers, office.users["na"], "调岗")
                uow.commit()
        new = [new_id() for _ in range(size)]
        batch = [
            *(_create("customers", row, name="李") for row in new),
            *(_create("customer_phones", new_id(), customer_id=row, number="13900139000") for row in new),
            *(_create("notes", new_id(), customer_id=row, text="x") for row in customers),
            *(_update("customer_phones", row, 1, number="13900139000") for row in phones),
            *(_update("customers", row, 1, grade="A") for row in customers),
        ]
        with statements(office.database) as seen:
            applied = office.push(device, *batch)
        assert {verdict for verdict, _ in _outcome(applied)} == ({"applied", "rejected"} if formerly else {"applied"})
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] < 30


def test_the_timeline_takes_nothing_from_devices() -> None:
    assert COLLECTIONS["timeline"].actions == {}


def test_rows_live_in_their_owners_unit_project_and_whole(office: Office) -> None:
    customer = office.customer(project_id=office.project)
    assert set(office.feed(customer)) == {
        f"customers:own:{office.users['wang']}",
        f"customers:unit:{office.units['east']}",
        f"customers:proj:{office.project}",
        "customers:all",
    }
