"""/api/v1/expenses/claims: list, make, submit, withdraw."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from server.approvals import operations as approvals
from server.approvals.rules import NO_APPROVER, NO_ROUTE
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.lists import page_answer
from server.core.page_schemas import page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND, Refused, below
from server.core.sync_problems import SYNC_PROBLEMS
from server.core.uow import UnitOfWork
from server.customers.rules import TEXT_REQUIRED
from server.expenses import operations, queries, rules
from server.expenses.functions import READ, WRITE
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.expenses.operations.belonging import NOT_YOURS
from server.expenses.queries import ClaimCard, ClaimFilters
from server.expenses.schemas import ExpenseClaimIn, ExpenseClaimOut, ExpenseClaimQuery
from server.expenses.settling import settle_claim, settle_line
from server.expenses.transitions import CLAIM_APPROVED, CLAIM_REIMBURSED, CLAIM_REJECTED
from sync_protocol.ids import new_id

CLAIMS = Blueprint(
    "expense_claims", __name__, url_prefix="/api/v1/expenses/claims", description="Expense claims and their lines."
)
REUSED_ID = SYNC_PROBLEMS["sync.reused-row-id"]
_EVIDENCE = (
    rules.LINES_MISSING, rules.LINES_TOO_MANY, rules.RECORD_MISSING, rules.PROGRESS_MISSING, rules.KEY_VALUE_MISSING,
    rules.EVENT_MISSING, rules.SPENT_IN_FUTURE,
)  # fmt: skip


@CLAIMS.route("", methods=["GET"])
@requires(READ)
@CLAIMS.arguments(ExpenseClaimQuery, location="query")
@CLAIMS.response(200, page_of(ExpenseClaimOut))
@CLAIMS.refuses(BAD_CURSOR)
def list_claims(query: dict[str, Any]) -> dict[str, Any]:
    """Claims within reach with their lines, newest first, by pages."""
    size, cursor, actor = query.pop("limit"), query.pop("cursor", None), current_actor()
    filters = ClaimFilters(**query)
    return page_answer(
        "expense_claims",
        dataclasses.asdict(filters),
        cursor,
        (str,),
        lambda connection, after: queries.claim_page(connection, actor, filters, after=after, limit=size),
    )


@CLAIMS.route("", methods=["POST"])
@requires(WRITE)
@CLAIMS.arguments(ExpenseClaimIn)
@CLAIMS.response(201, ExpenseClaimOut)
@CLAIMS.alt_response(200, schema=ExpenseClaimOut, description="It was made before, by the same request.")
@CLAIMS.refuses(TEXT_REQUIRED, NOT_FOUND, REUSED_ID)
def create_claim(values: dict[str, Any]) -> tuple[ClaimCard, int]:
    """Begin a claim of one's own, with lines. With an `id`, sending the same again changes nothing."""
    claim_id, lines = values.pop("id", None) or new_id(), values.pop("lines")
    with writing() as uow:
        known = uow.get(ExpenseClaim, claim_id)
        if known is None:
            operations.create_claim(uow, claim_id, values)
            for place, line in enumerate(lines):
                line_id = line.pop("id", None) or new_id()
                with below("lines", place):
                    if uow.get(ExpenseLine, line_id) is not None:
                        raise Refused(REUSED_ID, field="/id")
                    operations.add_line(uow, line_id, {"claim_id": claim_id, **line})
            uow.commit()
        else:
            _refuse_unless_same(uow, known, values, lines)
    return claim_card(claim_id, written=True), 201 if known is None else 200


@CLAIMS.route("/<id:claim_id>", methods=["GET"])
@requires(READ)
@CLAIMS.response(200, ExpenseClaimOut)
def get_claim(claim_id: str) -> ClaimCard:
    """One claim: within reach, or one that waits for the caller or that he decided about."""
    return claim_card(claim_id)


@CLAIMS.route("/<id:claim_id>/submit", methods=["POST"])
@requires(WRITE)
@CLAIMS.response(200, ExpenseClaimOut)
@CLAIMS.refuses(NOT_YOURS, CLAIM_APPROVED, CLAIM_REJECTED, CLAIM_REIMBURSED, NO_ROUTE, NO_APPROVER, *_EVIDENCE)
def submit_claim(claim_id: str) -> ClaimCard:
    """Ask for approval. A second time changes nothing. `errors` names the line and field at fault, `params.line_id` the line."""
    return _step(claim_id, operations.submit_claim)


@CLAIMS.route("/<id:claim_id>/withdraw", methods=["POST"])
@requires(WRITE)
@CLAIMS.response(200, ExpenseClaimOut)
@CLAIMS.refuses(NOT_YOURS, CLAIM_APPROVED, CLAIM_REJECTED, CLAIM_REIMBURSED)
def withdraw_claim(claim_id: str) -> ClaimCard:
    """Take back a claim that is not decided. A second time changes nothing."""
    return _step(claim_id, operations.withdraw_claim)


def _refuse_unless_same(
    uow: UnitOfWork, known: ExpenseClaim, values: dict[str, Any], lines: list[dict[str, Any]]
) -> None:
    """Raise Refused REUSED_ID unless the claim of that id is what the caller would make."""
    same = known.owner_id == uow.actor.user_id and says(known, settle_claim(values))
    for line in lines if same else ():
        row = None if line.get("id") is None else uow.get(ExpenseLine, line["id"])
        same = same and row is not None and row.claim_id == known.id and says(row, settle_line(line))
    if not same:
        raise Refused(REUSED_ID)


def says(row: ExpenseClaim | ExpenseLine, values: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())


def _step(claim_id: str, operation: Callable[..., ExpenseClaim]) -> ClaimCard:
    with writing() as uow:
        approvals.lock_cases(uow, [claim_id])
        claim = uow.get(ExpenseClaim, claim_id)
        if claim is None or not uow.actor.must(WRITE).holds(claim):
            raise Refused(NOT_FOUND)
        operation(uow, claim)
        uow.commit()
    return claim_card(claim_id, written=True)


def claim_card(claim_id: str, *, written: bool = False) -> ClaimCard:
    with reading() as connection:
        return queries.get_claim(connection, current_actor(), claim_id, written=written)
