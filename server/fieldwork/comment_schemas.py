"""What the office sends and gets about comments on visits; as schemas.py."""

from __future__ import annotations

from marshmallow import fields

from server.accounts.schemas.people import PeopleField
from server.core.fields import IdField, InstantField, Schema, TextField
from server.fieldwork import models


class CommentIn(Schema):
    """What to say about a visit."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})
    text = TextField(models.COMMENT_MOST, multiline=True, required=True)
    mentions = PeopleField(metadata={"description": "Colleagues whom it names and who are told; they see the visit."})


class CommentOut(Schema):
    """What somebody said about a visit."""

    id = IdField(required=True)
    visit_id = IdField(required=True)
    text = fields.String(required=True)
    mentions = PeopleField(required=True)
    untold = PeopleField(
        required=True, metadata={"description": "Of mentions: who did not see the visit when the comment arrived."}
    )
    written_by = IdField(required=True)
    written_at = InstantField(required=True, metadata={"description": "A device's claim; created_at orders."})
    created_at = InstantField(required=True)
