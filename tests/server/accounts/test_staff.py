"""Staff through the office's door: who sees and manages whom, and what happens to somebody who leaves."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from server.accounts.models import Device, UserRole
from server.accounts.operations import roles, staff
from server.accounts.scope import Scope
from server.core.problems import Refused
from server.core.rows import c
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company, Phone, user_of


def _new(company: Company, **other: Any) -> dict[str, Any]:
    base = {"number": "0100", "name": "周 新", "username": "zhou.xin", "unit_id": company.units["east"]}
    return {**base, **other}


def _names(document: Any) -> list[str]:
    return [each["name"] for each in document["items"]]


def _may(company: Company, name: str, *functions: str, scope: Scope = Scope.TEAM) -> None:
    """Give a person a role of his own beside those he has."""
    with company.writing() as uow:
        role = roles.create_role(uow, name=f"role {new_id()}", scope=scope, functions=functions)
        held = [each.role_id for each in uow.find(UserRole, c(UserRole).user_id == company.users[name])]
        staff.change_user(uow, company.users[name], {"role_ids": [*held, role.id]})
        uow.commit()


def test_a_supervisor_sees_his_team_and_a_stranger_is_nobody(company: Company) -> None:
    jie = company.office("jie")
    assert _names(jie.ok("GET", "/users")) == ["Jie", "Wang", "Zhao"]
    assert jie.ok("GET", f"/users/{company.users['wang']}")["name"] == "Wang"
    foreign, nobody = jie("GET", f"/users/{company.users['na']}"), jie("GET", f"/users/{new_id()}")
    assert foreign.status_code == nobody.status_code == 404
    hidden = {"request_id": None}
    assert {**foreign.json, **hidden} == {**nobody.json, **hidden}
    assert company.office("wang")("GET", "/users").status_code == 403
    assert len(company.office("boss").ok("GET", "/users")["items"]) == 8


def test_further_units_and_projects_count_for_reach(company: Company) -> None:
    admin, jie = company.office("admin"), company.office("jie")
    admin.ok("PATCH", f"/users/{company.users['na']}", json={"further_unit_ids": [company.units["east"]]})
    assert _names(jie.ok("GET", "/users")) == ["Jie", "Na", "Wang", "Zhao"]
    project = admin.ok("POST", "/projects", json={"code": "river", "name": "江湾"})
    for name in ("wang", "fang"):
        admin.ok("PATCH", f"/users/{company.users[name]}", json={"project_ids": [project["id"]]})
    _may(company, "wang", "accounts.users.read", scope=Scope.PROJECT)
    assert _names(company.office("wang").ok("GET", "/users")) == ["Fang", "Wang"]


def test_the_list_is_filtered_and_paged(company: Company) -> None:
    admin = company.office("admin")
    admin.ok("POST", f"/users/{company.users['zhao']}/disable")
    assert _names(admin.ok("GET", "/users?state=disabled")) == ["Zhao"]
    assert "Zhao" not in _names(admin.ok("GET", "/users?state=enabled"))
    assert _names(admin.ok("GET", "/users?text=%20WAN%20")) == ["Wang"]
    assert _names(admin.ok("GET", "/users?text=%25")) == []
    assert _names(admin.ok("GET", f"/users?unit_id={company.units['west']}")) == ["Hong", "Na"]
    seen, cursor = [], ""
    while True:
        page = admin.ok("GET", f"/users?limit=3{cursor}")
        seen += _names(page)
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ["Boss", "Fang", "Hong", "Jie", "Na", "Wang", "Zhao", "管理员"]
    other = admin("GET", f"/users?text=a{cursor}")
    assert (other.status_code, other.json["code"]) == (422, "core.bad-cursor")


def test_a_new_member_of_staff_can_come_in(company: Company) -> None:
    admin = company.office("admin")
    with company.writing("system") as uow:
        role_id = roles.role_ids(uow, "salesperson")[0]
    made = admin.ok(
        "POST",
        "/users",
        json=_new(
            company,
            number="Ａ-7",
            birth_year=1995,
            gender="female",
            education="bachelor",
            phone="138 0013-8000",
            password="harbour-violin-3",
            role_ids=[role_id],
        ),
    )
    assert (made["number"], made["phone"], made["age"], made["role_ids"]) == ("A-7", "138****8000", 30, [role_id])
    assert "password_hash" not in made
    signed_in = company.call(
        "POST",
        "/api/v1/session",
        json={"organisation": "acme", "username": "zhou.xin", "password": "harbour-violin-3"},
    )
    assert signed_in.status_code == 201
    event = orjson.loads(company.events("accounts.user-created")[-1].body)
    assert (event["username"], event["role_codes"]) == ("zhou.xin", ["salesperson"])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"username": "wang"}, "accounts.username-taken"),
        ({"number": "0002"}, "accounts.staff-number-taken"),
        ({"username": "周"}, "accounts.username-form"),
        ({"unit_id": "018f2f2e-0000-7000-8000-000000000001"}, "accounts.unknown-assignment"),
        ({"role_ids": ["018f2f2e-0000-7000-8000-000000000001"]}, "accounts.unknown-assignment"),
        ({"password": "password1"}, "accounts.password-common"),
        ({"password_hash": "x"}, "core.invalid-fields"),
        ({"is_default": True}, "core.invalid-fields"),
    ],
)
def test_what_is_wrong_with_a_new_one_is_said(company: Company, values: dict[str, Any], code: str) -> None:
    answer = company.office("admin")("POST", "/users", json=_new(company, **values))
    assert answer.json["code"] == code
    with company.database.read(company.org) as connection:
        from server.accounts.queries.staff import user_by_username

        assert user_by_username(connection, company.org, "zhou.xin") is None


def test_a_change_says_before_and_after_and_refuses_an_old_version(company: Company) -> None:
    admin, path = company.office("admin"), f"/users/{company.users['wang']}"
    seen = admin.ok("GET", path)
    changed = admin.ok("PATCH", path, json={"title": "顾问", "sender_code": "１０６９", "version": seen["version"]})
    assert (changed["title"], changed["sender_code"], changed["version"]) == ("顾问", "1069", seen["version"] + 1)
    assert admin("PATCH", path, json={"title": "x", "version": seen["version"]}).json["code"] == "core.stale"
    body = orjson.loads(company.events("accounts.user-changed")[-1].body)
    assert body["changes"] == {"title": [None, "顾问"], "sender_code": [None, "1069"]}
    before = len(company.events())
    admin.ok("PATCH", path, json={"title": "顾问"})
    assert len(company.events()) == before


def test_the_default_user_stays(company: Company) -> None:
    _may(company, "boss", *company.actor("admin").reaches, scope=Scope.ALL)
    boss, default = company.office("boss"), f"/users/{company.users['admin']}"
    for method, path in (("POST", f"{default}/disable"), ("DELETE", default)):
        assert boss(method, path).json["code"] == "accounts.user-default"
    assert boss("PATCH", default, json={"role_ids": []}).json["code"] == "accounts.user-default"
    own = f"/users/{company.users['boss']}"
    assert boss("POST", f"{own}/disable").json["code"] == "accounts.user-self"


def test_nobody_manages_somebody_who_may_do_more(company: Company) -> None:
    """A manager of staff in the same unit as the administrator, without the administrator's rights."""
    _may(company, "boss", "accounts.users.write", scope=Scope.ALL)
    boss, admin = company.office("boss"), company.users["admin"]
    with company.writing("system") as uow:
        administrator = roles.role_ids(uow, "administrator")[0]
    for method, path, body in (
        ("POST", f"/users/{admin}/reset-code", None),
        ("PATCH", f"/users/{admin}", {"unit_id": company.units["south"]}),
        ("PATCH", f"/users/{company.users['hong']}", {"role_ids": []}),
        ("PATCH", f"/users/{company.users['boss']}", {"role_ids": [administrator]}),
        ("POST", "/users", _new(company, role_ids=[administrator])),
    ):
        answer = boss(method, path, **({"json": body} if body else {}))
        assert (answer.status_code, answer.json["code"]) == (403, "accounts.beyond-own-rights"), path
    assert user_of(company, "admin").unit_id == company.units["root"]
    # His record and his way in are another matter: staff is kept by people who sell nothing.
    assert boss("PATCH", f"/users/{company.users['hong']}", json={"title": "经理"}).status_code == 200
    assert boss("POST", f"/users/{company.users['hong']}/disable").status_code == 200


