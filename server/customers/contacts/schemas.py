"""What the office sends and gets about contacts; as server/customers/schemas.py."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import BooleanField, DayField, IdField, IntegerField, Schema, TextField
from server.customers import rules
from server.customers.contacts.models import MAIL_MOST, NOTE_MOST, TITLE_MOST
from server.customers.contacts.rules import MAIL_FORM

_MAIL = {"pattern": f"^(?:{MAIL_FORM})?$", "example": "li.na@example.com"}


class ContactOut(Schema):
    """One of a customer's people. His phones stand with the customer's, with his id."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    name = fields.String(required=True, metadata={"example": "李娜"})
    title = fields.String(required=True, allow_none=True, metadata={"example": "采购经理"})
    mail = fields.String(required=True, allow_none=True, metadata={"example": "li.na@example.com"})
    note = fields.String(required=True, allow_none=True)
    is_primary = BooleanField(required=True, metadata={"description": "Whom one asks for first."})
    left_on = DayField(required=True, allow_none=True, metadata={"description": "Since when he is not there any more."})


class _ContactFields(Schema):
    """What can be set at any time."""

    title = TextField(TITLE_MOST, blank=True, allow_none=True)
    mail = TextField(MAIL_MOST, blank=True, allow_none=True, metadata=_MAIL)
    note = TextField(NOTE_MOST, multiline=True, blank=True, allow_none=True)
    is_primary = BooleanField()
    left_on = DayField(allow_none=True)


class ContactIn(_ContactFields):
    """A contact to enter."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again enters nobody twice."})
    name = TextField(rules.NAME_MOST, required=True, metadata={"example": "李娜"})


class ContactPatch(_ContactFields):
    """Fields to change; what is absent stays."""

    name = TextField(rules.NAME_MOST, metadata={"example": "李娜"})
    base = IntegerField(1)
