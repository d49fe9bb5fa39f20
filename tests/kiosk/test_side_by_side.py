"""Many at the same moment, with real threads on the real database: one tap, one code, one enrolment, one customer."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from kiosk.models import Kiosk
from kiosk.texts import CONSENT_VERSION
from server.cli.simulated_kiosk import NotTaken, SimulatedKiosk
from server.core.events import verify
from server.customers.models import Customer
from server.membership.models import CardUse
from server.worker import Worker
from sync_protocol.ids import new_id
from tests.kiosk.centre import Centre
from tests.kiosk.test_readings import chip_of


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each of them returned, or the exception it raised; all begin together."""
    barrier, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        barrier.wait()
        try:
            found[place] = acts[place]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            found[place] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def reads(kiosk: SimulatedKiosk, signed: str) -> Callable[[], str]:
    return lambda: str(kiosk.ask("POST", "/readings", {"readings": [signed]})["answers"][0]["outcome"])


@pytest.mark.parametrize("kind", ["chip", "phone"])
def test_one_tap_presented_100_times_at_once_is_accepted_once(centre: Centre, kind: str) -> None:
    """A hundred different signed readings of one tap or code, at five kiosks, each in a thread of its own."""
    card = centre.card(kind)
    text = chip_of(centre, card).tap() if kind == "chip" else centre.text(card)
    kiosks = [centre.another_kiosk() for _ in range(5)]
    answers = at_once([reads(kiosk, kiosk.sign(text)) for kiosk in kiosks for _ in range(20)])
    assert Counter(map(str, answers)) == {"welcome": 1, "refused": 99}
    assert len(centre.all_of(CardUse)) == len(centre.arrivals()) == 1
    assert len(centre.timeline(card.customer_id)) == 1
    assert len(centre.readings()) == 100
    reasons = Counter(each.reason for each in centre.readings())
    assert reasons[None] == 1
    assert set(reasons) <= {None, "used", "replayed"}
    assert len(centre.company.events("membership.member-arrived")) == 1
    with centre.company.database.read(centre.company.org) as connection:
        assert verify(connection, centre.company.org)[1] is None


def test_a_printed_card_shown_everywhere_at_once_is_one_arrival(centre: Centre) -> None:
    text, kiosks = centre.text(centre.card()), [centre.another_kiosk() for _ in range(4)]
    answers = at_once([reads(kiosk, kiosk.sign(text)) for kiosk in kiosks for _ in range(5)])
    assert answers == ["welcome"] * 20
    assert len(centre.arrivals()) == 1


def test_one_reading_sent_in_many_threads_is_one_reading(centre: Centre, kiosk: SimulatedKiosk) -> None:
    signed = kiosk.sign(centre.text(centre.card("phone")))
    assert at_once([reads(kiosk, signed)] * 20) == ["welcome"] * 20
    assert len(centre.readings()) == len(centre.arrivals()) == 1


def test_a_one_time_code_typed_at_many_kiosks_at_once_enrols_one(centre: Centre) -> None:
    number, code = centre.code(centre.new_kiosk())
    kiosks = [centre.unenrolled() for _ in range(8)]
    answers = at_once([lambda kiosk=each: kiosk.enrol(centre.company.code, number, code) for each in kiosks])  # type: ignore[misc]
    assert sum(each is None for each in answers) == 1
    refused = [each for each in answers if isinstance(each, NotTaken)]
    assert {each.document["code"] for each in refused} == {"accounts.code-refused"}
    assert len(refused) == 7
    (row,) = centre.all_of(Kiosk)
    assert row.enrolment_id in {each.enrolment for each in kiosks}


def test_a_registration_sent_in_many_threads_is_taken_down_once(centre: Centre, kiosk: SimulatedKiosk) -> None:
    body = {"id": new_id(), "name": "李雷", "phone": "13800138000", "consent": CONSENT_VERSION}
    answers = at_once([lambda: kiosk.ask("POST", "/visitors", body)] * 8)
    assert answers == [{"id": body["id"]}] * 8
    centre.work()
    assert len(centre.all_of(Customer)) == len(centre.arrivals()) == 1


def test_a_kiosk_that_always_comes_second_is_told_to_ask_again_and_not_to_drop_it(
    centre: Centre, kiosk: SimulatedKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 4xx would take the reading out of its queue."""

    def overtaken(*_: Any, **__: Any) -> None:
        raise IntegrityError("", {}, Exception())

    signed = kiosk.sign(centre.text(centre.card()))
    with monkeypatch.context() as patch:
        patch.setattr("kiosk.operations.readings.take", overtaken)
        with pytest.raises(NotTaken) as refused:
            kiosk.ask("POST", "/readings", {"readings": [signed]})
    assert (refused.value.status, refused.value.document["code"]) == (503, "core.busy")
    assert reads(kiosk, signed)() == "welcome"


def test_two_workers_and_one_phone_make_one_customer(centre: Centre) -> None:
    for kiosk in (centre.another_kiosk(), centre.another_kiosk(), centre.another_kiosk()):
        kiosk.register("李雷", "13800138000", consent=CONSENT_VERSION)
    workers = [Worker(centre.services) for _ in range(3)]
    assert at_once([each.work_one for each in workers]) == [True] * 3
    centre.work()
    assert len(centre.all_of(Customer)) == len(centre.arrivals()) == 1
