"""Which steps a question may take, and until when a department has to answer. Pure. Source: docs/rules/fieldwork.md, F15."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from server.core.problems import Refused, problem_type

ANSWER_WITHIN = 2
"""Working days: the second one after the question came still counts."""

QUESTION_CLOSED = problem_type(
    "fieldwork.question-already-closed",
    409,
    zh="这个问题已经答复或撤回。",
    en="This question was already answered or withdrawn.",
    doc="What was confirmed first stays. Withdrawing it again changes nothing.",
)
DEPARTMENT_UNKNOWN = problem_type(
    "fieldwork.department-unknown",
    422,
    zh="没有这个部门。",
    en="There is no such department.",
)


class QuestionState(StrEnum):
    """The states of a question, as stored."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


def check_open(state: str) -> None:
    """Raise Refused QUESTION_CLOSED unless the question is open."""
    if state != QuestionState.OPEN:
        raise Refused(QUESTION_CLOSED)


def answer_due(came_on: date) -> date:
    """The last day on which an answer is in time. came_on: the organisation's day on which the department got it.

    Working days are Monday to Friday: public holidays and the days worked for them are not known here.
    """
    due, left = came_on, ANSWER_WITHIN
    while left:
        due += timedelta(days=1)
        left -= due.weekday() < 5
    return due


def is_overdue(state: str, due_on: date | None, today: date) -> bool:
    """Whether a department should have answered by now. today: the organisation's calendar day."""
    return state == QuestionState.OPEN and due_on is not None and today > due_on
