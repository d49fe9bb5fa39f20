"""/api/v1/calendar and /api/v1/customers/{customer_id}/schedule: what stands on which day."""

from __future__ import annotations

from typing import Any

from server.accounts.queries.actors import unit_tree
from server.core.api import Blueprint
from server.core.auth import current_actor, reading
from server.core.declare import requires
from server.core.page_schemas import PageQuery, page_of
from server.fieldwork.calendar.queries import CalendarFilters, calendar_page, must_see
from server.fieldwork.calendar.schemas import CalendarLineOut, CalendarQuery
from server.fieldwork.functions import READ
from server.fieldwork.views.answers import cursors

CALENDAR = Blueprint("calendar", __name__, url_prefix="/api/v1/calendar", description="What stands on which day.")
SCHEDULE = Blueprint(
    "schedule",
    __name__,
    url_prefix="/api/v1/customers/<id:customer_id>/schedule",
    description="All that was and is to be done with a customer.",
)


LINES = page_of(CalendarLineOut)


@CALENDAR.route("", methods=["GET"])
@requires(READ)
@CALENDAR.arguments(CalendarQuery, location="query")
@CALENDAR.response(200, LINES)
def show_calendar(query: dict[str, Any]) -> dict[str, Any]:
    """Visits, activities, follow-ups and tasks within reach, earliest day first, by pages."""
    return _page("calendar", query)


@SCHEDULE.route("", methods=["GET"])
@requires(READ)
@SCHEDULE.arguments(PageQuery, location="query")
@SCHEDULE.response(200, LINES)
def show_schedule(query: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """Everything that ever was or is to be done with a customer, latest day first, by pages."""
    with reading() as connection:
        must_see(connection, current_actor(), customer_id)
    return _page("schedule", {**query, "customer_id": customer_id}, latest_first=True)


def _page(name: str, query: dict[str, Any], *, latest_first: bool = False) -> dict[str, Any]:
    actor, size, cursor = current_actor(), query.pop("limit"), query.pop("cursor", None)
    # Who asks and for what: a cursor is good for one list only.
    scope = [name, actor.org_id, *(f"{key}={value}" for key, value in sorted(query.items()))]
    after = cursors().decode(scope, cursor, str, str)
    with reading() as connection:
        unit = query.pop("unit", None)
        units = None if unit is None else unit_tree(connection, actor.org_id).below([unit])
        filters = CalendarFilters(**query, units=units)
        lines, key = calendar_page(
            connection, actor, filters, after=after, limit=size, latest_first=latest_first
        )  # fmt: skip
    return {"items": lines, "next": None if key is None else cursors().encode(scope, key)}
