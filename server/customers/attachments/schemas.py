"""What the office sends and gets about attachments. Same limits as on the sync wire."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import BooleanField, CodeField, IdField, InstantField, IntegerField, Schema, TextField
from server.customers.attachments import rules

_NAME = {"example": "认购书.pdf"}
_SHA256 = {"pattern": "^[0-9a-fA-F]{64}$", "example": "9f86d081884c7d659a2feaa0c55ad015" * 2}
_FORM = {"description": "As claimed; what it is decides its content."}


class AttachmentIn(Schema):
    """A file to hang on a customer. Its bytes are sent by tus, before or after."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again adds nothing twice."})
    version_of = IdField(allow_none=True, metadata={"description": "The first version of the document it is one of."})
    about = CodeField(rules.ABOUT, allow_none=True, metadata={"description": "Collection of the row it hangs on."})
    about_id = IdField(allow_none=True)
    name = TextField(rules.NAME_MOST, required=True, metadata=_NAME)
    form = CodeField(rules.FORMS, required=True, metadata=_FORM)
    size = IntegerField(1, rules.SIZE_MOST, required=True)
    sha256 = TextField(64, required=True, metadata=_SHA256)


class AttachmentOut(Schema):
    """One version of a document. The present one is that of the highest revision."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    version_of = IdField(required=True, allow_none=True)
    revision = IntegerField(1, required=True, metadata={"description": "In order of arrival."})
    about = CodeField(rules.ABOUT, required=True, allow_none=True)
    about_id = IdField(required=True, allow_none=True)
    name = fields.String(required=True, metadata=_NAME)
    form = CodeField(rules.FORMS, required=True, metadata=_FORM)
    size = IntegerField(required=True)
    sha256 = fields.String(required=True, metadata={**_SHA256, "description": "See GET /api/v1/files."})
    added_by = IdField(required=True)
    added_at = InstantField(required=True, metadata={"description": "A device's claim; created_at orders."})
    created_at = InstantField(required=True)
    has_arrived = BooleanField(required=True, metadata={"description": "false: its bytes are still to come."})
