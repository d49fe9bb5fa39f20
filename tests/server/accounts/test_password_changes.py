"""Changing one's password, and choosing a new one with a reset code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from server.accounts.operations.passwords import change_password
from server.core.problems import Refused
from tests.server.accounts.company import PASSWORD, Company, Phone, heard, user_of

NEW = "copper-meadow-81"


def _reset(company: Company, code: str, name: str = "wang", **other: str) -> int:
    body = {"organisation": "acme", "username": name, "code": code, "password": NEW, **other}
    return company.call("POST", "/api/v1/password-reset", json=body).status_code


def _issue(company: Company, name: str = "wang") -> str:
    code: str = company.office("admin").ok("POST", f"/users/{company.users[name]}/reset-code")["code"]
    return code


def test_changing_ones_password_needs_the_old_one_and_ends_all_other_sessions(company: Company) -> None:
    office, other, phone = company.office("wang"), company.office("wang"), Phone(company).signed_in("wang")
    wrong = office("POST", "/session/password", json={"old_password": "no-such-one-1", "new_password": NEW})
    assert (wrong.status_code, wrong.json["code"]) == (422, "accounts.password-wrong")
    assert wrong.json["errors"][0]["pointer"] == "/old_password"
    weak = office("POST", "/session/password", json={"old_password": PASSWORD, "new_password": "wang-wang"})
    assert weak.json["code"] == "accounts.password-has-name"
    office.ok("POST", "/session/password", json={"old_password": PASSWORD, "new_password": NEW})
    assert office("GET", "/session").status_code == 200
    assert other("GET", "/session").status_code == 401
    assert phone.refresh().status_code == 401
    assert company.call("POST", "/api/v1/session", json=company.parts("wang")).status_code == 401
    assert company.call("POST", "/api/v1/session", json=company.parts("wang", password=NEW)).status_code == 201
    event = company.events("accounts.password-changed")[0]
    assert (event.subject_id, orjson.loads(event.body)) == (company.users["wang"], {"sessions": 2})


def test_an_old_password_that_was_right_a_moment_ago_is_not_enough(company: Company) -> None:
    """It is checked outside of the transaction that stores the new one."""
    stored = str(user_of(company, "wang").password_hash)
    with company.writing("wang") as uow:
        change_password(uow, checked_against=stored, new_hash="first")
        uow.commit()
    with pytest.raises(Refused) as refused, company.writing("wang") as uow:
        change_password(uow, checked_against=stored, new_hash="second")
    assert refused.value.code == "accounts.password-wrong"


def test_a_code_lets_its_person_choose_a_password_once(company: Company) -> None:
    session = company.office("wang")
    code = _issue(company)
    assert _reset(company, f" {code[:4].lower()}-{code[4:].lower()} ") == 204
    assert session("GET", "/session").status_code == 401
    assert company.call("POST", "/api/v1/session", json=company.parts("wang", password=NEW)).status_code == 201
    assert _reset(company, code) == 403
    assert company.events("accounts.password-reset")[0].actor_id == company.users["wang"]


def test_a_code_is_good_for_ten_minutes_and_for_its_person(company: Company) -> None:
    code = _issue(company)
    assert _reset(company, code, "zhao") == 403
    company.clock.advance(minutes=10)
    assert _reset(company, code) == 403
    fresh, second = _issue(company), _issue(company)
    assert _reset(company, fresh) == 403  # a newer one voids it
    assert _reset(company, second) == 204


def test_five_wrong_tries_close_a_code_also_side_by_side(company: Company) -> None:
    code = _issue(company)
    wrong = [f"{each}{code[1:]}" for each in "0123456789" if each != code[0]][:6]
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda each: _reset(company, each), wrong)) == {403}
    assert _reset(company, code) == 403
    assert company.call("POST", "/api/v1/session", json=company.parts("wang")).status_code == 201


def test_four_wrong_tries_do_not(company: Company) -> None:
    code = _issue(company)
    wrong = [f"{each}{code[1:]}" for each in "0123456789" if each != code[0]][:4]
    assert {_reset(company, each) for each in wrong} == {403}
    assert _reset(company, code) == 204


def test_a_reset_that_fails_says_and_costs_the_same_for_everybody(company: Company) -> None:
    code = _issue(company)

    def attempt(name: str, organisation: str = "acme") -> tuple[bytes, int]:
        body = {"organisation": organisation, "username": name, "code": code, "password": NEW}
        with heard(company.database.engine) as statements:
            answer = company.call("POST", "/api/v1/password-reset", json=body)
        return answer.get_data().replace(answer.headers["X-Request-Id"].encode(), b""), len(statements.texts)

    known = attempt("zhao")
    assert attempt("nobody") == known
    assert attempt("wang", "nowhere") == known


@pytest.mark.parametrize("name", ["admin", "na"])
def test_a_code_is_issued_downwards_and_never_for_oneself(company: Company, name: str) -> None:
    answer = company.office("admin")("POST", f"/users/{company.users[name]}/reset-code")
    if name == "admin":
        assert (answer.status_code, answer.json["code"]) == (409, "accounts.reset-own")
    else:
        assert answer.status_code == 201
        assert len(answer.json["code"]) == 8
    assert user_of(company, name).password_hash is not None
