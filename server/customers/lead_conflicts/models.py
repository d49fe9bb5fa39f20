"""Rows of lead conflicts, and who has which share of a customer since one was ruled."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from sqlalchemy import CheckConstraint, String

from server.core.rows import Code, Row, index, refers, table, unique
from server.core.types import Id
from server.customers.lead_conflicts.rules import Because, ConflictState
from server.customers.models import derived_id
from server.customers.rules import REASON_MOST


@table(
    "lead_conflicts",
    refers("first_id", "customers"),
    refers("second_id", "customers"),
    unique("first_id", "second_id"),
    index("second_id"),
    index("state", "created_at", "id"),
    index("created_at", "id"),
    *(
        index(f"{side}_{whose}", "created_at", "id")
        for side in ("first", "second")
        for whose in ("owner_id", "unit_id", "project_id")
    ),
    CheckConstraint(f"state IN ({', '.join(repr(str(each)) for each in ConflictState)})", name="state"),
)
class LeadConflict(Row):
    """Two customers of different owners with one number (domain row 13).

    id: `conflict_id`, so that a pair has one for ever. first, second: in the order in which they arrived at the server.
    owner_id, unit_id, project_id: the customer's, which decide who sees it; once ruled, those it was about. received_at: when each was met, as claimed;
    arrived_at: when the server heard of it; fixed_at, doubt_ms: by the server's clock, as far as that can be said;
    reception_id: of which reception, None when he was only entered. matched: what both have. proposed, because: whose owner
    should have both, and why (rule R3). chosen, other_percent, reason, ruled_by, ruled_at: the ruling.

    Whoever changes one holds a lock on one of its customers at least, the ruling on both; so nobody waits for the row itself.
    """

    first_id: Annotated[str, Id()]
    first_owner_id: Annotated[str, Id()]
    first_unit_id: Annotated[str, Id()]
    first_project_id: Annotated[str | None, Id()] = None
    first_received_at: datetime
    first_arrived_at: datetime
    first_fixed_at: datetime | None = None
    first_doubt_ms: int = 0
    first_reception_id: Annotated[str | None, Id()] = None
    second_id: Annotated[str, Id()]
    second_owner_id: Annotated[str, Id()]
    second_unit_id: Annotated[str, Id()]
    second_project_id: Annotated[str | None, Id()] = None
    second_received_at: datetime
    second_arrived_at: datetime
    second_fixed_at: datetime | None = None
    second_doubt_ms: int = 0
    second_reception_id: Annotated[str | None, Id()] = None
    matched: Annotated[str, Code] = "phone"
    proposed: Annotated[str | None, Code] = None
    because: Annotated[str, Code] = Because.UNPLACED.value
    state: Annotated[str, Code] = ConflictState.OPEN.value
    chosen: Annotated[str | None, Code] = None
    other_percent: int | None = None
    reason: Annotated[str | None, String(REASON_MOST)] = None
    ruled_by: Annotated[str | None, Id()] = None
    ruled_at: datetime | None = None


class Place(NamedTuple):
    """Whose one of the two customers is, and where, as the conflict has it."""

    owner_id: str
    unit_id: str
    project_id: str | None


def places_of(conflict: LeadConflict) -> tuple[Place, Place]:
    """Those of the first and of the second customer."""
    c = conflict
    return (
        Place(c.first_owner_id, c.first_unit_id, c.first_project_id),
        Place(c.second_owner_id, c.second_unit_id, c.second_project_id),
    )


def conflict_id(customer_id: str, other_id: str) -> str:
    """The id of the LeadConflict of two customers, whichever is named first."""
    return derived_id("lead-conflict", *sorted((customer_id, other_id)))


@table(
    "customer_shares",
    refers("customer_id", "customers"),
    refers("user_id", "users"),
    unique("customer_id", "user_id"),
    index("user_id"),
    CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
)
class CustomerShare(Row):
    """What part of a deal with a customer is whose, as a supervisor ruled (domain row 13). Of one customer, they sum to 100.

    It names people and stays with them when the customer is handed over. since: the ruling's time. conflict_id: which
    one; it is gone once its two customers are one.
    """

    customer_id: Annotated[str, Id()]
    user_id: Annotated[str, Id()]
    percent: int
    since: datetime
    conflict_id: Annotated[str, Id()]
