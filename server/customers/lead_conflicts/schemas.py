"""What the office sends and gets about lead conflicts. Same limits as on the sync wire."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, IdField, InstantField, IntegerField, Schema, TextField
from server.core.page_schemas import PageQuery
from server.customers.lead_conflicts.rules import PERCENT_MOST, Because, Chosen, ConflictState
from server.customers.rules import REASON_MOST

_STATES = [each.value for each in ConflictState]
_SIDES = [each.value for each in Chosen]


class ConflictSideOut(Schema):
    """One of two customers in conflict: whose he is and when he was met. Who he is, to whoever reaches him."""

    customer_id = IdField(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True, metadata={"example": "张伟"})
    owner_id = IdField(required=True)
    owner_name = fields.String(required=True, metadata={"example": "王芳"})
    received_at = InstantField(required=True, metadata={"description": "When he was met, as the device claims."})
    arrived_at = InstantField(required=True, metadata={"description": "When the server heard of him."})
    fixed_at = InstantField(
        required=True,
        allow_none=True,
        metadata={"description": "When he was met, by the server's clock; null: nobody can say."},
    )
    doubt_ms = IntegerField(required=True, metadata={"description": "fixed_at is right give or take this."})
    reception_id = IdField(
        required=True, allow_none=True, metadata={"description": "null: he was entered and not received."}
    )


class LeadConflictOut(Schema):
    """Two customers of different owners with one number, in the order in which they arrived at the server."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    state = CodeField(_STATES, required=True)
    opened_at = InstantField(required=True)
    matched = CodeField(("phone", "id_number"), required=True)
    proposed = CodeField(_SIDES, required=True, allow_none=True, metadata={"description": "Whose owner was first."})
    because = CodeField([each.value for each in Because], required=True)
    chosen = CodeField(_SIDES, required=True, allow_none=True, metadata={"description": "Whose owner has both now."})
    other_percent = IntegerField(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    ruled_by = IdField(required=True, allow_none=True)
    ruled_at = InstantField(required=True, allow_none=True)
    first = fields.Nested(ConflictSideOut, required=True)
    second = fields.Nested(ConflictSideOut, required=True)


class LeadConflictQuery(PageQuery):
    """Query of the list of lead conflicts, what was opened last at the top."""

    state = CodeField(_STATES)


class RulingIn(Schema):
    """Who gets both customers, and what part of the deal the other one gets."""

    owner = CodeField(_SIDES, required=True)
    other_percent = IntegerField(1, PERCENT_MOST, allow_none=True, metadata={"description": "Nothing unless told."})
    reason = TextField(REASON_MOST, required=True)


class DismissalIn(Schema):
    """Why the two are not the same person."""

    reason = TextField(REASON_MOST, required=True)


class ShareOut(Schema):
    """What part of a deal with a customer is whose. Of one customer they sum to 100."""

    user_id = IdField(required=True)
    user_name = fields.String(required=True, metadata={"example": "王芳"})
    percent = IntegerField(required=True)
    since = InstantField(required=True)
    conflict_id = IdField(required=True)


class SharesOut(Schema):
    """Who shares in a customer; nobody unless a supervisor ruled so."""

    items = fields.List(fields.Nested(ShareOut), required=True)
