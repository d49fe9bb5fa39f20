"""What a bearer token opens, what it costs to ask, and that changes of rights count with the next request."""

from __future__ import annotations

import pytest

from server.accounts.models import Role, UserRole
from server.accounts.operations import roles, staff, units
from server.accounts.operations.devices import revoke_device
from server.accounts.scope import Scope
from server.core.problems import Refused
from server.core.rows import c
from tests.server.accounts.company import Company, Phone, heard


def test_a_known_caller_costs_one_statement(company: Company) -> None:
    from server.accounts.authentication import Authenticator

    office, authenticate = company.office("jie"), Authenticator(company.credentials)
    first = authenticate(office.token)
    with heard(company.database.engine) as statements:
        second = authenticate(office.token)
    assert len(statements.texts) == 1
    assert second == first
    assert second.actor.reach("accounts.users.read").units == {company.units["east"]}


def test_each_way_a_token_is_none(company: Company) -> None:
    office = company.office("wang")
    for token in ("x", office.token[:-2], "dr1.a.b.1.c"):
        answer = company.call("GET", "/api/v1/session", token=token)
        assert (answer.status_code, answer.json["code"]) == (401, "accounts.token-invalid")
    company.clock.advance(minutes=15)
    answer = office("GET", "/session")
    assert (answer.status_code, answer.json["code"]) == (401, "accounts.token-invalid")


def test_a_token_opens_only_the_session_it_was_made_for(company: Company) -> None:
    """A signed token whose person, device or session do not belong together comes from no sign-in."""
    wang, na = company.office("wang"), company.office("na")
    claims = company.credentials.claims(wang.token)
    mixed, _ = company.credentials.access_token(
        org_id=company.org,
        user_id=company.credentials.claims(na.token).user_id,
        session_id=claims.session_id,
        device_id=None,
        now=company.clock.now(),
    )
    answer = company.call("GET", "/api/v1/session", token=mixed)
    assert (answer.status_code, answer.json["code"]) == (401, "accounts.session-ended")


def test_disabling_a_person_ends_his_sessions_with_the_next_request(company: Company) -> None:
    office = company.office("wang")
    with company.writing() as uow:
        staff.disable_user(uow, company.users["wang"])
        uow.commit()
    answer = office("GET", "/session")
    assert (answer.status_code, answer.json["code"]) == (401, "accounts.session-ended")
    with company.writing() as uow:
        staff.enable_user(uow, company.users["wang"])
        uow.commit()
    assert office("GET", "/session").status_code == 401  # an ended session stays ended
    assert company.office("wang")("GET", "/session").status_code == 200


@pytest.mark.parametrize("wipe", [False, True])
def test_a_revoked_device_is_told_so_and_not_to_sign_in_again(company: Company, wipe: bool) -> None:
    phone = Phone(company).signed_in("wang")
    assert phone.reads().status_code == 200
    with company.writing() as uow:
        revoke_device(uow, phone.answer["device"], wipe=wipe)
        uow.commit()
    answer = phone.reads()
    assert (answer.status_code, answer.json["code"]) == (403, "accounts.device-revoked")
    assert answer.json["params"] == {"wipe": wipe}


def test_a_deleted_role_takes_its_rights_with_the_next_request(company: Company) -> None:
    admin, wang = company.office("admin"), company.office("wang")
    assert wang("GET", "/users").status_code == 403
    role = admin.ok("POST", "/roles", json={"name": "看人", "scope": "team", "functions": ["accounts.users.read"]})
    held = admin.ok("GET", f"/users/{company.users['wang']}")["role_ids"]
    admin.ok("PATCH", f"/users/{company.users['wang']}", json={"role_ids": [*held, role["id"]]})
    assert len(wang.ok("GET", "/users")["items"]) == 3
    admin.ok("DELETE", f"/roles/{role['id']}")
    assert wang("GET", "/users").status_code == 403
    assert company.row(Role, role["id"]) is None
    deleted = company.events("accounts.role-deleted")
    assert company.users["wang"] in deleted[0].body


@pytest.mark.parametrize("change", ["functions", "disable", "take", "unit", "move"])
def test_every_change_of_rights_counts_with_the_next_request(company: Company, change: str) -> None:
    with company.writing() as uow:
        role = roles.create_role(uow, name="r", scope=Scope.TEAM, functions=["accounts.users.read"])
        staff.change_user(uow, company.users["wang"], {"role_ids": [role.id]})
        uow.commit()
    wang = company.office("wang")
    assert {each["name"] for each in wang.ok("GET", "/users")["items"]} == {"Jie", "Wang", "Zhao"}
    with company.writing() as uow:
        match change:
            case "functions":
                roles.change_role(uow, role.id, {"functions": []})
            case "disable":
                roles.change_role(uow, role.id, {"state": "disabled"})
            case "take":
                staff.change_user(uow, company.users["wang"], {"role_ids": []})
            case "unit":
                staff.change_user(uow, company.users["wang"], {"unit_id": company.units["west"]})
            case "move":
                units.change_unit(uow, company.units["west"], {"parent_id": company.units["east"]})
        uow.commit()
    answer = wang("GET", "/users")
    if change == "unit":
        assert {each["name"] for each in answer.json["items"]} == {"Hong", "Na", "Wang"}
    elif change == "move":
        assert {each["name"] for each in answer.json["items"]} == {"Jie", "Wang", "Zhao", "Hong", "Na"}
    else:
        assert answer.status_code == 403


def test_rights_come_from_the_same_snapshot_as_their_version(company: Company) -> None:
    """A role row changed without `access_changed` keeps its cached rights: the version is what makes the difference."""
    wang = company.office("jie")
    assert wang("GET", "/users").status_code == 200
    with company.writing("system") as uow:
        for held in uow.find(UserRole, c(UserRole).user_id == company.users["jie"]):
            uow.remove(held)
        uow.commit()
    assert wang("GET", "/users").status_code == 200
    with company.writing("system") as uow:
        uow.access_changed()
        uow.commit()
    assert wang("GET", "/users").status_code == 403


def test_nobody_is_loaded_for_a_person_that_does_not_exist(company: Company) -> None:
    from server.accounts.queries.actors import load_actor

    with company.database.read(company.org) as connection:
        assert load_actor(connection, company.org, company.org) is None
    with pytest.raises(Refused):
        company.credentials.claims("")