def test_a_manager_of_one_team_puts_nobody_into_another(company: Company) -> None:
    _may(company, "jie", "accounts.users.write")
    jie = company.office("jie")
    made = jie.ok("POST", "/users", json=_new(company))
    west = company.units["west"]
    for values in ({"unit_id": west}, {"further_unit_ids": [west]}):
        answer = jie("PATCH", f"/users/{made['id']}", json=values)
        assert (answer.status_code, answer.json["code"]) == (422, "accounts.unknown-assignment")
    assert jie("POST", f"/users/{company.users['na']}/disable").status_code == 404
    # A role whose scope follows the unit gives more in another unit, which must not be a way up either.
    with company.writing("system") as uow:
        director = roles.role_ids(uow, "director")[0]
    answer = jie("PATCH", f"/users/{made['id']}", json={"role_ids": [director]})
    assert answer.json["code"] == "accounts.beyond-own-rights"


def test_a_leaver_is_out_and_his_devices_are_to_be_emptied(company: Company) -> None:
    phone, other = Phone(company).signed_in("wang"), Phone(company).signed_in("na")
    shared = Phone(company).signed_in("wang")
    Phone(company, key=shared.key, installation=shared.installation).signed_in("na")
    admin = company.office("admin")
    disabled = admin.ok("POST", f"/users/{company.users['wang']}/disable")
    assert disabled["state"] == "disabled"
    states = {name: company.row(Device, each.answer["device"]).state for name, each in
              (("phone", phone), ("other", other), ("shared", shared))}  # fmt: skip
    assert states == {"phone": "wipe_pending", "other": "active", "shared": "wipe_pending"}
    assert company.call("POST", "/api/v1/session", json=company.parts("wang")).status_code == 401
    event = orjson.loads(company.events("accounts.user-disabled")[0].body)
    assert event == {"sessions": 3, "devices": 2}  # na's on the shared device among them
    admin.ok("POST", f"/users/{company.users['wang']}/enable")
    assert company.office("wang")("GET", "/session").status_code == 200
    assert company.row(Device, phone.answer["device"]).state == "wipe_pending"


