"""Asking for approval, and taking it back: one case for each subject, one row for each person who is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from server.approvals import events
from server.approvals.models import TITLE_MOST, Approval, ApprovalCase
from server.approvals.operations import routing
from server.approvals.rules import Route
from server.approvals.subjects import SUBJECTS
from server.approvals.transitions import Answer, CaseAction, CaseState, move_case
from server.core.problems import Refused
from server.core.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. kind: of the subject. content: plain values that JSON can hold; what is decided about."""

    kind: str
    subject_id: str
    requester_id: str
    requester_name: str
    unit_id: str
    title: str
    amount_minor: int
    currency: str
    content: Mapping[str, Any]
    flags: Sequence[Mapping[str, Any]] = ()


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a request's content in one canonical form: keys sorted, no spaces, whole numbers and texts only."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def lock_cases(uow: UnitOfWork, subject_ids: Iterable[str]) -> None:
    """Lock the cases of these subjects: before any row of the matter, so that nobody waits for anybody in a circle."""
    uow.preload(ApprovalCase, subject_ids)


def ask(uow: UnitOfWork, request: Request) -> ApprovalCase:
    """Ask for approval, for the first time or again after it was returned, withdrawn or changed. Records ApprovalAsked.

    Raises Refused STILL_WAITING, NO_LONGER_WAITING (rejected), NO_ROUTE, NO_APPROVER.
    """
    topic = SUBJECTS[request.kind].topic
    case = uow.get(ApprovalCase, request.subject_id)
    if case is not None:
        move_case(case.state, CaseAction.ASK)
    values: dict[str, Any] = {
        "requester_name": request.requester_name,
        "unit_id": request.unit_id,
        "title": request.title[:TITLE_MOST],
        "amount_minor": request.amount_minor,
        "currency": request.currency,
        "content": dict(request.content),
        "content_hash": hash_of(request.content),
        "flags": [dict(each) for each in request.flags],
    }
    anew = {"step": 1, "state": CaseState.OPEN.value, "waiting": [], "answered": [], "decided_by": []}
    if case is None:
        case = uow.add(
            ApprovalCase(
                id=request.subject_id, kind=request.kind, topic=topic, requester_id=request.requester_id, **values
            )
        )
    else:
        uow.change(case, **values, **anew, revision=case.revision + 1, round=case.round + 1)
    asked = routing.asked_now(uow, case)
    uow.change(case, step_count=len(asked.steps))
    ask_people(uow, case, asked.route, asked.people)
    return case


def ask_people(uow: UnitOfWork, case: ApprovalCase, route: Route, people: Mapping[str, str | None]) -> None:
    """Make a row for each person who can decide the present step. Records ApprovalAsked."""
    made = [_row_for(uow, case, route, user_id, for_id) for user_id, for_id in sorted(people.items())]
    uow.change(case, waiting=sorted([*case.waiting, *made]))
    uow.record(events.ApprovalAsked(case.id, case.kind, case.requester_id, sorted(people), case.step, case.step_count))


def _row_for(uow: UnitOfWork, case: ApprovalCase, route: Route, user_id: str, for_id: str | None) -> str:
    shown = (
        "kind", "topic", "title", "amount_minor", "currency", "requester_id", "requester_name", "content", "content_hash",
        "flags", "step", "step_count", "revision",
    )  # fmt: skip
    row = uow.add(
        Approval(
            owner_id=user_id,
            unit_id=routing.directory(uow).units[user_id],
            case_id=case.id,
            for_id=for_id,
            needs_password=route.needs_password(case.amount_minor),
            **{name: getattr(case, name) for name in shown},
        )
    )
    return row.id


def waiting_people(uow: UnitOfWork, subject_id: str) -> list[str]:
    """For whom a subject waits, by id."""
    case = uow.get(ApprovalCase, subject_id)
    rows = [] if case is None else [uow.get(Approval, each) for each in case.waiting]
    return sorted(row.owner_id for row in rows if row is not None)


