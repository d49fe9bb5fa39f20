"""What the office sends and gets about counts of customers; as server/customers/schemas.py."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, IntegerField, Schema
from server.customers.profile.queries import BY
from server.customers.schemas import CustomerFilters


class PivotQuery(CustomerFilters):
    """Query of the counts."""

    by = CodeField(BY, required=True, metadata={"example": "industry"})


class CountOut(Schema):
    """Customers that have one thing in common."""

    key = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The value; by=owner: the owner's id; by=amount: the band's lower end in minor units; null where "
            "nobody said.",
            "example": "finance",
        },
    )
    name = fields.String(
        required=True, allow_none=True, metadata={"description": "by=owner: his name.", "example": "王芳"}
    )
    count = IntegerField(required=True)
    amount_minor = IntegerField(required=True, metadata={"description": "The sum of what is expected."})


class PivotOut(Schema):
    """Customers within reach, counted by one thing, most first."""

    items = fields.List(fields.Nested(CountOut), required=True)
    total = IntegerField(required=True)
