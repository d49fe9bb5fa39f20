"""What the office sends to merge two customers."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, IdField, IntegerField, Length, Schema
from server.customers.sync import CUSTOMERS


class MergeIn(Schema):
    """Who goes into the customer of the address, and which values of his card stay."""

    gone_id = IdField(required=True)
    take = fields.List(
        CodeField(tuple(CUSTOMERS.writable)),
        load_default=list,
        validate=Length(max=40),
        metadata={
            "description": "Fields of which the value of who goes is kept. What the other lacks is filled in anyway."
        },
    )
    kept_version = IntegerField(
        1, metadata={"description": "The versions that the caller compared; refused when stale."}
    )
    gone_version = IntegerField(1)
