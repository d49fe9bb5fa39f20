"""What the board answers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from server.core.fields import BooleanField, DayField, IdField, InstantField, IntegerField, Schema
from server.fieldwork.schemas import VisitOut
from server.insight import customer_types
from server.insight.queries import NAMES

CountsOut: type[Schema] = type(
    "CountsOut",
    (Schema,),
    {
        "__doc__": "Numbers of one day. planned = kept + in_progress + open + cancelled + not_heard_from + missed.",
        **{name: IntegerField(0, required=True) for name in NAMES},
    },
)

CustomerTypesOut: type[Schema] = type(
    "CustomerTypesOut",
    (Schema,),
    {
        "__doc__": "Numbers of customers. total = prospects + visitors + owners + closed; members are among them.",
        **{name: IntegerField(0, required=True) for name in customer_types.NAMES},
    },
)


class PersonOut(Schema):
    """One person's day in numbers."""

    user_id = IdField(required=True)
    name = fields.String(required=True)
    unit_id = IdField(required=True)
    unit_name = fields.String(required=True)
    counts = fields.Nested(CountsOut, required=True)
    plan_sent_at = InstantField(required=True, allow_none=True)
    last_seen_at = InstantField(
        required=True,
        allow_none=True,
        metadata={"description": "When one of the person's devices was last heard of."},
    )


class BoardOut(Schema):
    """A team's day, people by unit and name."""

    on = DayField(required=True)
    items = fields.List(fields.Nested(PersonOut), required=True, attribute="people")
    total = fields.Nested(CountsOut, required=True)


class BoardQuery(Schema):
    """Which day and which part of the organisation."""

    on = DayField(metadata={"description": "A day of the organisation; today unless told."})
    unit = IdField(metadata={"description": "Only this unit and those below it."})


class DayQuery(Schema):
    """Which day."""

    on = DayField(metadata={"description": "A day of the organisation; today unless told."})


class BoardLineOut(VisitOut):
    """A visit behind the numbers, plan and actual side by side."""

    is_hidden = BooleanField(
        required=True, metadata={"description": "Out of the caller's reach: who and what are left out (null)."}
    )

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return obj.is_hidden if attr == "is_hidden" else super().get_attribute(obj.line, attr, default)


class BoardLinesOut(Schema):
    """One person's day, line by line."""

    on = DayField(required=True)
    items = fields.List(fields.Nested(BoardLineOut), required=True)
