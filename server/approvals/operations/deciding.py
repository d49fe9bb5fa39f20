"""Deciding: a compare-and-set on state, revision and content. The case's lock makes it one decision, whoever comes at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.approvals import events
from server.approvals.models import Approval, ApprovalCase, ApprovalDay
from server.approvals.operations import routing
from server.approvals.operations.asking import ask_people, lapse
from server.approvals.operations.days import approval_day_id
from server.approvals.rules import Route, next_step
from server.approvals.settling import settle_decision
from server.approvals.subjects import SUBJECTS, Outcome
from server.approvals.transitions import NO_LONGER_WAITING, Answer, CaseAction, move_case
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.uow import UnitOfWork

OWN_REQUEST = problem_type(
    "approvals.own-request",
    403,
    zh="不能审批自己的申请，代理他人时也不行。",
    en="Nobody decides about a request of his own, not in place of somebody else either.",
)
NOT_ASKED = problem_type(
    "approvals.not-asked",
    403,
    zh="按现行流程和代理，这项申请已不由您审批。",
    en="As routes and stand-ins are now, this is no longer yours to decide.",
    doc="Judged when the decision arrives, not when it was made: a stand-in's last day may have passed meanwhile.",
)
CHANGED_MEANWHILE = problem_type(
    "approvals.changed-meanwhile",
    409,
    zh="申请内容已变更（当前修订 {revision}），请重新查看后再审批。",
    en="The request has changed (it is now at revision {revision}); look at it again and decide anew.",
    doc="A decision names the revision and the content hash that its maker saw.",
)
PASSWORD_NEEDED = problem_type(
    "approvals.password-needed",
    403,
    zh="金额超过限额，需联网并确认密码后审批。",
    en="Above this amount a decision needs your password, online.",
    doc="Not taken through sync. Confirm the password (POST /api/v1/session/confirm), then POST to /api/v1/approvals/….",
)
DAY_LIMIT = problem_type(
    "approvals.day-limit",
    403,
    zh="您今天的审批额度已用完（限额 {limit_minor}，以最小货币单位计）。",
    en="That would exceed what you may approve in one day ({limit_minor} in minor units).",
    doc="`approved_minor` is what you have approved of this topic today. Tomorrow, or somebody else.",
    extra=["approved_minor"],
)
COMMENT_REQUIRED = problem_type(
    "approvals.comment-required",
    422,
    zh="请说明退回或驳回的原因。",
    en="Say why you return or reject it.",
)
_ACTIONS = {
    Answer.APPROVED: CaseAction.APPROVE,
    Answer.RETURNED: CaseAction.RETURN,
    Answer.REJECTED: CaseAction.REJECT,
}


def _offline() -> None:
    raise Refused(PASSWORD_NEEDED)


def approve(uow: UnitOfWork, part: Approval, values: Mapping[str, Any]) -> Approval:
    """Say yes, from a device: not above the limit. As `decide`, which raises PASSWORD_NEEDED then."""
    return decide(uow, part, values, Answer.APPROVED)


def send_back(uow: UnitOfWork, part: Approval, values: Mapping[str, Any]) -> Approval:
    """Ask for something to be mended, from a device. As `decide`."""
    return decide(uow, part, values, Answer.RETURNED)


def reject(uow: UnitOfWork, part: Approval, values: Mapping[str, Any]) -> Approval:
    """Say no, for good, from a device. As `decide`."""
    return decide(uow, part, values, Answer.REJECTED)


def decide(
    uow: UnitOfWork,
    part: Approval,
    values: Mapping[str, Any],
    answer: Answer,
    *,
    confirm: Callable[[], None] = _offline,
) -> Approval:
    """Decide the present step of a case. Records ApprovalDecided, and ApprovalAsked when another step follows.

    values: revision and content_hash as its maker saw them, comment. confirm: raises Refused unless the
    password was given just now; asked above the limit only.
    Judged under the route, stand-ins, limits and scope valid now. The same decision again changes nothing.
    Raises Refused NOT_FOUND, OWN_REQUEST, NO_LONGER_WAITING, CHANGED_MEANWHILE, NOT_ASKED, PASSWORD_NEEDED, DAY_LIMIT,
    COMMENT_REQUIRED, and what the subject itself raises. Source: rules P5 to P8, security design §2.7.
    """
    values = settle_decision(values)
    case = uow.get(ApprovalCase, part.case_id)
    if case is None or part.owner_id != uow.actor.user_id:
        raise Refused(NOT_FOUND)
    if case.requester_id == uow.actor.user_id:
        raise Refused(OWN_REQUEST)
    if part.state == answer:
        return part
    _compare(case, part, values, answer)
    if answer is not Answer.APPROVED and values.get("comment") is None:
        raise Refused(COMMENT_REQUIRED, field="/comment")
    asked = routing.asked_now(uow, case)
    if uow.actor.user_id not in asked.people:
        raise Refused(NOT_ASKED)
    if asked.route.needs_password(case.amount_minor):
        confirm()
    if answer is Answer.APPROVED:
        SUBJECTS[case.kind].must_be_ready(uow, case.id)
        _count(uow, case, asked.route)
    _set(uow, case, part, values, answer, asked)
    return part


def _compare(case: ApprovalCase, part: Approval, values: Mapping[str, Any], answer: Answer) -> None:
    """The compare of the compare-and-set: the state first, then what its maker saw."""
    move_case(case.state, _ACTIONS[answer])
    if part.state != Answer.WAITING:
        raise Refused(NO_LONGER_WAITING, state="moved-on" if part.state == Answer.LAPSED else part.state)
    if (values["revision"], values["content_hash"]) != (case.revision, case.content_hash):
        raise Refused(CHANGED_MEANWHILE, revision=case.revision)


def _count(uow: UnitOfWork, case: ApprovalCase, route: Route) -> None:
    """Add it to what the actor has approved today. Raises Refused DAY_LIMIT."""
    day = uow.ensure(
        ApprovalDay(
            id=approval_day_id(uow.actor.user_id, case.topic, case.currency, uow.today()),
            user_id=uow.actor.user_id,
            topic=case.topic,
            currency=case.currency,
            day_on=uow.today(),
            total_minor=0,
        )
    )
    before = day.total_minor
    if route.day_limit_minor is not None and before + case.amount_minor > route.day_limit_minor:
        raise Refused(DAY_LIMIT, limit_minor=route.day_limit_minor, approved_minor=before)
    uow.change(day, total_minor=before + case.amount_minor)


def _set(
    uow: UnitOfWork, case: ApprovalCase, part: Approval, values: Mapping[str, Any], answer: Answer, asked: routing.Asked
) -> None:
    comment = values.get("comment")
    uow.change(part, state=answer.value, comment=comment, decided_at=uow.now)
    lapse(uow, case, part.id)
    decided_by = sorted({*case.decided_by, uow.actor.user_id})
    following = next_step(asked.steps, case.step, decided_by) if answer is Answer.APPROVED else None
    uow.record(
        events.ApprovalDecided(
            case.id, case.kind, case.requester_id, answer.value, part.for_id, case.step, following is None,
            case.content_hash,
        )
    )  # fmt: skip
    uow.change(
        case,
        answered=[*case.answered, part.id],
        decided_by=decided_by,
        revision=case.revision + 1,
        state=case.state if following else answer.value,
        step=following or case.step,
        step_count=len(asked.steps),
    )
    if following is None:
        SUBJECTS[case.kind].decided(uow, case.id, Outcome(answer, uow.actor.user_id, part.for_id, comment))
    else:
        after = routing.asked_now(uow, case)
        ask_people(uow, case, after.route, after.people)
