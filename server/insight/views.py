"""/api/v1/board: what a team planned for a day against what happened; /api/v1/customer-types: customers counted by type."""

from __future__ import annotations

from typing import Any

from server.accounts.queries.actors import unit_tree
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services
from server.core.clock import day_in
from server.core.declare import requires
from server.customers.functions import READ
from server.insight import queries
from server.insight.customer_types import CustomerTypes, customer_types
from server.insight.functions import BOARD
from server.insight.months.views import MONTHS
from server.insight.queries import Board
from server.insight.schemas import BoardLinesOut, BoardOut, BoardQuery, CustomerTypesOut, DayQuery
from server.insight.team_feed.views import TEAM_FEED

BOARDS = Blueprint("board", __name__, url_prefix="/api/v1/board", description="Plan against actual, by person and day.")
TYPES = Blueprint("customer_types", __name__, url_prefix="/api/v1/customer-types", description="Customers by type.")
BLUEPRINTS = (BOARDS, TYPES, MONTHS, TEAM_FEED)


@BOARDS.route("", methods=["GET"])
@requires(BOARD)
@BOARDS.arguments(BoardQuery, location="query")
@BOARDS.response(200, BoardOut)
def show_board(query: dict[str, Any]) -> Board:
    """The day of each person within reach, and the sum."""
    actor, now = current_actor(), services().clock.now()
    with reading() as connection:
        units = unit_tree(connection, actor.org_id).below([query["unit"]]) if "unit" in query else None
        return queries.board(connection, actor, on=query.get("on") or day_in(actor.timezone, now), now=now, units=units)


@BOARDS.route("/<id:user_id>", methods=["GET"])
@requires(BOARD)
@BOARDS.arguments(DayQuery, location="query")
@BOARDS.response(200, BoardLinesOut)
def show_lines(query: dict[str, Any], user_id: str) -> dict[str, Any]:
    """The visits behind one person's numbers, plan and actual side by side."""
    actor, now = current_actor(), services().clock.now()
    on = query.get("on") or day_in(actor.timezone, now)
    with reading() as connection:
        return {"on": on, "items": queries.board_lines(connection, actor, user_id, on=on, now=now)}


@TYPES.route("", methods=["GET"])
@requires(READ)
@TYPES.response(200, CustomerTypesOut)
def show_customer_types() -> CustomerTypes:
    """How many customers within reach are prospects, visitors, owners, and how many of them are members of the club."""
    with reading() as connection:
        return customer_types(connection, current_actor())
