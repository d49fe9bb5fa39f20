"""What the office gets about changes; as server/customers/schemas.py."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, IdField, InstantField, IntegerField, Schema
from server.customers.history.queries import SHOWN


class ChangeOut(Schema):
    """One field before and after; protected values are masked, of a text is said how long it was."""

    field = fields.String(required=True, metadata={"example": "stage"})
    before = fields.Raw(required=True, allow_none=True, metadata={"example": "visited"})
    after = fields.Raw(required=True, allow_none=True, metadata={"example": "won"})


class DeedOut(Schema):
    """What somebody did at once."""

    n = IntegerField(required=True, metadata={"description": "Its number in the audit log."})
    at = InstantField(required=True)
    what = CodeField(tuple(SHOWN.values()), required=True)
    done_by = IdField(required=True)
    done_by_name = fields.String(required=True, allow_none=True, metadata={"example": "王芳"})
    row_id = IdField(required=True, allow_none=True, metadata={"description": "The phone or contact it was done to."})
    changes = fields.List(fields.Nested(ChangeOut), required=True)
