"""Rows of copies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, String

from server.core.rows import Code, Row, index, refers, table, unique
from server.core.types import Id, Json
from server.customers.models import PersonName
from server.fieldwork.models import PLACE_MOST, WrittenText

_SUBJECTS = ("visit_id", "plan_id", "task_id")


@table(
    "copies",
    refers("person_id", "users"),
    refers("from_id", "users"),
    *(refers(each, target) for each, target in zip(_SUBJECTS, ("visits", "day_plans", "tasks"), strict=True)),
    *(unique(each, "person_id") for each in _SUBJECTS),
    index("person_id", "day_on", "id"),
    CheckConstraint(
        f"{' + '.join(f'CASE WHEN {each} IS NULL THEN 0 ELSE 1 END' for each in _SUBJECTS)} = 1", name="subject"
    ),
)
class Copy(Row):
    """What one person sees of a visit he takes part in, or of a plan or task that was copied to him (抄送).

    Written only in turn (sharing.py), and always what its subject says; one of visit_id, plan_id and task_id is set.
    from_id: whose visit, plan or task it is. day_on: the day it stands in his lists: the visit's or plan's, or when the task
    is due. text: the visit's purpose, the plan's note, what the task asks. lines: the visits of a plan, as of its `shown`.
    """

    person_id: Annotated[str, Id()]
    from_id: Annotated[str, Id()]
    visit_id: Annotated[str | None, Id()] = None
    plan_id: Annotated[str | None, Id()] = None
    task_id: Annotated[str | None, Id()] = None
    day_on: date
    state: Annotated[str, Code]
    customer_name: Annotated[str | None, PersonName()] = None
    place: Annotated[str | None, String(PLACE_MOST)] = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    importance: int = 2
    urgency: int = 2
    text: Annotated[str | None, WrittenText()] = None
    lines: Annotated[list[Any], Json()]
