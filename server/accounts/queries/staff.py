"""Staff within somebody's reach: lists, one person, and where he belongs. SELECTs only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select, true

from server.accounts.functions import READ_USERS
from server.accounts.models import Organisation, Role, User, UserProject, UserRole, UserUnit
from server.core.access import Actor, Reach
from server.core.paging import later
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c

_SHOWN = tuple(name for name in User.__names__ if name != "password_hash")


@dataclass(frozen=True, slots=True)
class Assignments:
    """Where a person belongs besides his primary unit, and the roles he holds. Ids, sorted."""

    further_unit_ids: tuple[str, ...] = ()
    project_ids: tuple[str, ...] = ()
    role_ids: tuple[str, ...] = ()


def staff_condition(reach: Reach, org_id: str) -> ColumnElement[bool]:
    """People in reach: oneself, those of the units in reach (primary or further), those of the projects in reach."""
    u, uu, up = c(User), c(UserUnit), c(UserProject)
    if reach.everything:
        return true()
    parts: list[ColumnElement[bool]] = []
    if reach.own:
        parts.append(u.id == reach.user_id)
    if reach.units:
        units = sorted(reach.units)
        parts.append(u.unit_id.in_(units))
        parts.append(u.id.in_(select(uu.user_id).where(uu.org_id == org_id, uu.unit_id.in_(units))))
    if reach.projects:
        projects = sorted(reach.projects)
        parts.append(u.id.in_(select(up.user_id).where(up.org_id == org_id, up.project_id.in_(projects))))
    return or_(*parts) if parts else false()


def is_within(connection: Connection, org_id: str, reach: Reach, user_id: str) -> bool:
    """Whether a person is in reach."""
    u = c(User)
    found = connection.execute(
        select(u.id).where(u.org_id == org_id, u.id == user_id, staff_condition(reach, org_id))
    ).first()
    return found is not None


def list_users(
    connection: Connection,
    actor: Actor,
    *,
    text: str | None = None,
    state: str = "all",
    unit_id: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[User]:
    """Staff within reach by name, without their password hashes. after: (name, id) of the last one seen.

    text: part of name, number, user name or title. state: all, enabled or disabled. unit_id: his primary unit.
    """
    u = c(User)
    statement = select(*(u[name] for name in _SHOWN)).where(
        u.org_id == actor.org_id,
        u.state != "deleted",
        staff_condition(actor.must(READ_USERS), actor.org_id),
    )
    if text and text.strip():
        pattern = f"%{_escaped(text.strip().lower())}%"
        statement = statement.where(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in (u.name, u.number, u.username, u.title)))
        )
    if state != "all":
        statement = statement.where(u.state == ("active" if state == "enabled" else "disabled"))
    if unit_id is not None:
        statement = statement.where(u.unit_id == unit_id)
    if after is not None:
        statement = statement.where(later((u.name, u.id), after))
    return [User(**row._mapping) for row in connection.execute(statement.order_by(u.name, u.id).limit(limit))]


def get_user(connection: Connection, actor: Actor, user_id: str, function: str = READ_USERS) -> User:
    """One person, without his password hash. Raises Refused NOT_FOUND when he is not within reach of the function."""
    u = c(User)
    found = connection.execute(
        select(*(u[name] for name in _SHOWN)).where(
            u.org_id == actor.org_id,
            u.id == user_id,
            u.state != "deleted",
            staff_condition(actor.must(function), actor.org_id),
        )
    ).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return User(**found._mapping)


def assignments_of(connection: Connection, org_id: str, user_ids: Iterable[str]) -> dict[str, Assignments]:
    """User → where he belongs and the roles he holds. Three statements, however many users."""
    wanted = sorted(set(user_ids))
    found: dict[str, dict[str, list[str]]] = {each: {} for each in wanted}
    for link, column in ((UserUnit, "unit_id"), (UserProject, "project_id"), (UserRole, "role_id")):
        t = c(link)
        for user_id, target in connection.execute(
            select(t.user_id, t[column]).where(t.org_id == org_id, t.user_id.in_(wanted)).order_by(t[column])
        ):
            found[user_id].setdefault(column, []).append(target)
    return {
        user_id: Assignments(
            tuple(of.get("unit_id", ())), tuple(of.get("project_id", ())), tuple(of.get("role_id", ()))
        )
        for user_id, of in found.items()
    }


def user_by_username(connection: Connection, org_id: str, username: str) -> User | None:
    """A person by his user name as spelled for look-ups (rules.spell_sign_in); deleted ones have none. For sign-in and the
    command line: asks nobody's reach.
    """
    u = c(User)
    found = connection.execute(select(*u).where(u.org_id == org_id, u.username == username)).first()
    return None if found is None else User(**found._mapping)


def password_context(connection: Connection, org_id: str, user_id: str) -> tuple[str, str, str | None] | None:
    """(user name, organisation code, stored hash) of a person, to judge and check his passwords with."""
    u, o = c(User), c(Organisation)
    found = connection.execute(
        select(u.username, o.code, u.password_hash)
        .join(Organisation.__table__, and_(o.org_id == u.org_id, o.id == u.org_id))
        .where(u.org_id == org_id, u.id == user_id)
    ).first()
    return None if found is None else (found[0], found[1], found[2])


def list_roles(connection: Connection, org_id: str, *, state: str = "all") -> list[Role]:
    """All roles, system ones first, then by name. state: all, enabled or disabled."""
    r = c(Role)
    statement = select(*r).where(r.org_id == org_id)
    if state != "all":
        statement = statement.where(r.state == ("active" if state == "enabled" else "disabled"))
    return [Role(**row._mapping) for row in connection.execute(statement.order_by(r.is_system.desc(), r.name, r.id))]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
