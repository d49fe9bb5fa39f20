"""Approvals: whoever is asked is told, until it waits for him no more; who asked hears of the decision."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from notifications.topics import DECISION_MADE, DECISION_WAITING
from server.approvals import operations as approvals
from server.approvals.models import Approval, ApprovalCase
from server.expenses import operations as expenses
from server.expenses.models import ExpenseClaim
from sync_protocol.ids import new_id
from tests.notifications.scene import Desk
from tests.support.approving import set_route


def submitted(desk: Desk) -> str:
    """A claim of wang's that waits for jie."""
    with desk.services.writing(desk.company.actor("system")) as uow:
        set_route(uow)
        uow.commit()
    customer, claim_id = desk.customer("wang"), new_id()
    with desk.services.writing(desk.company.actor("wang")) as uow:
        expenses.create_claim(uow, claim_id, {"title": "lunch"})
        told = {"progress": "signed", "key_value": "large", "customer_id": customer}
        spent = {"kind": "meal", "amount_minor": 8800, "spent_on": date(2025, 3, 2)}
        expenses.add_line(uow, new_id(), {"claim_id": claim_id, **told, **spent})
        uow.commit()
    desk.do("wang", expenses.submit_claim, ExpenseClaim, claim_id)
    desk.work()
    return claim_id


def decide(desk: Desk, claim_id: str, decision: Any) -> None:
    with desk.services.writing(desk.company.actor("jie")) as uow:
        case = uow.must(ApprovalCase, claim_id)
        part = uow.must(Approval, case.waiting[0])
        decision(uow, part, {"revision": case.revision, "content_hash": case.content_hash, "comment": "so"})
        uow.commit()
    desk.work()


@pytest.mark.parametrize(
    ("decision", "word"),
    [
        (approvals.approve, "approved"),
        (approvals.send_back, "returned"),
        (approvals.reject, "rejected"),
    ],
)
def test_a_claim_waits_in_one_inbox_and_its_decision_comes_to_the_other(desk: Desk, decision: Any, word: str) -> None:
    claim_id = submitted(desk)
    (waiting,) = desk.inbox("jie")
    assert (waiting.topic, waiting.state, waiting.subject_collection) == (DECISION_WAITING, "unread", "approvals")
    assert (waiting.params["by_id"], waiting.params["amount_minor"]) == (desk.company.users["wang"], 8800)
    decide(desk, claim_id, decision)
    assert [each.state for each in desk.inbox("jie")] == ["done"]
    (made,) = desk.inbox("wang")
    assert (made.topic, made.subject_collection, made.subject_id) == (DECISION_MADE, "expense_claims", claim_id)
    assert made.params == {"kind": "expense_claim", "decision": word, "by_id": desk.company.users["jie"]}


def test_a_claim_that_was_withdrawn_waits_for_nobody(desk: Desk) -> None:
    claim_id = submitted(desk)
    desk.do("wang", expenses.withdraw_claim, ExpenseClaim, claim_id)
    desk.work()
    assert [each.state for each in desk.inbox("jie")] == ["done"]
    assert desk.inbox("wang") == []
