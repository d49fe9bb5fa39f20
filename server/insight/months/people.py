"""Whose days and months a leader sees: the people of the board. SELECTs only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, select

from server.accounts.models import OrgUnit, User
from server.accounts.queries.staff import staff_condition
from server.core.access import Actor
from server.core.rows import Row, c
from server.insight.functions import BOARD
from server.insight.queries import works_in_the_field


def _reached(actor: Actor, units: frozenset[str] | None) -> ColumnElement[bool]:
    u = c(User)
    within = and_(u.org_id == actor.org_id, staff_condition(actor.must(BOARD), actor.org_id))
    return within if units is None else and_(within, u.unit_id.in_(sorted(units)))


def people_in_reach(connection: Connection, actor: Actor, units: frozenset[str] | None) -> list[Any]:
    """All in reach; is_expected: he stands there without having done anything."""
    u, n = c(User), c(OrgUnit)
    expected = case((and_(u.state == "active", works_in_the_field()), 1), else_=0).label("is_expected")
    return list(
        connection.execute(
            select(u.id, u.name, u.unit_id, n.name.label("unit_name"), expected)
            .select_from(User.__table__)
            .join(OrgUnit.__table__, and_(n.org_id == u.org_id, n.id == u.unit_id))
            .where(_reached(actor, units))
            .order_by(n.name, u.name, u.id)
        )
    )


def who(row: Any) -> tuple[str, str, str, str]:
    """Id, name, unit and its name, as lines begin with them."""
    return row.id, row.name, row.unit_id, row.unit_name


def rows_of(actor: Actor, row: type[Row], person: str, units: frozenset[str] | None) -> list[ColumnElement[bool]]:
    """Rows of a kind whose person is one of these."""
    columns, u = c(row), c(User)
    return [columns.org_id == actor.org_id, columns[person].in_(select(u.id).where(_reached(actor, units)))]
