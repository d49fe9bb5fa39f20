"""Receptions: what one changes, who may note and complete it, what goes with a customer; from devices and the office."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from server.core.problems import Refused
from server.core.types import from_ms
from server.customers import operations
from server.customers.lead_conflicts.models import LeadConflict
from server.customers.models import Customer, TimelineEntry
from server.customers.receptions import operations as receptions
from server.customers.receptions.models import Reception
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, refused, statements

AT_TEN = 1_740_967_500_000
"""10:05 in Shanghai; the office's clock stands at 10:00."""
SHEET: dict[str, Any] = {
    "source": "referral", "area": "from_90", "orientation": "south", "floor": "high", "interest_price": True,
    "interest_location": False, "interest_greenery": True, "interest_decoration": False, "interest_surroundings": True,
    "income": "from_200", "work_place": "软件园", "home_place": "湖里", "suggestions": "几时交房？", "impression": "爱喝茶，很急",
}  # fmt: skip


def _received(customer: str, row: str | None = None, /, **values: Any) -> dict[str, Any]:
    return {
        "collection": "receptions", "action": "create", "row": row or new_id(), "made_at": AT_TEN,
        "values": {"customer_id": customer, "channel": "visit", **values},
    }  # fmt: skip


def _sheet(phone: str = "13800138000") -> tuple[str, list[dict[str, Any]]]:
    """A contact sheet as a device sends it: customer, phone and reception in one local transaction."""
    customer, create = new_id(), {"action": "create", "made_at": AT_TEN, "group": 1}
    number = {"customer_id": customer, "number": phone}
    return customer, [
        {**create, "collection": "customers", "row": customer, "values": {"name": "王小明", "stage": "prospect"}},
        {**create, "collection": "customer_phones", "row": new_id(), "values": number},
        {**_received(customer, **SHEET), "group": 1},
    ]


def _codes(applied: Any) -> list[str | None]:
    return [each.code for each in applied.decisions]


def test_a_contact_sheet_makes_a_visitor_with_all_that_stands_on_it(office: Office) -> None:
    customer, sent = _sheet()
    assert _codes(office.push(office.on_device("wang"), *sent)) == [None] * 3
    assert office.row(Customer, customer).stage == "visited"
    (row,) = office.rows(Reception)
    assert {name: getattr(row, name) for name in SHEET} == SHEET
    assert (row.customer_id, row.received_by, row.received_at) == (customer, office.users["wang"], from_ms(AT_TEN))
    assert (row.owner_id, row.unit_id) == (office.users["wang"], office.units["east"])
    kinds = [each.kind for each in office.rows(TimelineEntry, customer_id=customer)]
    assert sorted(kinds) == ["customer-created", "reception", "stage-changed"]
    ((subject, body),) = office.events("customers.reception-added")
    assert (subject, json.loads(body)) == (
        customer, {"channel": "visit", "late": False, "received_at": AT_TEN, "reception_id": row.id},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "channel", "after"),
    [
        ("prospect", "visit", "visited"),
        ("prospect", "call", "prospect"),
        ("prospect", "outside", "prospect"),
        ("prospect", "online", "prospect"),
        ("negotiating", "visit", "negotiating"),
        ("won", "visit", "won"),
        ("dead", "visit", "dead"),
    ],
)
@pytest.mark.parametrize("database_kind", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True)
def test_whoever_comes_for_the_first_time_becomes_a_visitor(
    office: Office, before: str, channel: str, after: str
) -> None:
    customer = office.customer(stage=before)
    for _ in range(2):
        office.push(office.on_device("wang"), _received(customer, channel=channel))
    assert office.row(Customer, customer).stage == after
    assert len(office.rows(Reception)) == 2


def test_the_same_sent_again_from_a_restored_store_is_the_same_reception(office: Office) -> None:
    customer, row = office.customer(), new_id()
    sent = _received(customer, row, received_at=AT_TEN, work_place=" 软件园 ")
    verdicts = [office.push(office.on_device("wang"), sent).decisions[0].verdict.value for _ in range(2)]
    assert verdicts == ["applied", "duplicate"]
    assert len(office.events("customers.reception-added")) == 1


def test_a_former_owner_s_reception_is_taken_in_his_name_and_is_the_present_owner_s(office: Office) -> None:
    customer, earlier = office.customer(), new_id()
    wang = office.on_device("wang")
    office.push(wang, _received(customer, earlier))
    with office.writing("yang") as uow:
        operations.hand_over_customers(uow, [customer], office.users["na"], "调岗")
        uow.commit()
    late = new_id()
    update = {"collection": "receptions", "action": "update", "row": earlier, "base": 1, "values": {"floor": "low"}}
    assert _codes(office.push(wang, _received(customer, late), update)) == [None, "core.not-found"]
    for row in office.rows(Reception):
        assert (row.owner_id, row.unit_id, row.received_by) == (
            office.users["na"], office.units["west"], office.users["wang"],
        )  # fmt: skip
    assert [json.loads(body)["late"] for _, body in office.events("customers.reception-added")] == [False, True]
    assert not office.feed(late).get(f"customers:own:{office.users['wang']}", (False, 0))[0]


