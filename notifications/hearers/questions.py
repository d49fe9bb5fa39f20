"""Who hears of customers' questions: the department that is to answer, who noted it, and both when nobody answers in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from notifications.hearing import Hearing, hears
from notifications.people import leaders_of
from notifications.reminders import LEASE
from notifications.telling import News, tell
from notifications.topics import QUESTION_ANSWERED, QUESTION_OVERDUE, QUESTION_PASSED_ON
from server.core.access import SYSTEM_USER
from server.core.clock import bounds_of
from server.core.events import Heard
from server.core.jobs import RunningJob, handler
from server.core.rows import c
from server.core.types import from_ms
from server.core.uow import UnitOfWork
from server.fieldwork.questions import events
from server.fieldwork.questions.functions import WRITE
from server.fieldwork.questions.models import Question
from server.fieldwork.questions.rules import QuestionState, is_overdue

OVERDUE = "notifications.question-overdue"
"""Kind of the job on the morning after the last day in time."""
MORNING = timedelta(hours=9)
"""After midnight of the organisation's zone."""


@hears(events.QuestionPassedOn)
def passed_on(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Those who answer for the department hear of it while it is open and still theirs; a job looks again when it is due."""
    uow = hearing.uow
    questions = {row.id: row for row in _open(uow, (each.subject_id for each in heard))}
    answering = _answering(uow, questions.values())
    for each in heard:
        row = questions.get(each.subject_id)
        if row is None or row.department_id != each.told["department_id"]:
            continue
        for person in sorted(answering[row.id] - {each.actor_id}):
            hearing.news.append(_news(row, person, QUESTION_PASSED_ON, each))
        late = bounds_of(row.due_on, uow.actor.timezone)[1] + MORNING
        key = f"question-overdue|{row.id}|{row.due_on.isoformat()}"
        uow.enqueue(OVERDUE, {"question_id": row.id}, due_at=late, dedupe_key=key, owner_id=SYSTEM_USER)


@hears(events.QuestionAnswered)
def answered(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Who noted it hears the answer, and who has the customer now."""
    q = c(Question)
    ids = sorted({each.subject_id for each in heard})
    rows = hearing.uow.connection.execute(select(*q).where(q.org_id == hearing.uow.org_id, q.id.in_(ids)))
    questions = {row.id: row for row in rows}
    hearing.news += [
        _news(row, person, QUESTION_ANSWERED, each)
        for each in heard
        if (row := questions.get(each.subject_id)) is not None
        for person in sorted({row.author_id, row.owner_id} - {each.actor_id})
    ]


@handler(OVERDUE, lease=LEASE)
def overdue(job: RunningJob) -> dict[str, Any]:
    """Tell the department, who noted it and who has the customer that nobody has answered in time, if that is still so."""
    with job.writing() as uow:
        rows = [
            row for row in _open(uow, [job.payload["question_id"]]) if is_overdue(row.state, row.due_on, uow.today())
        ]
        answering = _answering(uow, rows)
        news = [
            News(
                person,
                QUESTION_OVERDUE,
                occurrence=row.due_on.toordinal(),
                subject_collection="questions",
                subject_id=row.id,
                customer_name=row.customer_name,
                params={"customer_id": row.customer_id, "due_on": row.due_on.isoformat()},
            )
            for row in rows
            for person in sorted({row.author_id, row.owner_id} | answering[row.id])
        ]
        told = len(tell(uow, job.services.settings, news)) if news else 0
        job.finish_in(uow, {"told": told})
    return {"told": told}


def _open(uow: UnitOfWork, ids: Iterable[str]) -> Sequence[Any]:
    q = c(Question)
    wanted = (q.org_id == uow.org_id, q.id.in_(sorted(set(ids))), q.state == QuestionState.OPEN.value)
    return uow.connection.execute(select(*q).where(*wanted)).all()


def _answering(uow: UnitOfWork, questions: Iterable[Any]) -> dict[str, frozenset[str]]:
    """Question → who answers for its department: of the nearest unit at or above it that has such people, those."""
    asked = [row for row in questions if row.department_id is not None]
    pairs = {(row.author_id, row.department_id) for row in asked}
    people = leaders_of(uow.connection, uow.org_id, pairs, WRITE) if pairs else {}
    return {row.id: people[row.author_id, row.department_id] for row in asked}


def _news(row: Any, person: str, topic: str, event: Heard) -> News:
    return News(
        person,
        topic,
        occurrence=event.n,
        since=from_ms(event.at),
        subject_collection="questions",
        subject_id=row.id,
        customer_name=row.customer_name,
        params={"customer_id": row.customer_id, "by_id": event.actor_id},
    )
