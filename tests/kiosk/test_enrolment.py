"""A kiosk gets in with a one-time code and its own key, stays in with that key, and is shut out at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest

from kiosk.models import Kiosk, KioskCode
from kiosk.tokens import KioskClaims, is_fresh, issue_kiosk_token, make_nonce, verify_kiosk_token
from server.accounts.codes import CODE_LIFE, CODE_TRIES
from server.accounts.tokens import ACCESS_LIFETIME, CLOCK_DRIFT, InvalidToken, KeyRing, verify_access
from server.cli.device_key import DeviceKey
from server.cli.simulated_kiosk import NotTaken, SimulatedKiosk
from sync_protocol.ids import new_id
from tests.kiosk.centre import Centre


def refused(act: Any, *given: Any, **named: Any) -> tuple[int, str]:
    """Status and code of what an act is answered."""
    with pytest.raises(NotTaken) as found:
        act(*given, **named)
    return found.value.status, found.value.document["code"]


REFUSED = (403, "accounts.code-refused")


def test_a_manager_makes_a_kiosk_and_its_code_opens_it_once(centre: Centre) -> None:
    office = centre.company.office("jie")
    made = office.ok("POST", "/kiosks", json={"name": " Front  door ", "sales_centre_id": centre.id})
    assert (made["number"], made["name"], made["state"], made["centre_name"]) == (1, "Front door", "new", "Lakeside")
    issued = office.ok("POST", f"/kiosks/{made['id']}/code")
    assert issued["expires_at"] == "2025-03-03T02:10:00.000Z"
    kiosk = centre.unenrolled()
    typed = f" {issued['code'][:4].lower()}-{issued['code'][4:].lower()} "
    kiosk.enrol(centre.company.code.upper(), 1, typed)
    assert kiosk.kiosk == made["id"]
    assert kiosk.station()["sales_centre"] == "Lakeside"
    assert office.ok("GET", "/kiosks")["items"][0]["state"] == "active"
    assert refused(centre.unenrolled().enrol, centre.company.code, 1, issued["code"]) == REFUSED
    assert [each.name for each in centre.company.events() if each.name.startswith("kiosk.")] == [
        "kiosk.kiosk-created",
        "kiosk.code-issued",
        "kiosk.kiosk-enrolled",
    ]


def test_nothing_of_the_code_is_kept(centre: Centre) -> None:
    _, code = centre.code(centre.new_kiosk())
    (row,) = centre.all_of(KioskCode)
    assert code not in repr(row)
    assert all(code not in each.body for each in centre.company.events())


def test_every_code_that_does_not_open_gets_one_answer(centre: Centre) -> None:
    number, code = centre.code(centre.new_kiosk())
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    for organisation, kiosk, typed in (
        (centre.company.code, number, wrong),
        (centre.company.code, number, "no code at all"),
        (centre.company.code, number + 1, code),
        ("nobody", number, code),
    ):
        with pytest.raises(NotTaken) as found:
            centre.unenrolled().enrol(organisation, kiosk, typed)
        document = {name: value for name, value in found.value.document.items() if name != "request_id"}
        assert (found.value.status, document["code"], document["params"]) == (*REFUSED, {})
    centre.unenrolled().enrol(centre.company.code, number, code)


def test_a_code_is_good_for_five_tries_and_ten_minutes_and_a_newer_one_voids_it(centre: Centre) -> None:
    kiosk_id = centre.new_kiosk()
    number, code = centre.code(kiosk_id)
    for _ in range(CODE_TRIES):
        assert refused(centre.unenrolled().enrol, centre.company.code, number, "ZZZZZZZZ") == REFUSED
    assert refused(centre.unenrolled().enrol, centre.company.code, number, code) == REFUSED
    _, code = centre.code(kiosk_id)
    centre.company.clock.advance(seconds=CODE_LIFE.total_seconds())
    assert refused(centre.unenrolled().enrol, centre.company.code, number, code) == REFUSED
    _, older = centre.code(kiosk_id)
    _, newer = centre.code(kiosk_id)
    assert refused(centre.unenrolled().enrol, centre.company.code, number, older) == REFUSED
    centre.unenrolled().enrol(centre.company.code, number, newer)


def test_a_code_of_another_kiosk_opens_nothing(centre: Centre) -> None:
    mine, _ = centre.code(centre.new_kiosk())
    _, others = centre.code(centre.new_kiosk())
    assert refused(centre.unenrolled().enrol, centre.company.code, mine, others) == REFUSED


def test_another_code_makes_another_enrolment_and_the_old_key_opens_nothing(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    number, code = centre.code(kiosk.kiosk)
    renewed = centre.unenrolled()
    renewed.enrol(centre.company.code, number, code)
    assert (renewed.kiosk, renewed.enrolment != kiosk.enrolment) == (kiosk.kiosk, True)
    assert refused(kiosk.station) == (401, "accounts.session-ended")
    assert refused(kiosk.open_session) == (401, "accounts.proof-invalid")
    assert renewed.station()["head"] == {"n": 0, "digest": renewed.digest}


def test_a_session_is_opened_by_the_key_alone_and_as_often_as_needed(centre: Centre, kiosk: SimulatedKiosk) -> None:
    before = kiosk.token
    centre.company.clock.advance(seconds=ACCESS_LIFETIME.total_seconds())
    assert refused(kiosk.station) == (401, "accounts.token-invalid")
    for _ in range(3):
        kiosk.open_session()
    assert kiosk.token != before
    assert kiosk.station()["kiosk"] == kiosk.kiosk
    (row,) = centre.all_of(Kiosk)
    assert row.last_seen_at == centre.company.clock.now()


def test_a_proof_is_good_once_and_only_of_the_kiosks_key(centre: Centre, kiosk: SimulatedKiosk) -> None:
    url, now = f"{kiosk.url}/kiosk/v1/session", centre.company.clock.now()
    body = {"organisation": kiosk.organisation, "kiosk": kiosk.kiosk}

    def ask(proof: str, **other: str) -> tuple[int, str | None]:
        status, document = centre.send("POST", "/kiosk/v1/session", {**body, **other}, {"DPoP": proof})
        return status, document.get("code")

    proof = kiosk.key.sign_proof("POST", url, now)
    assert ask(proof) == (200, None)
    assert ask(proof) == (401, "accounts.proof-replayed")
    assert ask(DeviceKey.generate().sign_proof("POST", url, now)) == (401, "accounts.proof-invalid")
    assert ask(kiosk.key.sign_proof("POST", f"{kiosk.url}/elsewhere", now)) == (401, "accounts.proof-invalid")
    assert ask(kiosk.key.sign_proof("POST", url, now), kiosk=new_id()) == (401, "accounts.proof-invalid")
    assert ask(kiosk.key.sign_proof("POST", url, now - timedelta(minutes=6))) == (401, "accounts.proof-clock")


def test_a_kiosk_out_of_service_is_shut_out_at_once_and_comes_back_with_another_key(
    centre: Centre, kiosk: SimulatedKiosk
) -> None:
    office = centre.company.office("jie")
    number, code = centre.code(kiosk.kiosk)
    assert office.ok("POST", f"/kiosks/{kiosk.kiosk}/revoke")["state"] == "revoked"
    assert office.ok("POST", f"/kiosks/{kiosk.kiosk}/revoke")["state"] == "revoked"
    assert refused(kiosk.station) == (401, "accounts.session-ended")
    assert refused(kiosk.open_session) == (403, "kiosk.out-of-service")
    assert refused(centre.unenrolled().enrol, centre.company.code, number, code) == REFUSED
    number, code = centre.code(kiosk.kiosk)
    renewed = centre.unenrolled()
    renewed.enrol(centre.company.code, number, code)
    assert renewed.station()["number"] == number
    assert len(centre.company.events("kiosk.kiosk-revoked")) == 1


def test_a_closed_sales_centre_has_no_open_kiosk(centre: Centre, kiosk: SimulatedKiosk) -> None:
    office = centre.company.office("jie")
    office.ok("PATCH", f"/sales-centres/{centre.id}", json={"state": "closed"})
    assert refused(kiosk.station) == (401, "accounts.session-ended")
    assert refused(kiosk.open_session) == (403, "kiosk.out-of-service")
    number, code = centre.code(kiosk.kiosk)
    assert refused(centre.unenrolled().enrol, centre.company.code, number, code) == REFUSED
    office.ok("PATCH", f"/sales-centres/{centre.id}", json={"state": "open"})
    kiosk.open_session()


def test_a_kiosk_needs_a_name_and_a_sales_centre_in_reach(centre: Centre) -> None:
    office = centre.company.office("jie")
    assert office("POST", "/kiosks", json={"name": " - ", "sales_centre_id": centre.id}).json["code"] == (
        "kiosk.name-required"
    )
    made = {"id": new_id(), "name": "Door", "sales_centre_id": centre.id}
    assert [office("POST", "/kiosks", json=made).status_code for _ in range(2)] == [201, 200]
    assert office("POST", "/kiosks", json={**made, "name": "Gate"}).json["code"] == "sync.reused-row-id"
    west = centre.company.office("hong")
    assert west("POST", "/kiosks", json={"name": "Door", "sales_centre_id": centre.id}).status_code == 404
    assert west("POST", f"/kiosks/{made['id']}/code").status_code == 404
    assert west.ok("GET", "/kiosks")["items"] == []
    assert centre.company.office("wang")("POST", f"/kiosks/{made['id']}/code").status_code == 403


def test_a_code_asks_for_the_password_again(centre: Centre) -> None:
    office, kiosk_id = centre.company.office("jie"), centre.new_kiosk()
    centre.company.clock.advance(minutes=6)
    answer = office("POST", f"/kiosks/{kiosk_id}/code")
    assert (answer.status_code, answer.json["code"]) == (403, "core.confirmation-needed")


# -- tokens and nonces, without a server -------------------------------------------------------------------------------


@pytest.fixture
def ring(centre: Centre) -> KeyRing:
    return centre.company.credentials.ring


def test_no_token_of_one_kind_passes_for_the_other(centre: Centre, kiosk: SimulatedKiosk, ring: KeyRing) -> None:
    issuer, now = centre.company.credentials.issuer, centre.company.clock.now()
    claims = verify_kiosk_token(ring, kiosk.token, issuer=issuer, now=now)
    assert (claims.kiosk_id, claims.enrolment_id) == (kiosk.kiosk, kiosk.enrolment)
    with pytest.raises(InvalidToken):
        verify_access(ring, kiosk.token, issuer=issuer, audience=issuer, now=now)
    with pytest.raises(InvalidToken):
        verify_kiosk_token(ring, centre.company.office("jie").token, issuer=issuer, now=now)


@pytest.mark.parametrize(
    "change",
    [
        {"scope": "kiosk:all"},
        {"iss": "https://elsewhere.example"},
        {"exp": 4_000_000_000},
        {"sub": "x"},
        {"enr": None},
        {"more": 1},
    ],
)
def test_a_token_that_says_anything_else_is_none(centre: Centre, ring: KeyRing, change: dict[str, Any]) -> None:
    issuer, now = centre.company.credentials.issuer, centre.company.clock.now()
    token, _ = issue_kiosk_token(ring, KioskClaims(new_id(), new_id(), new_id()), issuer=issuer, now=now)
    said = {**jwt.decode(token, options={"verify_signature": False}), **change}
    forged = jwt.encode(
        said, ring.signing_key, algorithm="EdDSA", headers={"typ": "kiosk+jwt", "kid": ring.signing_kid}
    )
    with pytest.raises(InvalidToken):
        verify_kiosk_token(ring, forged, issuer=issuer, now=now)


def test_a_nonce_is_of_one_enrolment_and_a_quarter_of_an_hour(centre: Centre) -> None:
    now, key = centre.company.clock.now(), b"k" * 32
    claims = KioskClaims(new_id(), new_id(), new_id())
    nonce = make_nonce(key, claims, now)
    assert is_fresh(key, claims, nonce, now)
    assert is_fresh(key, claims, nonce, now + ACCESS_LIFETIME)
    assert not is_fresh(key, claims, nonce, now + ACCESS_LIFETIME + timedelta(seconds=1))
    assert is_fresh(key, claims, nonce, now - CLOCK_DRIFT)  # made by another of our machines, or the clock was set back
    assert not is_fresh(key, claims, nonce, now - CLOCK_DRIFT - timedelta(seconds=1))
    assert not is_fresh(key, KioskClaims(claims.org_id, claims.kiosk_id, new_id()), nonce, now)
    assert not is_fresh(b"x" * 32, claims, nonce, now)
    for text in (None, "", "1.a", nonce + "a", nonce[:-1], "99999999999999999." + "A" * 22):
        assert not is_fresh(key, claims, text, now)
