"""What the team's feed answers."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import IdField
from server.customers.trail_schemas import EntryOut, EntryQuery


class FeedLineOut(EntryOut):
    """What one person did with one customer."""

    customer_id = IdField(required=True)
    customer_name = fields.String(required=True, metadata={"example": "王小明"})
    done_by_name = fields.String(required=True, allow_none=True, metadata={"example": "李伟"})


class FeedQuery(EntryQuery):
    """Which of them."""

    unit = IdField(metadata={"description": "Only customers of this unit and those below it."})
