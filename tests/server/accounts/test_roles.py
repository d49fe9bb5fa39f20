"""Roles through the office's door. That changes count at once: test_authentication.py."""

from __future__ import annotations

from typing import Any

import pytest

from server.accounts.operations import roles, staff
from server.accounts.scope import Scope
from server.core.access import FUNCTIONS
from tests.server.accounts.company import Company


def _role(company: Company, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in company.office("admin").ok("GET", "/roles")["items"] if each["code"] == code
    )
    return found


def test_functions_are_listed_in_both_languages(company: Company) -> None:
    items = company.office("wang").ok("GET", "/functions")["items"]
    assert {each["code"] for each in items} == set(FUNCTIONS)
    assert all(each["zh"] and each["en"] for each in items)


def test_roles_are_made_and_changed(company: Company) -> None:
    admin = company.office("admin")
    made = admin.ok("POST", "/roles", json={"name": "稽核", "scope": "all", "functions": ["audit.read", "audit.read"]})
    assert (made["is_system"], made["functions"], made["state"]) == (False, ["audit.read"], "active")
    twice = admin("POST", "/roles", json={"name": "稽核", "scope": "own", "functions": []})
    assert (twice.status_code, twice.json["code"]) == (409, "accounts.role-name-taken")
    unknown = admin("POST", "/roles", json={"name": "x", "scope": "own", "functions": ["nothing.at-all"]})
    assert (unknown.status_code, unknown.json["params"]) == (422, {"function": "nothing.at-all"})
    assert unknown.json["code"] == "accounts.unknown-function"
    path = f"/roles/{made['id']}"
    changed = admin.ok("PATCH", path, json={"state": "disabled", "name": "稽核员", "version": made["version"]})
    assert (changed["state"], changed["name"], changed["functions"]) == ("disabled", "稽核员", ["audit.read"])
    assert admin("PATCH", path, json={"name": "x", "version": made["version"]}).json["code"] == "core.stale"
    listed = admin.ok("GET", "/roles?state=disabled")["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert made["id"] not in [each["id"] for each in admin.ok("GET", "/roles?state=enabled")["items"]]
    assert company.office("wang")("GET", "/roles").status_code == 403


def test_a_system_role_speaks_the_callers_language(company: Company) -> None:
    admin = company.office("admin")
    zh = admin("GET", "/roles", headers={"Accept-Language": "zh"}).json["items"]
    assert [each["name"] for each in zh if each["code"] == "supervisor"] == ["案场经理"]
    supervisor = _role(company, "supervisor")
    assert supervisor["name"] == "Supervisor"
    assert admin.ok("PATCH", f"/roles/{supervisor['id']}", json={"name": "组长"})["name"] == "组长"


@pytest.mark.parametrize(
    ("code", "values", "problem"),
    [
        ("supervisor", {"state": "disabled"}, "accounts.role-system"),
        ("supervisor", {"functions": []}, "accounts.role-defining"),
        ("administrator", {"scope": "team"}, "accounts.role-scope-fixed"),
    ],
)
def test_a_system_role_keeps_what_it_is_there_for(
    company: Company, code: str, values: dict[str, Any], problem: str
) -> None:
    admin, role = company.office("admin"), _role(company, code)
    assert admin("PATCH", f"/roles/{role['id']}", json=values).json["code"] == problem
    deleted = admin("DELETE", f"/roles/{role['id']}")
    assert (deleted.status_code, deleted.json["code"]) == (409, "accounts.role-system")
    assert _role(company, code) == role


def test_nobody_makes_a_role_stronger_than_himself(company: Company) -> None:
    with company.writing() as uow:
        own = roles.create_role(uow, name="keeper", scope=Scope.ALL, functions=["accounts.roles.write"])
        held = roles.create_role(uow, name="held", scope=Scope.OWN, functions=["accounts.roles.write"])
        strong = roles.create_role(uow, name="strong", scope=Scope.OWN, functions=["audit.read"])
        staff.change_user(uow, company.users["wang"], {"role_ids": [own.id]})
        staff.change_user(uow, company.users["zhao"], {"role_ids": [held.id]})
        staff.change_user(uow, company.users["na"], {"role_ids": [strong.id]})
        uow.commit()
    wang = company.office("wang")
    for path, values in (
        (f"/roles/{own.id}", {"functions": ["accounts.roles.write", "audit.read"]}),
        (f"/roles/{held.id}", {"functions": ["audit.read"]}),
        (f"/roles/{strong.id}", {"functions": []}),  # would take from somebody who has more
    ):
        assert wang("PATCH", path, json=values).json["code"] == "accounts.beyond-own-rights", path
    assert wang("DELETE", f"/roles/{strong.id}").json["code"] == "accounts.beyond-own-rights"
    assert wang("PATCH", f"/roles/{held.id}", json={"scope": "team"}).status_code == 200
    assert not company.actor("wang").may("audit.read")
