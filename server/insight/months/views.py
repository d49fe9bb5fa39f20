"""/api/v1/board/days and /api/v1/board/month: what each person of a team did."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import Response
from sqlalchemy import Connection

from server.accounts.queries.actors import unit_tree
from server.core.access import Actor
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services
from server.core.clock import day_in
from server.core.declare import requires
from server.core.sheet_answers import SHEET, sheet_answer
from server.fieldwork.targets.queries import amounts_of_month
from server.insight.functions import BOARD
from server.insight.months import queries
from server.insight.months.export import COLUMNS, lines_of
from server.insight.months.schemas import DaysQuery, MonthExport, MonthOut, MonthQuery, TeamDaysOut

MONTHS = Blueprint("team_months", __name__, url_prefix="/api/v1/board", description="What each person of a team did.")


@MONTHS.route("/days", methods=["GET"])
@requires(BOARD)
@MONTHS.arguments(DaysQuery, location="query")
@MONTHS.response(200, TeamDaysOut)
def show_days(query: dict[str, Any]) -> dict[str, Any]:
    """Visits, calls, other activities and receptions of each person on each day."""
    last = query.get("on") or _today()
    first = last - timedelta(days=query["days"] - 1)
    actor = current_actor()
    with reading() as connection:
        found = queries.days(connection, actor, first, last, units=_units(connection, query))
    return {"first_on": first, "last_on": last, "items": found}


@MONTHS.route("/month", methods=["GET"])
@requires(BOARD)
@MONTHS.arguments(MonthQuery, location="query")
@MONTHS.response(200, MonthOut)
def show_month(query: dict[str, Any]) -> queries.Month:
    """The month's report of each person, and the sum: counted from what was done, not written by anybody."""
    with reading() as connection:
        return _month(connection, current_actor(), query, services().clock.now())


@MONTHS.route("/month/export", methods=["GET"])
@requires(BOARD)
@MONTHS.arguments(MonthExport, location="query")
@MONTHS.doc(responses=SHEET)
def export_month(query: dict[str, Any]) -> Response:
    """The same as CSV or XLSX, with targets and what is wanting. It holds numbers of staff and nothing of a customer."""
    kind, name = query.pop("format", None), f"{query.get('on') or _today():%Y-%m}"
    actor, now = current_actor(), services().clock.now()
    with reading() as connection:
        found = _month(connection, actor, query, now)
        targets = amounts_of_month(connection, actor, found.first_on)
    return sheet_answer(kind, name, COLUMNS, lambda _: lines_of(found, targets))


def _month(connection: Connection, actor: Actor, query: dict[str, Any], now: datetime) -> queries.Month:
    units = _units(connection, query)
    return queries.month(connection, actor, query.get("on") or _today(), now=now, units=units)


def _today() -> date:
    return day_in(current_actor().timezone, services().clock.now())


def _units(connection: Connection, query: dict[str, Any]) -> frozenset[str] | None:
    return unit_tree(connection, current_actor().org_id).below([query["unit"]]) if "unit" in query else None
