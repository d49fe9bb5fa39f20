"""A visitor registers at a kiosk: entered once, told to whoever owns him, and nothing that tells whether he was known."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from kiosk.models import Registration
from kiosk.texts import CONSENT_VERSION
from server.cli.simulated_kiosk import NotTaken, SimulatedKiosk
from server.core import http, tables
from server.core.limits import Limits
from server.customers.models import Customer, CustomerPhone
from sync_protocol.ids import new_id
from tests.kiosk.centre import Centre
from tests.server.accounts.company import heard

PHONE = "138 0013 8000"
E164 = "+8613800138000"


def events(centre: Centre) -> list[dict[str, Any]]:
    return [
        {**orjson.loads(each.body), "subject": each.subject_id}
        for each in centre.company.events("membership.visitor-arrived")
    ]


def test_somebody_new_becomes_a_customer_of_the_host(centre: Centre, kiosk: SimulatedKiosk) -> None:
    kiosk.register("李雷", PHONE, consent=CONSENT_VERSION)
    assert centre.all_of(Customer) == []
    centre.work()
    (customer,) = centre.all_of(Customer)
    assert (customer.name, customer.owner_id) == ("李雷", centre.company.users["wang"])
    assert (customer.source, customer.stage, customer.unit_id) == ("walk_in", "visited", centre.company.units["east"])
    assert [each.number for each in centre.all_of(CustomerPhone)] == [E164]
    (arrival,) = centre.arrivals()
    assert (arrival.customer_id, arrival.customer_name, arrival.via, arrival.state) == (
        customer.id, "李雷", "registration", "waiting",
    )  # fmt: skip
    (event,) = events(centre)
    assert (event["subject"], event["owner_id"], event["is_new"], event["consent"]) == (
        customer.id, customer.owner_id, True, CONSENT_VERSION,
    )  # fmt: skip
    assert len(centre.timeline(customer.id)) == 1


def test_the_owner_of_somebody_known_is_told_and_the_card_stays_as_it_was(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    known = centre.customer("韩梅梅", E164, owner="na")
    kiosk.register("Mei", PHONE, consent=CONSENT_VERSION)
    centre.work()
    (customer,) = centre.all_of(Customer)
    assert (customer.id, customer.name) == (known, "韩梅梅")
    (arrival,) = centre.arrivals()
    assert (arrival.customer_name, arrival.owner_id) == ("Mei", centre.company.users["na"])
    (event,) = events(centre)
    assert (event["is_new"], event["owner_id"]) == (False, centre.company.users["na"])
    assert len(centre.timeline(known)) == 1


def test_the_answer_and_its_cost_are_the_same_whether_he_was_known(centre: Centre, kiosk: SimulatedKiosk) -> None:
    centre.customer("韩梅梅", E164)
    seen = []
    for phone in (PHONE, "139 0013 9000"):
        body = {"id": new_id(), "name": "Mei", "phone": phone, "consent": CONSENT_VERSION}
        with heard(centre.company.database.engine) as found:
            answer = centre.company.call("POST", "/kiosk/v1/visitors", token=kiosk.token, json=body)
        assert answer.status_code == 202
        seen.append((answer.get_data().replace(body["id"].encode(), b"<id>"), found.texts))
    assert seen[0] == seen[1]
    assert not any("customer_phones" in each for each in seen[0][1])


def test_the_same_registration_again_is_one(centre: Centre, kiosk: SimulatedKiosk) -> None:
    registration_id = new_id()
    for name in ("李雷", "李雷", "Lei"):
        kiosk.register(name, PHONE, consent=CONSENT_VERSION, registration_id=registration_id)
    centre.work()
    kiosk.register("李雷", PHONE, consent=CONSENT_VERSION, registration_id=registration_id)
    centre.work()
    assert len(centre.all_of(Customer)) == len(centre.arrivals()) == len(events(centre)) == 1


def test_who_registers_twice_within_ten_minutes_has_come_once(centre: Centre, kiosk: SimulatedKiosk) -> None:
    for minutes in (0, 9, 2):
        centre.company.clock.advance(minutes=minutes)
        kiosk.open_session()
        kiosk.register("李雷", PHONE, consent=CONSENT_VERSION)
        centre.work()
    assert len(centre.all_of(Customer)) == 1
    assert len(centre.arrivals()) == 2


def test_what_he_typed_is_kept_no_longer_than_needed_and_his_consent_is(centre: Centre, kiosk: SimulatedKiosk) -> None:
    kiosk.register("李雷", PHONE, consent=CONSENT_VERSION)
    (waiting,) = centre.all_of(Registration)
    assert (waiting.name, waiting.phone) == ("李雷", E164)
    centre.work()
    (done,) = centre.all_of(Registration)
    assert (done.name, done.phone, done.consent) == (None, None, CONSENT_VERSION)
    assert done.customer_id == centre.all_of(Customer)[0].id
    t = tables.JOBS.c
    with centre.company.database.read(centre.company.org) as connection:
        payloads = connection.execute(tables.JOBS.select().where(t.org_id == centre.company.org)).all()
    assert all("李雷" not in str(each) and E164[3:] not in str(each) for each in (*payloads, *centre.company.events()))


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"phone": "12"}, 422, "customers.phone-invalid"),
        ({"name": " - "}, 422, "customers.name-required"),
        ({"consent": "2020-1"}, 409, "kiosk.consent-outdated"),
        ({"more": 1}, 422, "core.invalid-fields"),
    ],
)
def test_only_the_form_is_judged(
    centre: Centre, kiosk: SimulatedKiosk, change: dict[str, Any], status: int, code: str
) -> None:
    body = {"id": new_id(), "name": "李雷", "phone": PHONE, "consent": CONSENT_VERSION, **change}
    with pytest.raises(NotTaken) as refused:
        kiosk.ask("POST", "/visitors", body)
    assert (refused.value.status, refused.value.document["code"]) == (status, code)
    assert centre.all_of(Registration) == []


def test_a_kiosk_registers_ten_a_minute(centre: Centre, kiosk: SimulatedKiosk) -> None:
    http.of(centre.company.app).limits = Limits(enabled=True)
    for number in range(10):
        kiosk.register("李雷", f"1380013{number:04d}", consent=CONSENT_VERSION)
    with pytest.raises(NotTaken) as refused:
        kiosk.register("李雷", PHONE, consent=CONSENT_VERSION)
    assert (refused.value.status, refused.value.document["code"]) == (429, "core.rate-limited")
