"""Who hears of approvals: whoever is asked for a decision, and who asked, once it is made."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from notifications.hearing import Hearing, hears
from notifications.models import Notice
from notifications.rules import NoticeState
from notifications.telling import News
from notifications.topics import DECISION_MADE, DECISION_WAITING
from server.approvals import events
from server.approvals.models import Approval
from server.approvals.transitions import Answer
from server.core.events import Heard
from server.core.rows import c
from server.core.types import from_ms

_SUBJECTS = {"expense_claim": "expense_claims"}
"""Kind of what is asked for → its collection, for opening it."""


@hears(events.ApprovalAsked, events.ApprovalDecided, events.ApprovalWithdrawn)
def waiting(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Whoever it waits for now is told; for whom it waits no longer has nothing left to do about it.

    Who asked hears of the decision, when it is the last one or stops the matter.
    """
    uow, a, n = hearing.uow, c(Approval), c(Notice)
    last = {each.subject_id: each for each in heard}
    statement = select(a.id, a.case_id, a.owner_id, a.state, a.kind, a.amount_minor, a.currency).where(
        a.org_id == uow.org_id, a.case_id.in_(sorted(last))
    )
    parts = uow.connection.execute(statement).all()
    open_now = {part.id for part in parts if part.state == Answer.WAITING}
    about = n.subject_id.in_([part.id for part in parts])
    for notice in uow.find(Notice, about, n.topic == DECISION_WAITING, n.state != NoticeState.DONE.value):
        if notice.subject_id not in open_now:
            uow.change(notice, state=NoticeState.DONE.value)
    asked = {each.subject_id: each for each in heard if each.code == events.ApprovalAsked.code}
    hearing.news += [
        News(
            part.owner_id,
            DECISION_WAITING,
            occurrence=asked[part.case_id].n,
            since=from_ms(asked[part.case_id].at),
            subject_collection="approvals",
            subject_id=part.id,
            params={
                "case_id": part.case_id,
                "kind": part.kind,
                "by_id": asked[part.case_id].told["requester_id"],
                "amount_minor": part.amount_minor,
                "currency": part.currency,
            },
        )
        for part in parts
        if part.id in open_now and part.case_id in asked and part.owner_id != asked[part.case_id].actor_id
    ]
    hearing.news += [
        News(
            each.told["requester_id"],
            DECISION_MADE,
            occurrence=each.n,
            since=from_ms(each.at),
            subject_collection=_SUBJECTS.get(each.told["kind"]),
            subject_id=each.subject_id,
            params={"kind": each.told["kind"], "decision": each.told["decision"], "by_id": each.actor_id},
        )
        for each in heard
        if each.code == events.ApprovalDecided.code
        and (each.told["is_final"] or each.told["decision"] != "approved")
        and each.actor_id != each.told["requester_id"]
    ]
