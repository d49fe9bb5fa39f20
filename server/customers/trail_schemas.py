"""What the office gets of a timeline, and what it narrows one to."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, DayField, IdField, InstantField, Schema
from server.core.page_schemas import PageQuery
from server.customers.timeline import Deed

DEEDS = [each.value for each in Deed]


class EntryOut(Schema):
    """A line of the timeline, ordered by arrival, newest first."""

    id = IdField(required=True)
    at = InstantField(required=True, metadata={"description": "When it happened; may be a device's claim."})
    day_on = DayField(required=True, metadata={"description": "The organisation's day it counts for."})
    deed = CodeField(DEEDS, required=True, metadata={"description": "What sort of thing it was."})
    kind = fields.String(required=True, metadata={"example": "note"})
    done_by = IdField(required=True)
    subject_id = IdField(required=True, allow_none=True)
    params = fields.Dict(keys=fields.String(), required=True)
    text = fields.String(required=True, allow_none=True, metadata={"description": "Of the note, when it is one."})
    created_at = InstantField(required=True)


class EntryQuery(PageQuery):
    """Query of a timeline."""

    deed = CodeField(DEEDS)
    person_id = IdField(metadata={"description": "Whose deed it was."})
    first_on = DayField(data_key="from")
    last_on = DayField(data_key="to", metadata={"description": "The last day, included."})
