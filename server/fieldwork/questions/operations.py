"""Noting a customer's question, passing it to a department, answering and withdrawing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.accounts.models import User
from server.accounts.queries.actors import unit_tree
from server.accounts.scope import UnitTree
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.functions import READ as CUSTOMERS
from server.customers.models import Customer
from server.customers.receptions.models import Reception
from server.customers.timeline import Deed, add_to_timeline, timeline_kind
from server.fieldwork.activities.models import Activity
from server.fieldwork.functions import READ as VISITS
from server.fieldwork.models import Visit
from server.fieldwork.operations.belonging import must_be_one_of
from server.fieldwork.questions import events
from server.fieldwork.questions.models import Question
from server.fieldwork.questions.rules import DEPARTMENT_UNKNOWN, QuestionState, answer_due, check_open
from server.fieldwork.questions.settling import settle_question

ANSWERED = timeline_kind("question-answered", zh="答复客户问题", en="Question answered", deed=Deed.QUESTION)
EXCERPT = 200
"""Characters of question and answer that stand in the customer's timeline."""
_AT_ONCE = 1000
"""Customers whose questions are looked up with one statement."""


def ask_question(uow: UnitOfWork, question_id: str, values: Mapping[str, Any]) -> Question:
    """Note what a customer asked. values: customer_id, text, asked_at? (now unless told), cannot_answer?; where it was
    asked: visit_id?, activity_id?, reception_id?.

    With cannot_answer it goes to the department of whoever asks. After a visit of his, somebody may ask for a customer who is
    not his. Records QuestionAsked, QuestionPassedOn. Raises Refused NOT_FOUND (customer, where), TEXT_REQUIRED.
    Source: rule F15.
    """
    settled = settle_question(values)
    where = _where_asked(uow, settled)
    customer = _customer_of(uow, settled["customer_id"], where.get("visit_id"))
    question = uow.add(
        Question(
            id=question_id,
            author_id=uow.actor.user_id,
            customer_id=customer.id,
            customer_name=customer.name,
            **{name: row.id for name, row in where.items()},
            text=settled["text"],
            asked_at=settled.get("asked_at") or uow.now,
            owner_id=customer.owner_id,
            unit_id=customer.unit_id,
            project_id=customer.project_id,
        )
    )
    uow.record(events.QuestionAsked(question.id, customer.id, question.visit_id))
    if settled.get("cannot_answer"):
        _pass(uow, question, departments(uow).department_of(uow.actor.unit_id))
    return question


def pass_on_question(uow: UnitOfWork, question: Question, values: Mapping[str, Any]) -> Question:
    """Have a department answer it. values: department_id, any unit of the organisation. Records QuestionPassedOn.

    By whoever reaches it; to where it is already, it changes nothing. Raises Refused QUESTION_CLOSED, DEPARTMENT_UNKNOWN.
    """
    check_open(question.state)
    if values["department_id"] not in departments(uow):
        raise Refused(DEPARTMENT_UNKNOWN, field="/department_id")
    if values["department_id"] != question.department_id:
        _pass(uow, question, values["department_id"])
    return question


def answer_question(uow: UnitOfWork, question: Question, values: Mapping[str, Any]) -> Question:
    """Answer it. values: answer. Adds to the customer's timeline. Records QuestionAnswered.

    By whoever reaches it: who noted it, who sees the customer, the department. Raises Refused QUESTION_CLOSED, TEXT_REQUIRED.
    """
    check_open(question.state)
    answer = settle_question(values)["answer"]
    by = uow.actor.user_id
    uow.change(question, state=QuestionState.ANSWERED.value, answer=answer, answered_by=by, answered_at=uow.now)
    if (customer := uow.get(Customer, question.customer_id)) is not None:
        params = {"question": question.text[:EXCERPT], "answer": answer[:EXCERPT]}
        add_to_timeline(uow, customer, ANSWERED, subject_id=question.id, params=params)
    uow.record(events.QuestionAnswered(question.id, question.customer_id, by))
    return question


def withdraw_question(uow: UnitOfWork, question: Question, _values: Mapping[str, Any] | None = None) -> Question:
    """Not asked any more; a second time changes nothing. By who noted it or has the customer. Records QuestionWithdrawn.

    Raises Refused NOT_YOURS, QUESTION_CLOSED.
    """
    must_be_one_of(uow, question.author_id, question.owner_id)
    if question.state != QuestionState.WITHDRAWN:
        check_open(question.state)
        uow.change(question, state=QuestionState.WITHDRAWN.value)
        uow.record(events.QuestionWithdrawn(question.id, question.customer_id))
    return question


def departments(uow: UnitOfWork) -> UnitTree:
    """The units that a question can be passed to; read once in a transaction."""
    return uow.once("fieldwork.departments", lambda: unit_tree(uow.connection, uow.org_id))


def follow_customers(uow: UnitOfWork, moved: Sequence[Customer], _new_owner: User) -> None:
    """Let questions be seen by whoever sees their customer now; who noted them goes on seeing them, and the department."""
    places = {
        each.id: {"owner_id": each.owner_id, "unit_id": each.unit_id, "project_id": each.project_id} for each in moved
    }
    ids = sorted(places)
    for start in range(0, len(ids), _AT_ONCE):
        for question in uow.find(Question, c(Question).customer_id.in_(ids[start : start + _AT_ONCE])):
            uow.change(question, **places[question.customer_id])


def _pass(uow: UnitOfWork, question: Question, department_id: str) -> None:
    due_on = answer_due(uow.today())
    uow.change(question, cannot_answer=True, department_id=department_id, due_on=due_on)
    uow.record(events.QuestionPassedOn(question.id, question.customer_id, department_id, due_on))


_WHERE: Mapping[str, tuple[type[Visit] | type[Activity] | type[Reception], str]] = {
    "visit_id": (Visit, VISITS),
    "activity_id": (Activity, VISITS),
    "reception_id": (Reception, CUSTOMERS),
}
"""What a question may have been asked on, and the function it is seen with."""


def _where_asked(uow: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    """What it was asked on: of the same customer, seen or done by the actor. Raises Refused NOT_FOUND at its field."""
    found = {}
    for name, (kind, function) in _WHERE.items():
        if (row_id := values.get(name)) is None:
            continue
        row = uow.get(kind, row_id)
        if row is None or row.customer_id != values["customer_id"] or not _is_known(uow, row, function):
            raise Refused(NOT_FOUND, field=f"/{name}")
        found[name] = row
    return found


def _is_known(uow: UnitOfWork, row: Visit | Activity | Reception, function: str) -> bool:
    """Whether the actor sees it, or received the customer himself and has lost him since."""
    return uow.actor.reach(function).covers(row) or getattr(row, "received_by", None) == uow.actor.user_id


def _customer_of(uow: UnitOfWork, customer_id: str, visit: Visit | None) -> Customer:
    if visit is not None and uow.actor.user_id in (visit.author_id, visit.assignee_id):
        return uow.must(Customer, customer_id)
    return customers.accept_fact_for(uow, customer_id)
