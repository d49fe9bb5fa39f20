"""Rows of expenses: claims, lines, what is owed, the journal, and batches of payments."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, String, Text

from server.core.rows import Code, Marks, Row, Scoped, index, refers, table, unique
from server.core.types import Id, Json, Protected
from server.expenses.rules import Effect, LineKind
from server.expenses.transitions import ClaimState

TITLE_MOST, NOTE_MOST, TEXT_MOST, HASH, COMMENT_MOST, REFERENCE_MOST = 120, 1000, 500, 64, 500, 60


class WrittenText(Protected):
    """What was written about an expense; of it, the audit trail shows only how long it was."""

    impl = Text
    cache_ok = True
    kind = "text"

    def mask(self, value: str) -> str:
        return f"({len(value)})"


def _one_of(column: str, words: type[ClaimState] | type[LineKind] | type[Effect]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(word)) for word in words)})", name=column)


@table(
    "reimbursement_batches",
    refers("paid_by", "users"),
    index("created_at", "id"),
)
class ReimbursementBatch(Row):
    """Claims that were paid back together. reference: of the bank's order. total_minor: of all of them."""

    paid_by: Annotated[str, Id()]
    reference: Annotated[str | None, String(REFERENCE_MOST)] = None
    currency: Annotated[str, String(3)]
    claim_count: int
    total_minor: int


@table(
    "expense_claims",
    refers("owner_id", "users"),
    refers("batch_id", "reimbursement_batches"),
    index("owner_id", "id"),
    index("unit_id", "id"),
    index("state", "id"),
    index("batch_id", "id"),
    _one_of("state", ClaimState),
)
class ExpenseClaim(Scoped):
    """What one person wants to have paid back. owner_id: who spent it and is paid. unit_id: his when he made it.

    total_minor, flag_count: of its lines, as of the last submission. revision: rises with each step. decided_by, comment: of
    the last decision. payable_id: what is owed for it, while it is approved.
    """

    title: Annotated[str, String(TITLE_MOST)]
    note: Annotated[str | None, WrittenText()] = None
    currency: Annotated[str, String(3)]
    state: Annotated[str, Code] = ClaimState.DRAFT.value
    revision: int = 1
    total_minor: int = 0
    flag_count: int = 0
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: Annotated[str | None, Id()] = None
    comment: Annotated[str | None, String(COMMENT_MOST)] = None
    reimbursed_at: datetime | None = None
    payable_id: Annotated[str | None, Id()] = None
    batch_id: Annotated[str | None, Id()] = None
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table(
    "expense_lines",
    refers("claim_id", "expense_claims"),
    refers("customer_id", "customers"),
    refers("visit_id", "visits"),
    refers("spent_for_id", "customers"),
    index("claim_id", "id"),
    index("receipt_sha256"),
    index("spent_on", "amount_minor"),
    index("spent_for_id", "spent_on"),
    index("customer_id"),
    index("visit_id"),
    index("owner_id", "spent_on"),
    _one_of("kind", LineKind),
)
class ExpenseLine(Scoped):
    """One thing the money was spent on. Owner, unit and project are the claim's. spent_on: of the organisation.

    customer_id, visit_id: what it was for, as its owner says. spent_for_id: the customer, named or the visit's.
    receipt_sha256: names the picture of the receipt, whose bytes come by another way. flags: kinds, as of the last submission.
    """

    claim_id: Annotated[str, Id()]
    kind: Annotated[str, Code]
    amount_minor: int
    spent_on: date
    customer_id: Annotated[str | None, Id()] = None
    visit_id: Annotated[str | None, Id()] = None
    spent_for_id: Annotated[str | None, Id()] = None
    description: Annotated[str | None, WrittenText()] = None
    progress: Annotated[str | None, WrittenText()] = None
    key_value: Annotated[str | None, WrittenText()] = None
    receipt_sha256: Annotated[str | None, String(HASH)] = None
    flags: Annotated[list[Any], Json()] = dataclasses.field(default_factory=list)
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table(
    "expense_payables",
    refers("claim_id", "expense_claims"),
    refers("payee_id", "users"),
    refers("batch_id", "reimbursement_batches"),
    unique("claim_id", "revision"),
    index("state", "payee_id"),
)
class Payable(Row):
    """What is owed to a person for one approval of a claim. revision: the claim's when it was approved. state: open, paid, void."""

    claim_id: Annotated[str, Id()]
    payee_id: Annotated[str, Id()]
    revision: int
    amount_minor: int
    currency: Annotated[str, String(3)]
    state: Annotated[str, Code] = "open"
    batch_id: Annotated[str | None, Id()] = None


@table(
    "journal_entries",
    refers("claim_id", "expense_claims"),
    unique("claim_id", "effect", "revision"),
    index("booked_on", "id"),
    _one_of("effect", Effect),
)
class JournalEntry(Row):
    """An entry of the books; never changed. One for each effect of an approval of a claim. revision: as Payable has it."""

    claim_id: Annotated[str, Id()]
    effect: Annotated[str, Code]
    revision: int
    payee_id: Annotated[str, Id()]
    booked_on: date
    currency: Annotated[str, String(3)]


@table("journal_lines", refers("entry_id", "journal_entries"), index("entry_id"), index("account"))
class JournalLine(Row):
    """One line of an entry; never changed. amount_minor: debit positive, credit negative; an entry's lines sum to zero."""

    entry_id: Annotated[str, Id()]
    account: Annotated[str, Code]
    amount_minor: int
