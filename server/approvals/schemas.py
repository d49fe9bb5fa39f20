"""What the office sends and gets about approvals. Same limits as on the sync wire (models.py, sync.py)."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import fields

from server.approvals import models
from server.approvals.rules import LEVELS_MOST, STEPS_MOST, By
from server.approvals.transitions import Answer
from server.core.fields import (
    BooleanField,
    CodeField,
    CurrencyField,
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

_WORDS = [each.value for each in Answer]
_HASH = "^[0-9a-f]{64}$"


class ApprovalOut(Schema):
    """What somebody is asked to decide, or has decided."""

    id = IdField(required=True)
    version = IntegerField(1, required=True)
    case_id = IdField(required=True, metadata={"description": "The id of what is asked for."})
    kind = fields.String(required=True)
    topic = fields.String(required=True)
    title = fields.String(required=True)
    amount_minor = IntegerField(required=True)
    currency = fields.String(required=True)
    requester_id = IdField(required=True)
    requester_name = fields.String(required=True)
    content = fields.Dict(
        required=True, metadata={"description": "What is decided about.", "example": {"title": "trip", "lines": []}}
    )
    content_hash = fields.String(required=True, metadata={"pattern": _HASH, "example": "0" * 64})
    flags = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "What to look at twice.", "example": [{"kind": "same_receipt", "by_other": True}]},
    )
    step = IntegerField(1, required=True)
    step_count = IntegerField(1, required=True)
    revision = IntegerField(1, required=True)
    for_id = IdField(required=True, allow_none=True, metadata={"description": "Whom he stands in for."})
    needs_password = BooleanField(required=True)
    state = CodeField(_WORDS, required=True)
    comment = fields.String(required=True, allow_none=True)
    decided_at = InstantField(required=True, allow_none=True)
    created_at = InstantField(required=True)


class ApprovalQuery(PageQuery):
    """Which of one's own."""

    state = CodeField(_WORDS)


class ApprovalDecisionIn(Schema):
    """A decision, about what its maker saw."""

    revision = IntegerField(1, required=True, metadata={"description": "As it was seen."})
    content_hash = fields.String(
        required=True,
        validate=Pattern("[0-9a-f]{64}\\Z"),
        metadata={"description": "As it was seen.", "pattern": _HASH, "example": "0" * 64},
    )
    comment = TextField(models.COMMENT_MOST, blank=True, allow_none=True)


class ReasonedApprovalDecisionIn(ApprovalDecisionIn):
    """A decision that needs its reason."""

    comment = TextField(models.COMMENT_MOST, required=True)


class ApprovalStep(Schema):
    """Whom one step of a route asks."""

    by = CodeField([each.value for each in By], required=True)
    level = IntegerField(1, LEVELS_MOST, load_default=1, metadata={"description": "Of `up`: which level upwards."})
    role = TextField(40, allow_none=True, load_default=None, metadata={"description": "Code of a role, for `role`."})
    user_id = IdField(allow_none=True, load_default=None, metadata={"description": "For `person`."})

    between: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"properties": {"by": {"enum": ["up", "down", "peer"]}}},
            {"properties": {"by": {"const": "role"}, "role": {"type": "string"}}, "required": ["role"]},
            {"properties": {"by": {"const": "person"}, "user_id": {"type": "string"}}, "required": ["user_id"]},
        ]
    }


class ApprovalRouteOut(Schema):
    """A route: from an amount on, whom a request passes."""

    id = IdField(required=True)
    version = IntegerField(1, required=True)
    topic = fields.String(required=True)
    name = fields.String(required=True)
    unit_id = IdField(
        required=True, allow_none=True, metadata={"description": "For this unit and below; null for all."}
    )
    currency = fields.String(required=True)
    from_minor = IntegerField(0, required=True)
    steps = fields.List(fields.Nested(ApprovalStep), required=True)
    step_up_minor = IntegerField(0, required=True, allow_none=True)
    day_limit_minor = IntegerField(0, required=True, allow_none=True)
    state = CodeField(["active", "retired"], required=True)


class ApprovalRoutePatch(Schema):
    """What to change of a route."""

    name = TextField(models.NAME_MOST)
    unit_id = IdField(allow_none=True)
    currency = CurrencyField()
    from_minor = MoneyMinorField(0, MAX_MINOR)
    steps = fields.List(fields.Nested(ApprovalStep), validate=Length(1, STEPS_MOST))
    step_up_minor = MoneyMinorField(0, MAX_MINOR, allow_none=True)
    day_limit_minor = MoneyMinorField(0, MAX_MINOR, allow_none=True)
    state = CodeField(["active", "retired"])


class ApprovalRouteIn(ApprovalRoutePatch):
    """A new route."""

    topic = TextField(40, required=True, metadata={"example": "expenses"})
    name = TextField(models.NAME_MOST, required=True)
    steps = fields.List(fields.Nested(ApprovalStep), required=True, validate=Length(1, STEPS_MOST))


class ApprovalRoutesOut(Schema):
    """All routes in use."""

    items = fields.List(fields.Nested(ApprovalRouteOut), required=True)
    topics = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Topics that routes can be made for.", "example": ["expenses"]},
    )


class DelegationOut(Schema):
    """Somebody stands in for another."""

    id = IdField(required=True)
    version = IntegerField(1, required=True)
    from_id = IdField(required=True)
    to_id = IdField(required=True)
    topic = fields.String(required=True, allow_none=True)
    starts_on = DayField(required=True)
    ends_on = DayField(required=True)
    state = CodeField(["active", "ended"], required=True)


class DelegationIn(Schema):
    """Who stands in, and when; of oneself unless an administrator names another."""

    from_id = IdField(allow_none=True)
    to_id = IdField(required=True)
    topic = TextField(40, allow_none=True, metadata={"description": "null for all."})
    starts_on = DayField(required=True)
    ends_on = DayField(required=True, metadata={"description": "Included."})


class DelegationsOut(Schema):
    """Stand-ins, newest first."""

    items = fields.List(fields.Nested(DelegationOut), required=True)
