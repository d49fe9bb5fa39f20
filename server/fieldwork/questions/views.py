"""/api/v1/questions: list what customers asked, note, pass on, answer, withdraw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services, writing
from server.core.clock import day_in
from server.core.declare import requires
from server.core.page_schemas import page_of
from server.core.problems import NOT_FOUND
from server.core.uow import UnitOfWork
from server.customers.rules import TEXT_REQUIRED
from server.fieldwork.operations.belonging import NOT_YOURS
from server.fieldwork.questions import operations
from server.fieldwork.questions.functions import READ, WRITE
from server.fieldwork.questions.models import Question
from server.fieldwork.questions.queries import QuestionFilters, QuestionLine, get_question, line_of, question_page
from server.fieldwork.questions.rules import DEPARTMENT_UNKNOWN, QUESTION_CLOSED
from server.fieldwork.questions.schemas import AnswerIn, PassOnIn, QuestionIn, QuestionOut, QuestionQuery
from server.fieldwork.questions.settling import settle_question
from server.fieldwork.views.answers import REUSED_ID, page, refuse_unless_same, repeated
from sync_protocol.ids import new_id

QUESTIONS = Blueprint(
    "questions", __name__, url_prefix="/api/v1/questions", description="What customers asked, and who is to answer."
)


@QUESTIONS.route("", methods=["GET"])
@requires(READ)
@QUESTIONS.arguments(QuestionQuery, location="query")
@QUESTIONS.response(200, page_of(QuestionOut))
def list_questions(query: dict[str, Any]) -> dict[str, Any]:
    """Questions within reach, what came last first; overdue ones by the day they were due. By pages."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor = QuestionFilters(**query), current_actor()
    today = day_in(actor.timezone, services().clock.now())
    return page(
        "questions",
        filters,
        cursor,
        lambda connection, after: question_page(connection, actor, filters, today=today, after=after, limit=size),
    )


@QUESTIONS.route("", methods=["POST"])
@requires(WRITE)
@QUESTIONS.arguments(QuestionIn)
@QUESTIONS.response(201, QuestionOut)
@repeated(QUESTIONS, QuestionOut)
@QUESTIONS.refuses(TEXT_REQUIRED, REUSED_ID, NOT_FOUND)
def ask_question(values: dict[str, Any]) -> tuple[QuestionLine, int]:
    """Note a question. With an `id`, sending the same again changes nothing."""
    question_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(Question, question_id)
        if known is None:
            question = operations.ask_question(uow, question_id, values)
            uow.commit()
            return line_of(question, uow.today()), 201
        refuse_unless_same(uow, known, settle_question(values), known.author_id)
        return line_of(known, uow.today()), 200


@QUESTIONS.route("/<id:question_id>", methods=["GET"])
@requires(READ)
@QUESTIONS.response(200, QuestionOut)
def read_question(question_id: str) -> QuestionLine:
    """One question."""
    actor = current_actor()
    with reading() as connection:
        return get_question(connection, actor, question_id, today=day_in(actor.timezone, services().clock.now()))


@QUESTIONS.route("/<id:question_id>/pass-on", methods=["POST"])
@requires(WRITE)
@QUESTIONS.arguments(PassOnIn)
@QUESTIONS.response(200, QuestionOut)
@QUESTIONS.refuses(DEPARTMENT_UNKNOWN, QUESTION_CLOSED)
def pass_on_question(values: dict[str, Any], question_id: str) -> QuestionLine:
    """Have a department answer it, or another one than so far."""
    return _done(question_id, operations.pass_on_question, values)


@QUESTIONS.route("/<id:question_id>/answer", methods=["POST"])
@requires(WRITE)
@QUESTIONS.arguments(AnswerIn)
@QUESTIONS.response(200, QuestionOut)
@QUESTIONS.refuses(TEXT_REQUIRED, QUESTION_CLOSED)
def answer_question(values: dict[str, Any], question_id: str) -> QuestionLine:
    """Answer it: the customer's timeline shows it, and who noted it is told."""
    return _done(question_id, operations.answer_question, values)


@QUESTIONS.route("/<id:question_id>/withdraw", methods=["POST"])
@requires(WRITE)
@QUESTIONS.response(200, QuestionOut)
@QUESTIONS.refuses(NOT_YOURS, QUESTION_CLOSED)
def withdraw_question(question_id: str) -> QuestionLine:
    """Say that it is not asked any more. A second time changes nothing."""
    return _done(question_id, operations.withdraw_question, {})


def _done(
    question_id: str, act: Callable[[UnitOfWork, Question, Mapping[str, Any]], Question], values: Mapping[str, Any]
) -> QuestionLine:
    with writing() as uow:
        question = act(uow, uow.must(Question, question_id, WRITE), values)
        uow.commit()
        return line_of(question, uow.today())
