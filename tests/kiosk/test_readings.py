"""What a kiosk reads: greeted, checked in, told to the owner; and what opens nothing, with one calm answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.cli.simulated_kiosk import SimulatedKiosk
from server.membership.cards import base45, printed
from server.membership.models import Card, CardUse
from server.membership.operations.centres import create_centre
from sync_protocol.ids import new_id
from tests.kiosk.centre import Centre
from tests.kiosk.chips import Chip
from tests.server.accounts.company import heard

MINUTE = timedelta(minutes=1)


def outcome(answer: dict[str, Any] | None) -> str:
    assert answer is not None
    return str(answer["outcome"])


def chip_of(centre: Centre, card: Card) -> Chip:
    return Chip(str(card.uid), centre.company.org, centre.keys)


def another_centre(centre: Centre) -> str:
    centre_id = new_id()
    with centre.company.writing("boss") as uow:
        create_centre(uow, centre_id, {"name": "Skyline", "unit_id": centre.company.units["west"]})
        uow.commit()
    return centre_id


# -- greeted ----------------------------------------------------------------------------------------------------------


def test_a_members_card_is_greeted_by_a_masked_name_and_checked_in(centre: Centre, kiosk: SimulatedKiosk) -> None:
    card = centre.card()
    answer = kiosk.read(centre.text(card))
    assert answer is not None
    assert answer == {"id": answer["id"], "outcome": "welcome", "name": "王**", "tier": "gold"}
    (arrival,) = centre.arrivals()
    assert (arrival.customer_id, arrival.sales_centre_id, arrival.card_id) == (card.customer_id, centre.id, card.id)
    assert (arrival.state, arrival.is_late, arrival.is_proved, arrival.via) == ("waiting", False, False, "card")
    (line,) = centre.timeline(card.customer_id)
    assert (line.subject_id, line.params["centre"], line.at) == (arrival.id, "Lakeside", arrival.arrived_at)


def test_the_owner_is_told_by_an_event_with_customer_and_owner(centre: Centre, kiosk: SimulatedKiosk) -> None:
    card = centre.card(owner="zhao")
    kiosk.read(centre.text(card))
    (event,) = centre.company.events("membership.member-arrived")
    told = orjson.loads(event.body)
    assert event.subject_id == card.customer_id
    assert told["owner_id"] == centre.company.users["zhao"]
    assert told["device_id"] == kiosk.kiosk
    assert (told["late"], told["is_waiting"], told["sales_centre_id"]) == (False, True, centre.id)
    assert "王" not in event.body


def test_each_kind_of_card_opens_a_greeting(centre: Centre, kiosk: SimulatedKiosk) -> None:
    phone, chip = centre.card("phone"), centre.card("chip")
    assert outcome(kiosk.read(centre.text(phone), source="wedge")) == "welcome"
    assert outcome(kiosk.read(chip_of(centre, chip).tap(), source="nfc")) == "welcome"
    assert [each.is_proved for each in centre.arrivals()] == [True, True]


def test_the_same_card_within_ten_minutes_is_the_same_arrival(centre: Centre, kiosk: SimulatedKiosk) -> None:
    card, clock = centre.card(), centre.company.clock
    first = kiosk.read(centre.text(card))
    clock.advance(minutes=10, seconds=-1)
    kiosk.open_session()
    again = kiosk.read(centre.text(card))
    assert first is not None
    assert again == {**first, "id": again["id"] if again else None}
    assert len(centre.arrivals()) == len(centre.timeline(card.customer_id)) == 1
    clock.advance(seconds=1)
    kiosk.read(centre.text(card))
    assert len(centre.arrivals()) == 2
    assert len(centre.company.events("membership.member-arrived")) == 2


def test_the_same_card_at_another_sales_centre_is_another_arrival_and_flagged(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    card, elsewhere = centre.card("phone"), centre.another_kiosk(another_centre(centre))
    kiosk.read(centre.text(card))
    centre.company.clock.advance(seconds=30)
    elsewhere.read(centre.text(card))
    assert len(centre.arrivals()) == 2
    assert [each.flag for each in centre.readings()] == [None, "elsewhere"]


# -- once -------------------------------------------------------------------------------------------------------------


def test_a_phone_code_is_taken_once_over_all_kiosks(centre: Centre, kiosk: SimulatedKiosk) -> None:
    card, elsewhere = centre.card("phone"), centre.another_kiosk(another_centre(centre))
    text = centre.text(card)
    assert outcome(kiosk.read(text)) == "welcome"
    assert outcome(elsewhere.read(text)) == "refused"
    assert outcome(kiosk.read(text)) == "refused"
    assert [each.reason for each in centre.readings()] == [None, "used", "used"]
    assert len(centre.all_of(CardUse)) == 1


def test_a_tap_is_taken_once_and_an_older_one_only_out_of_the_queue(centre: Centre, kiosk: SimulatedKiosk) -> None:
    card = centre.card("chip")
    chip = chip_of(centre, card)
    taps = [chip.tap() for _ in range(3)]
    assert outcome(kiosk.read(taps[1])) == "welcome"
    assert outcome(kiosk.read(taps[1])) == "refused"
    assert outcome(kiosk.read(taps[0])) == "refused"
    kiosk.read(taps[0], offline=True)
    kiosk.read(taps[0], offline=True)
    assert [each["outcome"] for each in kiosk.hand_in()] == ["welcome", "refused"]
    assert outcome(kiosk.read(taps[2])) == "welcome"
    assert centre.reasons() == [None, "used", "replayed", None, "used", None]
    assert centre.company.row(Card, card.id).counter == 3


def test_a_counter_that_jumps_is_taken_and_flagged(centre: Centre, kiosk: SimulatedKiosk) -> None:
    chip = chip_of(centre, centre.card("chip"))
    kiosk.read(chip.tap(by=1000))
    assert outcome(kiosk.read(chip.tap(by=200))) == "welcome"
    assert outcome(kiosk.read(chip.tap(by=201))) == "welcome"
    assert [each.flag for each in centre.readings()] == [None, None, "jump"]


def test_the_same_reading_sent_again_gets_the_same_answer_and_counts_once(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    card = centre.card("phone")
    signed = kiosk.sign(centre.text(card))
    first = kiosk.ask("POST", "/readings", {"readings": [signed]})
    centre.company.clock.advance(minutes=14)
    assert centre.company.office("wang")("POST", f"/cards/{card.id}/lose").status_code == 200
    again = kiosk.ask("POST", "/readings", {"readings": [signed, signed]})
    assert again["answers"] == first["answers"] * 2
    assert first["answers"][0]["outcome"] == "welcome"
    assert len(centre.arrivals()) == len(centre.readings()) == 1


# -- what opens nothing ------------------------------------------------------------------------------------------------


def opens_nothing(centre: Centre) -> dict[str, str]:
    """True reason → a text that opens nothing for it."""
    office = centre.company.office("jie")
    phone, reference = centre.card("phone"), bytes(range(16))
    texts = {"window": centre.text(phone)}
    centre.company.clock.advance(minutes=3)
    for action, reason in (("lose", "lost"), ("block", "blocked")):
        card = centre.card()
        texts[reason] = centre.text(card)
        office.ok("POST", f"/cards/{card.id}/{action}")
    replaced = centre.card()
    texts["replaced"] = centre.text(replaced)
    office.ok("POST", f"/cards/{replaced.id}/replace", json={})
    foreign = printed.issue(
        reference, org_id=UUID(new_id()), issued_on=centre.company.clock.now().date(), key=centre.keys.signing[-1]
    )
    raw = bytearray(base45.decode(centre.text(centre.card("phone"))[4:]))
    raw[-1] ^= 1
    texts["code"] = "DS2:" + base45.encode(bytes(raw))
    texts["signature"] = foreign
    texts["key"] = printed.issue(
        reference,
        org_id=UUID(centre.company.org),
        issued_on=centre.company.clock.now().date(),
        key=Ed25519PrivateKey.generate(),
    )
    chip = Chip("04" * 7, centre.company.org, centre.keys)
    tapped = chip.tap()
    texts["mac"] = tapped[:-1] + ("0" if tapped[-1] != "0" else "1")
    texts["tag"] = tapped.replace("picc_data=", "picc_data=0").replace("&", "0&", 1)[:0] + _other_picc(tapped)
    texts["shape"] = "https://example.com/menu"
    return texts


def _other_picc(address: str) -> str:
    head, _, rest = address.partition("picc_data=")
    first = "0" if rest[0] != "0" else "1"
    return f"{head}picc_data={first}{rest[1:]}"


def test_a_card_that_opens_nothing_gets_one_calm_answer_whatever_the_reason(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    texts = opens_nothing(centre)
    kiosk.open_session()
    bodies, sizes, statements = set(), set(), set()
    for reason, text in texts.items():
        signed = kiosk.sign(text)
        with heard(centre.company.database.engine) as found:
            answer = centre.company.call("POST", "/kiosk/v1/readings", token=kiosk.token, json={"readings": [signed]})
        (told,) = answer.json["answers"]
        reading_id = told.pop("id")
        assert centre.readings()[-1].reason == reason, reason
        bodies.add(orjson.dumps(told))
        sizes.add(len(answer.get_data().replace(reading_id.encode(), b"")) - len(str(answer.json["head"]["n"])))
        statements.add(len(found.texts))
    assert bodies == {b'{"outcome":"refused","name":null,"tier":null}'}
    assert len(sizes) == 1
    assert len(statements) == 1
    assert centre.arrivals() == []


def test_the_office_sees_the_true_reason_and_which_card_it_was(centre: Centre, kiosk: SimulatedKiosk) -> None:
    card = centre.card()
    centre.company.office("wang").ok("POST", f"/cards/{card.id}/lose")
    kiosk.read(centre.text(card))
    (line,) = centre.company.office("jie").ok("GET", f"/kiosks/{kiosk.kiosk}/readings")["items"]
    assert (line["outcome"], line["reason"], line["card_number"]) == ("refused", "lost", card.number)
    (event,) = centre.company.events("kiosk.reading-refused")
    assert orjson.loads(event.body)["reason"] == "lost"
    assert centre.company.office("hong")("GET", f"/kiosks/{kiosk.kiosk}/readings").status_code == 404


def test_a_card_is_good_on_its_last_day_and_not_after(centre: Centre, kiosk: SimulatedKiosk) -> None:
    last = centre.company.clock.now().date()
    card = centre.card(expires_on=last)
    assert outcome(kiosk.read(centre.text(card))) == "welcome"
    centre.company.clock.advance(hours=14)  # midnight in Shanghai
    kiosk.open_session()
    assert outcome(kiosk.read(centre.text(card))) == "refused"
    assert centre.reasons() == [None, "expired"]
    assert centre.company.row(Card, card.id).state == "active"


def test_a_code_of_one_kind_of_card_does_not_open_another_kind(centre: Centre, kiosk: SimulatedKiosk) -> None:
    phone, card = centre.card("phone"), centre.card()
    org = UUID(centre.company.org)
    as_printed = printed.issue(
        bytes.fromhex(phone.card_ref), org_id=org, issued_on=phone.issued_on, key=centre.keys.signing[-1]
    )
    phone_text = centre.text(Card(**{**_fields(card), "kind": "phone"}))
    assert outcome(kiosk.read(as_printed)) == outcome(kiosk.read(phone_text)) == "refused"


def _fields(card: Card) -> dict[str, Any]:
    return {name: getattr(card, name) for name in Card.__names__}


@pytest.mark.parametrize("text", ["", " ", "DS1:", "DS2:" + "0" * 45, "DS3:x", "\x00", "x" * 500, "💳", "https://"])
def test_whatever_is_held_before_the_camera_is_answered(centre: Centre, kiosk: SimulatedKiosk, text: str) -> None:
    assert outcome(kiosk.read(text)) == "refused"


# -- many at once -------------------------------------------------------------------------------------------------------


def test_a_batch_costs_the_same_number_of_statements_however_many_readings(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    counts = []
    for many in (1, 20):
        for _ in range(many):
            kiosk.read(centre.text(centre.card()), offline=True)
        with heard(centre.company.database.engine) as found:
            assert {each["outcome"] for each in kiosk.hand_in()} == {"welcome"}
        counts.append(len(found.texts))
    assert counts[0] == counts[1] < 30, counts
