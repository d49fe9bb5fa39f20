"""Whose open work goes with a deleted customer: every kind of row in every state, and that his event names them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.core.rows import Row
from server.customers.deleting.operations import delete_customers
from server.customers.functions import DELETE, READ
from server.fieldwork.models import FollowUp, Task, Visit
from server.fieldwork.open_work import whose_open_work
from server.fieldwork.questions.models import Question
from server.fieldwork.questions.rules import QuestionState
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import FollowUpState, VisitState
from sync_protocol.ids import new_id
from tests.server.fieldwork.office import Office

DAY = date(2025, 3, 5)
OWNER, AUTHOR, DOES, WITH, COPIED = (new_id() for _ in range(5))
_ROW: dict[str, Any] = {"owner_id": OWNER, "unit_id": new_id(), "author_id": AUTHOR, "customer_id": new_id()}
_TO_DO: dict[str, Any] = {**_ROW, "assignee_id": DOES, "due_on": DAY, "text": "回访"}


def _visit(state: str) -> Row:
    return Visit(**_ROW, assignee_id=DOES, people=WITH, day_on=DAY, state=state)


def _follow_up(state: str) -> Row:
    return FollowUp(**_TO_DO, customer_name="王小明", state=state)


def _task(state: str) -> Row:
    return Task(**_TO_DO, copied_to=COPIED, state=state)


def _question(state: str) -> Row:
    asked = datetime(2025, 3, 3, tzinfo=UTC)
    return Question(**_ROW, customer_name="王小明", text="几时交房", asked_at=asked, answered_by=DOES, state=state)


@pytest.mark.parametrize(
    ("made", "states", "opened"),
    [
        (_visit, VisitState, {VisitState.PLANNED: {DOES, WITH}, VisitState.IN_PROGRESS: {DOES, WITH}}),
        (_follow_up, FollowUpState, {FollowUpState.OPEN: {DOES}}),
        (_task, TaskState, {TaskState.OPEN: {DOES, AUTHOR, COPIED}}),
        (_question, QuestionState, {QuestionState.OPEN: {AUTHOR}}),
    ],
)
def test_only_what_is_not_over_is_somebodys(made: Any, states: Any, opened: dict[str, set[str]]) -> None:
    found = {state: set(whose_open_work(made(state.value))) for state in states}
    assert found == {state: opened.get(state, set()) for state in states}


def test_the_event_of_a_deletion_names_each_once_and_each_customers_own(office: Office) -> None:
    users, one, two = office.users, office.customer("王小明", by="wang"), office.customer("李四", by="wang")
    for _ in range(2):
        office.visit(customer_id=one, planned_on=DAY, people=users["na"])
    office.follow_up(customer_id=one, due_on=DAY)
    yang = office.actor("yang")
    yang.reaches[DELETE] = yang.reaches[READ]  # type: ignore[index]
    with office.writing(actor=yang) as uow:
        delete_customers(uow, [one, two])
        uow.commit()
    told = {subject: json.loads(body)["open_work_of"] for subject, body in office.events("customers.customer-deleted")}
    assert told == {one: sorted((users["wang"], users["na"])), two: []}
