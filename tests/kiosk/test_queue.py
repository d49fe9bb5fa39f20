"""Readings out of a kiosk's queue: their order, gaps, forks and age; and scenario 6, a soak with the cable pulled."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta
from typing import Any

import jwt
import orjson
import pytest

from kiosk.chain import genesis
from kiosk.operations.readings import QUEUE_MOST
from kiosk.statements import STATEMENT_TYPE
from server.cli.device_key import DeviceKey
from server.cli.simulated_kiosk import NotTaken, SimulatedKiosk
from server.core.types import to_ms
from sync_protocol.ids import new_id
from tests.kiosk.centre import Centre
from tests.server.membership.test_office import run_nightly


def send(kiosk: SimulatedKiosk, *signed: str) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = kiosk.ask("POST", "/readings", {"readings": list(signed)})["answers"]
    return answers


def chains(centre: Centre) -> list[str]:
    return [each.chain for each in sorted(centre.readings(), key=lambda each: each.n)]


def breaks(centre: Centre) -> list[tuple[int, str]]:
    bodies = [orjson.loads(each.body) for each in centre.company.events("kiosk.chain-broken")]
    return [(body["n"], body["chain"]) for body in bodies]


def test_a_queue_in_order_is_taken_whole_and_marked_late(centre: Centre, kiosk: SimulatedKiosk) -> None:
    card, clock = centre.card(), centre.company.clock
    read_at = clock.now()
    kiosk.read(centre.text(card), offline=True)
    clock.advance(minutes=5)
    kiosk.read(centre.text(centre.card("phone")), offline=True)
    clock.advance(minutes=5)
    assert [each["outcome"] for each in kiosk.hand_in()] == ["welcome", "welcome"]
    assert chains(centre) == ["next", "next"]
    assert breaks(centre) == []
    first = centre.arrivals(card_id=card.id)[0]
    assert (first.arrived_at, first.is_late, first.state) == (read_at, True, "waiting")
    assert centre.timeline(card.customer_id)[0].at == read_at


def test_who_came_in_long_ago_is_on_the_timeline_and_not_on_the_waiting_list(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    card = centre.card()
    kiosk.read(centre.text(card), offline=True)
    centre.company.clock.advance(minutes=31)
    kiosk.open_session()
    kiosk.hand_in()
    (arrival,) = centre.arrivals()
    assert (arrival.state, arrival.handled_by) == ("left", None)
    assert len(centre.timeline(card.customer_id)) == 1
    told = orjson.loads(centre.company.events("membership.member-arrived")[0].body)
    assert (told["late"], told["is_waiting"]) == (True, False)


def test_a_phone_code_of_the_queue_is_judged_for_the_signed_time(centre: Centre, kiosk: SimulatedKiosk) -> None:
    text = centre.text(centre.card("phone"))
    centre.company.clock.advance(minutes=10)
    late = kiosk.sign(text, nonce=None)
    backdated = kiosk.sign(text, nonce=None, read_at=to_ms(centre.company.clock.now() - timedelta(minutes=10)))
    assert [each["outcome"] for each in send(kiosk, late, backdated)] == ["refused", "welcome"]
    assert centre.reasons() == ["window", None]


def test_a_card_read_on_its_last_day_by_a_kiosk_that_was_offline_overnight_is_greeted(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    clock = centre.company.clock
    card = centre.card(expires_on=clock.now().date())
    clock.advance(hours=13, minutes=50)  # ten to midnight in Shanghai
    kiosk.read(centre.text(card), offline=True)
    clock.advance(hours=9)
    run_nightly(centre.services, centre.company.org)
    kiosk.read(centre.text(card), offline=True)
    kiosk.open_session()
    assert [each["outcome"] for each in kiosk.hand_in()] == ["welcome", "refused"]
    assert centre.reasons() == [None, "expired"]


def test_a_reading_with_an_old_nonce_or_none_counts_as_queued(centre: Centre, kiosk: SimulatedKiosk) -> None:
    nonce = kiosk.nonce
    centre.company.clock.advance(minutes=16)
    kiosk.open_session()
    fresh = kiosk.nonce
    for given in (nonce, None, "1.x", fresh):
        kiosk.nonce = given
        send(kiosk, kiosk.sign(centre.text(centre.card())))
    assert [each.is_live for each in sorted(centre.readings(), key=lambda each: each.n)] == [False, False, False, True]


def test_a_missing_reading_is_noticed_and_may_still_come(centre: Centre, kiosk: SimulatedKiosk) -> None:
    first, second, third = (kiosk.sign(centre.text(centre.card()), nonce=None) for _ in range(3))
    send(kiosk, first)
    send(kiosk, third)
    assert breaks(centre) == [(3, "gap")]
    assert send(kiosk, second)[0]["outcome"] == "welcome"
    assert breaks(centre) == [(3, "gap"), (2, "late")]
    assert chains(centre) == ["next", "late", "gap"]
    assert kiosk.station()["head"] == {"n": 3, "digest": kiosk.digest}
    assert send(kiosk, first, second, third) == send(kiosk, first, second, third)
    assert len(centre.arrivals()) == 3


def test_a_number_or_an_id_used_for_something_else_is_rejected(centre: Centre, kiosk: SimulatedKiosk) -> None:
    text, taken = centre.text(centre.card()), new_id()
    send(kiosk, kiosk.sign(text, id=taken))
    twin = kiosk.sign(text, n=1, previous=genesis(kiosk.enrolment))
    assert [each["outcome"] for each in send(kiosk, twin)] == ["rejected"]
    kiosk.n = 1
    reused = kiosk.sign(text, id=taken)
    assert send(kiosk, reused) == [{"id": taken, "outcome": "rejected", "name": None, "tier": None}]
    assert breaks(centre) == [(1, "fork")]
    assert len(centre.readings()) == 1


def test_a_reading_that_does_not_name_its_neighbour_is_taken_and_shown(centre: Centre, kiosk: SimulatedKiosk) -> None:
    send(kiosk, kiosk.sign(centre.text(centre.card())))
    send(kiosk, kiosk.sign(centre.text(centre.card()), previous="A" * 43))
    assert chains(centre) == ["next", "broken"]
    assert breaks(centre) == [(2, "broken")]
    assert len(centre.arrivals()) == 2


def test_what_is_no_reading_of_this_kiosk_is_rejected_alone(centre: Centre, kiosk: SimulatedKiosk) -> None:
    card, other = centre.card(), centre.another_kiosk()
    good = kiosk.sign(centre.text(card))
    head, payload, signature = good.split(".")
    said = jwt.decode(good, options={"verify_signature": False})

    def signed(by: DeviceKey = kiosk.key, typ: str = STATEMENT_TYPE, **change: Any) -> str:
        return jwt.encode({**said, **change}, by.private_key, algorithm="ES256", headers={"typ": typ})

    bad = [
        "", "x.y.z", good[:-2], f"{head}.{payload}.", f"{head}.{payload[:-1]}.{signature}",
        signed(DeviceKey.generate()), signed(typ="jwt"), signed(more=1), signed(n=0), signed(n="1"), signed(n=2**60),
        signed(text=None), signed(text="x" * 501), signed(source="ear"), signed(id="x"), signed(previous="x"),
        signed(read_at=1.5), signed(read_at=-1), signed(nonce=1), signed(enrolment=other.enrolment), other.sign("x"),
        jwt.encode(said, "", algorithm="none", headers={"typ": STATEMENT_TYPE}),
    ]  # fmt: skip
    answers = send(kiosk, *bad, good)
    assert {each["outcome"] for each in answers[:-1]} == {"rejected"}
    assert answers[-1]["outcome"] == "welcome"
    assert len(centre.readings()) == 1


def test_too_old_too_early_and_too_many_are_not_believed(
    centre: Centre, kiosk: SimulatedKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, text = centre.company.clock, centre.text(centre.card())
    now = clock.now()
    for delta, reason in (
        (timedelta(hours=-24, seconds=-1), "too-old"),
        (timedelta(hours=-24), None),
        (timedelta(minutes=2, seconds=1), "clock"),
        (timedelta(minutes=2), None),
    ):
        send(kiosk, kiosk.sign(text, nonce=None, read_at=to_ms(now + delta)))
        assert centre.reasons()[-1] == reason, delta
    monkeypatch.setattr("kiosk.operations.readings.QUEUE_MOST", 6)
    send(kiosk, *(kiosk.sign(text, nonce=None) for _ in range(3)))
    assert centre.reasons()[-3:] == [None, None, "over-cap"]
    assert send(kiosk, kiosk.sign(text))[0]["outcome"] == "welcome"  # live readings are not of the queue
    assert kiosk.station()["queue_most"] == QUEUE_MOST == 500


def test_a_queue_that_a_copy_of_the_device_sends_too_doubled_and_out_of_order_is_taken_once(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    cards = [centre.card() for _ in range(6)]
    signed = [kiosk.sign(centre.text(card), nonce=None) for card in cards]
    copy = dataclasses.replace(kiosk)
    first = send(kiosk, signed[3], signed[0], signed[3])
    assert send(copy, *signed[::-1])[2] == first[0] == first[2]
    assert {each["outcome"] for each in send(kiosk, *signed)} == {"welcome"}
    assert sorted(each.n for each in centre.readings()) == [1, 2, 3, 4, 5, 6]
    assert len(centre.arrivals()) == 6
    assert {chain for _, chain in breaks(centre)} == {"gap", "late"}
    ours, theirs = kiosk.sign(centre.text(centre.card())), copy.sign(centre.text(centre.card()))
    assert send(kiosk, ours)[0]["outcome"] == "welcome"
    assert send(copy, theirs)[0]["outcome"] == "rejected"
    assert breaks(centre)[-1] == (7, "fork")


def test_a_kiosk_that_is_taken_out_of_service_in_mid_queue_hands_in_the_rest_under_its_next_key(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    texts, ids = [centre.text(centre.card()) for _ in range(3)], [new_id() for _ in range(3)]
    queue = [kiosk.sign(text, id=each, nonce=None) for text, each in zip(texts, ids, strict=True)]
    send(kiosk, queue[0])
    office = centre.company.office("jie")
    office.ok("POST", f"/kiosks/{kiosk.kiosk}/revoke")
    with pytest.raises(NotTaken) as refused:
        send(kiosk, *queue[1:])
    assert refused.value.status == 401
    assert len(centre.readings()) == 1
    kiosk.key = DeviceKey.generate()
    kiosk.enrol(centre.company.code, *centre.code(kiosk.kiosk))
    assert {each["outcome"] for each in send(kiosk, *queue[1:])} == {"rejected"}  # signed by a key that opens nothing
    again = [kiosk.sign(text, id=each, nonce=None) for text, each in zip(texts, ids, strict=True)]
    assert [each["outcome"] for each in send(kiosk, *again)] == ["rejected", "welcome", "welcome"]
    assert len(centre.arrivals()) == len(centre.readings()) == 3


@pytest.mark.parametrize(("hours", "reason"), [(24, "clock"), (-24, None), (-25, "too-old")])
def test_a_kiosk_whose_clock_is_a_day_off_is_told_and_is_live_again_at_once(
    centre: Centre, kiosk: SimulatedKiosk, hours: int, reason: str | None
) -> None:
    """One whose clock is behind by no more than a queue may wait is believed, as late."""
    right, text = kiosk.now, centre.text(centre.card())
    kiosk.now = lambda: right() + timedelta(hours=hours)
    answer = kiosk.ask("POST", "/readings", {"readings": [kiosk.sign(text)]})
    assert centre.reasons() == [reason]
    assert not centre.readings()[0].is_live
    ahead = to_ms(kiosk.now()) - answer["server_time"]
    kiosk.now = lambda: right() + timedelta(hours=hours) - timedelta(milliseconds=ahead)
    kiosk.nonce = answer["nonce"]
    assert send(kiosk, kiosk.sign(text))[0]["outcome"] == "welcome"
    assert [each.is_live for each in sorted(centre.readings(), key=lambda each: each.n)] == [False, True]


def test_requests_are_limited_per_kiosk(centre: Centre, kiosk: SimulatedKiosk) -> None:
    from server.core import http
    from server.core.limits import Limits

    http.of(centre.company.app).limits = Limits(enabled=True)
    other = centre.another_kiosk()
    codes = []
    for _ in range(61):
        status, document = centre.send(
            "POST", "/kiosk/v1/readings", {"readings": ["x"]}, {"Authorization": f"Bearer {kiosk.token}"}
        )
        codes.append((status, document.get("code")))
    assert codes == [(200, None)] * 60 + [(429, "core.rate-limited")]
    assert send(other, "x")[0]["outcome"] == "rejected"


def test_a_soak_of_500_readings_with_wrong_cards_a_lost_card_and_the_cable_pulled(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    """Scenario 6: no reading is lost or doubled, and all of them are on the timelines after the network came back."""
    dice, clock = random.Random(6), centre.company.clock
    member_id = centre.member()
    cards = [centre.card(member_id=centre.member() if n % 4 else member_id) for n in range(12)]
    lost = centre.card()
    centre.company.office("wang").ok("POST", f"/cards/{lost.id}/lose")
    texts = [centre.text(each) for each in cards]
    shown: dict[str, list[Any]] = {card.id: [] for card in cards}
    for number in range(500):
        clock.advance(seconds=dice.randrange(30, 90))
        pick = dice.randrange(15)
        offline = (number // 25) % 2 == 1
        text = (
            texts[pick] if pick < 12 else centre.text(lost) if pick == 12 else dice.choice(("ds1:x", "https://x", "½"))
        )
        if pick < 12:
            shown[cards[pick].id].append(clock.now())
        if not offline and number % 5 == 0:
            kiosk.open_session()
        answer = kiosk.read(text, offline=offline)
        if not offline:
            assert answer is not None
            assert answer["outcome"] == ("welcome" if pick < 12 else "refused")
    kiosk.open_session()
    kiosk.hand_in()
    readings = centre.readings()
    assert sorted(each.n for each in readings) == list(range(1, 501))
    assert {each.chain for each in readings} == {"next"}
    for card in cards:
        arrivals = sorted(each.arrived_at for each in centre.arrivals(card_id=card.id))
        for at in shown[card.id]:
            assert any(abs(at - each) < timedelta(minutes=10) for each in arrivals), (card.id, at)
    customers = {card.customer_id for card in cards}
    assert sum(len(centre.timeline(each)) for each in customers) == len(centre.arrivals())
    assert kiosk.queue == []
