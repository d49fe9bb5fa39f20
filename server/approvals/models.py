"""Rows of approvals: routes, stand-ins, one case for each subject, one row for each person who is asked."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, String

from server.approvals.transitions import Answer, CaseState
from server.core.rows import Code, Row, Scoped, index, refers, table, unique
from server.core.types import Id, Json

NAME_MOST, TITLE_MOST, COMMENT_MOST = 60, 200, 500
HASH = 64
"""SHA-256 in hexadecimal."""


def _one_of(column: str, words: type[Answer] | type[CaseState]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(word)) for word in words)})", name=column)


@table("approval_routes", refers("unit_id", "units"), index("topic", "currency", "from_minor"))
class ApprovalRoute(Row):
    """Who is asked about a topic, from an amount on: the rows of a topic together are its table of routes.

    unit_id: for people of this unit and those below it; None for all. steps: as rules.Step describes them, in order.
    step_up_minor: above it a decision needs a password given just now, and does not come by sync; None for never.
    day_limit_minor: what one person may approve of this topic in one day; None for any sum. state: active or retired.
    """

    topic: Annotated[str, Code]
    name: Annotated[str, String(NAME_MOST)]
    unit_id: Annotated[str | None, Id()] = None
    currency: Annotated[str, String(3)]
    from_minor: int = 0
    steps: Annotated[list[dict[str, Any]], Json()]
    step_up_minor: int | None = None
    day_limit_minor: int | None = None
    state: Annotated[str, Code] = "active"


@table(
    "approval_delegations",
    refers("from_id", "users"),
    refers("to_id", "users"),
    index("from_id", "ends_on"),
    index("to_id", "ends_on"),
)
class Delegation(Row):
    """Somebody stands in for another from a day to a day, both included; of the organisation. topic: None for all.

    state: active or ended; an ended one counts no more whatever its days.
    """

    from_id: Annotated[str, Id()]
    to_id: Annotated[str, Id()]
    topic: Annotated[str | None, Code] = None
    starts_on: date
    ends_on: date
    state: Annotated[str, Code] = "active"


@table(
    "approval_cases",
    refers("requester_id", "users"),
    index("state", "topic"),
    index("requester_id", "state"),
    _one_of("state", CaseState),
)
class ApprovalCase(Row):
    """What somebody asks to have approved. id: the subject's own. Its lock is taken before any other of the matter.

    unit_id: the requester's when he asked. content: what is decided about, as whoever is asked sees it. flags: what he
    should look at. revision: rises with each step, so that a decision names what its maker had seen. round: how often it
    was asked. step: from 1. waiting, answered: ids of the Approval rows of this round. decided_by: people, in this round.
    """

    kind: Annotated[str, Code]
    topic: Annotated[str, Code]
    requester_id: Annotated[str, Id()]
    requester_name: Annotated[str, String(NAME_MOST)]
    unit_id: Annotated[str, Id()]
    title: Annotated[str, String(TITLE_MOST)]
    amount_minor: int
    currency: Annotated[str, String(3)]
    content: Annotated[dict[str, Any], Json()]
    content_hash: Annotated[str, String(HASH)]
    flags: Annotated[list[dict[str, Any]], Json()]
    step: int = 1
    step_count: int = 1
    revision: int = 1
    round: int = 1
    state: Annotated[str, Code] = CaseState.OPEN.value
    waiting: Annotated[list[str], Json()] = dataclasses.field(default_factory=list)
    answered: Annotated[list[str], Json()] = dataclasses.field(default_factory=list)
    decided_by: Annotated[list[str], Json()] = dataclasses.field(default_factory=list)


@table(
    "approvals",
    refers("owner_id", "users"),
    refers("case_id", "approval_cases"),
    index("owner_id", "state", "id"),
    index("case_id", "id"),
    _one_of("state", Answer),
)
class Approval(Scoped):
    """One person's part in a case. owner_id, unit_id: whoever is asked. for_id: whom he stands in for, None for himself.

    Carries all that is decided about, so that it can be decided without a network and by somebody who does not see the
    subject itself. revision, content_hash: what a decision has to name. needs_password: it is not taken by sync.
    """

    case_id: Annotated[str, Id()]
    kind: Annotated[str, Code]
    topic: Annotated[str, Code]
    title: Annotated[str, String(TITLE_MOST)]
    amount_minor: int
    currency: Annotated[str, String(3)]
    requester_id: Annotated[str, Id()]
    requester_name: Annotated[str, String(NAME_MOST)]
    content: Annotated[dict[str, Any], Json()]
    content_hash: Annotated[str, String(HASH)]
    flags: Annotated[list[dict[str, Any]], Json()]
    step: int
    step_count: int
    revision: int
    for_id: Annotated[str | None, Id()] = None
    needs_password: bool = False
    state: Annotated[str, Code] = Answer.WAITING.value
    comment: Annotated[str | None, String(COMMENT_MOST)] = None
    decided_at: datetime | None = None


@table("approval_days", refers("user_id", "users"), unique("user_id", "topic", "currency", "day_on"))
class ApprovalDay(Row):
    """What one person has approved of a topic on a day of the organisation. id: `approval_day_id`."""

    user_id: Annotated[str, Id()]
    topic: Annotated[str, Code]
    currency: Annotated[str, String(3)]
    day_on: date
    total_minor: int = 0