def test_the_sheet_can_be_completed_and_an_impression_by_who_had_it(office: Office) -> None:
    customer, row = office.customer(), new_id()
    office.push(office.on_device("wang"), _received(customer, row, impression="爱喝茶"))
    with office.writing("jie") as uow:
        reception = uow.must(Reception, row)
        receptions.change_reception(uow, reception, {"floor": "low", "impression": " 爱喝茶"})
        with pytest.raises(Refused, match=refused("customers.impression-of-another")):
            receptions.change_reception(uow, reception, {"impression": "不爱喝茶"})
        uow.commit()
    with office.writing("wang") as uow:
        receptions.change_reception(uow, uow.must(Reception, row), {"impression": ""})
        uow.commit()
    kept = office.row(Reception, row)
    assert (kept.floor, kept.impression, kept.version) == ("low", None, 3)
    bodies = [json.loads(body) for _, body in office.events("customers.reception-changed")]
    assert [sorted(each["changes"]) for each in bodies] == [["floor"], ["impression"]]
    assert "爱喝茶" not in json.dumps(bodies, ensure_ascii=False)


def test_two_who_change_one_field_clash_and_others_merge(office: Office) -> None:
    customer, row = office.customer(), new_id()
    wang = office.on_device("wang")
    office.push(wang, _received(customer, row))
    update = {"collection": "receptions", "action": "update", "row": row, "base": 1}
    office.push(office.on_device("jie"), {**update, "values": {"floor": "low"}})
    applied = office.push(wang, {**update, "values": {"floor": "high", "area": "from_90"}})
    (decision,) = applied.decisions
    assert (decision.verdict.value, dict(decision.params)) == ("conflict", {"fields": ["floor"]})
    assert (office.row(Reception, row).floor, office.row(Reception, row).area) == ("low", "from_90")


def test_a_push_of_receptions_costs_as_many_statements_whatever_it_holds(office: Office) -> None:
    wang = office.on_device("wang")

    def cost(size: int) -> int:
        customers = [office.customer(phone=f"1380013{size:03d}{place:01d}") for place in range(min(size, 9))]
        sent = [_received(customers[place % len(customers)]) for place in range(size)]
        with statements(office.database) as seen:
            assert set(_codes(office.push(wang, *sent))) == {None}
        return len(seen)

    cost(1)
    assert cost(2) == cost(250)


# -- over HTTP --------------------------------------------------------------------------------------------------------


def test_the_office_notes_lists_and_completes_them(office: Office, door: Door) -> None:
    customer, row = office.customer(), new_id()
    body = {"id": row, "channel": "visit", "received_at": "2025-03-03T01:30:00Z", "impression": "爱喝茶"}
    first = door("wang", "POST", f"/{customer}/receptions", json=body)
    again = door("wang", "POST", f"/{customer}/receptions", json=body)
    other = door("wang", "POST", f"/{customer}/receptions", json={**body, "channel": "call"})
    assert [each.status_code for each in (first, again, other)] == [201, 200, 409]
    assert first.get_json() == again.get_json()
    assert other.get_json()["code"] == "sync.reused-row-id"
    office.clock.at += timedelta(minutes=1)
    door("jie", "POST", f"/{customer}/receptions", json={"channel": "call"})
    page = door("wang", "GET", f"/{customer}/receptions?limit=1").get_json()
    rest = door("wang", "GET", f"/{customer}/receptions?limit=1&cursor={page['next']}").get_json()
    assert [each["channel"] for each in (*page["items"], *rest["items"])] == ["call", "visit"]
    assert rest["next"] is None
    path = f"/{customer}/receptions/{row}"
    assert door("jie", "PATCH", path, json={"floor": "low", "base": 1}).get_json()["floor"] == "low"
    clash = door("wang", "PATCH", path, json={"floor": "high", "base": 1})
    assert (clash.status_code, clash.get_json()["code"]) == (409, "customers.changed-meanwhile")
    assert clash.get_json()["params"]["current"]["floor"] == "low"
    mine = door("jie", "PATCH", path, json={"impression": "x"})
    assert (mine.status_code, mine.get_json()["code"]) == (403, "customers.impression-of-another")
    elsewhere = door("wang", "PATCH", f"/{office.customer()}/receptions/{row}", json={"floor": "low"})
    assert elsewhere.status_code == 404
    late = door(
        "wang", "POST", f"/{customer}/receptions", json={"channel": "call", "received_at": "2025-03-03T02:01:01Z"}
    )
    assert (late.status_code, late.get_json()["code"]) == (422, "customers.received-in-future")
    assert door("na", "GET", f"/{customer}/receptions").status_code == 404
    assert door("na", "POST", f"/{customer}/receptions", json={"channel": "call"}).status_code == 404
    assert len(office.rows(LeadConflict)) == 0
