"""What a session left open does not do: export, erase, keys and roles ask for a password given within five minutes."""

from __future__ import annotations

from typing import Any

from server.accounts.models import Session
from server.accounts.operations import roles
from server.app import create_app
from server.core import http
from server.core.declare import STEP_UP, access_of, routes
from server.core.limits import Limits
from tests.server.accounts.company import CHEAP, PASSWORD, Company, Office, Phone, heard

NEEDED = (403, "core.confirmation-needed")


def _code(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json["code"] if answer.status_code >= 400 else None


def _make_role(office: Office, name: str = "稽核") -> Any:
    return office("POST", "/roles", json={"name": name, "scope": "own", "functions": ["accounts.users.read"]})


def _confirm(office: Office, password: str = PASSWORD) -> Any:
    return office("POST", "/session/confirm", json={"password": password})


def test_the_password_counts_for_five_minutes_and_can_be_given_again(company: Company) -> None:
    office, other = company.office("admin"), company.office("admin")
    company.clock.advance(seconds=STEP_UP)
    assert _make_role(office, "a").status_code == 201
    company.clock.advance(seconds=1)
    refused = _make_role(office, "b")
    assert _code(refused) == NEEDED
    assert refused.json["params"] == {"seconds": 300}
    assert "WWW-Authenticate" not in refused.headers  # signed in he is
    assert _confirm(office).status_code == 204
    assert _make_role(office, "b").status_code == 201
    assert _code(_make_role(other, "c")) == NEEDED  # it counts for the session in which it was given
    company.clock.advance(seconds=STEP_UP + 1)
    assert _code(_make_role(office, "c")) == NEEDED
    assert _make_role(company.office("admin"), "c").status_code == 201


def test_renewing_and_refreshing_do_not_count(company: Company) -> None:
    office, phone = company.office("admin"), Phone(company).signed_in("admin")
    company.clock.advance(minutes=14)
    renewed = Office(company, office.ok("POST", "/session/renew")["access_token"])
    refreshed = Office(company, phone.refresh().json["access_token"])
    for each in (renewed, refreshed):
        assert _code(_make_role(each)) == NEEDED


def test_a_device_confirms_without_a_proof(company: Company) -> None:
    phone = Phone(company).signed_in("admin")
    office = Office(company, phone.answer["access_token"])
    company.clock.advance(minutes=6)
    assert _code(_make_role(office)) == NEEDED
    assert phone.reads().status_code == 200
    assert _confirm(office).status_code == 204
    assert _make_role(office).status_code == 201


def test_a_clock_that_was_set_back_keeps_nobody_confirmed(company: Company) -> None:
    office = company.office("admin")
    company.clock.advance(minutes=12)
    assert _confirm(office).status_code == 204
    company.clock.advance(minutes=-6)
    assert _code(_make_role(office)) == NEEDED


def test_whoever_lacks_the_function_is_told_that_first(company: Company) -> None:
    office = company.office("jie")
    company.clock.advance(minutes=6)
    assert _code(_make_role(office)) == (403, "core.function-missing")


def test_a_wrong_password_confirms_nothing_and_answers_as_signing_in_does(company: Company) -> None:
    office = company.office("admin")
    session = office.ok("GET", "/session")["session"]
    company.clock.advance(minutes=6)
    wrong = company.call("POST", "/api/v1/session", json=company.parts("admin", password="no-such-one-1"))
    assert _code(_confirm(office, "no-such-one-1")) == _code(wrong) == (401, "accounts.sign-in-refused")
    assert _code(_confirm(office, "")) == _code(wrong)
    assert company.row(Session, session).confirmed_at is None
    assert _code(_make_role(office)) == NEEDED
    assert company.call("POST", "/api/v1/session/confirm", json={"password": PASSWORD}).status_code == 401


def test_guessing_here_and_at_sign_in_is_counted_together(company: Company) -> None:
    office = company.office("wang")
    http.of(company.app).limits = Limits()
    body = company.parts("wang", password="no-such-one-1")
    tries = [_confirm(office, "no-such-one-1").status_code for _ in range(3)]
    tries += [company.call("POST", "/api/v1/session", json=body).status_code for _ in range(2)]
    assert tries == [401] * 5
    assert _code(_confirm(office)) == (429, "core.rate-limited")


def test_signed_out_there_is_nothing_to_confirm(company: Company) -> None:
    office = company.office("wang")
    assert office("DELETE", "/session").status_code == 204
    assert _code(_confirm(office)) == (401, "accounts.session-ended")


def test_roles_are_given_and_taken_with_a_fresh_password_only(company: Company) -> None:
    office = company.office("admin")
    with company.writing() as uow:
        (role,) = roles.role_ids(uow, "salesperson")
    new = {"number": "77", "name": "New", "username": "fresh", "unit_id": company.units["east"]}
    zhao = f"/users/{company.users['zhao']}"
    company.clock.advance(minutes=6)
    assert _code(office("POST", "/users", json={**new, "role_ids": [role]})) == NEEDED
    assert _code(office("PATCH", zhao, json={"role_ids": [role]})) == NEEDED
    assert _code(office("PATCH", zhao, json={"role_ids": []})) == NEEDED
    assert office("PATCH", zhao, json={"title": "Clerk"}).status_code == 200
    assert office("POST", "/users", json=new).status_code == 201
    assert _confirm(office).status_code == 204
    assert office("PATCH", zhao, json={"role_ids": []}).status_code == 200


def test_no_request_costs_a_statement_more(company: Company) -> None:
    office = company.office("admin")
    office.ok("GET", "/functions")
    with heard(company.database.engine) as statements:
        office.ok("GET", "/functions")
    assert len(statements.texts) == 1
    company.clock.advance(minutes=6)
    with heard(company.database.engine) as statements:
        assert _code(_make_role(office)) == NEEDED
    assert len(statements.texts) == 1


def test_these_routes_ask_for_it_and_none_of_a_device_s(company: Company) -> None:
    app = create_app(company.services, cost=CHEAP)
    asked = set()
    for method, rule, endpoint in routes(app):
        access = access_of(app, endpoint, method)
        if access is not None and access.recent:
            assert access.recent == STEP_UP
            asked.add(f"{method} {rule}")
    assert asked == {
        "POST /api/v1/roles",
        "PATCH /api/v1/roles/<id:role_id>",
        "DELETE /api/v1/roles/<id:role_id>",
        "POST /api/v1/users/<id:user_id>/reset-code",
        "POST /api/v1/devices/<id:device_id>/wipe",
        "POST /api/v1/kiosks/<id:kiosk_id>/code",
        "POST /api/v1/approval-routes",
        "PATCH /api/v1/approval-routes/<id:route_id>",
        "POST /api/v1/expenses/batches",
        "GET /api/v1/expenses/batches/<id:batch_id>/export",
        "GET /api/v1/customers/export",
        "GET /api/v1/opportunities/export",
        "GET /api/v1/visits/export",
    }
