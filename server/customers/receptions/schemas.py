"""What the office sends and gets about receptions. Same limits as on the sync wire."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import BooleanField, CodeField, IdField, InstantField, IntegerField, Schema, TextField
from server.customers.receptions import rules
from server.customers.rules import SOURCES

_WORK_PLACE = {"example": "高新区"}
_HOME_PLACE = {"example": "老城区"}


class SheetFields(Schema):
    """What stands on the contact sheet."""

    source = CodeField(SOURCES, allow_none=True, metadata={"description": "How he heard of us."})
    area = CodeField(
        rules.AREAS, allow_none=True, metadata={"description": "Square metres, by the band's lower bound."}
    )
    orientation = CodeField(rules.ORIENTATIONS, allow_none=True)
    floor = CodeField(rules.FLOORS, allow_none=True)
    interest_price = BooleanField()
    interest_location = BooleanField()
    interest_greenery = BooleanField()
    interest_decoration = BooleanField()
    interest_surroundings = BooleanField()
    income = CodeField(rules.INCOMES, allow_none=True, metadata={"description": "Of the household, thousands a year."})
    work_place = TextField(rules.PLACE_MOST, blank=True, allow_none=True, metadata=_WORK_PLACE)
    home_place = TextField(rules.PLACE_MOST, blank=True, allow_none=True, metadata=_HOME_PLACE)
    suggestions = TextField(
        rules.SUGGESTIONS_MOST, multiline=True, blank=True, allow_none=True, metadata={"example": "希望车位多一些"}
    )
    impression = TextField(
        rules.IMPRESSION_MOST,
        multiline=True,
        blank=True,
        allow_none=True,
        metadata={"description": "Of whoever received him, who alone may change it.", "example": "很看重学区"},
    )


class ReceptionIn(SheetFields):
    """A reception to note."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again notes nothing twice."})
    channel = CodeField(rules.CHANNELS, required=True)
    received_at = InstantField(metadata={"description": "Now unless told."})


class ReceptionPatch(SheetFields):
    """What to change on the sheet; what is absent stays."""

    base = IntegerField(1)


class ReceptionOut(Schema):
    """A reception with its sheet."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    customer_id = IdField(required=True)
    received_by = IdField(required=True)
    received_at = InstantField(required=True, metadata={"description": "As claimed; created_at orders."})
    created_at = InstantField(required=True)
    channel = CodeField(rules.CHANNELS, required=True)
    source = CodeField(SOURCES, required=True, allow_none=True)
    area = CodeField(rules.AREAS, required=True, allow_none=True)
    orientation = CodeField(rules.ORIENTATIONS, required=True, allow_none=True)
    floor = CodeField(rules.FLOORS, required=True, allow_none=True)
    interest_price = BooleanField(required=True)
    interest_location = BooleanField(required=True)
    interest_greenery = BooleanField(required=True)
    interest_decoration = BooleanField(required=True)
    interest_surroundings = BooleanField(required=True)
    income = CodeField(rules.INCOMES, required=True, allow_none=True)
    work_place = fields.String(required=True, allow_none=True, metadata=_WORK_PLACE)
    home_place = fields.String(required=True, allow_none=True, metadata=_HOME_PLACE)
    suggestions = fields.String(required=True, allow_none=True, metadata={"example": "希望车位多一些"})
    impression = fields.String(required=True, allow_none=True, metadata={"example": "很看重学区"})
