"""Paying claims back, in batches: all of a batch or none of it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from server.approvals import operations as approvals
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.sync_problems import SYNC_PROBLEMS
from server.core.uow import UnitOfWork
from server.expenses import events
from server.expenses.functions import REIMBURSE
from server.expenses.models import ExpenseClaim, Payable, ReimbursementBatch
from server.expenses.operations.booking import book_payment
from server.expenses.transitions import ClaimAction, move_claim

OWN_CLAIM = problem_type(
    "expenses.own-claim",
    403,
    zh="不能支付自己的报销单。",
    en="Nobody pays a claim of his own.",
)
TOTAL_DIFFERS = problem_type(
    "expenses.total-differs",
    409,
    zh="所选报销单合计与预期不符（合计 {total_minor}，以最小货币单位计）。",
    en="The claims do not come to what was expected (they come to {total_minor} in minor units).",
    doc="Nothing was paid. Somebody may have changed one of them meanwhile; look at them again.",
)
MIXED_CURRENCIES = problem_type(
    "expenses.mixed-currencies",
    422,
    zh="一个批次只能包含一种货币的报销单。",
    en="A batch holds claims of one currency.",
)

REUSED_ID = SYNC_PROBLEMS["sync.reused-row-id"]


def batch_made_before(
    uow: UnitOfWork, batch_id: str, claim_ids: Iterable[str], *, total_minor: int
) -> ReimbursementBatch | None:
    """The batch of that id, when this very request made it; None when there is none. A double tap waits for its first.

    Raises Refused REUSED_ID: it was made of other claims, or by somebody else.
    """
    ids = set(claim_ids)
    approvals.lock_cases(uow, ids)
    known = uow.get(ReimbursementBatch, batch_id)
    if known is None:
        return None
    n = c(ExpenseClaim)
    paid = uow.connection.execute(select(n.id).where(n.org_id == uow.org_id, n.batch_id == batch_id)).scalars()
    if (known.paid_by, known.total_minor, set(paid)) != (uow.actor.user_id, total_minor, ids):
        raise Refused(REUSED_ID)
    return known


def pay_batch(
    uow: UnitOfWork, batch_id: str, claim_ids: Iterable[str], *, total_minor: int, reference: str | None = None
) -> ReimbursementBatch:
    """Mark approved claims as paid back, all or none. Records ClaimsReimbursed.

    total_minor: what they come to, as whoever pays saw it. Raises Refused NOT_FOUND (one is out of reach), OWN_CLAIM,
    CLAIM_* of the first that is not approved, MIXED_CURRENCIES, TOTAL_DIFFERS. Source: rule E8.
    """
    reach = uow.actor.must(REIMBURSE)
    ids = sorted(set(claim_ids))
    approvals.lock_cases(uow, ids)
    uow.preload(ExpenseClaim, ids)
    claims = [claim for each in ids if (claim := uow.get(ExpenseClaim, each)) is not None and reach.holds(claim)]
    if len(claims) < len(ids):
        raise Refused(NOT_FOUND, field="/claim_ids")
    if any(claim.owner_id == uow.actor.user_id for claim in claims):
        raise Refused(OWN_CLAIM)
    states = {claim.id: move_claim(claim.state, ClaimAction.REIMBURSE) for claim in claims}
    if len({claim.currency for claim in claims}) > 1:
        raise Refused(MIXED_CURRENCIES, field="/claim_ids")
    uow.preload(Payable, [str(claim.payable_id) for claim in claims])
    payables = [uow.must(Payable, str(claim.payable_id)) for claim in claims]
    total = sum(payable.amount_minor for payable in payables)
    if total != total_minor:
        raise Refused(TOTAL_DIFFERS, total_minor=total)
    batch = uow.add(
        ReimbursementBatch(
            id=batch_id,
            paid_by=uow.actor.user_id,
            reference=reference,
            currency=claims[0].currency,
            claim_count=len(claims),
            total_minor=total,
        )
    )
    for claim, payable in zip(claims, payables, strict=True):
        book_payment(uow, payable, batch.id)
        uow.change(
            claim,
            state=states[claim.id].value,
            revision=claim.revision + 1,
            reimbursed_at=uow.now,
            batch_id=batch.id,
        )
    owners = sorted({claim.owner_id for claim in claims})
    uow.record(events.ClaimsReimbursed(batch.id, ids, owners, total, batch.currency))
    return batch
