"""/api/v1/customers/pivot: how many customers of each kind there are."""

from __future__ import annotations

from typing import Any

from server.core.auth import current_actor, reading
from server.core.declare import requires
from server.customers.functions import READ
from server.customers.narrowing import Filters
from server.customers.profile.queries import pivot
from server.customers.profile.schemas import PivotOut, PivotQuery
from server.customers.views.blueprint import CUSTOMERS, today


@CUSTOMERS.route("/pivot", methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(PivotQuery, location="query")
@CUSTOMERS.response(200, PivotOut)
def pivot_customers(query: dict[str, Any]) -> dict[str, Any]:
    """How many customers within reach there are, and what is expected of them, by one thing they have in common."""
    by = query.pop("by")
    with reading() as connection:
        counts = pivot(connection, current_actor(), Filters(**query, today=today()), by)
    return {"items": counts, "total": sum(each.count for each in counts)}
