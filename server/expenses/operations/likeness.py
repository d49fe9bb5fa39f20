"""Lines that look alike: looked for over the whole organisation, with one statement for a batch. Flags, never refuses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, or_, select, tuple_

from server.core.rows import c
from server.core.uow import UnitOfWork
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.expenses.rules import Flag, Spent, flags_of
from server.expenses.transitions import ClaimState

_COUNT = (
    ClaimState.SUBMITTED, ClaimState.APPROVED, ClaimState.RETURNED, ClaimState.REJECTED, ClaimState.REIMBURSED, ClaimState.VOID,
)  # fmt: skip
"""States of claims that somebody has seen; drafts and what was withdrawn look like nothing."""
Spending = tuple[date, int]


@dataclass(slots=True)
class _Known:
    """What was looked for in this transaction, and the lines that were found by it."""

    receipts: set[str] = field(default_factory=set)
    spendings: set[Spending] = field(default_factory=set)
    lines: dict[str, Spent] = field(default_factory=dict)


def look_for(uow: UnitOfWork, receipts: Iterable[str | None], spendings: Iterable[Spending]) -> None:
    """Find lines with these receipts, or with one of these days and amounts; one statement for what is not known yet."""
    known: _Known = uow.once("expenses.likeness", _Known)
    hashes = {each for each in receipts if each is not None} - known.receipts
    spent = set(spendings) - known.spendings
    if not hashes and not spent:
        return
    k, n = c(ExpenseLine), c(ExpenseClaim)
    wanted = []
    if hashes:
        wanted.append(k.receipt_sha256.in_(sorted(hashes)))
    if spent:
        wanted.append(tuple_(k.spent_on, k.amount_minor).in_(sorted(spent)))
    rows = uow.connection.execute(
        select(k.id, k.kind, k.amount_minor, k.spent_on, k.receipt_sha256, k.spent_for_id, k.owner_id, k.claim_id)
        .join(ExpenseClaim.__table__, and_(n.org_id == k.org_id, n.id == k.claim_id))
        .where(k.org_id == uow.org_id, or_(*wanted), n.state.in_([each.value for each in _COUNT]))
    )
    for row in rows:
        known.lines[row.id] = Spent(
            id=row.id, kind=row.kind, amount_minor=row.amount_minor, spent_on=row.spent_on,
            receipt_sha256=row.receipt_sha256, spent_for_id=row.spent_for_id, owner_id=row.owner_id, claim_id=row.claim_id,
        )  # fmt: skip
    known.receipts |= hashes
    known.spendings |= spent


def flags_for(uow: UnitOfWork, lines: Sequence[Spent]) -> list[Flag]:
    """What lines that are being submitted look like: lines of other claims, those of this transaction too, and each other."""
    look_for(uow, (each.receipt_sha256 for each in lines), ((each.spent_on, each.amount_minor) for each in lines))
    known: _Known = uow.once("expenses.likeness", _Known)
    others = {each.id: each for each in known.lines.values()} | {each.id: each for each in lines}
    found = [flag for line in lines for flag in flags_of(line, sorted(others.values(), key=lambda each: each.id))]
    known.lines |= {each.id: each for each in lines}
    return found
