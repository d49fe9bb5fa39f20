"""Something that waits for somebody: a submitted claim of a colleague, on a route of its own that asks exactly one person."""

from __future__ import annotations

import dataclasses
from datetime import date

from server.approvals import operations as approvals
from server.approvals.models import Approval
from server.approvals.operations.routing import directory
from server.approvals.transitions import Answer
from server.core.uow import UnitOfWork
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.expenses.operations.claims import KIND, TOPIC
from server.expenses.transitions import ClaimState
from sync_protocol.ids import new_id

CONTENT = {"title": "taxi"}
CONTENT_HASH = approvals.hash_of(CONTENT)
DECISION = {"revision": 1, "content_hash": CONTENT_HASH, "comment": "seen"}
APART = 1_000_000
"""Routes of `waiting` begin above this amount, so that they take no other claim."""


def set_route(uow: UnitOfWork, *steps: dict[str, object], from_minor: int = 0, **values: object) -> str:
    """A route of claims; `up` unless told. uow: of the server or an administrator."""
    route_id = new_id()
    asked = list(steps) or [{"by": "up"}]
    approvals.write_route(
        uow, route_id, {"topic": TOPIC, "name": "claims", "from_minor": from_minor, "steps": asked, **values}
    )
    return route_id


def waiting(uow: UnitOfWork, user_id: str, requester_id: str, unit_id: str, *, serial: int) -> Approval:
    """The part of that person in a claim of somebody of that unit. serial: another one each time. uow: of the server."""
    amount = APART + serial
    may_decide = user_id in directory(uow).members
    set_route(uow, {"by": "person", "user_id": user_id} if may_decide else {"by": "up"}, from_minor=amount)
    claim = uow.add(
        ExpenseClaim(
            owner_id=requester_id, unit_id=unit_id, title="taxi", currency=uow.actor.currency, total_minor=amount,
            state=ClaimState.SUBMITTED.value,
        )
    )  # fmt: skip
    uow.add(
        ExpenseLine(
            owner_id=requester_id, unit_id=unit_id, claim_id=claim.id, kind="taxi", amount_minor=amount,
            spent_on=date(2025, 3, 3),
        )
    )  # fmt: skip
    request = approvals.Request(
        kind=KIND, subject_id=claim.id, requester_id=requester_id, requester_name="Somebody", unit_id=unit_id,
        title="taxi", amount_minor=amount, currency=uow.actor.currency, content=CONTENT,
    )  # fmt: skip
    case = approvals.ask(uow, request)
    part = uow.among(Approval, lambda part: part.id in case.waiting)[0]
    if not may_decide:  # he was asked once, and lost the role since: what any later change of routes makes of his part
        part = uow.add(dataclasses.replace(part, id=new_id(), owner_id=user_id, state=Answer.LAPSED.value))
    return part
