"""What the office sends and gets about tasks; as schemas.py."""

from __future__ import annotations

from marshmallow import fields

from server.accounts.schemas.people import PeopleField
from server.core.fields import CodeField, DayField, IdField, InstantField, IntegerField, Schema, TextField
from server.core.page_schemas import PageQuery
from server.fieldwork import models
from server.fieldwork.task_states import TaskState

_COPIED = {"description": "Who else is told and sees it."}
_STATES = [each.value for each in TaskState]


class TaskOut(Schema):
    """What somebody is to do by a day."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    customer_id = IdField(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    author_id = IdField(required=True)
    assignee_id = IdField(required=True)
    due_on = DayField(required=True)
    text = fields.String(required=True)
    copied_to = PeopleField(required=True, metadata=_COPIED)
    state = CodeField(_STATES, required=True)
    done_at = InstantField(required=True, allow_none=True, metadata={"description": "As the device claims."})
    done_note = fields.String(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class TaskQuery(PageQuery):
    """Query of the list of tasks, what is due first at the top."""

    assignee_id = IdField()
    author_id = IdField()
    customer_id = IdField()
    state = CodeField(_STATES)


class TaskIn(Schema):
    """A task to give."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})
    text = TextField(models.TASK_MOST, multiline=True, required=True)
    due_on = DayField(required=True)
    customer_id = IdField(allow_none=True)
    assignee_id = IdField(metadata={"description": "The caller unless told; another needs the permission to assign."})
    copied_to = PeopleField(metadata=_COPIED)


class TaskPatch(Schema):
    """What to change while it is open."""

    text = TextField(models.TASK_MOST, multiline=True)
    due_on = DayField()
    assignee_id = IdField()
    copied_to = PeopleField(metadata=_COPIED)
    base = IntegerField(1)
