"""The organisation itself, its tree of units, its projects."""

from __future__ import annotations

from typing import Any

from server.accounts import rules
from server.accounts.functions import CHANGE_ORGANISATION, CHANGE_PROJECTS, CHANGE_UNITS
from server.accounts.models import Organisation, OrgUnit, Project
from server.accounts.operations import organisations, units
from server.accounts.operations.units import PROJECT_CODE_FORM, PROJECT_CODE_TAKEN
from server.accounts.queries import structure
from server.accounts.schemas.structure import (
    OrganisationOut,
    OrganisationPatch,
    ProjectIn,
    ProjectOut,
    ProjectPatch,
    UnitIn,
    UnitOut,
    UnitPatch,
)
from server.accounts.scope import UnitKind
from server.accounts.views.installed import whole
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires, signed_in
from server.core.page_schemas import page_of
from server.core.problems import STALE

organisation_blp = Blueprint(
    "organisation", __name__, url_prefix="/api/v1/organisation", description="The caller's organisation."
)
units_blp = Blueprint("units", __name__, url_prefix="/api/v1/units", description="The tree of departments and teams.")
projects_blp = Blueprint("projects", __name__, url_prefix="/api/v1/projects", description="Projects.")


@organisation_blp.route("", methods=["GET"])
@signed_in
@organisation_blp.response(200, OrganisationOut)
def get_organisation() -> Organisation:
    """The caller's organisation."""
    with reading() as connection:
        return structure.organisation(connection, current_actor().org_id)


@organisation_blp.route("", methods=["PATCH"])
@requires(CHANGE_ORGANISATION)
@organisation_blp.arguments(OrganisationPatch)
@organisation_blp.response(200, OrganisationOut)
@organisation_blp.refuses(rules.TEXT_FORM, STALE)
def change_organisation(values: dict[str, Any]) -> Organisation:
    """Change its name, zone, currency or language. A new zone holds for business days from now on."""
    version = values.pop("version", None)
    with writing() as uow:
        organisation = organisations.change_organisation(uow, values, version=version)
        uow.commit()
    return organisation


@units_blp.route("", methods=["GET"])
@signed_in
@units_blp.response(200, page_of(UnitOut))
def list_units() -> dict[str, Any]:
    """The whole tree, siblings in order. One page."""
    with reading() as connection:
        return whole(structure.list_units(connection, current_actor().org_id))


@units_blp.route("", methods=["POST"])
@requires(CHANGE_UNITS)
@units_blp.arguments(UnitIn)
@units_blp.response(201, UnitOut)
@units_blp.refuses(rules.TEXT_FORM, rules.UNIT_PARENT)
def create_unit(values: dict[str, Any]) -> OrgUnit:
    """Add a unit."""
    with writing() as uow:
        unit = units.create_unit(uow, **{**values, "kind": UnitKind(values["kind"])})
        uow.commit()
    return unit


@units_blp.route("/<id:unit_id>", methods=["PATCH"])
@requires(CHANGE_UNITS)
@units_blp.arguments(UnitPatch)
@units_blp.response(200, UnitOut)
@units_blp.refuses(rules.TEXT_FORM, rules.UNIT_PARENT, rules.UNIT_CYCLE, STALE)
def change_unit(values: dict[str, Any], unit_id: str) -> OrgUnit:
    """Rename or move a unit, with all that is below. Who reaches what follows at once."""
    version = values.pop("version", None)
    with writing() as uow:
        unit = units.change_unit(uow, unit_id, values, version=version)
        uow.commit()
    return unit


@units_blp.route("/<id:unit_id>", methods=["DELETE"])
@requires(CHANGE_UNITS)
@units_blp.response(204)
@units_blp.refuses(rules.UNIT_IN_USE, rules.UNIT_PARENT)
def delete_unit(unit_id: str) -> None:
    """Delete an empty unit."""
    with writing() as uow:
        units.delete_unit(uow, unit_id)
        uow.commit()


@projects_blp.route("", methods=["GET"])
@signed_in
@projects_blp.response(200, page_of(ProjectOut))
def list_projects() -> dict[str, Any]:
    """All projects by code. One page."""
    with reading() as connection:
        return whole(structure.list_projects(connection, current_actor().org_id))


@projects_blp.route("", methods=["POST"])
@requires(CHANGE_PROJECTS)
@projects_blp.arguments(ProjectIn)
@projects_blp.response(201, ProjectOut)
@projects_blp.refuses(rules.TEXT_FORM, PROJECT_CODE_FORM, PROJECT_CODE_TAKEN)
def create_project(values: dict[str, Any]) -> Project:
    """Add a project."""
    with writing() as uow:
        project = units.create_project(uow, **values)
        uow.commit()
    return project


@projects_blp.route("/<id:project_id>", methods=["PATCH"])
@requires(CHANGE_PROJECTS)
@projects_blp.arguments(ProjectPatch)
@projects_blp.response(200, ProjectOut)
@projects_blp.refuses(rules.TEXT_FORM, PROJECT_CODE_FORM, PROJECT_CODE_TAKEN, STALE)
def change_project(values: dict[str, Any], project_id: str) -> Project:
    """Change a project's code or name."""
    version = values.pop("version", None)
    with writing() as uow:
        project = units.change_project(uow, project_id, values, version=version)
        uow.commit()
    return project
