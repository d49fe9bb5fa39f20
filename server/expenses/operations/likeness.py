"""Lines that look alike: looked for over the whole organisation, with one statement for a batch. Flags, never refuses."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select, tuple_

from server.approvals import operations as approvals
from server.core import blobs
from server.core.blobs import Upload
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
    """What was looked for in this transaction, and the lines that were found by it. similar: picture → those like it."""

    receipts: set[str] = field(default_factory=set)
    spendings: set[Spending] = field(default_factory=set)
    similar: dict[str, frozenset[str]] = field(default_factory=dict)
    lines: dict[str, Spent] = field(default_factory=dict)


def look_for(uow: UnitOfWork, receipts: Iterable[str | None], spendings: Iterable[Spending]) -> None:
    """Find lines with these receipts or pictures like them, or with one of these days and amounts.

    Three statements at most, for what is not known yet.
    """
    known = _known(uow)
    hashes = {each for each in receipts if each is not None} - known.receipts
    spent = set(spendings) - known.spendings
    if not hashes and not spent:
        return
    for sha256, found in blobs.look_alikes(uow.connection, uow.org_id, hashes).items():
        known.similar[sha256] = frozenset(each.sha256 for each in found)
    k = c(ExpenseLine)
    wanted = []
    if hashes:
        pictures = hashes.union(*(known.similar.get(each, frozenset()) for each in hashes))
        wanted.append(k.receipt_sha256.in_(sorted(pictures)))
    if spent:
        wanted.append(tuple_(k.spent_on, k.amount_minor).in_(sorted(spent)))
    known.lines |= {line.id: line for line in _lines(uow, or_(*wanted))}
    known.receipts |= hashes
    known.spendings |= spent


def flags_for(uow: UnitOfWork, lines: Sequence[Spent]) -> list[Flag]:
    """What lines that are being submitted look like: lines of other claims, those of this transaction too, and each other."""
    look_for(uow, (each.receipt_sha256 for each in lines), ((each.spent_on, each.amount_minor) for each in lines))
    known = _known(uow)
    mine = {each.id: _with_similar(known, each) for each in lines}
    others = sorted({**known.lines, **mine}.values(), key=lambda each: each.id)
    known.lines |= mine
    return [flag for line in mine.values() for flag in flags_of(line, others)]


def flag_arrived(uow: UnitOfWork, upload: Upload) -> None:
    """A receipt's picture has arrived after its claim was submitted: flag it now when another one looks like it.

    For core.arrivals.on_arrival: in the unit of work in which the upload becomes arrived.
    """
    k, n = c(ExpenseLine), c(ExpenseClaim)
    uow.flush()
    cited = _lines(
        uow,
        and_(
            k.owner_id == upload.owner_id,
            k.receipt_sha256 == upload.sha256,
            n.state == ClaimState.SUBMITTED.value,
        ),
    )
    if not cited:
        return
    approvals.lock_cases(uow, {line.claim_id for line in cited})
    approvals.preload_parts(uow, {line.claim_id for line in cited})
    uow.preload(ExpenseClaim, {line.claim_id for line in cited})
    uow.preload(ExpenseLine, {line.id for line in cited})
    flags = flags_for(uow, cited)
    for line in cited:
        found, row = [each for each in flags if each.line_id == line.id], uow.must(ExpenseLine, line.id)
        claim = uow.must(ExpenseClaim, line.claim_id)
        kinds = {each.kind.value for each in found} - set(row.flags)
        if kinds and claim.state == ClaimState.SUBMITTED:
            uow.change(claim, flag_count=claim.flag_count + (not row.flags))
            uow.change(row, flags=sorted({*row.flags, *kinds}))
            approvals.add_flags(uow, claim.id, [told(each) for each in found if each.kind.value in kinds])


def told(flag: Flag) -> dict[str, Any]:
    """A flag as whoever is asked to decide gets it."""
    return {
        "kind": flag.kind.value, "line_id": flag.line_id, "other_line_id": flag.other_line_id,
        "claim_id": flag.other_claim_id, "owner_id": flag.other_owner_id, "by_other": flag.by_other,
    }  # fmt: skip


def _known(uow: UnitOfWork) -> _Known:
    return uow.once("expenses.likeness", _Known)


def _with_similar(known: _Known, line: Spent) -> Spent:
    found = known.similar.get(line.receipt_sha256 or "")
    return line if not found else dataclasses.replace(line, similar=found)


def _lines(uow: UnitOfWork, condition: Any) -> list[Spent]:
    """Lines of claims that count, as rules see them; not locked."""
    k, n = c(ExpenseLine), c(ExpenseClaim)
    rows = uow.connection.execute(
        select(k.id, k.kind, k.amount_minor, k.spent_on, k.receipt_sha256, k.spent_for_id, k.owner_id, k.claim_id)
        .join(ExpenseClaim.__table__, and_(n.org_id == k.org_id, n.id == k.claim_id))
        .where(k.org_id == uow.org_id, condition, n.state.in_([each.value for each in _COUNT]))
        .order_by(k.id)
    )
    return [Spent(**row._mapping) for row in rows]
