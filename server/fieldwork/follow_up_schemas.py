"""What the office sends and gets about follow-ups; as schemas.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from server.core.fields import CodeField, DayField, IdField, InstantField, IntegerField, Schema, TextField
from server.core.page_schemas import PageQuery
from server.fieldwork import models
from server.fieldwork.lines import CLAIMED, Line, words
from server.fieldwork.rules import RepeatUnit
from server.fieldwork.transitions import FollowUpState

_REPEAT = {"description": "It comes again every so many weeks (to 52) or months (to 12), after it was done."}


class NextIn(Schema):
    """A follow-up of a visit, made together with its result. due_on, or due_at, whose day then counts."""

    between: ClassVar[Mapping[str, Any]] = {
        "anyOf": [
            {"required": ["due_on"]},
            {"required": ["due_at"], "properties": {"due_at": {"type": "string"}}},
        ]
    }

    id = IdField()
    due_on = DayField()
    due_at = InstantField(allow_none=True)
    text = TextField(models.FOLLOW_UP_MOST, multiline=True, required=True)
    repeat_every = IntegerField(1, 52, allow_none=True, metadata=_REPEAT)
    repeat_unit = CodeField(words(RepeatUnit), allow_none=True)
    repeat_until = DayField(allow_none=True)


class FollowUpOut(Line):
    """Something to do for a customer by a day."""

    holds = "follow_up"

    id = IdField(required=True)
    version = IntegerField(required=True)
    customer_id = IdField(required=True)
    customer_name = fields.String(required=True)
    visit_id = IdField(required=True, allow_none=True)
    author_id = IdField(required=True)
    assignee_id = IdField(required=True)
    assignee_name = fields.String(required=True, allow_none=True)
    owner_id = IdField(required=True)
    unit_id = IdField(required=True)
    due_on = DayField(required=True)
    due_at = InstantField(required=True, allow_none=True)
    text = fields.String(required=True)
    state = CodeField(words(FollowUpState), required=True)
    done_at = InstantField(required=True, allow_none=True, metadata=CLAIMED)
    done_note = fields.String(required=True, allow_none=True)
    repeat_every = IntegerField(1, 52, required=True, allow_none=True)
    repeat_unit = CodeField(words(RepeatUnit), required=True, allow_none=True)
    repeat_until = DayField(required=True, allow_none=True)
    repeat_from = DayField(required=True, allow_none=True, metadata={"description": "From which day it is counted."})
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class FollowUpQuery(PageQuery):
    """Query of the list of follow-ups, what is due first at the top."""

    assignee_id = IdField()
    customer_id = IdField()
    state = CodeField(words(FollowUpState))
    last_on = DayField(data_key="until", metadata={"description": "Due until then, that day included."})


class FollowUpIn(NextIn):
    """A follow-up to make."""

    customer_id = IdField(required=True)
    visit_id = IdField(allow_none=True)
    assignee_id = IdField()


class FollowUpPatch(Schema):
    """What to change while it is open."""

    due_on = DayField()
    due_at = InstantField(allow_none=True)
    text = TextField(models.FOLLOW_UP_MOST, multiline=True)
    assignee_id = IdField()
    repeat_every = IntegerField(1, 52, allow_none=True, metadata=_REPEAT)
    repeat_unit = CodeField(words(RepeatUnit), allow_none=True)
    repeat_until = DayField(allow_none=True)
    base = IntegerField(1)


class CompleteIn(Schema):
    """That it was done."""

    done_at = InstantField(allow_none=True)
    done_note = TextField(models.FOLLOW_UP_MOST, multiline=True, blank=True, allow_none=True)
