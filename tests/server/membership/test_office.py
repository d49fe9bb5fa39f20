"""The office and the member club: joining, cards from issue to replacement, codes, arrivals, sales centres."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from server.accounts.operations import staff
from server.core.jobs import HANDLERS
from server.core.services import Services
from server.customers.models import TimelineEntry
from server.customers.operations import hand_over_customers
from server.membership.card_keys import CardKeys
from server.membership.cards import printed, rotating
from server.membership.models import Arrival, Card, CardUse, Member, SalesCentre
from server.membership.operations.centres import host_of
from server.membership.purge import CODES_KEPT
from sync_protocol.ids import new_id
from tests.kiosk.centre import Centre

DAY = timedelta(days=1)


def test_a_customer_joins_once_and_the_timeline_shows_it(centre: Centre) -> None:
    office, customer_id = centre.company.office("wang"), centre.customer()
    member_id = new_id()
    body = {"id": member_id, "customer_id": customer_id, "tier": "silver"}
    made = office("POST", "/members", json=body)
    assert (made.status_code, made.json["id"], made.json["customer_name"]) == (201, member_id, "王小明")
    again = office("POST", "/members", json=body)
    assert (again.status_code, again.json) == (200, made.json)
    twice = office("POST", "/members", json={"customer_id": customer_id})
    assert (twice.status_code, twice.json["code"]) == (409, "membership.already-member")
    assert twice.json["params"]["member_id"] == member_id
    assert len(centre.timeline(customer_id, "member-joined")) == 1
    assert [each.name for each in centre.company.events() if each.name.startswith("membership.member")] == [
        "membership.member-joined"
    ]


def test_somebody_who_left_joins_again_as_the_member_he_was(centre: Centre) -> None:
    card = centre.card()
    manager = centre.company.office("jie")
    assert manager.ok("POST", f"/members/{card.member_id}/leave")["state"] == "left"
    assert manager.ok("POST", f"/members/{card.member_id}/leave")["state"] == "left"
    assert centre.company.row(Card, card.id).state == "blocked"
    assert (
        manager("PATCH", f"/members/{card.member_id}", json={"tier": "silver"}).json["code"] == "membership.member-left"
    )
    refused = manager("POST", f"/cards/{card.id}/unblock")
    assert (refused.status_code, refused.json["code"]) == (409, "membership.member-gone")
    assert centre.company.row(Card, card.id).state == "blocked"
    issued = manager("POST", "/cards", json={"member_id": card.member_id, "kind": "phone"})
    assert issued.json["code"] == "membership.member-gone"
    again = manager.ok("POST", "/members", json={"customer_id": card.customer_id})
    assert (again["id"], again["state"], again["tier"]) == (card.member_id, "active", "standard")
    assert len(centre.all_of(Member)) == 1


def test_one_customer_has_several_cards_and_each_goes_its_own_way(centre: Centre) -> None:
    office, member_id = centre.company.office("wang"), centre.member()
    ids = [
        office.ok("POST", "/cards", json={"member_id": member_id, "kind": kind, **more})["id"]
        for kind, more in (("printed", {}), ("phone", {"label": "iPhone"}), ("chip", {"uid": "04:DE:5F:1E:AC:C0:40"}))
    ]
    assert office.ok("POST", f"/cards/{ids[0]}/lose")["state"] == "lost"
    assert office.ok("POST", f"/cards/{ids[1]}/block")["state"] == "blocked"
    states = {each["id"]: each["state"] for each in office.ok("GET", f"/cards?member_id={member_id}")["items"]}
    assert states == dict(zip(ids, ("lost", "blocked", "active"), strict=True))
    assert centre.company.row(Card, ids[2]).uid == "04de5f1eacc040"
    assert office("POST", f"/cards/{ids[0]}/block").json["code"] == "membership.card-lost"
    assert office("POST", f"/cards/{ids[1]}/unblock").status_code == 403
    assert centre.company.office("jie").ok("POST", f"/cards/{ids[1]}/unblock")["state"] == "active"


def test_a_replaced_card_is_out_of_use_at_once_and_its_successor_is_made_once(centre: Centre) -> None:
    office, card, made_id = centre.company.office("wang"), centre.card(label="blue"), new_id()
    path = f"/cards/{card.id}/replace"
    first = office("POST", path, json={"id": made_id})
    assert (first.status_code, first.json["replaces_id"], first.json["label"]) == (201, card.id, "blue")
    again = office("POST", path, json={"id": made_id})
    assert (again.status_code, again.json) == (200, first.json)
    assert office("POST", path, json={}).json["code"] == "membership.card-replaced"
    assert centre.company.row(Card, card.id).state == "replaced"
    assert len(centre.all_of(Card)) == 2
    assert [each.kind for each in centre.all_of(TimelineEntry, customer_id=card.customer_id)][-1] == "card-replaced"


def test_what_is_wrong_with_a_card_is_said_at_its_field(centre: Centre) -> None:
    office, member_id = centre.company.office("wang"), centre.member()
    for body, code, field in (
        ({"kind": "chip"}, "membership.uid-not-chip", "/uid"),
        ({"kind": "printed", "uid": "04DE5F1EACC040"}, "membership.uid-not-chip", "/uid"),
        ({"kind": "chip", "uid": "04DE5F1EACC0"}, "membership.uid-invalid", "/uid"),
        ({"kind": "printed", "expires_on": "2025-03-02"}, "membership.expiry-past", "/expires_on"),
    ):
        answer = office("POST", "/cards", json={"member_id": member_id, **body})
        assert (answer.status_code, answer.json["code"]) == (422, code)
        assert answer.json["errors"][0]["pointer"] == field
    office.ok("POST", "/cards", json={"member_id": member_id, "kind": "chip", "uid": "04DE5F1EACC040"})
    taken = office("POST", "/cards", json={"member_id": member_id, "kind": "chip", "uid": "04de5f1eacc040"})
    assert (taken.status_code, taken.json["code"]) == (409, "membership.uid-taken")


def test_the_code_of_a_printed_card_is_read_with_public_keys_and_drawn(centre: Centre) -> None:
    office, card = centre.company.office("wang"), centre.card()
    shown = office.ok("POST", f"/cards/{card.id}/code")
    keys = CardKeys.of(centre.services.keys).public
    reading = printed.verify(shown["text"], org_id=UUID(centre.company.org), keys=keys)
    assert reading.card.hex() == card.card_ref
    assert shown["good_until"] is None
    assert shown["svg"].startswith("<svg")
    assert 'viewBox="0 0 53 53"' in shown["svg"]  # 45 modules and four of quiet on each side
    assert office.ok("POST", f"/cards/{card.id}/code")["text"] == shown["text"]
    assert len(centre.company.events("membership.code-shown")) == 2


def test_the_code_of_a_phone_is_another_each_half_minute(centre: Centre) -> None:
    office, card = centre.company.office("wang"), centre.card("phone")
    first = office.ok("POST", f"/cards/{card.id}/code")
    assert first["good_until"] == "2025-03-03T02:00:30.000Z"
    assert office.ok("POST", f"/cards/{card.id}/code")["text"] == first["text"]
    centre.company.clock.advance(seconds=30)
    assert office.ok("POST", f"/cards/{card.id}/code")["text"] != first["text"]
    assert rotating.read(first["text"]).card_ref.hex() == card.card_ref


def test_no_code_is_shown_of_a_chip_nor_of_a_card_out_of_use(centre: Centre) -> None:
    office = centre.company.office("wang")
    assert office("POST", f"/cards/{centre.card('chip').id}/code").json["code"] == "membership.no-code"
    lost = centre.card()
    office.ok("POST", f"/cards/{lost.id}/lose")
    assert office("POST", f"/cards/{lost.id}/code").json["code"] == "membership.card-inactive"


def test_without_a_card_key_no_card_is_printed_and_the_rest_works(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, phone, office = centre.card(), centre.card("phone"), centre.company.office("wang")
    monkeypatch.setattr(
        CardKeys, "of", classmethod(lambda cls, keys: cls((), keys.secret("card-phone"), keys.secret("card-chip")))
    )
    refused = office("POST", f"/cards/{card.id}/code")
    assert (refused.status_code, refused.json["code"]) == (409, "membership.no-card-key")
    assert office("POST", f"/cards/{phone.id}/code").status_code == 200


def test_nothing_that_opens_a_card_goes_to_lists_or_devices(centre: Centre) -> None:
    card = centre.card("chip")
    office = centre.company.office("wang")
    listed = office("GET", "/cards").get_data(as_text=True)
    assert card.number in listed
    for secret in (card.card_ref, str(card.uid)):
        assert secret not in listed


def test_cards_and_members_go_with_their_customer_and_arrivals_with_his_owner(centre: Centre) -> None:
    card, kiosk = centre.card(), centre.another_kiosk()
    kiosk.read(centre.text(card))
    with centre.company.writing("boss") as uow:
        hand_over_customers(uow, [card.customer_id], centre.company.users["na"], "moves")
        uow.commit()
    west = centre.company.units["west"]
    na = centre.company.users["na"]
    for row in (centre.company.row(Card, card.id), centre.company.row(Member, card.member_id)):
        assert (row.owner_id, row.unit_id) == (na, west)
    (arrival,) = centre.arrivals()
    assert (arrival.owner_id, arrival.unit_id) == (na, centre.company.units["east"])
    assert centre.company.office("na").ok("GET", "/arrivals")["items"][0]["id"] == arrival.id
    assert centre.company.office("wang").ok("GET", "/arrivals")["items"] == []


# -- arrivals ----------------------------------------------------------------------------------------------------------


def test_an_arrival_is_handled_once_and_first_said_wins(centre: Centre) -> None:
    kiosk = centre.another_kiosk()
    kiosk.read(centre.text(centre.card()))
    kiosk.read(centre.text(centre.card(owner="zhao")))
    office = centre.company.office("jie")
    waiting = office.ok("GET", f"/arrivals?state=waiting&sales_centre_id={centre.id}")["items"]
    assert [each["owner_name"] for each in waiting] == ["Zhao", "Wang"]
    assert {each["centre_name"] for each in waiting} == {"Lakeside"}
    first, second = (each["id"] for each in waiting)
    served = office.ok("POST", f"/arrivals/{first}/serve")
    assert (served["state"], served["handled_by"]) == ("served", centre.company.users["jie"])
    centre.company.clock.advance(minutes=1)
    assert office.ok("POST", f"/arrivals/{first}/serve") == served
    # Two must not both run to the door: the second is told.
    assert centre.company.office("boss")("POST", f"/arrivals/{first}/serve").json["code"] == "membership.arrival-served"
    assert office("POST", f"/arrivals/{first}/leave").json["code"] == "membership.arrival-served"
    assert office.ok("POST", f"/arrivals/{second}/leave")["state"] == "left"
    assert office("POST", f"/arrivals/{second}/serve").json["code"] == "membership.arrival-gone"
    assert office.ok("GET", "/arrivals?state=waiting")["items"] == []
    assert len(centre.company.events("membership.arrival-handled")) == 2


def test_lists_page_through_all_rows_once(centre: Centre) -> None:
    kiosk, member_id = centre.another_kiosk(), centre.member()
    for _ in range(3):
        kiosk.read(centre.text(centre.card(member_id=member_id)))
        centre.member()
        centre.company.clock.advance(seconds=1)
    office = centre.company.office("wang")
    for path, row in (("/arrivals", Arrival), ("/cards", Card), ("/members", Member)):
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = office.ok("GET", f"{path}?limit=2{cursor}")
            seen += [each["id"] for each in page["items"]]
            cursor = None if page["next"] is None else f"&cursor={page['next']}"
        assert sorted(seen) == [each.id for each in centre.all_of(row)], path


# -- sales centres ---------------------------------------------------------------------------------------------------


def test_a_supervisor_opens_a_sales_centre_of_his_unit_and_of_no_other(centre: Centre) -> None:
    company = centre.company
    office = company.office("jie")
    made = office("POST", "/sales-centres", json={"name": " Hill  Side ", "host_id": company.users["zhao"]})
    assert (made.status_code, made.json["name"], made.json["unit_id"]) == (201, "Hill Side", company.units["east"])
    path = f"/sales-centres/{made.json['id']}"
    for method, where, body, code in (
        ("POST", "/sales-centres", {"name": "Hill Side"}, "membership.centre-name-taken"),
        ("POST", "/sales-centres", {"name": " - "}, "membership.centre-name-required"),
        ("POST", "/sales-centres", {"name": "x", "host_id": company.users["na"]}, "membership.host-unfit"),
        ("POST", "/sales-centres", {"name": "x", "unit_id": company.units["west"]}, "membership.unit-unknown"),
        ("POST", "/sales-centres", {"name": "x", "project_id": new_id()}, "membership.project-unknown"),
        ("PATCH", path, {"name": "Lakeside"}, "membership.centre-name-taken"),
        ("PATCH", path, {"host_id": new_id()}, "membership.host-unfit"),
    ):
        assert office(method, where, json=body).json["code"] == code, body
    assert office.ok("PATCH", path, json={"state": "closed"})["state"] == "closed"
    assert company.office("hong")("PATCH", path, json={"state": "open"}).status_code == 404


def test_the_host_gets_unknown_visitors_while_he_is_active(centre: Centre) -> None:
    company = centre.company
    with company.writing("admin") as uow:
        assert host_of(uow, uow.must(SalesCentre, centre.id)).id == company.users["wang"]
        staff.disable_user(uow, company.users["wang"])
        uow.commit()
    with company.writing("admin") as uow:
        assert host_of(uow, uow.must(SalesCentre, centre.id)).id == company.users["admin"]


# -- at night -----------------------------------------------------------------------------------------------------------


def test_cards_expire_at_night_and_used_phone_codes_are_forgotten_but_no_taps(centre: Centre) -> None:
    kiosk, clock = centre.another_kiosk(), centre.company.clock
    over = centre.card(expires_on=clock.now().date())
    lost = centre.card(expires_on=clock.now().date())
    phone, chip = centre.card("phone"), centre.card("chip")
    centre.company.office("wang").ok("POST", f"/cards/{lost.id}/lose")
    kiosk.read(centre.text(phone))
    with centre.company.writing("admin") as uow:
        uow.add(CardUse(card_id=chip.id, counter=7, used_at=clock.now()))
        uow.commit()
    clock.advance(days=CODES_KEPT.days, seconds=31)
    run_nightly(centre.services, centre.company.org)
    assert centre.company.row(Card, over.id).state == "expired"
    assert centre.company.row(Card, lost.id).state == "lost"
    assert centre.company.row(Card, phone.id).state == "active"
    assert [each.card_id for each in centre.all_of(CardUse)] == [chip.id]
    replaced = centre.company.office("wang")("POST", f"/cards/{over.id}/replace", json={})
    assert replaced.status_code == 201
    assert centre.company.office("wang")("POST", f"/cards/{over.id}/lose").json["code"] == "membership.card-replaced"


def test_an_expired_card_is_neither_lost_nor_blocked_any_more(centre: Centre) -> None:
    card, clock = centre.card(expires_on=centre.company.clock.now().date()), centre.company.clock
    clock.advance(days=2)
    run_nightly(centre.services, centre.company.org)
    for action in ("lose", "block", "unblock"):
        answer = centre.company.office("jie")("POST", f"/cards/{card.id}/{action}")
        assert (answer.status_code, answer.json["code"]) == (409, "membership.card-expired")


class Night:
    """Stands for the worker's job where only its organisation, services and progress are asked for."""

    def __init__(self, services: Services, org_id: str) -> None:
        self.services, self.org_id = services, org_id

    def progress(self, done: int) -> None:
        assert done >= 0


def run_nightly(services: Services, org_id: str) -> None:
    HANDLERS["membership.expire-cards"].run(Night(services, org_id))  # type: ignore[arg-type]
