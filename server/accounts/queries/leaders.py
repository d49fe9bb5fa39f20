"""Who leads somebody: the people nearest above him who may do a thing about his unit. SELECTs only."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, select

from server.accounts.models import Role, User, UserRole
from server.accounts.queries.actors import extents_of, unit_tree
from server.core.rows import c


def leaders_of(
    connection: Connection, org_id: str, people: Iterable[tuple[str, str]], function: str
) -> dict[tuple[str, str], frozenset[str]]:
    """(user, unit) → who leads him there. Of the nearest unit at or above it that has others with the function, those.

    function: by which somebody leads. Whoever has it there but works further above, such as a director, is left out.
    """
    u, ur, r = c(User), c(UserRole), c(Role)
    statement = (
        select(u.id, u.unit_id, r.functions)
        .select_from(User.__table__)
        .join(UserRole.__table__, and_(ur.org_id == u.org_id, ur.user_id == u.id))
        .join(Role.__table__, and_(r.org_id == ur.org_id, r.id == ur.role_id))
        .where(u.org_id == org_id, u.state == "active", r.state == "active")
    )
    homes = {user: unit for user, unit, functions in connection.execute(statement) if function in functions}
    extents = extents_of(connection, org_id, homes) if homes else {}
    tree = unit_tree(connection, org_id)
    found: dict[tuple[str, str], frozenset[str]] = {}
    for user_id, unit_id in people:
        reaching = {
            user
            for user, each in extents.items()
            if user != user_id and (each[function].everything or unit_id in each[function].units)
        }
        nearest = (frozenset(user for user in reaching if homes[user] == unit.id) for unit in tree.upwards(unit_id))
        found[user_id, unit_id] = next(filter(None, nearest), frozenset())
    return found
