"""Facts about customers' questions."""

from __future__ import annotations

from datetime import date

from server.core.events import Event, event


@event("fieldwork.question-asked")
class QuestionAsked(Event):
    """Subject: the question."""

    customer_id: str
    visit_id: str | None


@event("fieldwork.question-passed-on")
class QuestionPassedOn(Event):
    """A department is to answer it by a day. Subject: the question."""

    customer_id: str
    department_id: str
    due_on: date


@event("fieldwork.question-answered")
class QuestionAnswered(Event):
    """Subject: the question."""

    customer_id: str
    answered_by: str


@event("fieldwork.question-withdrawn")
class QuestionWithdrawn(Event):
    """Subject: the question."""

    customer_id: str
