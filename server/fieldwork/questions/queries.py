"""SELECTs over customers' questions; as queries.py of the area. None writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, select

from server.core.access import Actor
from server.core.paging import Key, Page, earlier, later, leading, unindexed
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.fieldwork.questions.functions import READ
from server.fieldwork.questions.models import Question
from server.fieldwork.questions.rules import QuestionState, is_overdue


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question as people read it. is_overdue: at the time of asking."""

    question: Question
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFilters:
    """What a list of questions is narrowed to. overdue: those that a department should have answered by now."""

    customer_id: str | None = None
    author_id: str | None = None
    department_id: str | None = None
    state: str | None = None
    overdue: bool = False


def question_page(
    connection: Connection,
    actor: Actor,
    filters: QuestionFilters,
    *,
    today: date,
    after: tuple[Any, ...] | None,
    limit: int,
) -> tuple[list[QuestionLine], tuple[Key, Key] | None]:
    """One page of questions: overdue ones by their day, others what came last first. One statement.

    after: (due_on as ISO text, id) of overdue ones, else (milliseconds of created_at as text, id).
    """
    q = c(Question)
    wanted = [q.org_id == actor.org_id]
    of = [q[name] == value for name in ("author_id", "department_id") if (value := getattr(filters, name)) is not None]
    if filters.customer_id is not None:
        wanted += [q.customer_id == filters.customer_id, *of]
    if filters.state is not None:
        wanted.append((unindexed(q.state) if filters.customer_id else q.state) == filters.state)
    sorting: tuple[Any, ...] = (q.due_on, q.id) if filters.overdue else (q.created_at.desc(), q.id.desc())
    if filters.overdue:
        wanted += [q.state == QuestionState.OPEN.value, q.due_on < today]
        if after is not None:
            wanted.append(later(sorting, (date.fromisoformat(after[0]), after[1])))
    elif after is not None:
        wanted.append(earlier((q.created_at, q.id), (from_ms(int(after[0])), after[1])))
    first = Page((*wanted, actor.must(READ).condition(Question)), sorting)
    if filters.customer_id is None:  # what there is of one customer is little, and has an index of its own
        states = [] if filters.overdue or filters.state else [q.state == each.value for each in QuestionState]
        first = leading(actor.must(READ), Question, wanted, sorting, limit + 1, states, [and_(*of)] if of else [])
    rows = connection.execute(first.of(select(*q).where(q.org_id == actor.org_id), limit + 1)).all()
    lines = [line_of(Question(**each._mapping), today) for each in rows[:limit]]
    if len(rows) <= limit:
        return lines, None
    last = lines[-1].question
    key = str(last.due_on) if filters.overdue else str(to_ms(last.created_at))
    return lines, (key, last.id)


def get_question(connection: Connection, actor: Actor, question_id: str, *, today: date) -> QuestionLine:
    """One question. Raises Refused NOT_FOUND when it is out of reach."""
    q = c(Question)
    within = (q.org_id == actor.org_id, q.id == question_id, actor.must(READ).condition(Question))
    row = connection.execute(select(*q).where(*within)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return line_of(Question(**row._mapping), today)


def line_of(question: Question, today: date) -> QuestionLine:
    """A question as it is read on a day of the organisation."""
    return QuestionLine(question, is_overdue(question.state, question.due_on, today))
