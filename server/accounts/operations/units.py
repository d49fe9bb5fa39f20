"""The tree of departments and teams, and the bare projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select

from server.accounts import rules
from server.accounts.events import ProjectChanged, ProjectCreated, UnitChanged, UnitCreated, UnitDeleted
from server.accounts.functions import CHANGE_PROJECTS, CHANGE_UNITS
from server.accounts.models import OrgUnit, Project, User, UserUnit
from server.accounts.scope import Unit, UnitKind, UnitTree
from server.core.problems import NOT_FOUND, STALE, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork

PROJECT_CODE_TAKEN = problem_type(
    "accounts.project-code-taken",
    status=409,
    zh="项目代码“{code}”已被使用。",
    en="The project code “{code}” is taken.",
)
PROJECT_CODE_FORM = problem_type(
    "accounts.project-code-form",
    status=422,
    zh="项目代码由 2 至 32 个小写字母、数字组成，中间可用连字符分隔。",
    en="A project code has 2 to 32 small letters or digits, single hyphens between them.",
)


def create_unit(uow: UnitOfWork, *, parent_id: str, kind: UnitKind, name: str, position: int = 0) -> OrgUnit:
    """Add a unit below another one that is within reach.

    Raises Refused UNIT_PARENT, NOT_FOUND (parent out of reach), TEXT_FORM.
    """
    units = _locked(uow)
    unit = OrgUnit(parent_id=parent_id, kind=kind, name=rules.check_name(name), position=position)
    rules.check_unit_place(_tree(units), unit.id, parent_id, kind)
    _must_reach(uow, parent_id)
    uow.add(unit)
    uow.record(UnitCreated(unit.id, name=unit.name, kind=kind, parent_id=parent_id))
    uow.access_changed()
    return unit


def change_unit(uow: UnitOfWork, unit_id: str, values: Mapping[str, Any], *, version: int | None = None) -> OrgUnit:
    """Rename a unit, move it (parent_id), change its kind or its position among its siblings.

    What lies below moves with it. Rows keep the unit they were assigned in. Raises Refused NOT_FOUND, STALE,
    UNIT_PARENT, UNIT_CYCLE, TEXT_FORM.
    """
    units = _locked(uow)
    unit = units.get(unit_id)
    if unit is None:
        raise Refused(NOT_FOUND)
    _must_reach(uow, unit_id)
    if version is not None and version != unit.version:
        raise Refused(STALE, version=unit.version)
    new = dict(values)
    if "name" in new:
        new["name"] = rules.check_name(new["name"])
    parent_id, kind = new.get("parent_id", unit.parent_id), UnitKind(new.get("kind", unit.kind))
    if (parent_id, kind) != (unit.parent_id, unit.kind):
        rules.check_unit_place(_tree(units), unit_id, parent_id, kind)
    if parent_id is not None and parent_id != unit.parent_id:
        _must_reach(uow, parent_id)
    uow.change(unit, **new)
    changes = uow.changes(unit)
    if changes:
        uow.record(UnitChanged(unit.id, changes=changes))
    if changes.keys() & {"parent_id", "kind"}:
        uow.access_changed()
    return unit


def delete_unit(uow: UnitOfWork, unit_id: str) -> None:
    """Delete a unit that is empty: no unit below it, nobody in it. Raises Refused NOT_FOUND, UNIT_IN_USE, UNIT_PARENT."""
    units = _locked(uow)
    unit = units.get(unit_id)
    if unit is None:
        raise Refused(NOT_FOUND)
    _must_reach(uow, unit_id)
    if unit.parent_id is None:
        raise Refused(rules.UNIT_PARENT)
    u, uu = c(User), c(UserUnit)
    staff = uow.connection.execute(
        select(func.count())
        .select_from(User.__table__)
        .where(
            u.org_id == uow.org_id,
            or_(
                u.unit_id == unit_id,
                u.id.in_(select(uu.user_id).where(uu.org_id == uow.org_id, uu.unit_id == unit_id)),
            ),
        )
    ).scalar_one()
    rules.check_unit_removal(_tree(units), unit_id, staff=staff)
    uow.remove(unit)
    uow.record(UnitDeleted(unit.id, name=unit.name))
    uow.access_changed()


def create_project(uow: UnitOfWork, *, code: str, name: str) -> Project:
    """Add a project. Raises Refused PROJECT_CODE_FORM, PROJECT_CODE_TAKEN, TEXT_FORM."""
    uow.actor.must(CHANGE_PROJECTS)
    project = Project(code=_free_code(uow, code), name=rules.check_name(name))
    uow.add(project)
    uow.record(ProjectCreated(project.id, project_code=project.code, name=project.name))
    return project


def change_project(
    uow: UnitOfWork, project_id: str, values: Mapping[str, Any], *, version: int | None = None
) -> Project:
    """Change a project's code or name. Raises Refused NOT_FOUND, STALE, PROJECT_CODE_FORM, PROJECT_CODE_TAKEN, TEXT_FORM."""
    uow.actor.must(CHANGE_PROJECTS)
    project = uow.must(Project, project_id)
    if version is not None and version != project.version:
        raise Refused(STALE, version=project.version)
    new = dict(values)
    if "name" in new:
        new["name"] = rules.check_name(new["name"])
    if "code" in new and new["code"] != project.code:
        new["code"] = _free_code(uow, new["code"])
    uow.change(project, **new)
    changes = uow.changes(project)
    if changes:
        uow.record(ProjectChanged(project.id, changes=changes))
    return project


def _locked(uow: UnitOfWork) -> dict[str, OrgUnit]:
    """All units, locked: two moves side by side could else close a circle that neither of them sees."""
    uow.actor.must(CHANGE_UNITS)
    return {unit.id: unit for unit in uow.find(OrgUnit)}


def _tree(units: Mapping[str, OrgUnit]) -> UnitTree:
    return UnitTree(Unit(unit.id, unit.parent_id, UnitKind(unit.kind)) for unit in units.values())


def _must_reach(uow: UnitOfWork, unit_id: str) -> None:
    reach = uow.actor.must(CHANGE_UNITS)
    if not reach.everything and unit_id not in reach.units:
        raise Refused(NOT_FOUND)


def _free_code(uow: UnitOfWork, code: str) -> str:
    try:
        checked = rules.check_org_code(code)  # the same form: a small slug
    except Refused:
        raise Refused(PROJECT_CODE_FORM, field="/code") from None
    if uow.find(Project, c(Project).code == checked):
        raise Refused(PROJECT_CODE_TAKEN, field="/code", code=checked)
    return checked
