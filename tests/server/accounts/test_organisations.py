"""How a tenant begins, and that its system roles grow with the product."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select

from server.accounts.models import Organisation, Role
from server.accounts.operations import roles, staff
from server.accounts.operations.furnishing import furnish
from server.accounts.operations.organisations import create_organisation
from server.accounts.queries import structure
from server.accounts.queries.staff import list_roles
from server.accounts.scope import Scope
from server.core import access, tables
from server.core.access import FUNCTIONS, system_actor
from server.core.db import NO_ORG
from server.core.events import verify
from server.core.problems import Refused
from server.core.rows import c
from server.customers.opportunities.models import FunnelStage
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company, user_of


def _roles(company: Company) -> dict[str, Role]:
    with company.database.read(company.org) as connection:
        return {role.code: role for role in list_roles(connection, company.org)}


def test_a_new_organisation_stands_on_its_own(company: Company) -> None:
    known = _roles(company)
    assert set(known) == {"administrator", "director", "supervisor", "salesperson", "finance", "reception"}
    assert known["administrator"].functions == sorted(FUNCTIONS)
    assert known["administrator"].scope == "all"
    assert user_of(company, "admin").is_default
    organisation: Organisation = company.row(Organisation, company.org)
    assert (organisation.timezone, organisation.currency, organisation.locale) == ("Asia/Shanghai", "CNY", "zh")
    assert structure.organisation_id(company.database, "acme") == company.org
    assert structure.organisation_ids(company.database) == [company.org]
    with company.database.read(company.org) as connection:
        count, broken = verify(connection, company.org)
    assert broken is None
    assert count == len(company.events())
    assert company.events()[0].name == "accounts.organisation-created"


def test_a_code_belongs_to_one_organisation_and_a_refused_one_leaves_nothing(company: Company) -> None:
    other = new_id()
    with pytest.raises(Refused) as refused, company.services.writing(system_actor(other)) as uow:
        create_organisation(uow, code="ACME", name="Another", admin_password_hash=None)
    assert refused.value.code == "accounts.org-code-taken"
    with company.database.read(other) as connection:
        clocks = tables.ORG_CLOCKS.c
        assert connection.execute(select(clocks.org_id).where(clocks.org_id == other)).first() is None
    with company.services.writing(system_actor(other, zone="Europe/Berlin", currency="EUR")) as uow:
        organisation, admin = create_organisation(uow, code="rival", name="Rival", admin_password_hash=None)
        uow.commit()
    assert (organisation.timezone, organisation.currency, admin.org_id) == ("Europe/Berlin", "EUR", other)
    assert structure.organisation_id(company.database, "rival") == other
    assert NO_ORG not in structure.organisation_ids(company.database)


def test_system_roles_get_the_functions_of_a_later_version(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    with company.writing() as uow:
        supervisor = _roles(company)["supervisor"]
        roles.change_role(uow, supervisor.id, {"functions": [*supervisor.functions, "audit.read"]})
        uow.commit()
    new = access.Function("toys.later", "以后", "Later", frozenset({"supervisor"}))
    monkeypatch.setitem(FUNCTIONS, new.code, new)
    with company.writing("system") as uow:
        assert roles.bring_up_to_date(uow) == 2
        uow.commit()
    known = _roles(company)
    assert "toys.later" in known["administrator"].functions
    assert {"toys.later", "audit.read"} <= set(known["supervisor"].functions)  # what was added by hand stays
    assert "toys.later" not in known["salesperson"].functions
    assert company.actor("jie").may("toys.later")
    before = len(company.events())
    with company.writing("system") as uow:
        assert roles.bring_up_to_date(uow) == 0
        uow.commit()
    assert len(company.events()) == before
    changed = [orjson.loads(each.body) for each in company.events("accounts.role-changed")]
    assert "toys.later" in changed[-1]["changes"]["functions"][1]


def test_what_areas_above_give_comes_with_an_organisation_and_later_to_one_that_was_there(company: Company) -> None:
    with company.writing("system") as uow:
        stages = uow.find(FunnelStage)
        assert [each.code for each in sorted(stages, key=lambda each: each.position)][:2] == ["lead", "follow_up"]
        for each in stages:
            uow.remove(each)
        uow.commit()
    for added in (7, 0):
        with company.writing("system") as uow:
            assert furnish(uow) == added
            uow.commit()


def test_a_function_that_is_no_more_leaves_all_roles(company: Company) -> None:
    """A database may hold roles of a version that had it: `core.audit` has become part of `audit.read`."""
    with company.writing("system") as uow:
        own = roles.create_role(uow, name="own", scope=Scope.OWN, functions=["accounts.users.read"])
        uow.change(own, functions=["accounts.users.read", "core.audit"])
        (admin_role,) = uow.find(Role, c(Role).code == "administrator")
        uow.change(admin_role, functions=["core.audit"])
        uow.commit()
    with company.writing("system") as uow:
        staff.change_user(uow, company.users["wang"], {"role_ids": [own.id]})
        uow.commit()
    assert set(company.actor("wang").reaches) == {"accounts.users.read"}
    with company.writing("system") as uow:
        assert roles.bring_up_to_date(uow) == 2
        uow.commit()
    assert company.row(Role, own.id).functions == ["accounts.users.read"]
    assert company.actor("admin").may("audit.read")
    office = company.office("admin")
    office.ok("PATCH", f"/roles/{own.id}", json={"functions": company.row(Role, own.id).functions})


def test_a_function_for_a_role_that_is_none_stops_the_start(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FUNCTIONS, "toys.lost", access.Function("toys.lost", "丢", "Lost", frozenset({"janitor"})))
    with pytest.raises(KeyError, match="janitor"):
        roles.system_functions("supervisor")


def test_the_office_changes_the_organisation(company: Company) -> None:
    admin, wang = company.office("admin"), company.office("wang")
    seen = wang.ok("GET", "/organisation")
    assert wang("PATCH", "/organisation", json={"name": "Mine"}).status_code == 403
    changed = admin.ok(
        "PATCH", "/organisation", json={"name": " 安居  集团 ", "timezone": "Asia/Tokyo", "version": seen["version"]}
    )
    assert (changed["name"], changed["timezone"]) == ("安居 集团", "Asia/Tokyo")
    assert company.actor("wang").zone == "Asia/Tokyo"
    stale = admin("PATCH", "/organisation", json={"name": "x", "version": seen["version"]})
    assert (stale.status_code, stale.json["code"]) == (409, "core.stale")
    body = orjson.loads(company.events("accounts.organisation-changed")[0].body)
    assert body["changes"]["timezone"] == ["Asia/Shanghai", "Asia/Tokyo"]
    assert wang.ok("GET", "/session")["organisation"]["timezone"] == "Asia/Tokyo"
