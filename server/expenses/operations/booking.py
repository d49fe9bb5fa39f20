"""The books: what an approval, a change after it, and a payment do to them. Entries are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from server.core.uow import UnitOfWork
from server.expenses.models import ExpenseClaim, ExpenseLine, JournalEntry, JournalLine, Payable
from server.expenses.rules import Effect, postings_of


def book_approval(uow: UnitOfWork, claim: ExpenseClaim, lines: Sequence[ExpenseLine]) -> Payable:
    """Owe the claim's owner what was approved: one payable and one entry for this revision of the claim."""
    payable = uow.add(
        Payable(
            claim_id=claim.id,
            payee_id=claim.owner_id,
            revision=claim.revision,
            amount_minor=claim.total_minor,
            currency=claim.currency,
        )
    )
    _book(uow, payable, Effect.APPROVED, [(line.kind, line.amount_minor) for line in lines])
    return payable


def book_void(uow: UnitOfWork, claim: ExpenseClaim, lines: Sequence[ExpenseLine]) -> None:
    """Take back what was booked for an approved claim. lines: as they were approved."""
    payable = uow.must(Payable, str(claim.payable_id))
    uow.change(payable, state="void")
    _book(uow, payable, Effect.VOIDED, [(line.kind, line.amount_minor) for line in lines])


def book_payment(uow: UnitOfWork, payable: Payable, batch_id: str) -> None:
    """What was owed is paid."""
    uow.change(payable, state="paid", batch_id=batch_id)
    _book(uow, payable, Effect.REIMBURSED, [("", payable.amount_minor)])


def _book(uow: UnitOfWork, payable: Payable, effect: Effect, spent: Sequence[tuple[str, int]]) -> None:
    entry = uow.add(
        JournalEntry(
            claim_id=payable.claim_id,
            effect=effect.value,
            revision=payable.revision,
            payee_id=payable.payee_id,
            booked_on=uow.today(),
            currency=payable.currency,
        )
    )
    for posting in postings_of(effect, spent):
        uow.add(JournalLine(entry_id=entry.id, account=posting.account, amount_minor=posting.amount_minor))
