"""Sales centres: which there are, and who gets the visitors that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.accounts.models import OrgUnit, Project, User
from server.core.access import Reach
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.membership import rules
from server.membership.events import CentreChanged, CentreCreated
from server.membership.functions import MANAGE
from server.membership.models import SalesCentre

CENTRE_NAME_TAKEN = problem_type(
    "membership.centre-name-taken", 409, zh="已有同名案场。", en="There is a sales centre of that name already."
)
HOST_UNFIT = problem_type(
    "membership.host-unfit",
    422,
    zh="该员工不存在、已停用或不在您的管理范围内。",
    en="There is no such member of staff, or the account is disabled or not within your reach.",
)
UNIT_UNKNOWN = problem_type(
    "membership.unit-unknown",
    422,
    zh="没有这个部门，或不在您的管理范围内。",
    en="There is no such unit within your reach.",
)
PROJECT_UNKNOWN = problem_type("membership.project-unknown", 422, zh="没有这个项目。", en="There is no such project.")


def create_centre(uow: UnitOfWork, centre_id: str, values: Mapping[str, Any]) -> SalesCentre:
    """Open a sales centre. values: name, host_id? (the actor), unit_id? (the host's), project_id?. Records CentreCreated.

    Raises Refused CENTRE_NAME_REQUIRED, CENTRE_NAME_TAKEN, HOST_UNFIT, UNIT_UNKNOWN, PROJECT_UNKNOWN. Source: rule M1.
    """
    reach = uow.actor.must(MANAGE)
    name = rules.check_centre_name(values["name"])
    _refuse_taken(uow, name, but=centre_id)
    host = _host(uow, reach, values.get("host_id") or uow.actor.user_id)
    unit_id = values.get("unit_id") or host.unit_id
    if uow.get(OrgUnit, unit_id) is None or not (reach.everything or unit_id in reach.units):
        raise Refused(UNIT_UNKNOWN, field="/unit_id")
    project_id = values.get("project_id")
    if project_id is not None and uow.get(Project, project_id) is None:
        raise Refused(PROJECT_UNKNOWN, field="/project_id")
    centre = uow.add(SalesCentre(id=centre_id, name=name, owner_id=host.id, unit_id=unit_id, project_id=project_id))
    uow.record(CentreCreated(centre.id, host.id))
    return centre


def change_centre(uow: UnitOfWork, centre: SalesCentre, values: Mapping[str, Any]) -> SalesCentre:
    """Rename it, give it another host, close or open it. values: name?, host_id?, state?. Records CentreChanged.

    The caller has checked reach. Raises Refused CENTRE_NAME_REQUIRED, CENTRE_NAME_TAKEN, HOST_UNFIT.
    """
    changes: dict[str, Any] = {}
    if "name" in values:
        changes["name"] = rules.check_centre_name(values["name"])
        _refuse_taken(uow, changes["name"], but=centre.id)
    if "host_id" in values:
        changes["owner_id"] = _host(uow, uow.actor.must(MANAGE), values["host_id"]).id
    if "state" in values:
        changes["state"] = values["state"]
    before = centre.version
    uow.change(centre, **changes)
    if centre.version != before:
        uow.record(CentreChanged(centre.id, centre.owner_id, centre.state))
    return centre


def centre_in_reach(uow: UnitOfWork, centre_id: str, function: str, *, field: str | None = None) -> SalesCentre:
    """A sales centre within reach of the actor's function. Raises Refused NOT_FOUND."""
    centre = uow.get(SalesCentre, centre_id)
    if centre is None or not uow.actor.must(function).holds(centre):
        raise Refused(NOT_FOUND, field=field)
    return centre


def host_of(uow: UnitOfWork, centre: SalesCentre) -> User:
    """Who gets a visitor nobody knows: the host while he is active, else the organisation's first user (rule M10).

    That one is made with the organisation and is never disabled.
    """
    host = uow.get(User, centre.owner_id)
    if host is not None and host.state == "active":
        return host
    return uow.find(User, c(User).is_default.is_(True), limit=1)[0]


def _host(uow: UnitOfWork, reach: Reach, user_id: str) -> User:
    user = uow.get(User, user_id)
    is_reached = user is not None and (
        reach.everything or user.unit_id in reach.units or (reach.own and user.id == reach.user_id)
    )
    if user is None or user.state != "active" or not is_reached:
        raise Refused(HOST_UNFIT, field="/host_id")
    return user


def _refuse_taken(uow: UnitOfWork, name: str, *, but: str) -> None:
    if any(each.id != but for each in uow.find(SalesCentre, c(SalesCentre).name == name)):
        raise Refused(CENTRE_NAME_TAKEN, field="/name")
