"""Coming in through the office's door: one answer for every way to fail, and what a session is good for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from argon2 import PasswordHasher
from werkzeug.test import TestResponse

from server.accounts.models import Organisation, User
from server.accounts.operations import staff
from server.accounts.operations.sign_in import acting, check_three_parts, sign_in_office
from server.accounts.passwords import HashCost, PasswordHashes
from server.core import http
from server.core.limits import Limits
from server.core.problems import Refused
from tests.server.accounts.company import CHEAP, PASSWORD, Company, heard, user_of


def _without_request_id(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    body = answer.get_data().replace(answer.headers["X-Request-Id"].encode(), b"")
    headers = [each for each in answer.headers if each[0] != "X-Request-Id"]
    return answer.status_code, body, headers


def _suspend(company: Company) -> None:
    with company.writing("system") as uow:
        organisation = uow.get(Organisation, company.org)
        assert organisation is not None
        uow.change(organisation, state="suspended")
        uow.commit()


def test_every_way_to_fail_answers_alike_and_costs_the_same(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    with company.writing() as uow:
        staff.disable_user(uow, company.users["zhao"])
        uow.commit()
    verified: list[int] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, *given: Any) -> Any:
        verified.append(1)
        return verify(self, *given)

    monkeypatch.setattr(PasswordHasher, "verify", counted)

    def attempt(parts: dict[str, str]) -> tuple[object, int, int]:
        verified.clear()
        with heard(company.database.engine) as statements:
            answer = company.call("POST", "/api/v1/session", json=parts)
        return _without_request_id(answer), len(verified), len(statements.texts)

    wrong_password = attempt(company.parts("wang", password="not-the-password"))
    assert wrong_password[0][0] == 401  # type: ignore[index]
    assert wrong_password[1] == 1
    assert attempt(company.parts("wang", organisation="nowhere")) == wrong_password
    assert attempt(company.parts("nobody")) == wrong_password
    assert attempt(company.parts("zhao")) == wrong_password  # disabled, the password is right
    _suspend(company)
    assert attempt(company.parts("wang")) == wrong_password


def test_sign_in_opens_a_session_for_eight_hours(company: Company) -> None:
    answer = company.call("POST", "/api/v1/session", json=company.parts("  WANG ", organisation="ＡＣＭＥ"))
    assert answer.status_code == 201
    token = answer.json["access_token"]
    assert answer.json["expires_in"] == 900
    assert answer.json["user"] == {
        "id": company.users["wang"],
        "name": "Wang",
        "locale": "zh",
        "unit_id": company.units["east"],
    }
    for _ in range(31):  # 7 h 45 min, a quarter of an hour at a time
        company.clock.advance(minutes=14, seconds=59)
        renewed = company.call("POST", "/api/v1/session/renew", token=token)
        assert renewed.status_code == 200
        token = renewed.json["access_token"]
    company.clock.advance(minutes=14)
    last = company.call("POST", "/api/v1/session/renew", token=token).json
    assert last["expires_in"] < 120  # the token does not outlive its session
    company.clock.advance(seconds=last["expires_in"])
    assert company.call("POST", "/api/v1/session/renew", token=last["access_token"]).status_code == 401


def test_signing_out_ends_the_session_at_once(company: Company) -> None:
    office = company.office("wang")
    other = company.office("wang")
    assert office("DELETE", "/session").status_code == 204
    answer = office("GET", "/session")
    assert (answer.status_code, answer.json["code"]) == (401, "accounts.session-ended")
    assert other("GET", "/session").status_code == 200


def test_who_am_i_says_how_far_each_function_reaches(company: Company) -> None:
    grants = {each["code"]: each for each in company.office("jie").ok("GET", "/session")["functions"]}
    assert grants["accounts.users.read"] == {
        "code": "accounts.users.read",
        "own": True,
        "unit_ids": [company.units["east"]],
        "project_ids": [],
        "everything": False,
    }
    assert "accounts.users.write" not in grants


def test_a_hash_of_another_cost_is_replaced_when_its_password_is_known(company: Company) -> None:
    dearer = PasswordHashes(HashCost(memory_kib=128, passes=1, lanes=1)).hash(PASSWORD)
    with company.writing("system") as uow:
        uow.change(uow.must(User, company.users["wang"]), password_hash=dearer)
        uow.commit()
    company.office("wang")
    stored = user_of(company, "wang").password_hash
    assert stored is not None
    assert f"m={CHEAP.memory_kib}," in stored
    company.office("wang")


def test_no_event_holds_a_password_or_its_hash(company: Company) -> None:
    office = company.office("admin")
    office.ok("PATCH", f"/users/{company.users['wang']}", json={"phone": "13911112222", "name": "Wang Li"})
    office.ok(
        "POST",
        "/users",
        json={
            "number": "77",
            "name": "New",
            "username": "fresh",
            "unit_id": company.units["east"],
            "password": "harbour-violin-3",
            "phone": "13733334444",
        },
    )
    own = company.office("wang")
    own.ok("POST", "/session/password", json={"old_password": PASSWORD, "new_password": "copper-meadow-81"})
    bodies = json.dumps([each.body for each in company.events()])
    for secret in ("argon2", PASSWORD, "harbour-violin-3", "copper-meadow-81", "13911112222", "13733334444"):
        assert secret not in bodies
    assert "139****2222" in bodies


@pytest.mark.parametrize("meanwhile", ["disabled", "password", "suspended"])
def test_what_changes_between_the_check_and_the_session_counts(company: Company, meanwhile: str) -> None:
    """The password is checked outside of the transaction that opens the session."""
    parts = company.parts("wang")
    candidate = check_three_parts(company.database, company.credentials.hashes, **parts)
    if meanwhile == "suspended":
        _suspend(company)
    else:
        values = {"state": "disabled"} if meanwhile == "disabled" else {"password_hash": "x"}
        with company.writing("system") as uow:
            uow.change(uow.must(User, company.users["wang"]), **values)
            uow.commit()
    with pytest.raises(Refused) as refused, company.services.writing(acting(candidate)) as uow:
        sign_in_office(uow, candidate)
    assert refused.value.code == "accounts.sign-in-refused"


def test_a_suspended_organisation_lets_nobody_go_on(company: Company) -> None:
    office = company.office("wang")
    _suspend(company)
    assert office("GET", "/session").status_code == 401
    assert office("POST", "/session/renew").status_code == 401


def test_guessing_is_slowed_down_by_account_known_or_not_and_by_address(company: Company) -> None:
    http.of(company.app).limits = Limits()

    def attempts(*names: str) -> list[int]:
        bodies = [company.parts(name, password="no-such-one-1") for name in names]
        return [company.call("POST", "/api/v1/session", json=body).status_code for body in bodies]

    assert attempts(*["wang"] * 6) == attempts(*["nobody"] * 6) == [401] * 5 + [429]
    assert attempts("ＷＡＮＧ ") == [429]  # another spelling is the same account
    others = attempts(*(f"other{n}" for n in range(8)))
    assert others == [401] * 7 + [429]  # the address has used up its twenty
