"""Where a person belongs and what he may do: units, projects and roles as whole lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.accounts import rules
from server.accounts.events import UserAssigned
from server.accounts.functions import CHANGE_USERS
from server.accounts.models import OrgUnit, Project, Role, User, UserProject, UserRole, UserUnit
from server.core.problems import Refused, problem_type
from server.core.rows import Row, c
from server.core.uow import UnitOfWork

UNKNOWN_ASSIGNMENT = problem_type(
    "accounts.unknown-assignment",
    status=422,
    zh="所选部门、项目或角色不存在或不可用。",
    en="One of the chosen units, projects or roles does not exist or cannot be used.",
)

_LISTS: dict[str, tuple[type[UserUnit] | type[UserProject] | type[UserRole], str, type[Row], str]] = {
    "units": (UserUnit, "unit_id", OrgUnit, "/further_unit_ids"),
    "projects": (UserProject, "project_id", Project, "/project_ids"),
    "roles": (UserRole, "role_id", Role, "/role_ids"),
}


def assign(uow: UnitOfWork, user: User, what: str, ids: Iterable[str]) -> list[Row]:
    """Make these the person's `units` (further ones), `projects` or `roles`, and no others. Returns their rows.

    Rights are judged by the caller, on what comes of it. Raises Refused UNKNOWN_ASSIGNMENT, USER_DEFAULT.
    """
    link, column, target, field = _LISTS[what]
    wanted = sorted(set(ids) - ({user.unit_id} if what == "units" else set()))
    uow.preload(target, wanted)
    rows = [uow.get(target, each) for each in wanted]
    found = [row for row in rows if row is not None]
    if len(found) < len(wanted):
        raise Refused(UNKNOWN_ASSIGNMENT, field=field)
    if what == "units":
        for each in wanted:
            must_reach_unit(uow, each, field)
    if what == "roles":
        rules.check_user_roles([role.code for role in found if isinstance(role, Role)], is_default=user.is_default)
    held: dict[str, Row] = {}
    if not uow.is_new(user):
        held = {getattr(row, column): row for row in uow.find(link, c(link).user_id == user.id)}
    for gone in sorted(held.keys() - set(wanted)):
        uow.remove(held[gone])
    for new in sorted(set(wanted) - held.keys()):
        values: dict[str, Any] = {"user_id": user.id, column: new}
        uow.add(link(**values))
    if not uow.is_new(user) and held.keys() != set(wanted):
        uow.record(UserAssigned(user.id, what=what, before=sorted(held), after=wanted))
    return found


def must_reach_unit(uow: UnitOfWork, unit_id: str, field: str) -> None:
    """Raise Refused UNKNOWN_ASSIGNMENT unless the actor may put people into that unit."""
    reach = uow.actor.must(CHANGE_USERS)
    if uow.get(OrgUnit, unit_id) is None or not (reach.everything or unit_id in reach.units):
        raise Refused(UNKNOWN_ASSIGNMENT, field=field)
