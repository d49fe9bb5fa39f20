"""Whose open work a row of field work is. Pure: it reads the row alone."""

from __future__ import annotations

from collections.abc import Iterable

from server.accounts.people import people_in
from server.core.rows import Row
from server.fieldwork.models import FollowUp, Task, Visit
from server.fieldwork.questions.models import Question
from server.fieldwork.questions.rules import QuestionState
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import FollowUpState, VisitState


def whose_open_work(row: Row) -> Iterable[str]:
    """Those who lose something that is not over yet when the row goes with a deleted customer; nobody for any other row.

    A visit planned or begun: who is to do it and who takes part. A follow-up: who is to do it. A task: who is to do it, who
    asked for it and to whom it is copied. A question: who noted it. Source: rule C18.
    """
    if isinstance(row, Visit) and row.state in (VisitState.PLANNED, VisitState.IN_PROGRESS):
        return [row.assignee_id, *people_in(row.people)]
    if isinstance(row, FollowUp) and row.state == FollowUpState.OPEN:
        return [row.assignee_id]
    if isinstance(row, Task) and row.state == TaskState.OPEN:
        return [row.assignee_id, row.author_id, *people_in(row.copied_to)]
    if isinstance(row, Question) and row.state == QuestionState.OPEN:
        return [row.author_id]
    return ()
