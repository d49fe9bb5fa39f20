"""Merging over REST."""

from __future__ import annotations

from typing import Any

from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.problems import NOT_FOUND, STALE
from server.customers import queries, rules
from server.customers.absent import DELETED, MERGED
from server.customers.functions import MERGE
from server.customers.lead_conflicts.rules import CONFLICT_OF_ONESELF
from server.customers.merging.operations import SAME_CUSTOMER, merge_customers
from server.customers.merging.schemas import MergeIn
from server.customers.queries import Card
from server.customers.schemas import CustomerOut
from server.customers.views.blueprint import CUSTOMERS


@CUSTOMERS.route("/<id:customer_id>/merge", methods=["POST"])
@requires(MERGE)
@CUSTOMERS.arguments(MergeIn)
@CUSTOMERS.response(200, CustomerOut)
@CUSTOMERS.refuses(
    DELETED, MERGED, SAME_CUSTOMER, STALE, NOT_FOUND, CONFLICT_OF_ONESELF, rules.STAGE_FROM_DEAD, rules.ID_NUMBER_INVALID,
    rules.LOST_REASON_REQUIRED,
)  # fmt: skip
def merge(values: dict[str, Any], customer_id: str) -> Card:
    """Take another customer into this one, with all that hangs on him. Again it changes nothing; it cannot be undone."""
    with writing() as uow:
        merge_customers(uow, customer_id, values.pop("gone_id"), **values)
        uow.commit()
    with reading() as connection:
        return queries.get(connection, current_actor(), customer_id, written=True)
