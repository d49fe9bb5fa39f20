"""Whose a claim is, what of it is in the working set, and what may be named on a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, select

from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.expenses.functions import WRITE
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.fieldwork import functions as fieldwork
from server.fieldwork.models import Visit

NOT_YOURS = problem_type(
    "expenses.not-yours",
    403,
    zh="这是同事的报销单，只有本人可以填写和提交。",
    en="This is a colleague's claim; only its owner writes and submits it.",
)
_LOADED = "expenses.claims-with-lines"


def must_be_mine(uow: UnitOfWork, claim: ExpenseClaim) -> None:
    """Raise Refused NOT_YOURS unless the actor spent the money."""
    if claim.owner_id != uow.actor.user_id:
        raise Refused(NOT_YOURS)


def claim_named(uow: UnitOfWork, claim_id: str) -> ExpenseClaim:
    """The claim a line is to stand in. Raises Refused NOT_FOUND out of reach, NOT_YOURS when it is a colleague's."""
    claim = uow.get(ExpenseClaim, claim_id)
    if claim is None or not uow.actor.must(WRITE).holds(claim):
        raise Refused(NOT_FOUND, field="/claim_id")
    must_be_mine(uow, claim)
    return claim


def customer_of(uow: UnitOfWork, customer_id: str | None, visit_id: str | None) -> str | None:
    """The customer a line was for: the named one, else the visit's.

    Raises Refused NOT_FOUND at the field for a customer or a visit that the actor does not reach, and did not when it was his.
    """
    if customer_id is not None:
        customers.accept_fact_for(uow, customer_id)
    if visit_id is None:
        return customer_id
    visit = uow.get(Visit, visit_id)
    if visit is None or not uow.actor.reach(fieldwork.READ).covers(visit):
        raise Refused(NOT_FOUND, field="/visit_id")
    return customer_id or visit.customer_id


def preload_lines(uow: UnitOfWork, claim_ids: Iterable[str]) -> None:
    """Load at once all lines of these claims that are not there yet."""
    loaded: set[str] = uow.once(_LOADED, set)
    missing = sorted(set(claim_ids) - loaded)
    if missing:
        uow.find(ExpenseLine, c(ExpenseLine).claim_id.in_(missing))
        loaded.update(missing)


def lines_of(uow: UnitOfWork, claim: ExpenseClaim) -> list[ExpenseLine]:
    """All lines of a claim as they stand in this transaction, by id: in the order in which they were made."""
    if not uow.is_new(claim):
        preload_lines(uow, [claim.id])
    return uow.among(ExpenseLine, lambda line: line.claim_id == claim.id)


def merge_lines(uow: UnitOfWork, kept_id: str, gone_id: str) -> None:
    """What was spent for a customer who went into another was spent for that one: a named customer is always whom it was for."""
    for line in uow.find(ExpenseLine, c(ExpenseLine).spent_for_id == gone_id):
        named = kept_id if line.customer_id == gone_id else line.customer_id
        uow.change(line, spent_for_id=kept_id, customer_id=named)


def spent_for(uow: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, str]:
    """Of these customers those for whom, or for a visit to whom, somebody claims or claimed: they are not deleted."""
    t, v = c(ExpenseLine), c(Visit)
    named = select(t.spent_for_id).where(t.org_id == uow.org_id, t.spent_for_id.in_(customer_ids))
    visited = (
        select(v.customer_id)
        .join(ExpenseLine.__table__, and_(t.org_id == v.org_id, t.visit_id == v.id))
        .where(v.org_id == uow.org_id, v.customer_id.in_(customer_ids))
    )
    return {row[0]: "spent-for" for row in uow.connection.execute(named.union(visited))}
