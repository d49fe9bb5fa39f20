"""The organisation, its units and projects, and the directory that finds an organisation by its code. SELECTs only."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.accounts.models import Organisation, OrgUnit, Project
from server.core import tables
from server.core.db import NO_ORG, Database
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c


def organisation_id(database: Database, code: str) -> str | None:
    """The organisation of that code, as spelled for look-ups (rules.spell_sign_in)."""
    directory = tables.ORG_DIRECTORY.c
    with database.read(NO_ORG) as connection:
        found = connection.execute(select(directory.org_id).where(directory.code == code)).first()
    return None if found is None else str(found[0])


def organisation_ids(database: Database) -> list[str]:
    """All organisations, for work that is done for each: upkeep, audits, worker."""
    directory = tables.ORG_DIRECTORY.c
    with database.read(NO_ORG) as connection:
        return [
            str(found) for found in connection.execute(select(directory.org_id).order_by(directory.org_id)).scalars()
        ]


def organisation(connection: Connection, org_id: str) -> Organisation:
    """The organisation's own row. Raises Refused NOT_FOUND."""
    o = c(Organisation)
    found = connection.execute(select(*o).where(o.org_id == org_id, o.id == org_id)).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return Organisation(**found._mapping)


def list_units(connection: Connection, org_id: str) -> list[OrgUnit]:
    """All units, siblings in their order. The tree is small and everybody of the organisation sees it."""
    n = c(OrgUnit)
    rows = connection.execute(select(*n).where(n.org_id == org_id).order_by(n.position, n.name, n.id))
    return [OrgUnit(**row._mapping) for row in rows]


def list_projects(connection: Connection, org_id: str) -> list[Project]:
    """All projects by code. Everybody of the organisation sees them."""
    p = c(Project)
    rows = connection.execute(select(*p).where(p.org_id == org_id).order_by(p.code))
    return [Project(**row._mapping) for row in rows]
