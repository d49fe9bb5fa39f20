"""Roles: what came with the product, what an organisation adds. Every change takes effect with the next request."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from server.accounts import rules
from server.accounts.events import RoleChanged, RoleCreated, RoleDeleted
from server.accounts.functions import CHANGE_ROLES
from server.accounts.models import Role, UserRole
from server.accounts.queries.actors import extents_of, extents_of_actor
from server.accounts.scope import Scope
from server.core.access import FUNCTIONS
from server.core.i18n import Text
from server.core.problems import NOT_FOUND, STALE, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from sync_protocol.ids import new_id

UNKNOWN_FUNCTION = problem_type(
    "accounts.unknown-function",
    status=422,
    zh="没有名为“{function}”的权限。",
    en="There is no permission “{function}”.",
    doc="GET /api/v1/functions lists them.",
)
ROLE_NAME_TAKEN = problem_type(
    "accounts.role-name-taken", status=409, zh="已有同名角色。", en="There is a role of that name already."
)
ROLE_SCOPE_FIXED = problem_type(
    "accounts.role-scope-fixed",
    status=409,
    zh="管理员角色的数据范围始终为全部。",
    en="The administrator role always reaches everything.",
)


@dataclass(frozen=True, slots=True)
class SystemRole:
    """A role every organisation has. Areas name its code where they declare a function (core.access.function)."""

    code: str
    name: Text
    scope: Scope


SYSTEM_ROLES: Mapping[str, SystemRole] = {
    role.code: role
    for role in (
        SystemRole(rules.ADMINISTRATOR, Text("管理员", "Administrator"), Scope.ALL),
        SystemRole("director", Text("销售总监", "Sales director"), Scope.ALL),
        SystemRole("supervisor", Text("案场经理", "Supervisor"), Scope.TEAM),
        SystemRole("salesperson", Text("置业顾问", "Salesperson"), Scope.OWN),
        SystemRole("finance", Text("财务", "Finance"), Scope.ALL),
        SystemRole("reception", Text("前台", "Reception"), Scope.TEAM),
    )
}


def system_functions(role_code: str) -> list[str]:
    """What a system role is there for, by the areas' declarations: all of it for the administrator, [] for other codes.

    Raises KeyError when an area names a role that does not exist.
    """
    for function in FUNCTIONS.values():
        for code in function.roles:
            SYSTEM_ROLES[code]
    if role_code == rules.ADMINISTRATOR:
        return sorted(FUNCTIONS)
    return sorted(function.code for function in FUNCTIONS.values() if role_code in function.roles)


def bring_up_to_date(uow: UnitOfWork) -> int:
    """Make missing system roles, give known ones the functions that came with this version, and take from all roles those it
    no longer has; what an organisation added stays. Run for each organisation at `db upgrade` and at start. Returns how many
    roles changed.
    """
    roles = uow.find(Role)
    missing = SYSTEM_ROLES.keys() - {role.code for role in roles if role.is_system}
    changed = len(missing)
    for code in (each for each in SYSTEM_ROLES if each in missing):
        system, wanted = SYSTEM_ROLES[code], system_functions(code)
        name = system.name.zh if uow.actor.locale == "zh" else system.name.en
        role = uow.add(Role(code=code, name=name, is_system=True, scope=system.scope, functions=wanted))
        uow.record(RoleCreated(role.id, name=name, scope=system.scope, functions=wanted))
    for role in roles:
        wanted = system_functions(role.code) if role.is_system else []
        functions = sorted({each for each in role.functions if each in FUNCTIONS}.union(wanted))
        if functions != role.functions:
            uow.change(role, functions=functions)
            uow.record(RoleChanged(role.id, changes=uow.changes(role)))
            changed += 1
    if changed:
        uow.access_changed()
    return changed


def role_ids(uow: UnitOfWork, *codes: str) -> list[str]:
    """The ids of roles by code. Raises KeyError for a code the organisation does not have."""
    known = {role.code: role.id for role in uow.find(Role, c(Role).code.in_(codes))}
    return [known[code] for code in codes]


def create_role(uow: UnitOfWork, *, name: str, scope: Scope, functions: Collection[str]) -> Role:
    """Make a role of the organisation's own. It gives nobody anything until it is given to somebody.

    Raises Refused UNKNOWN_FUNCTION, ROLE_NAME_TAKEN, TEXT_FORM.
    """
    uow.actor.must(CHANGE_ROLES)
    role_id = new_id()
    name = _free_name(uow, name, role_id)
    # Its code only has to differ from the others; people call it by its name.
    role = uow.add(Role(id=role_id, code=role_id, name=name, scope=scope, functions=_known(functions)))
    uow.record(RoleCreated(role.id, name=name, scope=scope, functions=role.functions))
    return role


def change_role(uow: UnitOfWork, role_id: str, values: Mapping[str, Any], *, version: int | None = None) -> Role:
    """Change name, scope, functions or state (active, disabled) of a role.

    version: refuse with STALE when the row is at another one. Raises Refused NOT_FOUND, ROLE_SYSTEM, ROLE_DEFINING,
    ROLE_SCOPE_FIXED, UNKNOWN_FUNCTION, ROLE_NAME_TAKEN, and BEYOND_OWN_RIGHTS when somebody who holds the role has, or
    would get, more than the actor.
    """
    role = _must_role(uow, role_id)
    if version is not None and version != role.version:
        raise Refused(STALE, version=role.version)
    new = dict(values)
    if "name" in new:
        new["name"] = _free_name(uow, new["name"], role_id)
    if "functions" in new:
        new["functions"] = _known(new["functions"])
        if role.is_system:
            rules.check_role_functions(system_functions(role.code), new["functions"])
    if new.get("state", role.state) != "active":
        rules.check_role_removal(is_system=role.is_system)
    if role.code == rules.ADMINISTRATOR and new.get("scope", role.scope) != Scope.ALL:
        raise Refused(ROLE_SCOPE_FIXED, field="/scope")
    holders = _holders(uow, role_id)
    check_not_upward(uow, holders)
    uow.change(role, **new)
    changes = uow.changes(role)
    if changes:
        uow.record(RoleChanged(role.id, changes=changes))
        uow.access_changed()
        check_not_upward(uow, holders)
    return role


def delete_role(uow: UnitOfWork, role_id: str) -> None:
    """Delete a role; whoever held it loses its rights with his next request.

    Raises Refused NOT_FOUND, ROLE_SYSTEM, BEYOND_OWN_RIGHTS.
    """
    role = _must_role(uow, role_id)
    rules.check_role_removal(is_system=role.is_system)
    held = uow.find(UserRole, c(UserRole).role_id == role_id)
    holders = sorted(each.user_id for each in held)
    check_not_upward(uow, holders)
    for each in held:
        uow.remove(each)
    uow.remove(role)
    uow.record(RoleDeleted(role.id, name=role.name, holders=holders))
    uow.access_changed()


def check_not_upward(uow: UnitOfWork, user_ids: Collection[str]) -> None:
    """Raise Refused BEYOND_OWN_RIGHTS when one of these people has, as the working set stands, more than the actor has."""
    if uow.actor.is_system or not user_ids:
        return
    uow.flush()
    own = extents_of_actor(uow.actor)
    for extents in extents_of(uow.connection, uow.org_id, user_ids).values():
        rules.check_not_upward(own, extents)


def _must_role(uow: UnitOfWork, role_id: str) -> Role:
    uow.actor.must(CHANGE_ROLES)
    role = uow.get(Role, role_id)
    if role is None:
        raise Refused(NOT_FOUND)
    return role


def _holders(uow: UnitOfWork, role_id: str) -> list[str]:
    return [each.user_id for each in uow.find(UserRole, c(UserRole).role_id == role_id)]


def _known(functions: Collection[str]) -> list[str]:
    for function in functions:
        if function not in FUNCTIONS:
            raise Refused(UNKNOWN_FUNCTION, field="/functions", function=function)
    return sorted(set(functions))


def _free_name(uow: UnitOfWork, name: str, role_id: str) -> str:
    checked = rules.check_name(name)
    if any(role.id != role_id for role in uow.find(Role, c(Role).name == checked)):
        raise Refused(ROLE_NAME_TAKEN, field="/name")
    return checked
