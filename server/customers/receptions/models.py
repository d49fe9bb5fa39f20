"""Rows of receptions: who received a customer when, and what he wants."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated

from server.core.rows import Code, Marks, Scoped, index, refers, table
from server.core.types import Id, Json
from server.customers.models import PersonalText


@table(
    "receptions",
    refers("customer_id", "customers"),
    refers("received_by", "users"),
    index("customer_id", "created_at", "id"),
)
class Reception(Scoped):
    """One time that a customer was received, with the sheet that was written (domain row 15). It goes with the customer.

    owner_id, unit_id, project_id: the customer's. received_by: who received him; not `author_id`, as with notes. received_at:
    the device's claim, for showing; created_at is its arrival and orders. fixed_at: the same by the server's clock, give or
    take doubt_ms; None when nobody can say (rule R2). source: how he heard of us. area, orientation, floor: what he looks
    for. interest_*: what matters to him. impression: of the one who received him, for staff alone (row 177).
    """

    customer_id: Annotated[str, Id()]
    received_by: Annotated[str, Id()]
    received_at: datetime
    fixed_at: datetime | None = None
    doubt_ms: int = 0
    channel: Annotated[str, Code] = "visit"
    source: Annotated[str | None, Code] = None
    area: Annotated[str | None, Code] = None
    orientation: Annotated[str | None, Code] = None
    floor: Annotated[str | None, Code] = None
    interest_price: bool = False
    interest_location: bool = False
    interest_greenery: bool = False
    interest_decoration: bool = False
    interest_surroundings: bool = False
    income: Annotated[str | None, Code] = None
    work_place: Annotated[str | None, PersonalText()] = None
    home_place: Annotated[str | None, PersonalText()] = None
    suggestions: Annotated[str | None, PersonalText()] = None
    impression: Annotated[str | None, PersonalText()] = None
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)
