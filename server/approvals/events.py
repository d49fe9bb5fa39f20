"""Facts that approvals record. Ids, codes and numbers; never what a request says."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.core.events import Event, event


@event("approvals.asked")
class ApprovalAsked(Event):
    """People were asked for a decision. Subject: the case, which has the id of what is asked for.

    asked: who can decide this step now, stand-ins too. kind: of the subject.
    """

    kind: str
    requester_id: str
    asked: list[str]
    step: int
    step_count: int


@event("approvals.decided")
class ApprovalDecided(Event):
    """Somebody decided a step. Subject: the case. decision: approved, returned or rejected. is_final: nobody else is asked.

    for_id: whom the actor stood in for.
    """

    kind: str
    requester_id: str
    decision: str
    for_id: str | None
    step: int
    is_final: bool
    content_hash: str


@event("approvals.withdrawn")
class ApprovalWithdrawn(Event):
    """Whoever asked no longer asks. Subject: the case. asked: for whom it waited."""

    kind: str
    asked: list[str]


@event("approvals.voided")
class ApprovalVoided(Event):
    """What had been approved was changed. Subject: the case. decided_by: whose decisions no longer hold."""

    kind: str
    requester_id: str
    decided_by: list[str]


@event("approvals.route-written")
class RouteWritten(Event):
    """A route was made or changed. Subject: the route."""

    topic: str
    changes: dict[str, list[Any]]


@event("approvals.delegation-begun")
class DelegationBegun(Event):
    """Somebody lets another stand in for him. Subject: the delegation."""

    from_id: str
    to_id: str
    topic: str | None
    starts_on: date
    ends_on: date


@event("approvals.delegation-ended")
class DelegationEnded(Event):
    """Before its last day. Subject: the delegation."""

    from_id: str
    to_id: str
