"""/api/v1/customers/…/history: who changed what, and when."""

from __future__ import annotations

from typing import Any

from server.core.declare import requires
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR
from server.customers.functions import READ
from server.customers.history.queries import history
from server.customers.history.schemas import DeedOut
from server.customers.views.blueprint import CUSTOMERS
from server.customers.views.details import page_of_customer


@CUSTOMERS.route("/<id:customer_id>/history", methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(PageQuery, location="query")
@CUSTOMERS.response(200, page_of(DeedOut))
@CUSTOMERS.refuses(BAD_CURSOR)
def list_history(query: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """What was changed of a customer, newest first: who, when, old and new, protected values masked."""
    return page_of_customer(history, "history", query, customer_id, int)
