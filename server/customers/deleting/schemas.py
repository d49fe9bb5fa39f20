"""What the office sends and gets about deleted customers."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import DayField, IdField, InstantField, IntegerField, Length, Schema

AT_ONCE = 200
"""Customers in one deletion."""


class DeletionIn(Schema):
    """Customers to delete, all or none."""

    customers = fields.List(IdField(), required=True, validate=Length(min=1, max=AT_ONCE))


class DeletionOut(Schema):
    """What a deletion did."""

    deleted = IntegerField(required=True, metadata={"description": "Those who were deleted before are not counted."})


class RestoringIn(Schema):
    """Deleted customers to bring back, all or none."""

    customers = fields.List(IdField(), required=True, validate=Length(min=1, max=AT_ONCE))


class RestoringOut(Schema):
    """What came of it."""

    restored = IntegerField(required=True, metadata={"description": "Those who were there before are not counted."})


class DeletedCustomerOut(Schema):
    """A deleted customer who can be restored."""

    id = IdField(required=True)
    name = fields.String(required=True, metadata={"example": "张伟"})
    owner_id = IdField(required=True)
    owner_name = fields.String(required=True)
    deleted_by = IdField(required=True)
    deleted_at = InstantField(required=True)
    restorable_until = DayField(required=True, metadata={"description": "The last day, in the organisation's zone."})
