"""What the office gets of the calendar."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, DayField, IdField, InstantField, Schema
from server.core.page_schemas import PageQuery
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import FollowUpState, VisitState

_STATES = sorted({each.value for words in (VisitState, FollowUpState, TaskState) for each in words})


class CalendarLineOut(Schema):
    """One thing of a day."""

    kind = CodeField(["visit", "activity", "follow_up", "task"], required=True)
    id = IdField(required=True, metadata={"description": "Of the visit, activity, follow-up or task."})
    day_on = DayField(required=True)
    at = InstantField(required=True, allow_none=True, metadata={"description": "When it begins or is due, if said."})
    person_id = IdField(required=True, metadata={"description": "Whose it is to do, or who did it."})
    person_name = fields.String(required=True, allow_none=True)
    customer_id = IdField(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    state = CodeField(_STATES, required=True, metadata={"description": "As stored; activities are done."})


class CalendarQuery(PageQuery):
    """Query of a calendar, earliest day first."""

    first_on = DayField(data_key="from")
    last_on = DayField(data_key="to")
    person_id = IdField()
    unit = IdField(metadata={"description": "Only this unit and those below it."})
