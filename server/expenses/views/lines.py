"""/api/v1/expenses/claims/{claim}: change it, and add, change and remove its lines. Of an approved one, that voids the approval."""

from __future__ import annotations

from typing import Any

from server.approvals import operations as approvals
from server.core.auth import writing
from server.core.declare import requires
from server.core.problems import NOT_FOUND, STALE, Refused
from server.core.rows import Row
from server.core.uow import UnitOfWork
from server.customers.rules import TEXT_REQUIRED
from server.expenses import operations
from server.expenses.functions import WRITE
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.expenses.operations.belonging import NOT_YOURS
from server.expenses.queries import ClaimCard
from server.expenses.schemas import ExpenseClaimOut, ExpenseClaimPatch, ExpenseLineIn, ExpenseLinePatch
from server.expenses.settling import settle_claim, settle_line
from server.expenses.transitions import CLAIM_REIMBURSED, CLAIM_REJECTED, CLAIM_SUBMITTED
from server.expenses.views.claims import CLAIMS, REUSED_ID, claim_card, says
from sync_protocol.ids import new_id
from sync_protocol.merge import merge_fields

_REFUSALS = (NOT_YOURS, CLAIM_SUBMITTED, CLAIM_REJECTED, CLAIM_REIMBURSED)


@CLAIMS.route("/<id:claim_id>", methods=["PATCH"])
@requires(WRITE)
@CLAIMS.arguments(ExpenseClaimPatch)
@CLAIMS.response(200, ExpenseClaimOut)
@CLAIMS.refuses(*_REFUSALS, TEXT_REQUIRED, STALE)
def change_claim(values: dict[str, Any], claim_id: str) -> ClaimCard:
    """Change title or note of one's own claim."""
    base = values.pop("base", None)
    with writing() as uow:
        claim = _claim(uow, claim_id)
        _refuse_stale(uow, claim, settle_claim(values), base)
        operations.change_claim(uow, claim, values)
        uow.commit()
    return claim_card(claim_id, written=True)


@CLAIMS.route("/<id:claim_id>/lines", methods=["POST"])
@requires(WRITE)
@CLAIMS.arguments(ExpenseLineIn)
@CLAIMS.response(201, ExpenseClaimOut)
@CLAIMS.alt_response(200, schema=ExpenseClaimOut, description="It was added before, by the same request.")
@CLAIMS.refuses(*_REFUSALS, REUSED_ID)
def add_line(values: dict[str, Any], claim_id: str) -> tuple[ClaimCard, int]:
    """Add a line to one's own claim. With an `id`, sending the same again changes nothing."""
    line_id = values.pop("id", None) or new_id()
    with writing() as uow:
        _claim(uow, claim_id)
        known = uow.get(ExpenseLine, line_id)
        if known is None:
            operations.add_line(uow, line_id, {"claim_id": claim_id, **values})
            uow.commit()
        elif known.claim_id != claim_id or not says(known, settle_line(values)):
            raise Refused(REUSED_ID)
    return claim_card(claim_id, written=True), 201 if known is None else 200


@CLAIMS.route("/<id:claim_id>/lines/<id:line_id>", methods=["PATCH"])
@requires(WRITE)
@CLAIMS.arguments(ExpenseLinePatch)
@CLAIMS.response(200, ExpenseClaimOut)
@CLAIMS.refuses(*_REFUSALS, STALE)
def change_line(values: dict[str, Any], claim_id: str, line_id: str) -> ClaimCard:
    """Change a line of one's own claim."""
    base = values.pop("base", None)
    with writing() as uow:
        line = _line(uow, claim_id, line_id)
        _refuse_stale(uow, line, settle_line(values), base)
        operations.change_line(uow, line, values)
        uow.commit()
    return claim_card(claim_id, written=True)


@CLAIMS.route("/<id:claim_id>/lines/<id:line_id>", methods=["DELETE"])
@requires(WRITE)
@CLAIMS.response(200, ExpenseClaimOut)
@CLAIMS.refuses(*_REFUSALS)
def remove_line(claim_id: str, line_id: str) -> ClaimCard:
    """Take a line out of one's own claim."""
    with writing() as uow:
        operations.remove_line(uow, _line(uow, claim_id, line_id))
        uow.commit()
    return claim_card(claim_id, written=True)


def _claim(uow: UnitOfWork, claim_id: str) -> ExpenseClaim:
    """The claim, its case locked before it. Raises Refused NOT_FOUND out of reach."""
    approvals.lock_cases(uow, [claim_id])
    claim = uow.get(ExpenseClaim, claim_id)
    if claim is None or not uow.actor.must(WRITE).holds(claim):
        raise Refused(NOT_FOUND)
    return claim


def _line(uow: UnitOfWork, claim_id: str, line_id: str) -> ExpenseLine:
    _claim(uow, claim_id)
    line = uow.get(ExpenseLine, line_id)
    if line is None or line.claim_id != claim_id:
        raise Refused(NOT_FOUND)
    return line


def _refuse_stale(uow: UnitOfWork, row: Row, values: dict[str, Any], base: int | None) -> None:
    """Raise Refused STALE when another hand has set one of these fields, otherwise, after version `base`. values: settled."""
    if base is None:
        return
    current = {name: getattr(row, name) for name in values}
    marks = getattr(row, "marks", {})
    merged = merge_fields(current, values, marks, base=base, version=row.version, writer=uow.actor.writer)
    if merged.clashes:
        raise Refused(STALE, field=f"/{merged.clashes[0].field}", version=row.version)
