"""Who is calling: the one read of every request, and what a person reaches. SELECTs only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, select

from server.accounts import scope
from server.accounts.models import (
    Device,
    Organisation,
    OrgUnit,
    Role,
    Session,
    User,
    UserProject,
    UserRole,
    UserUnit,
)
from server.accounts.scope import Extent, Grant, Person, Scope, Unit, UnitKind, UnitTree
from server.core import tables
from server.core.access import FUNCTIONS, Actor, Reach
from server.core.rows import c


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session with all that decides whether it still opens anything, and the organisation's clock of the same snapshot."""

    user_id: str
    device_id: str | None
    enrolment_id: str | None
    kind: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    confirmed_at: datetime | None
    user_state: str
    device_state: str | None
    organisation_state: str
    feed_head: int
    access_version: int
    epoch: str
    exchanged_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether it lets its person in at `now`. The device's state is another question (authentication.py)."""
        return (
            self.revoked_at is None
            and now < self.expires_at
            and self.user_state == "active"
            and self.organisation_state == "active"
        )


def session_row(connection: Connection, org_id: str, session_id: str) -> SessionRow | None:
    """The session of that id, in one statement: primary keys only, asked once a request."""
    found = connection.execute(_session_statement(), {"org": org_id, "session": session_id}).first()
    return None if found is None else SessionRow(*tuple(found))


@cache
def _session_statement() -> Select[Any]:
    """Made once: every request asks it, and building it costs more than running it."""
    s, u, d, o, k, e = c(Session), c(User), c(Device), c(Organisation), tables.ORG_CLOCKS.c, tables.ENROLMENTS.c
    return (
        select(
            s.user_id,
            s.device_id,
            s.enrolment_id,
            s.kind,
            s.created_at,
            s.expires_at,
            s.revoked_at,
            s.confirmed_at,
            u.state,
            d.state,
            o.state,
            k.feed_head,
            k.access_version,
            k.epoch,
            e.exchanged_at,
        )
        .select_from(Session.__table__)
        .join(User.__table__, and_(u.org_id == s.org_id, u.id == s.user_id))
        .join(Organisation.__table__, and_(o.org_id == s.org_id, o.id == s.org_id))
        .join(tables.ORG_CLOCKS, k.org_id == s.org_id)
        .outerjoin(Device.__table__, and_(d.org_id == s.org_id, d.id == s.device_id))
        .outerjoin(tables.ENROLMENTS, and_(e.org_id == s.org_id, e.id == s.enrolment_id))
        .where(s.org_id == bindparam("org"), s.id == bindparam("session"))
    )


def load_actor(connection: Connection, org_id: str, user_id: str) -> Actor | None:
    """A person with what he reaches, by function; None when there is no such user. Some statements: cache it by access_version.

    Session, device and enrolment are left open.
    """
    u, o = c(User), c(Organisation)
    found = connection.execute(
        select(u.name, u.unit_id, u.locale, o.timezone, o.currency, o.locale)
        .join(Organisation.__table__, and_(o.org_id == u.org_id, o.id == u.org_id))
        .where(u.org_id == org_id, u.id == user_id)
    ).first()
    if found is None:
        return None
    name, unit_id, own_locale, zone, currency, locale = found
    extents = extents_of(connection, org_id, [user_id])[user_id]
    return Actor(
        org_id=org_id,
        user_id=user_id,
        name=name,
        unit_id=unit_id,
        zone=zone,
        currency=currency,
        locale=own_locale or locale,
        reaches={function: _reach(extent) for function, extent in extents.items()},
    )


def extents_of(connection: Connection, org_id: str, user_ids: Iterable[str]) -> dict[str, dict[str, Extent]]:
    """User → what he reaches, by function, as the tables stand now. Five statements, however many users."""
    wanted = sorted(set(user_ids))
    u, uu, up, ur, r = c(User), c(UserUnit), c(UserProject), c(UserRole), c(Role)
    people = connection.execute(select(u.id, u.unit_id).where(u.org_id == org_id, u.id.in_(wanted))).all()
    units, projects = _by_user(), _by_user()
    for user, unit in connection.execute(
        select(uu.user_id, uu.unit_id).where(uu.org_id == org_id, uu.user_id.in_(wanted))
    ):
        units[user].add(unit)
    for user, project in connection.execute(
        select(up.user_id, up.project_id).where(up.org_id == org_id, up.user_id.in_(wanted))
    ):
        projects[user].add(project)
    grants: defaultdict[str, list[Grant]] = defaultdict(list)
    for user, word, functions in connection.execute(
        select(ur.user_id, r.scope, r.functions)
        .join(Role.__table__, and_(r.org_id == ur.org_id, r.id == ur.role_id))
        .where(ur.org_id == org_id, ur.user_id.in_(wanted), r.state == "active")
    ):
        # A function that this version no longer has is passed over, whatever the row says.
        grants[user] += [Grant(function, Scope(word)) for function in functions if function in FUNCTIONS]
    tree = unit_tree(connection, org_id)
    return {
        user: scope.extents(tree, Person(user, unit, frozenset(units[user]), frozenset(projects[user])), grants[user])
        for user, unit in people
    }


def reaches_of(connection: Connection, org_id: str, user_ids: Iterable[str], function: str) -> dict[str, Reach]:
    """User → what he reaches with a function, of those who work here and have it. Six statements, however many users."""
    u = c(User)
    active = (u.org_id == org_id, u.state == "active", u.id.in_(sorted(set(user_ids))))
    found = extents_of(connection, org_id, connection.execute(select(u.id).where(*active)).scalars())
    return {user: _reach(extents[function]) for user, extents in found.items() if function in extents}


def _by_user() -> defaultdict[str, set[str]]:
    return defaultdict(set)


def extents_of_actor(actor: Actor) -> dict[str, Extent]:
    """The same of whoever acts, from what he was loaded with."""
    return {
        function: Extent(reach.user_id, reach.own, reach.units, reach.projects, reach.everything)
        for function, reach in actor.reaches.items()
    }


def unit_tree(connection: Connection, org_id: str) -> UnitTree:
    """All units of the organisation, as the rules need them."""
    n = c(OrgUnit)
    rows = connection.execute(select(n.id, n.parent_id, n.kind).where(n.org_id == org_id))
    return UnitTree(Unit(unit_id, parent_id, UnitKind(kind)) for unit_id, parent_id, kind in rows)


def _reach(extent: Extent) -> Reach:
    return Reach(extent.user_id, extent.own, extent.units, extent.projects, extent.everything)
