"""What a decision does to a claim. Called by approvals, in the decision's own transaction."""

from __future__ import annotations

from collections.abc import Iterable

from server.approvals.subjects import Outcome, Subject
from server.approvals.transitions import Answer
from server.core.problems import Refused, problem_type
from server.core.uow import UnitOfWork
from server.expenses import events
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.expenses.operations.belonging import lines_of, preload_lines
from server.expenses.operations.booking import book_approval
from server.expenses.operations.claims import KIND, TOPIC
from server.expenses.operations.receipts import missing_receipts, preload_receipts
from server.expenses.transitions import ClaimAction, move_claim

RECEIPT_ON_ITS_WAY = problem_type(
    "expenses.receipt-on-its-way",
    409,
    zh="还有 {count} 张票据照片未上传完成，暂不能批准。",
    en="{count} receipts have not arrived yet; the claim cannot be approved before they have.",
    doc="Their bytes come by another way and have to match the hash that the line names. Decide again later.",
)
_ACTIONS = {
    Answer.APPROVED: ClaimAction.APPROVE,
    Answer.RETURNED: ClaimAction.RETURN,
    Answer.REJECTED: ClaimAction.REJECT,
}


def decide_claim(uow: UnitOfWork, claim_id: str, outcome: Outcome) -> ExpenseClaim:
    """Take the last decision over into the claim, and book what it owes. Records ClaimDecided."""
    claim = uow.must(ExpenseClaim, claim_id)
    state = move_claim(claim.state, _ACTIONS[outcome.answer])
    uow.change(
        claim,
        state=state.value,
        revision=claim.revision + 1,
        decided_at=uow.now,
        decided_by=outcome.decided_by,
        comment=outcome.comment,
    )
    if outcome.answer is Answer.APPROVED:
        payable = book_approval(uow, claim, lines_of(uow, claim))
        uow.change(claim, payable_id=payable.id)
    uow.record(
        events.ClaimDecided(
            claim.id, claim.owner_id, outcome.answer.value, outcome.decided_by, claim.total_minor, claim.currency
        )
    )
    return claim


def refuse_without_receipts(uow: UnitOfWork, claim_id: str) -> None:
    """Raise Refused RECEIPT_ON_ITS_WAY as long as the bytes of a receipt are missing."""
    if count := missing_receipts(uow, lines_of(uow, uow.must(ExpenseClaim, claim_id))):
        raise Refused(RECEIPT_ON_ITS_WAY, count=count)


def preload_claims(uow: UnitOfWork, claim_ids: Iterable[str]) -> None:
    """Load at once what decisions about these claims look at."""
    ids = sorted(set(claim_ids))
    uow.preload(ExpenseClaim, ids)
    preload_lines(uow, ids)
    preload_receipts(uow, uow.among(ExpenseLine, lambda line: line.claim_id in ids))


CLAIMS = Subject(KIND, TOPIC, decide_claim, refuse_without_receipts, preload_claims)
