"""Reading claims and batches. SELECTs only; a list costs the same number of statements whatever its length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from server.accounts.models import OrgUnit, User
from server.approvals.queries import was_asked
from server.core.access import Actor
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.expenses.functions import EXPORT, READ, REIMBURSE, WRITE
from server.expenses.models import ExpenseClaim, ExpenseLine, ReimbursementBatch

Place = tuple[str]


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """A claim with its lines in the order in which they were made, and its owner's name."""

    claim: ExpenseClaim
    owner_name: str
    lines: list[ExpenseLine]


@dataclass(frozen=True, slots=True)
class ClaimFilters:
    """Which claims; None for all."""

    state: str | None = None
    owner_id: str | None = None
    batch_id: str | None = None


def claim_page(
    connection: Connection, actor: Actor, filters: ClaimFilters, *, after: Place | None, limit: int
) -> tuple[list[ClaimCard], Place | None]:
    """Claims within reach, newest first. Two statements."""
    n = c(ExpenseClaim)
    conditions = [actor.must(READ).condition(ExpenseClaim)]
    conditions += [n[name] == value for name, value in _set(filters).items()]
    if after is not None:
        conditions.append(n.id < after[0])
    cards = _cards(connection, actor, and_(*conditions), limit + 1)
    return cards[:limit], (cards[limit - 1].claim.id,) if len(cards) > limit else None


def get_claim(connection: Connection, actor: Actor, claim_id: str, *, written: bool = False) -> ClaimCard:
    """One claim: within reach, or one that waits for the person or that he decided about. Raises Refused NOT_FOUND.

    written: he has just written it, which needs no permission to read others.
    """
    n = c(ExpenseClaim)
    visible = or_(actor.must(WRITE if written else READ).condition(ExpenseClaim), was_asked(actor, n.id))
    cards = _cards(connection, actor, and_(n.id == claim_id, visible), 1)
    if not cards:
        raise Refused(NOT_FOUND)
    return cards[0]


def _cards(connection: Connection, actor: Actor, condition: ColumnElement[bool], limit: int) -> list[ClaimCard]:
    n, u, k = c(ExpenseClaim), c(User), c(ExpenseLine)
    found = connection.execute(
        select(*n, u.name.label("owner_name"))
        .join(User.__table__, and_(u.org_id == n.org_id, u.id == n.owner_id))
        .where(n.org_id == actor.org_id, condition)
        .order_by(n.id.desc())
        .limit(limit)
    ).all()
    names = ExpenseClaim.__names__
    cards = {
        each.id: ClaimCard(ExpenseClaim(**dict(zip(names, each, strict=False))), each.owner_name, []) for each in found
    }
    if cards:
        lines = connection.execute(
            select(ExpenseLine.__table__)
            .where(k.org_id == actor.org_id, k.claim_id.in_(sorted(cards)))
            .order_by(k.claim_id, k.id)
        )
        for each in lines:
            cards[each.claim_id].lines.append(ExpenseLine(**each._mapping))
    return list(cards.values())


def _set(filters: ClaimFilters) -> dict[str, str]:
    values = {"state": filters.state, "owner_id": filters.owner_id, "batch_id": filters.batch_id}
    return {name: value for name, value in values.items() if value is not None}


# -- batches ----------------------------------------------------------------------------------------------------------


def batch_page(
    connection: Connection, actor: Actor, *, after: Place | None, limit: int
) -> tuple[list[ReimbursementBatch], Place | None]:
    """Batches with a claim within reach, newest first."""
    b = c(ReimbursementBatch)
    statement = select(ReimbursementBatch.__table__).where(b.org_id == actor.org_id, _reached(actor))
    if after is not None:
        statement = statement.where(b.id < after[0])
    rows = connection.execute(statement.order_by(b.id.desc()).limit(limit + 1)).all()
    batches = [ReimbursementBatch(**each._mapping) for each in rows]
    return batches[:limit], (batches[limit - 1].id,) if len(batches) > limit else None


def get_batch(connection: Connection, actor: Actor, batch_id: str, *, function: str = REIMBURSE) -> ReimbursementBatch:
    """One batch. Raises Refused NOT_FOUND when no claim of it is within reach."""
    b = c(ReimbursementBatch)
    found = connection.execute(
        select(ReimbursementBatch.__table__).where(
            b.org_id == actor.org_id, b.id == batch_id, _reached(actor, function)
        )
    ).one_or_none()
    if found is None:
        raise Refused(NOT_FOUND)
    return ReimbursementBatch(**found._mapping)


def _reached(actor: Actor, function: str = REIMBURSE) -> ColumnElement[bool]:
    n, b = c(ExpenseClaim), c(ReimbursementBatch)
    return (
        select(n.id)
        .where(n.org_id == actor.org_id, n.batch_id == b.id, actor.must(function).condition(ExpenseClaim))
        .correlate(ReimbursementBatch.__table__)
        .exists()
    )


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line of a claim that was paid, as the file of a batch has it."""

    claim_id: str
    owner_name: str
    owner_number: str
    unit_name: str
    title: str
    kind: str
    spent_on: date
    amount_minor: int
    currency: str
    description: str | None


def paid_lines(connection: Connection, actor: Actor, batch_id: str) -> Iterator[PaidLine]:
    """All lines of a batch within reach, by person and claim; read as they are needed."""
    n, k, u, o = c(ExpenseClaim), c(ExpenseLine), c(User), c(OrgUnit)
    statement = (
        select(n.id, u.name, u.number, o.name, n.title, k.kind, k.spent_on, k.amount_minor, n.currency, k.description)
        .select_from(ExpenseClaim.__table__)
        .join(ExpenseLine.__table__, and_(k.org_id == n.org_id, k.claim_id == n.id))
        .join(User.__table__, and_(u.org_id == n.org_id, u.id == n.owner_id))
        .join(OrgUnit.__table__, and_(o.org_id == n.org_id, o.id == n.unit_id))
        .where(n.org_id == actor.org_id, n.batch_id == batch_id, actor.must(EXPORT).condition(ExpenseClaim))
        .order_by(u.number, n.id, k.id)
    )
    with connection.execution_options(yield_per=500).execute(statement) as rows:
        for row in rows:
            yield PaidLine(*tuple(row))


def citing(connection: Connection, actor: Actor, sha256: str) -> Sequence[str]:
    """The owners of lines that cite this picture, of claims within reach or put before the person (core.blobs)."""
    k = c(ExpenseLine)
    seen: ColumnElement[bool] = was_asked(actor, k.claim_id)
    if reach := actor.reach(READ):
        seen = or_(reach.condition(ExpenseLine), seen)
    found: Any = connection.execute(
        select(k.owner_id).where(k.org_id == actor.org_id, k.receipt_sha256 == sha256, seen).distinct()
    )
    return list(found.scalars())
