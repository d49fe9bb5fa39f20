"""What the office sends and gets about duplicates; as server/customers/schemas.py."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, IdField, Length, Schema, TextField
from server.customers import rules
from server.customers.duplicates.queries import WHYS


class DuplicatesIn(Schema):
    """What is known of a customer who is being entered. What is not complete yet is left alone."""

    name = TextField(rules.NAME_MOST, blank=True, metadata={"example": "张伟"})
    phones = fields.List(
        TextField(rules.PHONE_MOST, blank=True),
        load_default=list,
        validate=Length(max=5),
        metadata={"example": ["15400000042"]},
    )
    id_number = TextField(rules.ID_NUMBER_MOST, blank=True)


class DuplicateOut(Schema):
    """Somebody who is there already. Beyond the caller's reach only who looks after him; by name such are not told."""

    why = CodeField(WHYS, required=True)
    customer_id = IdField(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True, metadata={"example": "张伟"})
    stage = CodeField(rules.STAGES, required=True, allow_none=True)
    owner_name = fields.String(required=True)
    unit_name = fields.String(required=True, metadata={"example": "一组"})


class DuplicatesOut(Schema):
    """Who is there already, what says most first."""

    items = fields.List(fields.Nested(DuplicateOut), required=True)
