"""/api/v1/expenses/batches and /spend: claims paid back together, the file of a batch, and what was spent."""

from __future__ import annotations

from typing import Any

from flask.wrappers import Response

from server.accounts.queries.actors import unit_tree
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import STEP_UP, requires
from server.core.http import limit
from server.core.limits import EXPORT_PER_PERSON
from server.core.lists import page_answer
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND
from server.core.sheet_answers import SHEET, SheetQuery, sheet_answer
from server.expenses import operations, queries
from server.expenses.events import BatchExported
from server.expenses.export import COLUMNS
from server.expenses.functions import EXPORT, READ, REIMBURSE
from server.expenses.models import ReimbursementBatch
from server.expenses.operations.paying import MIXED_CURRENCIES, OWN_CLAIM, REUSED_ID, TOTAL_DIFFERS
from server.expenses.schemas import ReimbursementBatchIn, ReimbursementBatchOut, SpendOut, SpendQuery
from server.expenses.spending import SpendBy, SpendFilters, spend
from server.expenses.transitions import CLAIM_DRAFT, CLAIM_REIMBURSED, CLAIM_REJECTED, CLAIM_SUBMITTED
from sync_protocol.ids import new_id

EXPENSES = Blueprint(
    "expenses", __name__, url_prefix="/api/v1/expenses", description="What was spent, and what is paid back."
)


@EXPENSES.route("/batches", methods=["GET"])
@requires(REIMBURSE)
@EXPENSES.arguments(PageQuery, location="query")
@EXPENSES.response(200, page_of(ReimbursementBatchOut))
@EXPENSES.refuses(BAD_CURSOR)
def list_batches(query: dict[str, Any]) -> dict[str, Any]:
    """Batches of claims that were paid, newest first, by pages."""
    actor = current_actor()
    return page_answer(
        "reimbursement_batches",
        {},
        query.get("cursor"),
        (str,),
        lambda connection, after: queries.batch_page(connection, actor, after=after, limit=query["limit"]),
    )


@EXPENSES.route("/batches", methods=["POST"])
@requires(REIMBURSE, recent=STEP_UP)
@EXPENSES.arguments(ReimbursementBatchIn)
@EXPENSES.response(201, ReimbursementBatchOut)
@EXPENSES.alt_response(200, schema=ReimbursementBatchOut, description="It was made before, by the same request.")
@EXPENSES.refuses(
    NOT_FOUND, OWN_CLAIM, TOTAL_DIFFERS, MIXED_CURRENCIES, CLAIM_DRAFT, CLAIM_SUBMITTED, CLAIM_REJECTED, CLAIM_REIMBURSED,
    REUSED_ID,
)  # fmt: skip
def pay_batch(values: dict[str, Any]) -> tuple[ReimbursementBatch, int]:
    """Mark approved claims as paid, all or none. With an `id`, sending the same again changes nothing."""
    batch_id = values.get("id") or new_id()
    with writing() as uow:
        paid, total = values["claim_ids"], values["total_minor"]
        known = operations.batch_made_before(uow, batch_id, paid, total_minor=total)
        if known is not None:
            return known, 200
        batch = operations.pay_batch(uow, batch_id, paid, total_minor=total, reference=values.get("reference"))
        uow.commit()
    return batch, 201


@EXPENSES.route("/batches/<id:batch_id>", methods=["GET"])
@requires(REIMBURSE)
@EXPENSES.response(200, ReimbursementBatchOut)
def get_batch(batch_id: str) -> ReimbursementBatch:
    """One batch; its claims are listed by /api/v1/expenses/claims?batch_id=…"""
    with reading() as connection:
        return queries.get_batch(connection, current_actor(), batch_id)


@EXPENSES.route("/batches/<id:batch_id>/export", methods=["GET"])
@requires(EXPORT, recent=STEP_UP)
@EXPENSES.arguments(SheetQuery, location="query")
@EXPENSES.doc(responses=SHEET)
def export_batch(query: dict[str, Any], batch_id: str) -> Response:
    """The lines of a batch as CSV or XLSX. The audit log keeps who took it."""
    actor = current_actor()
    with writing() as uow:
        batch = queries.get_batch(uow.connection, actor, batch_id, function=EXPORT)
        limit(EXPORT_PER_PERSON, actor.org_id, actor.user_id)
        uow.record(BatchExported(batch.id, batch.claim_count))
        uow.commit()
    return sheet_answer(
        query.get("format"),
        "reimbursement",
        COLUMNS,
        lambda connection: queries.paid_lines(connection, actor, batch_id),
    )


@EXPENSES.route("/spend", methods=["GET"])
@requires(READ)
@EXPENSES.arguments(SpendQuery, location="query")
@EXPENSES.response(200, SpendOut)
def show_spend(query: dict[str, Any]) -> dict[str, Any]:
    """What was spent within reach, summed up by person, department, customer, kind or month."""
    actor, by, state = current_actor(), SpendBy(query.pop("by")), query.pop("state", None)
    unit_id = query.pop("unit_id", None)
    with reading() as connection:
        if unit_id is not None:
            query["units"] = unit_tree(connection, actor.org_id).below([unit_id])
        if state is not None:
            query["states"] = (state,)
        return {"items": spend(connection, actor, by, SpendFilters(**query))}
