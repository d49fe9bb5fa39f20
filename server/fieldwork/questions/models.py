"""The row of a customer's question."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import CheckConstraint

from server.core.rows import Authored, Code, index, refers, table
from server.core.types import Id
from server.customers.models import PersonName
from server.fieldwork.models import WrittenText
from server.fieldwork.questions.rules import QuestionState

QUESTION_MOST, ANSWER_MOST = 1000, 2000


@table(
    "questions",
    refers("author_id", "users"),
    refers("answered_by", "users"),
    refers("customer_id", "customers"),
    refers("visit_id", "visits"),
    refers("activity_id", "activities"),
    refers("reception_id", "receptions"),
    refers("department_id", "units"),
    index("state", "due_on"),
    index("department_id", "state", "due_on"),
    index("author_id", "asked_at"),
    index("customer_id", "created_at", "id"),
    index("visit_id"),
    index("activity_id"),
    index("reception_id"),
    index("created_at", "id"),
    index("state", "created_at", "id"),
    index("owner_id", "state", "created_at", "id"),
    index("unit_id", "state", "created_at", "id"),
    index("project_id", "state", "created_at", "id", present="project_id"),
    index("department_id", "state", "created_at", "id", present="department_id"),
    index("author_id", "state", "created_at", "id"),
    CheckConstraint(f"state IN ({', '.join(repr(str(each)) for each in QuestionState)})", name="state"),
)
class Question(Authored):
    """What a customer asked. author_id: who noted it. owner_id, unit_id, project_id: the customer's at present.

    customer_name: as it was, for whoever answers and does not see the customer. visit_id, activity_id, reception_id: where
    it was asked, if it was there.
    cannot_answer: whoever noted it passed it to a department. department_id: the unit whose people are to answer, and see it
    for that. due_on: the last day in time for them. asked_at: as the device claims.
    """

    customer_id: Annotated[str, Id()]
    customer_name: Annotated[str, PersonName()]
    visit_id: Annotated[str | None, Id()] = None
    activity_id: Annotated[str | None, Id()] = None
    reception_id: Annotated[str | None, Id()] = None
    text: Annotated[str, WrittenText()]
    asked_at: datetime
    cannot_answer: bool = False
    department_id: Annotated[str | None, Id()] = None
    due_on: date | None = None
    state: Annotated[str, Code] = QuestionState.OPEN.value
    answer: Annotated[str | None, WrittenText()] = None
    answered_by: Annotated[str | None, Id()] = None
    answered_at: datetime | None = None
