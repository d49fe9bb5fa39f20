"""Rows of customers' places."""

from __future__ import annotations

from typing import Annotated

from server.core.rows import Authored, index, refers, table
from server.core.types import Id


@table(
    "customer_places",
    refers("author_id", "users"),
    refers("customer_id", "customers"),
    index("customer_id", "created_at", "id"),
    index("owner_id"),
    index("unit_id"),
    index("author_id"),
)
class CustomerPlace(Authored):
    """Where somebody says a customer is to be met. Never changed: the one that came last counts, the others are history.

    Coordinates in 1e-7 degree, radius_m in metres (None: the usual one of check_in.py). author_id: who said it.
    """

    customer_id: Annotated[str, Id()]
    latitude_e7: int
    longitude_e7: int
    radius_m: int | None = None
