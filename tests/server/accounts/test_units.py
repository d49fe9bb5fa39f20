"""The tree of units and the projects, through the office's door."""

from __future__ import annotations

import threading

import pytest

from server.accounts.models import OrgUnit
from server.accounts.operations import roles, staff, units
from server.accounts.scope import Scope
from server.core.problems import Refused
from tests.server.accounts.company import Company


def test_units_are_made_renamed_moved_and_deleted(company: Company) -> None:
    admin = company.office("admin")
    north = admin.ok(
        "POST", "/units", json={"parent_id": company.units["sales"], "kind": "team", "name": "北区", "position": 3}
    )
    moved = admin.ok(
        "PATCH",
        f"/units/{north['id']}",
        json={"name": "北区一队", "parent_id": company.units["south"], "version": north["version"]},
    )
    assert (moved["name"], moved["parent_id"], moved["position"]) == ("北区一队", company.units["south"], 3)
    listed = company.office("wang").ok("GET", "/units")["items"]
    assert {each["id"] for each in listed} == {*company.units.values(), north["id"]}
    admin.ok("DELETE", f"/units/{north['id']}")
    assert company.row(OrgUnit, north["id"]) is None
    names = [each.name for each in company.events() if each.subject_id == north["id"]]
    assert names == ["accounts.unit-created", "accounts.unit-changed", "accounts.unit-deleted"]


@pytest.mark.parametrize(
    ("unit", "values", "code"),
    [
        ("sales", {"parent_id": "east"}, "accounts.unit-cycle"),
        ("sales", {"parent_id": "sales"}, "accounts.unit-cycle"),
        ("root", {"kind": "team"}, "accounts.unit-parent"),
        ("root", {"parent_id": "east"}, "accounts.unit-parent"),
        ("east", {"name": " "}, "core.invalid-fields"),
    ],
)
def test_a_unit_that_would_be_no_tree_is_refused(
    company: Company, unit: str, values: dict[str, str], code: str
) -> None:
    given = {name: company.units.get(value, value) for name, value in values.items()}
    answer = company.office("admin")("PATCH", f"/units/{company.units[unit]}", json=given)
    assert answer.json["code"] == code


def test_a_unit_in_use_is_not_deleted(company: Company) -> None:
    admin = company.office("admin")
    for unit, params in (("sales", {"children": 2, "staff": 0}), ("east", {"children": 0, "staff": 3})):
        answer = admin("DELETE", f"/units/{company.units[unit]}")
        assert (answer.status_code, answer.json["code"]) == (409, "accounts.unit-in-use")
        assert answer.json["params"] == params
    admin.ok("PATCH", f"/users/{company.users['fang']}", json={"unit_id": company.units["root"]})
    admin.ok("PATCH", f"/users/{company.users['fang']}", json={"further_unit_ids": [company.units["south"]]})
    assert admin("DELETE", f"/units/{company.units['south']}").json["params"] == {"children": 0, "staff": 1}


def test_a_manager_of_one_branch_does_not_reach_another(company: Company) -> None:
    with company.writing() as uow:
        role = roles.create_role(uow, name="r", scope=Scope.TEAM, functions=["accounts.units.write"])
        staff.change_user(uow, company.users["jie"], {"role_ids": [role.id]})
        uow.commit()
    jie = company.office("jie")
    own, foreign = company.units["east"], company.units["west"]
    assert jie("PATCH", f"/units/{own}", json={"name": "东区"}).status_code == 200
    assert jie("PATCH", f"/units/{foreign}", json={"name": "西区"}).status_code == 404
    assert jie("PATCH", f"/units/{own}", json={"parent_id": foreign}).status_code == 404
    assert jie("POST", "/units", json={"parent_id": foreign, "kind": "team", "name": "x"}).status_code == 404
    assert jie("DELETE", f"/units/{foreign}").status_code == 404


def test_two_moves_side_by_side_close_no_circle(company: Company) -> None:
    east, west = company.units["east"], company.units["west"]
    start, outcomes = threading.Barrier(2), []

    def move(unit: str, below: str) -> None:
        start.wait()
        try:
            with company.writing() as uow:
                units.change_unit(uow, unit, {"parent_id": below})
                uow.commit()
            outcomes.append("moved")
        except Refused as refused:
            outcomes.append(refused.code)

    for _ in range(4):
        threads = [threading.Thread(target=move, args=pair) for pair in ((east, west), (west, east))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["accounts.unit-cycle", "moved"]
        outcomes.clear()
        with company.writing() as uow:
            units.change_unit(uow, east, {"parent_id": company.units["sales"]})
            units.change_unit(uow, west, {"parent_id": company.units["sales"]})
            uow.commit()


def test_projects_have_codes_of_their_own(company: Company) -> None:
    admin, wang = company.office("admin"), company.office("wang")
    river = admin.ok("POST", "/projects", json={"code": "River-1", "name": "江湾一期"})
    assert river["code"] == "river-1"
    taken = admin("POST", "/projects", json={"code": "river-1", "name": "x"})
    assert (taken.status_code, taken.json["code"]) == (409, "accounts.project-code-taken")
    assert admin("POST", "/projects", json={"code": "江", "name": "x"}).json["code"] == "accounts.project-code-form"
    other = admin.ok("POST", "/projects", json={"code": "hill", "name": "山景"})
    assert admin("PATCH", f"/projects/{other['id']}", json={"code": "river-1"}).status_code == 409
    assert admin.ok("PATCH", f"/projects/{other['id']}", json={"code": "hill", "name": "山"})["name"] == "山"
    assert [each["code"] for each in wang.ok("GET", "/projects")["items"]] == ["hill", "river-1"]
    assert wang("POST", "/projects", json={"code": "x1", "name": "x"}).status_code == 403
