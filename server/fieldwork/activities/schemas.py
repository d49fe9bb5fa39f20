"""What the office sends and gets about activities; as ../schemas.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from server.core.fields import CodeField, DayField, IdField, InstantField, IntegerField, Schema, TextField
from server.core.page_schemas import PageQuery
from server.customers.rules import NAME_MOST
from server.fieldwork.activities import models
from server.fieldwork.activities.kinds import ActivityKind, Channel, TypeState
from server.fieldwork.rules import TimeVerdict

_KINDS, _CHANNELS, _STATES = ([each.value for each in words] for words in (ActivityKind, Channel, TypeState))


class ActivityOut(Schema):
    """Contact with a customer, or work for him, that was no visit."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    customer_id = IdField(required=True)
    contact_name = fields.String(required=True, allow_none=True)
    kind = CodeField(_KINDS, required=True)
    type_id = IdField(required=True, allow_none=True, metadata={"example": None})
    channel = CodeField(_CHANNELS, required=True)
    at = InstantField(required=True, metadata={"description": "As the device claims."})
    day_on = DayField(required=True)
    time_verdict = CodeField([each.value for each in TimeVerdict], required=True)
    duration_min = IntegerField(required=True, allow_none=True)
    text = fields.String(required=True)
    nothing_next = fields.String(required=True, allow_none=True)
    author_id = IdField(required=True)
    owner_id = IdField(required=True)
    created_at = InstantField(required=True)


class ActivityQuery(PageQuery):
    """Query of the list of activities, latest day first."""

    customer_id = IdField()
    author_id = IdField()
    channel = CodeField(_CHANNELS)
    first_on = DayField(data_key="from")
    last_on = DayField(data_key="to")


class ActivityIn(Schema):
    """An activity to log."""

    between: ClassVar[Mapping[str, Any]] = {
        "anyOf": [
            {
                "required": ["type_id"],
                "properties": {"kind": {"const": ActivityKind.OWN.value}, "type_id": {"type": "string"}},
            },
            {
                "properties": {
                    "kind": {"enum": [each for each in _KINDS if each != ActivityKind.OWN]},
                    "type_id": {"type": "null"},
                }
            },
        ]
    }

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})
    customer_id = IdField(required=True)
    contact_name = TextField(NAME_MOST, blank=True, allow_none=True)
    kind = CodeField(_KINDS, required=True)
    type_id = IdField(
        allow_none=True,
        metadata={"description": "One of the organisation's own types, for kind `own`; else none.", "example": None},
    )
    channel = CodeField(_CHANNELS, required=True)
    at = InstantField(metadata={"description": "Now unless told."})
    duration_min = IntegerField(0, models.DURATION_MOST, allow_none=True)
    text = TextField(models.TEXT_MOST, multiline=True, required=True)
    nothing_next = TextField(models.NOTHING_MOST, blank=True, allow_none=True)


class TypeOut(Schema):
    """A kind of activity that the organisation has named beside the seven."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    state = CodeField(_STATES, required=True)


class TypeIn(Schema):
    """A type to add."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})
    name_zh = TextField(models.TYPE_NAME_MOST, required=True)
    name_en = TextField(models.TYPE_NAME_MOST, required=True)


class TypePatch(Schema):
    """What to change of a type."""

    name_zh = TextField(models.TYPE_NAME_MOST)
    name_en = TextField(models.TYPE_NAME_MOST)
    state = CodeField(_STATES)