def preload_parts(uow: UnitOfWork, subject_ids: Iterable[str]) -> None:
    """Load at once the rows that people have of these cases in their present round."""
    cases = [case for each in subject_ids if (case := uow.get(ApprovalCase, each)) is not None]
    uow.preload(Approval, {each for case in cases for each in (*case.waiting, *case.answered)})


def withdraw(uow: UnitOfWork, subject_id: str) -> None:
    """Ask no longer. Records ApprovalWithdrawn. Raises Refused NO_LONGER_WAITING."""
    case = _case(uow, subject_id)
    state = move_case(case.state, CaseAction.WITHDRAW)
    if state != case.state:
        asked = waiting_people(uow, subject_id)
        lapse(uow, case)
        uow.change(case, state=state.value, revision=case.revision + 1)
        uow.record(events.ApprovalWithdrawn(case.id, case.kind, asked))


def void(uow: UnitOfWork, subject_id: str) -> None:
    """What was approved has changed: the decisions no longer hold. Records ApprovalVoided. Raises NO_LONGER_WAITING."""
    case = _case(uow, subject_id)
    state = move_case(case.state, CaseAction.VOID)
    if state != case.state:
        lapse(uow, case)
        for each in case.answered:
            if (row := uow.get(Approval, each)) is not None:
                uow.change(row, state=Answer.VOID.value)
        uow.change(case, state=state.value, revision=case.revision + 1)
        uow.record(events.ApprovalVoided(case.id, case.kind, case.requester_id, sorted(case.decided_by)))


def add_flags(uow: UnitOfWork, subject_id: str, flags: Sequence[Mapping[str, Any]]) -> None:
    """Show those who are asked now something more to look at."""
    case = uow.get(ApprovalCase, subject_id)
    if case is None or case.state != CaseState.OPEN:
        return
    shown = [*case.flags, *(dict(each) for each in flags)]
    uow.change(case, flags=shown)
    for each in case.waiting:
        if (row := uow.get(Approval, each)) is not None:
            uow.change(row, flags=shown)


def lapse(uow: UnitOfWork, case: ApprovalCase, *but: str) -> None:
    """Tell those for whom the case still waits, all but these rows, that it went on without them."""
    for each in case.waiting:
        if each not in but and (row := uow.get(Approval, each)) is not None:
            uow.change(row, state=Answer.LAPSED.value)
    uow.change(case, waiting=[])


def ask_anew(uow: UnitOfWork, case: ApprovalCase) -> bool:
    """Bring the people who are asked up to what routes, stand-ins and roles say now; whether anything changed.

    Where nobody is left it stays as it is: a request is never approved for want of somebody to decide it.
    """
    try:
        asked = routing.asked_now(uow, case)
    except Refused:
        return False
    people = asked.people
    rows = {row.owner_id: row for each in case.waiting if (row := uow.get(Approval, each)) is not None}
    gone = [row for user_id, row in rows.items() if user_id not in people]
    new = {user_id: for_id for user_id, for_id in people.items() if user_id not in rows}
    if not people:
        return False
    needs_password = asked.route.needs_password(case.amount_minor)
    stale = [row for row in rows.values() if row.needs_password != needs_password]
    if not (gone or new or stale):
        return False
    for row in stale:
        uow.change(row, needs_password=needs_password)
    for row in gone:  # what it is about is no longer his to see
        uow.change(row, state=Answer.LAPSED.value, content={}, flags=[])
    uow.change(case, step_count=len(asked.steps), waiting=sorted(row.id for row in rows.values() if row not in gone))
    if new:
        ask_people(uow, case, asked.route, new)
    return True


def _case(uow: UnitOfWork, subject_id: str) -> ApprovalCase:
    case = uow.get(ApprovalCase, subject_id)
    if case is None:
        raise LookupError(f"nobody asked about {subject_id}")
    return case
