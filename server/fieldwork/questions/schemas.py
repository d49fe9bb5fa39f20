"""What the office sends and gets about customers' questions; as schemas.py of the area."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from server.core.fields import (
    BooleanField,
    CodeField,
    DayField,
    IdField,
    InstantField,
    IntegerField,
    QueryFlag,
    Schema,
    TextField,
)
from server.core.page_schemas import PageQuery
from server.fieldwork.questions import models
from server.fieldwork.questions.rules import QuestionState

_STATES = [each.value for each in QuestionState]


class QuestionOut(Schema):
    """What a customer asked, and what he was answered."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj if attr == "is_overdue" else obj.question, attr, default)

    id = IdField(required=True)
    version = IntegerField(required=True)
    customer_id = IdField(required=True)
    customer_name = fields.String(required=True)
    visit_id = IdField(required=True, allow_none=True)
    activity_id = IdField(required=True, allow_none=True)
    reception_id = IdField(required=True, allow_none=True)
    text = fields.String(required=True)
    asked_at = InstantField(required=True, metadata={"description": "As the device claims."})
    author_id = IdField(required=True, metadata={"description": "Who noted it."})
    owner_id = IdField(required=True, metadata={"description": "Who has the customer now."})
    cannot_answer = BooleanField(required=True)
    department_id = IdField(required=True, allow_none=True, metadata={"description": "The unit that is to answer."})
    due_on = DayField(required=True, allow_none=True, metadata={"description": "The last day in time for them."})
    is_overdue = BooleanField(required=True)
    state = CodeField(_STATES, required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_by = IdField(required=True, allow_none=True)
    answered_at = InstantField(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class QuestionQuery(PageQuery):
    """Query of the list of questions."""

    customer_id = IdField()
    author_id = IdField()
    department_id = IdField()
    state = CodeField(_STATES)
    overdue = QueryFlag(metadata={"description": "Only what a department should have answered by now."})


class QuestionIn(Schema):
    """A customer's question to note."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})
    customer_id = IdField(required=True)
    visit_id = IdField(allow_none=True, metadata={"description": "The visit it was asked on."})
    activity_id = IdField(allow_none=True, metadata={"description": "The call or other contact it was asked in."})
    reception_id = IdField(allow_none=True, metadata={"description": "The reception it was asked at."})
    text = TextField(models.QUESTION_MOST, multiline=True, required=True)
    asked_at = InstantField(metadata={"description": "Now unless told."})
    cannot_answer = BooleanField(metadata={"description": "Then the caller's department is to answer it."})


class PassOnIn(Schema):
    """Who is to answer."""

    department_id = IdField(required=True)


class AnswerIn(Schema):
    """What to tell the customer."""

    answer = TextField(models.ANSWER_MOST, multiline=True, required=True)
