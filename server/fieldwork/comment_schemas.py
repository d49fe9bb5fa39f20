"""What the office sends and gets about comments on visits; as schemas.py."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import IdField, InstantField, Schema, TextField
from server.fieldwork import models


class CommentIn(Schema):
    """What to say about a visit."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})
    text = TextField(models.COMMENT_MOST, multiline=True, required=True)


class CommentOut(Schema):
    """What somebody said about a visit."""

    id = IdField(required=True)
    visit_id = IdField(required=True)
    text = fields.String(required=True)
    written_by = IdField(required=True)
    written_at = InstantField(required=True, metadata={"description": "A device's claim; created_at orders."})
    created_at = InstantField(required=True)
