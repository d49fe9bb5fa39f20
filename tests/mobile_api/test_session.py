"""A handheld's session from its own side: enrolling, refreshing whatever happens to the answers, and the doors that are
left to it when it is revoked.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from server.accounts.models import Device, Organisation, RefreshFamily, Session
from server.accounts.operations import staff
from server.accounts.operations.devices import revoke_device
from server.cli.device_key import DeviceKey
from server.core import http, tables
from server.core.db import Database
from server.core.limits import Limits
from server.core.rows import c
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company, Phone, found_company


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database(database_url)
    yield found_company(database, tmp_path)
    database.close()


@pytest.fixture
def phone(company: Company) -> Phone:
    return Phone(company).signed_in("wang")


def _code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def _count(company: Company, kind: type[Any]) -> int:
    with company.database.read(company.org) as connection:
        return int(
            connection.execute(
                select(func.count()).select_from(kind.__table__).where(c(kind).org_id == company.org)
            ).scalar_one()
        )


def _operation(n: int) -> dict[str, Any]:
    return {"n": n, "group": n, "collection": "notes", "action": "create", "row": new_id(), "values": {"text": "x"}}


# -- signing in ---------------------------------------------------------------------------------------------------------


def test_signing_in_enrols_the_device(company: Company, phone: Phone) -> None:
    answer = phone.answer
    device: Device = company.row(Device, answer["device"])
    assert (device.user_id, device.key_thumbprint, device.state) == (
        company.users["wang"],
        phone.key.thumbprint(),
        "active",
    )
    assert device.public_jwk == phone.key.jwk()
    session: Session = company.row(Session, answer["session"])
    assert (session.enrolment_id, session.kind) == (answer["enrolment"], "mobile")
    assert answer["organisation"] == {
        "id": company.org,
        "code": "acme",
        "name": "Acme",
        "timezone": "Asia/Shanghai",
        "currency": "CNY",
        "locale": "zh",
    }
    assert answer["user"]["name"] == "Wang"
    assert (answer["expires_in"], answer["server_time"]) == (900, int(company.clock.now().timestamp() * 1000))
    assert phone.reads().status_code == 200
    e = tables.ENROLMENTS.c
    with company.database.read(company.org) as connection:
        enrolment = connection.execute(select(tables.ENROLMENTS).where(e.org_id == company.org)).one()
    assert (enrolment.id, enrolment.user_id, enrolment.device_id, enrolment.incarnation, enrolment.last_n) == (
        answer["enrolment"],
        company.users["wang"],
        answer["device"],
        1,
        0,
    )


def test_an_enrolment_is_one_of_device_person_and_incarnation(company: Company, phone: Phone) -> None:
    first = dict(phone.answer)
    again = dict(phone.signed_in("wang", app_version="1.1").answer)
    assert (again["device"], again["enrolment"]) == (first["device"], first["enrolment"])
    assert again["session"] != first["session"]
    assert company.call("GET", "/api/v1/session", token=first["access_token"]).status_code == 401
    assert company.row(Device, first["device"]).app_version == "1.1"
    other_store = dict(phone.signed_in("wang", incarnation=2).answer)
    other_person = dict(phone.signed_in("zhao").answer)
    assert other_store["device"] == other_person["device"] == first["device"]
    assert len({each["enrolment"] for each in (first, other_store, other_person)}) == 3
    assert phone.reads().status_code == 200


def test_a_device_that_lost_its_key_keeps_its_enrolment_with_its_own_person_only(
    company: Company, phone: Phone
) -> None:
    lost = Phone(company, installation=phone.installation)
    assert lost.signed_in("wang").answer["enrolment"] == phone.answer["enrolment"]
    assert _code(phone.refresh())[0] == 401  # the old key signs for nobody any more
    stranger = Phone(company, installation=phone.installation).signed_in("na")
    assert stranger.answer["device"] != lost.answer["device"]
    assert lost.refresh().status_code == 200  # somebody else's sign-in with the same installation harms nothing


def test_sign_in_answers_alike_whichever_part_is_wrong(company: Company) -> None:
    with company.writing() as uow:
        staff.disable_user(uow, company.users["zhao"])
        uow.commit()
    answers = set()
    for parts in (
        company.parts("wang", password="no-such-password"),
        company.parts("wang", organisation="nowhere"),
        company.parts("nobody"),
        company.parts("zhao"),
    ):
        mobile = Phone(company)
        answer = company.call(
            "POST",
            "/mobile/v1/session",
            json={**parts, "device": mobile.describe()},
            headers=mobile.proof("POST", "/mobile/v1/session"),
        )
        answers.add((answer.status_code, answer.get_data().replace(answer.headers["X-Request-Id"].encode(), b"")))
    ((status, body),) = answers
    assert (status, orjson.loads(body)["code"]) == (401, "accounts.sign-in-refused")
    assert _count(company, Device) == 0


@pytest.mark.parametrize("state", ["revoked", "wipe_pending", "wiped"])
def test_a_revoked_devices_key_is_told_so_to_those_who_know_the_three_parts(
    company: Company, phone: Phone, state: str
) -> None:
    with company.writing("system") as uow:
        device = uow.get(Device, phone.answer["device"])
        assert device is not None
        uow.change(device, state=state)
        uow.commit()
    answer = phone.sign_in("na")
    assert _code(answer) == (403, "accounts.device-revoked")
    assert answer.json["params"] == {"wipe": state == "wipe_pending"}
    assert _code(phone.sign_in("nobody")) == (401, "accounts.sign-in-refused")
    assert Phone(company).sign_in("wang").status_code == 201


# -- proofs -------------------------------------------------------------------------------------------------------------


def test_signing_in_needs_a_proof_of_the_key_that_is_enrolled(company: Company) -> None:
    phone, path = Phone(company), "/mobile/v1/session"
    body = {**company.parts("wang"), "device": phone.describe()}

    def attempt(headers: dict[str, str]) -> tuple[int, str]:
        return _code(company.call("POST", path, json=body, headers=headers))

    refused = (401, "accounts.proof-invalid")
    assert attempt({}) == refused
    assert attempt({"DPoP": "x"}) == refused
    assert attempt(Phone(company).proof("POST", path)) == refused  # of another key
    assert attempt(phone.proof("GET", path)) == refused
    assert attempt(phone.proof("POST", "/mobile/v1/session/refresh")) == refused
    good = phone.proof("POST", path)
    assert company.call("POST", path, json=body, headers=good).status_code == 201
    assert attempt(good) == (401, "accounts.proof-replayed")


def test_a_device_with_a_wrong_clock_is_told_the_time(company: Company, phone: Phone) -> None:
    phone.skew = timedelta(days=2)
    answer = phone.refresh()
    assert _code(answer) == (401, "accounts.proof-clock")
    assert answer.json["params"] == {"server_time": int(company.clock.now().timestamp() * 1000)}
    phone.skew = timedelta(minutes=5)
    assert phone.refresh().status_code == 200


def test_a_proof_is_refused_as_used_until_it_is_refused_as_old(company: Company, phone: Phone) -> None:
    path, token = "/mobile/v1/session/refresh", phone.answer["refresh_token"]
    proof = phone.proof("POST", path, token)
    assert phone.refresh(**proof).status_code == 200
    company.clock.advance(minutes=5)
    assert _code(phone.refresh(**proof)) == (401, "accounts.proof-replayed")
    company.clock.advance(seconds=1)
    assert _code(phone.refresh(**proof)) == (401, "accounts.proof-clock")
    assert phone.refresh().status_code == 200


def test_one_proof_sent_at_once_from_many_sides_is_used_once(company: Company, phone: Phone) -> None:
    proof = phone.proof("POST", "/mobile/v1/session/refresh", phone.answer["refresh_token"])
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: phone.refresh(**proof).status_code, range(6)))
    assert sorted(answers) == [200, 401, 401, 401, 401, 401]


# -- refreshing ---------------------------------------------------------------------------------------------------------


def test_a_lost_answer_is_given_again(company: Company, phone: Phone) -> None:
    company.clock.advance(minutes=14)
    first = phone.refresh()
    again = phone.refresh()  # the same token: the first answer never arrived
    assert first.status_code == again.status_code == 200
    assert first.json["refresh_token"] == again.json["refresh_token"] != phone.answer["refresh_token"]
    for answer in (first, again):
        reads = company.call("GET", "/api/v1/session", token=answer.json["access_token"])
        assert reads.status_code == 200
    assert phone.refresh(first.json["refresh_token"]).status_code == 200


def test_refreshes_side_by_side_give_one_successor(company: Company, phone: Phone) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: phone.refresh(), range(8)))
    assert [each.status_code for each in answers] == [200] * 8
    (successor,) = {each.json["refresh_token"] for each in answers}
    with company.database.read(company.org) as connection:
        n = connection.execute(select(c(RefreshFamily).n).where(c(RefreshFamily).org_id == company.org)).scalar_one()
    assert n == 2
    assert phone.refresh(successor).status_code == 200


def test_an_overtaken_token_is_theft_and_ends_the_session(company: Company, phone: Phone) -> None:
    stolen = phone.answer["refresh_token"]
    second = phone.refresh().json
    third = phone.refresh(second["refresh_token"]).json
    company.clock.advance(seconds=1)
    assert _code(phone.refresh(stolen)) == (401, "accounts.session-ended")
    assert _code(phone.refresh(third["refresh_token"])) == (401, "accounts.session-ended")
    assert company.call("GET", "/api/v1/session", token=third["access_token"]).status_code == 401
    noticed = company.events("accounts.token-theft-noticed")
    assert [(each.subject_id, orjson.loads(each.body)["presented_n"]) for each in noticed] == [
        (phone.answer["device"], 1)
    ]
    before = phone.answer["enrolment"]
    assert phone.signed_in("wang").answer["enrolment"] == before  # signs in again and goes on


def test_what_the_network_doubles_or_holds_back_is_no_theft(company: Company, phone: Phone) -> None:
    """A device that refreshes twice within seconds, while copies and a late original of its first request are on their way."""
    path, first = "/mobile/v1/session/refresh", phone.answer["refresh_token"]
    sent, held_back = phone.proof("POST", path, first), phone.proof("POST", path, first)
    second = phone.refresh(first, **sent).json["refresh_token"]
    company.clock.advance(seconds=1)
    third = phone.refresh(second).json["refresh_token"]
    before = company.row(RefreshFamily, first.split(".")[2])
    for _ in range(2):
        assert _code(phone.refresh(first, **sent)) == (401, "accounts.proof-replayed")
    late = phone.refresh(first, **held_back)
    assert _code(late) == (401, "accounts.proof-overtaken")
    assert late.json["params"] == {"server_time": int(company.clock.now().timestamp() * 1000)}
    assert _code(phone.refresh(first, **held_back)) == (401, "accounts.proof-replayed")
    company.clock.advance(minutes=5)  # too old by now, which is found before the token is looked at
    assert _code(phone.refresh(first, **sent)) == (401, "accounts.proof-clock")
    assert company.row(RefreshFamily, first.split(".")[2]) == before
    assert company.events("accounts.token-theft-noticed") == []
    assert phone.refresh(third).status_code == 200


def test_copies_of_an_overtaken_request_that_arrive_side_by_side_are_no_theft(company: Company, phone: Phone) -> None:
    path, first = "/mobile/v1/session/refresh", phone.answer["refresh_token"]
    copies = phone.proof("POST", path, first)
    second = phone.refresh(first).json["refresh_token"]
    third = phone.refresh(second).json["refresh_token"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: _code(phone.refresh(first, **copies)), range(6)))
    assert sorted(answers) == [(401, "accounts.proof-overtaken")] + [(401, "accounts.proof-replayed")] * 5
    assert phone.refresh(third).status_code == 200


def test_a_request_refused_while_the_house_was_closed_is_not_judged_when_it_comes_again(
    company: Company, phone: Phone
) -> None:
    """Its copy would carry the newest proof of all, and an overtaken token."""
    first = phone.answer["refresh_token"]
    third = phone.refresh(phone.refresh(first).json["refresh_token"]).json["refresh_token"]
    company.clock.advance(seconds=1)
    proof = phone.proof("POST", "/mobile/v1/session/refresh", third)
    for state, code in (("suspended", "accounts.session-ended"), ("active", "accounts.proof-replayed")):
        with company.writing("system") as uow:
            uow.change(uow.must(Organisation, company.org), state=state)
            uow.commit()
        assert _code(phone.refresh(third, **proof)) == (401, code)
    assert phone.refresh(third).status_code == 200


def test_a_fast_clock_of_a_thief_with_the_key_hides_nothing(company: Company, phone: Phone) -> None:
    """An exact copy of the device, key included, whose proofs say that they are from the future."""
    copy = Phone(company, key=phone.key, answer=dict(phone.answer), skew=timedelta(seconds=299))
    for _ in range(2):
        copy.answer |= copy.refresh().json
    company.clock.advance(seconds=1)
    assert _code(phone.refresh()) == (401, "accounts.session-ended")
    assert _code(copy.refresh()) == (401, "accounts.session-ended")
    assert len(company.events("accounts.token-theft-noticed")) == 1


def test_a_stolen_token_is_no_use_without_the_key(company: Company, phone: Phone) -> None:
    thief = Phone(company, answer=dict(phone.answer))
    assert _code(thief.refresh()) == (401, "accounts.proof-invalid")
    bare = company.call("POST", "/mobile/v1/session/refresh", json={"refresh_token": phone.answer["refresh_token"]})
    assert _code(bare) == (401, "accounts.proof-invalid")
    assert phone.refresh().status_code == 200


def test_a_session_ends_by_idleness_and_by_age(company: Company, phone: Phone) -> None:
    company.clock.advance(days=30)
    assert _code(phone.refresh()) == (401, "accounts.session-ended")
    busy = Phone(company).signed_in("wang")
    for _ in range(3):
        company.clock.advance(days=29)
        busy.answer |= busy.refresh().json
    company.clock.advance(days=3)
    assert _code(busy.refresh()) == (401, "accounts.session-ended")


def test_one_session_refreshes_thirty_times_an_hour(company: Company, phone: Phone) -> None:
    http.of(company.app).limits = Limits()
    assert [phone.refresh().status_code for _ in range(31)] == [200] * 30 + [429]


def test_signing_out_ends_refreshing_too(company: Company, phone: Phone) -> None:
    left = company.call("DELETE", "/mobile/v1/session", token=phone.answer["access_token"])
    assert left.status_code == 204
    assert _code(phone.refresh()) == (401, "accounts.session-ended")
    assert phone.reads().status_code == 401


@pytest.mark.parametrize(
    "token",
    [
        "",
        "dr1.x",
        f"dr1.00000000-0000-0000-0000-000000000000.{new_id()}.1.{'A' * 43}",
        f"dr1.ffffffff-ffff-ffff-ffff-ffffffffffff.{new_id()}.1.{'A' * 43}",
        f"dr1.{new_id()}.ffffffff-ffff-ffff-ffff-ffffffffffff.1.{'A' * 43}",
    ],
    ids=["empty", "words", "no-org", "org-that-is-no-id", "family-that-is-no-id"],
)
def test_what_is_no_token_of_ours_ends_nothing(company: Company, phone: Phone, token: str) -> None:
    assert _code(phone.refresh(token or "x")) == (401, "accounts.session-ended")
    forged = phone.answer["refresh_token"][:-4] + "AAAA"
    assert _code(phone.refresh(forged)) == (401, "accounts.session-ended")
    assert phone.refresh().status_code == 200


# -- revoked ------------------------------------------------------------------------------------------------------------


def test_a_leavers_device_hands_in_its_queue_and_is_emptied(company: Company, phone: Phone) -> None:
    """Scenario 8: disabled while offline with 7 unsent records, back after three days."""
    with company.writing() as uow:
        staff.disable_user(uow, company.users["wang"])
        uow.commit()
    company.clock.advance(days=3)
    refreshed = phone.refresh()
    assert _code(refreshed) == (403, "accounts.device-revoked")
    assert refreshed.json["params"] == {"wipe": True}
    order = phone.at_the_door("GET", "/wipe")
    assert order.json == {"state": "wipe_pending", "wipe": True, "upload_queue": True, "uploaded": 0}
    early = phone.at_the_door("POST", "/wipe", json={"queued": 7})
    assert (_code(early), early.json["params"]) == ((409, "accounts.queue-not-uploaded"), {"missing": 7})
    operations = [_operation(n) for n in range(4, 11)]
    first = {"id": new_id(), "enrolment": phone.answer["enrolment"], "operations": operations[:4]}
    second = {"id": new_id(), "enrolment": phone.answer["enrolment"], "operations": operations[3:]}
    assert phone.at_the_door("POST", "/quarantine", json=first).json == {"uploaded": 4}
    assert phone.at_the_door("POST", "/quarantine", json=first).json == {"uploaded": 4}  # the answer was lost
    assert phone.at_the_door("POST", "/wipe", json={"queued": 7}).json["params"] == {"missing": 3}
    assert phone.at_the_door("POST", "/quarantine", json=second).json == {"uploaded": 7}  # n 7 came twice, counts once
    assert phone.at_the_door("POST", "/wipe", json={"queued": 7}).status_code == 204
    assert company.row(Device, phone.answer["device"]).state == "wiped"
    for method, path in (("GET", "/wipe"), ("POST", "/wipe"), ("POST", "/quarantine")):
        given = {"json": {"queued": 0} if path == "/wipe" else first} if method == "POST" else {}
        assert _code(phone.at_the_door(method, path, **given)) == (403, "accounts.device-revoked")
    assert [each.name for each in company.events()][-2:] == ["accounts.queue-quarantined", "accounts.device-wiped"]


def test_a_revoked_device_is_not_asked_to_wipe_but_may_hand_in(company: Company, phone: Phone) -> None:
    with company.writing() as uow:
        revoke_device(uow, phone.answer["device"], wipe=False)
        uow.commit()
    by_access_token = company.call("GET", "/mobile/v1/device/wipe", token=phone.answer["access_token"])
    assert by_access_token.json == {"state": "revoked", "wipe": False, "upload_queue": True, "uploaded": 0}
    body = {"id": new_id(), "enrolment": phone.answer["enrolment"], "operations": [_operation(1)]}
    assert phone.at_the_door("POST", "/quarantine", json=body).status_code == 201
    changed = {**body, "operations": [_operation(2)]}
    assert _code(phone.at_the_door("POST", "/quarantine", json=changed)) == (409, "accounts.quarantine-reused-id")
    assert _code(phone.at_the_door("POST", "/wipe", json={"queued": 0})) == (409, "accounts.wipe-not-asked")


def test_an_active_device_has_nothing_to_do_at_these_doors(company: Company, phone: Phone) -> None:
    assert phone.at_the_door("GET", "/wipe").json == {
        "state": "active",
        "wipe": False,
        "upload_queue": False,
        "uploaded": 0,
    }
    body = {"id": new_id(), "enrolment": phone.answer["enrolment"], "operations": [_operation(1)]}
    assert _code(phone.at_the_door("POST", "/quarantine", json=body)) == (409, "accounts.device-not-revoked")
    assert _code(phone.at_the_door("POST", "/wipe", json={"queued": 0})) == (409, "accounts.wipe-not-asked")
    assert phone.reads().status_code == 200


def test_only_its_own_device_stands_at_the_door(company: Company, phone: Phone) -> None:
    other = Phone(company).signed_in("na")
    colleague = Phone(company, phone.key, phone.installation).signed_in("zhao").answer["enrolment"]  # on the same phone
    with company.writing() as uow:
        for each in (phone, other):
            revoke_device(uow, each.answer["device"], wipe=True)
        uow.commit()
    path, token = "/mobile/v1/device/wipe", phone.answer["refresh_token"]
    call = company.call
    assert _code(call("GET", path)) == (401, "core.unauthenticated")
    assert _code(call("GET", path, token=token)) == (401, "accounts.proof-invalid")
    assert _code(call("GET", path, token=token, headers=other.proof("GET", path, token))) == (
        401,
        "accounts.proof-invalid",
    )
    forged = token[:-4] + "AAAA"
    assert _code(call("GET", path, token=forged, headers=phone.proof("GET", path, forged))) == (
        401,
        "accounts.session-ended",
    )
    assert _code(call("GET", path, token="nonsense")) == (401, "accounts.token-invalid")
    office = company.office("wang")
    assert _code(call("GET", path, token=office.token)) == (401, "accounts.session-ended")
    company.clock.advance(minutes=15)
    assert _code(call("GET", path, token=other.answer["access_token"])) == (401, "accounts.token-invalid")
    for enrolment in (other.answer["enrolment"], colleague, new_id()):
        foreign = {"id": new_id(), "enrolment": enrolment, "operations": [_operation(1)]}
        assert _code(phone.at_the_door("POST", "/quarantine", json=foreign)) == (422, "accounts.wrong-enrolment")
    assert phone.at_the_door("GET", "/wipe").status_code == 200


def test_an_operation_without_its_number_is_not_kept(company: Company, phone: Phone) -> None:
    with company.writing() as uow:
        revoke_device(uow, phone.answer["device"], wipe=True)
        uow.commit()
    unnumbered: list[dict[str, Any]] = [{"values": {}}, {"n": 0}, {"n": True}, {"n": "1"}]
    for bad in unnumbered:
        body = {"id": new_id(), "enrolment": phone.answer["enrolment"], "operations": [_operation(1), bad]}
        answer = phone.at_the_door("POST", "/quarantine", json=body)
        assert _code(answer) == (422, "core.invalid-fields")


def test_a_key_from_another_curve_is_refused_before_anything_is_looked_up(company: Company) -> None:
    phone = Phone(company)
    for wrong in ({"crv": "P-384"}, {"x": "short"}, {"d": DeviceKey.generate().jwk()["x"]}):
        body = {**company.parts("wang"), "device": phone.describe(key={**phone.key.jwk(), **wrong})}
        answer = company.call(
            "POST", "/mobile/v1/session", json=body, headers=phone.proof("POST", "/mobile/v1/session")
        )
        assert _code(answer) == (422, "core.invalid-fields")
