"""What the office sends and gets about targets; as ../schemas.py."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, CurrencyField, DayField, IdField, IntegerField, Schema
from server.core.money import MAX_MINOR
from server.core.page_schemas import PageQuery
from server.fieldwork.lines import words
from server.fieldwork.targets.rules import Measure

_AMOUNT = {"description": "A number of visits, or minor units of the organisation's currency."}


class TargetIn(Schema):
    """A target to set."""

    owner_id = IdField(required=True)
    month_on = DayField(required=True, metadata={"description": "Any day of the month; answered is its first."})
    measure = CodeField(words(Measure), required=True)
    amount = IntegerField(1, MAX_MINOR, required=True, metadata=_AMOUNT)


class TargetSetOut(TargetIn):
    """What somebody is to reach in a month."""

    id = IdField(required=True)


class TargetOut(TargetSetOut):
    """And what he has done."""

    owner_name = fields.String(required=True)
    currency = CurrencyField(required=True, allow_none=True, metadata={"description": "Of an amount; null of a count."})
    done = IntegerField(required=True, metadata={"description": "In that month, by its owner."})
    gap = IntegerField(0, required=True, metadata={"description": "What is still wanting."})


class TargetQuery(PageQuery):
    """Which targets."""

    month = DayField(metadata={"description": "Any day of the month; the present one unless told."})
    owner_id = IdField()
