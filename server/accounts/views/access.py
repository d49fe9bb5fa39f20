"""Roles and the functions they are made of."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from server.accounts import rules
from server.accounts.functions import CHANGE_ROLES, READ_ROLES
from server.accounts.models import Role
from server.accounts.operations import roles
from server.accounts.operations.roles import SYSTEM_ROLES
from server.accounts.queries.staff import list_roles
from server.accounts.schemas.access import FunctionOut, RoleIn, RoleOut, RolePatch, RoleQuery
from server.accounts.scope import Scope
from server.accounts.views.installed import whole
from server.core.access import FUNCTIONS
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import STEP_UP, requires, signed_in
from server.core.http import language
from server.core.page_schemas import page_of
from server.core.problems import STALE

roles_blp = Blueprint("roles", __name__, url_prefix="/api/v1/roles", description="Roles: functions and data scope.")
functions_blp = Blueprint(
    "functions", __name__, url_prefix="/api/v1/functions", description="What a role can be allowed to do."
)
_ROLE_PROBLEMS = (rules.TEXT_FORM, roles.UNKNOWN_FUNCTION, roles.ROLE_NAME_TAKEN)


@functions_blp.route("", methods=["GET"])
@signed_in
@functions_blp.response(200, page_of(FunctionOut))
def list_functions() -> dict[str, Any]:
    """All functions with their names in both languages. One page."""
    return whole([FUNCTIONS[code] for code in sorted(FUNCTIONS)])


@roles_blp.route("", methods=["GET"])
@requires(READ_ROLES)
@roles_blp.arguments(RoleQuery, location="query")
@roles_blp.response(200, page_of(RoleOut))
def list_all_roles(query: dict[str, Any]) -> dict[str, Any]:
    """All roles, system ones first. One page."""
    with reading() as connection:
        return whole([_shown(role) for role in list_roles(connection, current_actor().org_id, state=query["state"])])


@roles_blp.route("", methods=["POST"])
@requires(CHANGE_ROLES, recent=STEP_UP)
@roles_blp.arguments(RoleIn)
@roles_blp.response(201, RoleOut)
@roles_blp.refuses(*_ROLE_PROBLEMS)
def create_role(values: dict[str, Any]) -> dict[str, Any]:
    """Add a role."""
    with writing() as uow:
        role = roles.create_role(uow, **{**values, "scope": Scope(values["scope"])})
        uow.commit()
    return _shown(role)


@roles_blp.route("/<id:role_id>", methods=["PATCH"])
@requires(CHANGE_ROLES, recent=STEP_UP)
@roles_blp.arguments(RolePatch)
@roles_blp.response(200, RoleOut)
@roles_blp.refuses(
    *_ROLE_PROBLEMS,
    rules.ROLE_SYSTEM,
    rules.ROLE_DEFINING,
    roles.ROLE_SCOPE_FIXED,
    rules.BEYOND_OWN_RIGHTS,
    STALE,
)
def change_role(values: dict[str, Any], role_id: str) -> dict[str, Any]:
    """Change a role; it counts with the next request of everybody who holds it."""
    version = values.pop("version", None)
    with writing() as uow:
        role = roles.change_role(uow, role_id, values, version=version)
        uow.commit()
    return _shown(role)


@roles_blp.route("/<id:role_id>", methods=["DELETE"])
@requires(CHANGE_ROLES, recent=STEP_UP)
@roles_blp.response(204)
@roles_blp.refuses(rules.ROLE_SYSTEM, rules.BEYOND_OWN_RIGHTS)
def delete_role(role_id: str) -> None:
    """Delete a role; whoever held it loses its rights at once. System roles stay."""
    with writing() as uow:
        roles.delete_role(uow, role_id)
        uow.commit()


def _shown(role: Role) -> dict[str, Any]:
    """A role with a name in the caller's language, unless the organisation gave its system role a name of its own."""
    shown = asdict(role)
    system = SYSTEM_ROLES.get(role.code) if role.is_system else None
    if system is not None and role.name in (system.name.zh, system.name.en):
        shown["name"] = system.name.fill(language(), {})
    return shown
