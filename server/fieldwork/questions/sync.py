"""What devices see of customers' questions. Declarations only."""

from __future__ import annotations

from collections.abc import Sequence

from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.rules import NAME_MOST
from server.fieldwork.questions import models, operations
from server.fieldwork.questions.functions import READ, WRITE
from server.fieldwork.questions.models import Question
from server.fieldwork.questions.rules import QuestionState
from server.fieldwork.questions.settling import settle_question
from sync_protocol import wire
from sync_protocol.operations import Operation

_ANSWER = wire.TEXT(models.ANSWER_MOST, multiline=True)


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once the customers' former owners and the tree of units."""
    named = {each.values.get("customer_id") for each in batch}
    customers.preload_for_batch(uow, {each for each in named if each is not None})
    operations.departments(uow)


QUESTIONS = Collection(
    name="questions",
    row=Question,
    scope=OwnedScope(READ),
    policy="machine",
    columns=(
        Column("customer_id", wire.ID, writable=True, required=True),
        Column("customer_name", wire.TEXT(NAME_MOST)),
        *(Column(name, wire.ID.or_null(), writable=True) for name in ("visit_id", "activity_id", "reception_id")),
        Column("text", wire.TEXT(models.QUESTION_MOST, multiline=True), writable=True, required=True),
        Column("asked_at", wire.INSTANT, writable=True),
        Column("cannot_answer", wire.BOOLEAN, writable=True),
        Column("department_id", wire.ID.or_null()),
        Column("due_on", wire.DAY.or_null()),
        Column("state", wire.CODE(QuestionState)),
        Column("answer", _ANSWER.or_null()),
        Column("answered_by", wire.ID.or_null()),
        Column("answered_at", wire.INSTANT.or_null()),
        Column("author_id", wire.ID),
        Column("owner_id", wire.ID),
    ),
    # by_author: who noted it, and no longer has the customer, still passes on what the department says.
    actions={
        "create": Action(operations.ask_question, WRITE, by_author=True),
        "pass_on": Action(
            operations.pass_on_question,
            WRITE,
            values={"department_id": wire.ID},
            required=frozenset({"department_id"}),
            by_author=True,
        ),
        "answer": Action(
            operations.answer_question,
            WRITE,
            values={"answer": _ANSWER},
            required=frozenset({"answer"}),
            by_author=True,
        ),
        "withdraw": Action(operations.withdraw_question, WRITE, by_author=True),
    },
    parents={
        "customer_id": "customers",
        "visit_id": "visits",
        "activity_id": "activities",
        "reception_id": "receptions",
    },
    prepare=_prepare,
    settle=settle_question,
)

COLLECTIONS = (QUESTIONS,)
