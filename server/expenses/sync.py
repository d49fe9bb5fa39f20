"""What devices see of expenses, and what they may do. Declarations only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from server.approvals import operations as approvals
from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.models import Customer
from server.customers.timeline import preload_told
from server.expenses import models, operations
from server.expenses.functions import READ, WRITE
from server.expenses.models import ExpenseClaim, ExpenseLine, Payable
from server.expenses.operations.belonging import preload_lines
from server.expenses.operations.likeness import look_for
from server.expenses.rules import AMOUNT_MOST, LineKind
from server.expenses.settling import settle_claim, settle_line
from server.expenses.transitions import ClaimState
from server.fieldwork.models import Visit
from sync_protocol import wire
from sync_protocol.operations import Operation

_SCOPE = OwnedScope(READ)


def _lock_claims(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Lock what waits for approval first: a decision about the same claim takes the same way (approvals, rule P6)."""
    approvals.lock_cases(uow, {each.row for each in batch})


def _lock_claims_of_lines(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    named = {each.values["claim_id"] for each in batch if each.values.get("claim_id") is not None}
    k = c(ExpenseLine)
    found = uow.connection.execute(
        select(k.claim_id).where(k.org_id == uow.org_id, k.id.in_(sorted({each.row for each in batch})))
    )
    approvals.lock_cases(uow, named | set(found.scalars()))


def _prepare_claims(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once what submitting and withdrawing look at, and the lines that look like those that are submitted."""
    ids = sorted({each.row for each in batch if each.action != "create"})
    there = [claim for each in ids if (claim := uow.get(ExpenseClaim, each)) is not None]
    _load(uow, there)
    lines = uow.among(ExpenseLine, lambda line: line.claim_id in ids)
    _load_named(uow, lines)
    _load_told(uow, there, {line.spent_for_id for line in lines})
    if any(each.action == "submit" for each in batch):
        look_for(
            uow,
            (line.receipt_sha256 for line in lines),
            ((line.spent_on, line.amount_minor) for line in lines),
        )


def _prepare_lines(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """The same for lines, those of the batch too: they may be submitted in the same push."""
    customers.preload_for_batch(uow, {each for one in batch if (each := one.values.get("customer_id")) is not None})
    named = {each.values.get("claim_id") for each in batch}
    named |= {line.claim_id for each in batch if (line := uow.get(ExpenseLine, each.row)) is not None}
    claims = [claim for each in named if each is not None and (claim := uow.get(ExpenseClaim, each)) is not None]
    _load(uow, claims)
    visits = {each for one in batch if (each := one.values.get("visit_id")) is not None}
    found = {visit.customer_id for each in visits if (visit := uow.get(Visit, each)) is not None}
    uow.preload(Customer, {each for each in found if each is not None})
    _load_told(uow, claims, {each.values.get("customer_id") for each in batch} | found)
    look_for(
        uow,
        {one.values.get("receipt_sha256") for one in batch},
        {
            (date.fromisoformat(one.values["spent_on"]), one.values["amount_minor"])
            for one in batch
            if one.values.get("spent_on") is not None and one.values.get("amount_minor") is not None
        },
    )


def _load(uow: UnitOfWork, claims: Sequence[ExpenseClaim]) -> None:
    preload_lines(uow, [claim.id for claim in claims])
    approvals.preload_parts(uow, [claim.id for claim in claims])
    uow.preload(Payable, {claim.payable_id for claim in claims if claim.payable_id is not None})


def _load_named(uow: UnitOfWork, lines: Iterable[ExpenseLine]) -> None:
    lines = list(lines)
    uow.preload(Visit, {line.visit_id for line in lines if line.visit_id is not None})
    uow.preload(Customer, {line.spent_for_id for line in lines if line.spent_for_id is not None})


def _load_told(uow: UnitOfWork, claims: Iterable[ExpenseClaim], customer_ids: Iterable[str | None]) -> None:
    submitted = [claim.id for claim in claims if claim.submitted_at is not None]
    preload_told(uow, submitted, [each for each in customer_ids if each is not None])


EXPENSE_CLAIMS = Collection(
    name="expense_claims",
    row=ExpenseClaim,
    scope=_SCOPE,
    policy="machine",
    columns=(
        Column("title", wire.TEXT(models.TITLE_MOST), writable=True, required=True),
        Column("note", wire.TEXT(models.NOTE_MOST, multiline=True).or_null(), writable=True),
        Column("currency", wire.TEXT(3)),
        Column("state", wire.CODE(ClaimState)),
        Column("revision", wire.INTEGER()),
        Column("total_minor", wire.INTEGER()),
        Column("flag_count", wire.INTEGER()),
        Column("submitted_at", wire.INSTANT.or_null()),
        Column("decided_at", wire.INSTANT.or_null()),
        Column("decided_by", wire.ID.or_null()),
        Column("comment", wire.TEXT(models.COMMENT_MOST).or_null()),
        Column("reimbursed_at", wire.INSTANT.or_null()),
        Column("owner_id", wire.ID),
        Column("created_at", wire.INSTANT),
    ),
    actions={
        "create": Action(operations.create_claim, WRITE),
        "update": Action(operations.change_claim, WRITE),
        "submit": Action(operations.submit_claim, WRITE),
        "withdraw": Action(operations.withdraw_claim, WRITE),
    },
    before=_lock_claims,
    prepare=_prepare_claims,
    settle=settle_claim,
)

EXPENSE_LINES = Collection(
    name="expense_lines",
    row=ExpenseLine,
    scope=_SCOPE,
    policy="merge",
    columns=(
        Column("claim_id", wire.ID, writable=True, required=True),
        Column("kind", wire.CODE(LineKind), writable=True, required=True),
        Column("amount_minor", wire.INTEGER(1, AMOUNT_MOST), writable=True, required=True),
        Column("spent_on", wire.DAY, writable=True, required=True),
        Column("customer_id", wire.ID.or_null(), writable=True),
        Column("visit_id", wire.ID.or_null(), writable=True),
        Column("description", wire.TEXT(models.TEXT_MOST, multiline=True).or_null(), writable=True),
        Column("progress", wire.TEXT(models.TEXT_MOST, multiline=True).or_null(), writable=True),
        Column("key_value", wire.TEXT(models.TEXT_MOST, multiline=True).or_null(), writable=True),
        Column("receipt_sha256", wire.TEXT(models.HASH).or_null(), writable=True),
        Column("flags", wire.JSON),
        Column("owner_id", wire.ID),
    ),
    actions={
        "create": Action(operations.add_line, WRITE),
        "update": Action(operations.change_line, WRITE),
        "delete": Action(operations.remove_line, WRITE),
    },
    parents={"claim_id": "expense_claims", "customer_id": "customers", "visit_id": "visits"},
    before=_lock_claims_of_lines,
    prepare=_prepare_lines,
    settle=settle_line,
)

COLLECTIONS = (EXPENSE_CLAIMS, EXPENSE_LINES)
