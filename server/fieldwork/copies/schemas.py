"""What the office sends and gets about copies."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, DayField, IdField, InstantField, IntegerField, Schema
from server.core.page_schemas import PageQuery
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import PlanState, VisitState

_STATES = sorted({each.value for words in (VisitState, PlanState, TaskState) for each in words})


class CopyLineOut(Schema):
    """One visit of a plan that was copied. Times in milliseconds since 1970 UTC, as devices are sent them."""

    id = IdField(required=True)
    state = CodeField([each.value for each in VisitState], required=True)
    customer_name = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    start_at = IntegerField(required=True, allow_none=True)
    end_at = IntegerField(required=True, allow_none=True)
    importance = IntegerField(1, 3, required=True)
    urgency = IntegerField(1, 3, required=True)
    text = fields.String(required=True, allow_none=True)


class CopyOut(Schema):
    """What one sees of a visit one takes part in, or of a plan or task that was copied to one."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    from_id = IdField(required=True)
    visit_id = IdField(required=True, allow_none=True)
    plan_id = IdField(required=True, allow_none=True)
    task_id = IdField(required=True, allow_none=True)
    day_on = DayField(required=True)
    state = CodeField(_STATES, required=True)
    customer_name = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    start_at = InstantField(required=True, allow_none=True)
    end_at = InstantField(required=True, allow_none=True)
    importance = IntegerField(1, 3, required=True)
    urgency = IntegerField(1, 3, required=True)
    text = fields.String(required=True, allow_none=True)
    lines = fields.List(fields.Nested(CopyLineOut), required=True, metadata={"description": "Of a plan: its visits."})
    updated_at = InstantField(required=True)


class CopyQuery(PageQuery):
    """Query of the list of copies, earliest day first."""

    first_on = DayField(data_key="from")
    last_on = DayField(data_key="to")
