"""What the office sends and gets about expenses. Same limits as on the sync wire (models.py, sync.py)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from server.core.fields import (
    CodeField,
    DayField,
    IdField,
    InstantField,
    IntegerField,
    Length,
    MoneyMinorField,
    Pattern,
    Schema,
    TextField,
)
from server.core.money import MAX_MINOR
from server.core.page_schemas import PageQuery
from server.expenses import models
from server.expenses.rules import AMOUNT_MOST, LINES_MOST, FlagKind, LineKind
from server.expenses.spending import SpendBy
from server.expenses.transitions import ClaimState

BATCH_MOST = 500
_KINDS = [each.value for each in LineKind]
_STATES = [each.value for each in ClaimState]
_HASH = "^[0-9a-f]{64}$"


class ExpenseLineFields(Schema):
    """What a line says."""

    kind = CodeField(_KINDS)
    amount_minor = MoneyMinorField(1, AMOUNT_MOST)
    spent_on = DayField()
    customer_id = IdField(allow_none=True)
    visit_id = IdField(allow_none=True)
    description = TextField(models.TEXT_MOST, multiline=True, blank=True, allow_none=True)
    progress = TextField(models.TEXT_MOST, multiline=True, blank=True, allow_none=True)
    key_value = TextField(models.TEXT_MOST, multiline=True, blank=True, allow_none=True)
    receipt_sha256 = fields.String(
        allow_none=True,
        validate=Pattern("[0-9a-f]{64}\\Z"),
        metadata={"description": "Names the picture.", "pattern": _HASH, "example": "0" * 64},
    )


class ExpenseLinePatch(ExpenseLineFields):
    """What to change of a line."""

    base = IntegerField(1, metadata={"description": "Version of the line that the change was made on."})


class ExpenseLineIn(ExpenseLineFields):
    """A new line."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending it again changes nothing."})
    kind = CodeField(_KINDS, required=True)
    amount_minor = MoneyMinorField(1, AMOUNT_MOST, required=True)
    spent_on = DayField(required=True)


class ExpenseLineOut(Schema):
    """A line of a claim."""

    id = IdField(required=True)
    version = IntegerField(1, required=True)
    kind = CodeField(_KINDS, required=True)
    amount_minor = IntegerField(1, required=True)
    spent_on = DayField(required=True)
    customer_id = IdField(required=True, allow_none=True)
    visit_id = IdField(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    progress = fields.String(required=True, allow_none=True)
    key_value = fields.String(required=True, allow_none=True)
    receipt_sha256 = fields.String(required=True, allow_none=True, metadata={"example": "0" * 64})
    flags = fields.List(CodeField([each.value for each in FlagKind]), required=True)


class ExpenseClaimOut(Schema):
    """A claim with its lines."""

    id = IdField(required=True)
    version = IntegerField(1, required=True)
    owner_id = IdField(required=True)
    owner_name = fields.String(required=True)
    unit_id = IdField(required=True)
    title = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True)
    state = CodeField(_STATES, required=True)
    revision = IntegerField(1, required=True)
    total_minor = IntegerField(0, required=True, metadata={"description": "As of the last submission."})
    flag_count = IntegerField(0, required=True)
    submitted_at = InstantField(required=True, allow_none=True)
    decided_at = InstantField(required=True, allow_none=True)
    decided_by = IdField(required=True, allow_none=True)
    comment = fields.String(required=True, allow_none=True)
    reimbursed_at = InstantField(required=True, allow_none=True)
    batch_id = IdField(required=True, allow_none=True)
    created_at = InstantField(required=True)
    lines = fields.List(fields.Nested(ExpenseLineOut), required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj, attr) if attr in ("owner_name", "lines") else getattr(obj.claim, attr, default)


class ExpenseClaimIn(Schema):
    """A new claim of the caller's, not submitted yet."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending it again changes nothing."})
    title = TextField(models.TITLE_MOST, required=True)
    note = TextField(models.NOTE_MOST, multiline=True, blank=True, allow_none=True)
    lines = fields.List(fields.Nested(ExpenseLineIn), load_default=list, validate=Length(0, LINES_MOST))


class ExpenseClaimPatch(Schema):
    """What to change of a claim."""

    title = TextField(models.TITLE_MOST)
    note = TextField(models.NOTE_MOST, multiline=True, blank=True, allow_none=True)
    base = IntegerField(1, metadata={"description": "Version of the claim that the change was made on."})


class ExpenseClaimQuery(PageQuery):
    """Which claims."""

    state = CodeField(_STATES)
    owner_id = IdField()
    batch_id = IdField()


class SpendQuery(Schema):
    """What to sum up, and by what."""

    by = CodeField([each.value for each in SpendBy], required=True)
    from_on = DayField(metadata={"description": "The first day on which it was spent."})
    to_on = DayField(metadata={"description": "The last day, included."})
    owner_id = IdField()
    unit_id = IdField(metadata={"description": "This unit and those below it."})
    customer_id = IdField()
    state = CodeField(
        ["submitted", "approved", "reimbursed"],
        metadata={"description": "Only claims in this state; approved and reimbursed ones unless told."},
    )


class SpendSumOut(Schema):
    """One sum."""

    key = fields.String(
        required=True, allow_none=True, metadata={"description": "Id, kind or month; null: none, or out of reach."}
    )
    name = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True)
    amount_minor = IntegerField(required=True)
    line_count = IntegerField(0, required=True)


class SpendOut(Schema):
    """Sums, the highest first."""

    items = fields.List(fields.Nested(SpendSumOut), required=True)


class ReimbursementBatchIn(Schema):
    """Approved claims to mark as paid."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending it again changes nothing."})
    claim_ids = fields.List(IdField(), required=True, validate=Length(1, BATCH_MOST))
    total_minor = MoneyMinorField(1, MAX_MINOR, required=True, metadata={"description": "What they come to, as seen."})
    reference = TextField(models.REFERENCE_MOST, allow_none=True, metadata={"description": "Of the bank's order."})


class ReimbursementBatchOut(Schema):
    """Claims that were paid together."""

    id = IdField(required=True)
    paid_by = IdField(required=True)
    reference = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True)
    claim_count = IntegerField(1, required=True)
    total_minor = IntegerField(0, required=True)
    created_at = InstantField(required=True)
