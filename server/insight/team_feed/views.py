"""/api/v1/team-feed: what the team did with its customers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from server.accounts.queries.actors import unit_tree
from server.core.api import Blueprint
from server.core.auth import current_actor
from server.core.declare import requires
from server.core.lists import page_answer
from server.core.page_schemas import page_of
from server.core.problems import BAD_CURSOR
from server.customers.trail import EntryFilters
from server.insight.functions import BOARD
from server.insight.team_feed.queries import feed_page
from server.insight.team_feed.schemas import FeedLineOut, FeedQuery

TEAM_FEED = Blueprint(
    "team_feed", __name__, url_prefix="/api/v1/team-feed", description="What a team did with its customers."
)


@TEAM_FEED.route("", methods=["GET"])
@requires(BOARD)
@TEAM_FEED.arguments(FeedQuery, location="query")
@TEAM_FEED.response(200, page_of(FeedLineOut))
@TEAM_FEED.refuses(BAD_CURSOR)
def show_feed(query: dict[str, Any]) -> dict[str, Any]:
    """Visits, calls, notes and the like with customers within reach, latest day first, by pages."""
    actor, size, cursor = current_actor(), query.pop("limit"), query.pop("cursor", None)

    def read(connection: Connection, after: Any) -> Any:
        told = dict(query)
        unit = told.pop("unit", None)
        units = None if unit is None else unit_tree(connection, actor.org_id).below([unit])
        return feed_page(connection, actor, EntryFilters(**told), units=units, after=after, limit=size)

    return page_answer("team-feed", query, cursor, (str, str), read)
