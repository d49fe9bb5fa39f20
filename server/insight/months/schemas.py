"""What is answered of days and months of a team."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CurrencyField, DayField, IdField, IntegerField, MoneyMinorField, QueryInteger, Schema
from server.core.sheet_answers import SheetQuery
from server.insight.months.queries import NAMES, OF_A_DAY

DAYS_MOST, DAYS_USUAL = 62, 7
_UNIT = {"description": "Only this unit and those below it."}

TeamDayOut: type[Schema] = type(
    "TeamDayOut",
    (Schema,),
    {
        "__doc__": "What one person did on one day.",
        "on": DayField(required=True),
        **{name: IntegerField(0, required=True) for name in OF_A_DAY},
    },
)
MonthNumbersOut: type[Schema] = type(
    "MonthNumbersOut",
    (Schema,),
    {
        "__doc__": "Numbers of a month. planned = kept + open + cancelled + not_heard_from + missed.",
        **{
            name: MoneyMinorField(0, required=True, allow_none=name == "spent_minor")
            if name.endswith("_minor")
            else IntegerField(0, required=True)
            for name in NAMES
        },
    },
)


class PersonDaysOut(Schema):
    """One person, and the days on which there was something."""

    user_id = IdField(required=True)
    name = fields.String(required=True)
    unit_id = IdField(required=True)
    unit_name = fields.String(required=True)
    days = fields.List(fields.Nested(TeamDayOut), required=True)


class TeamDaysOut(Schema):
    """People by unit and name."""

    first_on = DayField(required=True)
    last_on = DayField(required=True)
    items = fields.List(fields.Nested(PersonDaysOut), required=True)


class DaysQuery(Schema):
    """Which days."""

    on = DayField(metadata={"description": "The last of them; today unless told."})
    days = QueryInteger(1, DAYS_MOST, load_default=DAYS_USUAL, metadata={"description": "How many, up to that one."})
    unit = IdField(metadata=_UNIT)


class PersonMonthOut(Schema):
    """One person's month."""

    user_id = IdField(required=True)
    name = fields.String(required=True)
    unit_id = IdField(required=True)
    unit_name = fields.String(required=True)
    numbers = fields.Nested(MonthNumbersOut, required=True)


class MonthOut(Schema):
    """A team's month, people by unit and name."""

    first_on = DayField(required=True)
    last_on = DayField(required=True)
    currency = CurrencyField(required=True, metadata={"description": "Of all amounts."})
    items = fields.List(fields.Nested(PersonMonthOut), required=True, attribute="people")
    total = fields.Nested(MonthNumbersOut, required=True)


class MonthQuery(Schema):
    """Which month."""

    on = DayField(metadata={"description": "Any day of the month; today unless told."})
    unit = IdField(metadata=_UNIT)


class MonthExport(SheetQuery, MonthQuery):
    """Which month, as which kind of file."""