def test_a_deleted_person_is_gone_but_for_his_name(company: Company) -> None:
    admin, wang = company.office("admin"), f"/users/{company.users['wang']}"
    assert admin("DELETE", wang).json["code"] == "accounts.user-still-active"
    admin.ok("POST", f"{wang}/disable")
    admin.ok("DELETE", wang)
    assert admin("GET", wang).status_code == 404
    assert admin("POST", f"{wang}/enable").status_code == 404
    assert "Wang" not in _names(admin.ok("GET", "/users"))
    row = user_of(company, "wang")
    assert (row.name, row.phone, row.password_hash, row.state) == ("Wang", None, None, "deleted")
    again = admin.ok("POST", "/users", json=_new(company, username="wang", number="0004"))
    assert again["id"] != company.users["wang"]


def test_reading_a_phone_in_full_is_recorded(company: Company) -> None:
    jie = company.office("jie")
    assert jie.ok("GET", f"/users/{company.users['wang']}")["phone"] == "138****8004"
    path = f"/users/{company.users['wang']}/reveal"
    assert jie.ok("POST", path, json={"field": "phone", "reason": "客户来电"})["value"] == "13800138004"
    event = company.events("accounts.sensitive-read")[0]
    assert (event.actor_id, event.subject_id) == (company.users["jie"], company.users["wang"])
    assert orjson.loads(event.body) == {"table": "users", "field": "phone", "reason": "客户来电"}
    assert jie("POST", path, json={"field": "password_hash", "reason": "x"}).status_code == 422
    strange = f"/users/{company.users['na']}/reveal"
    assert jie("POST", strange, json={"field": "phone", "reason": "x"}).status_code == 404
    assert len(company.events("accounts.sensitive-read")) == 1
    with company.writing() as uow, pytest.raises(Refused, match=r"^accounts.not-sensitive$"):
        staff.reveal(uow, company.users["wang"], "password_hash", "x")
