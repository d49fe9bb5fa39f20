"""Which steps an expense claim may take: every state × action, in a table. Pure.

Source: docs/rules/expenses.md, E1; the words of the states are the glossary's.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from server.core.problems import ProblemType, Refused, problem_type

CLAIM_DRAFT = problem_type(
    "expenses.claim-not-submitted",
    409,
    zh="这份报销单还没有提交。",
    en="This claim is not submitted.",
    doc="Also of one that was returned, withdrawn or changed, and not submitted again since.",
)
CLAIM_SUBMITTED = problem_type(
    "expenses.claim-already-submitted",
    409,
    zh="报销单正在审批，请先撤回再修改。",
    en="This claim waits for approval; withdraw it before you change it.",
)
CLAIM_APPROVED = problem_type(
    "expenses.claim-already-approved",
    409,
    zh="这份报销单已经批准。",
    en="This claim is already approved.",
    doc="A change to it makes the approval void; then it can be submitted again, or withdrawn.",
)
CLAIM_REJECTED = problem_type(
    "expenses.claim-rejected",
    409,
    zh="这份报销单已被驳回。",
    en="This claim was rejected.",
    doc="Rejected is for good. What may be mended is returned.",
)
CLAIM_REIMBURSED = problem_type(
    "expenses.claim-already-reimbursed",
    409,
    zh="这份报销单已经支付。",
    en="This claim is already reimbursed.",
)


class ClaimState(StrEnum):
    """The states of a claim, as stored. void: it was approved and has been changed since."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REIMBURSED = "reimbursed"
    VOID = "void"


class ClaimAction(StrEnum):
    """What may be done to a claim. change: its own fields, and its lines."""

    CHANGE = "change"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    REIMBURSE = "reimburse"


_UNDECIDED: Mapping[ClaimAction, ClaimState | ProblemType] = {
    ClaimAction.APPROVE: CLAIM_DRAFT,
    ClaimAction.RETURN: CLAIM_DRAFT,
    ClaimAction.REJECT: CLAIM_DRAFT,
    ClaimAction.REIMBURSE: CLAIM_DRAFT,
}


def _only(problem: ProblemType) -> Mapping[ClaimAction, ClaimState | ProblemType]:
    return dict.fromkeys(ClaimAction, problem)


CLAIM_TABLE: Mapping[ClaimState, Mapping[ClaimAction, ClaimState | ProblemType]] = {
    ClaimState.DRAFT: {
        **_UNDECIDED,
        ClaimAction.CHANGE: ClaimState.DRAFT,
        ClaimAction.SUBMIT: ClaimState.SUBMITTED,
        ClaimAction.WITHDRAW: ClaimState.WITHDRAWN,
    },
    ClaimState.SUBMITTED: {
        ClaimAction.CHANGE: CLAIM_SUBMITTED,
        ClaimAction.SUBMIT: ClaimState.SUBMITTED,
        ClaimAction.WITHDRAW: ClaimState.WITHDRAWN,
        ClaimAction.APPROVE: ClaimState.APPROVED,
        ClaimAction.RETURN: ClaimState.RETURNED,
        ClaimAction.REJECT: ClaimState.REJECTED,
        ClaimAction.REIMBURSE: CLAIM_SUBMITTED,
    },
    ClaimState.APPROVED: {
        **_only(CLAIM_APPROVED),
        ClaimAction.CHANGE: ClaimState.VOID,
        ClaimAction.REIMBURSE: ClaimState.REIMBURSED,
    },
    ClaimState.RETURNED: {
        **_UNDECIDED,
        ClaimAction.CHANGE: ClaimState.RETURNED,
        ClaimAction.SUBMIT: ClaimState.SUBMITTED,
        ClaimAction.WITHDRAW: ClaimState.WITHDRAWN,
    },
    ClaimState.REJECTED: _only(CLAIM_REJECTED),
    ClaimState.WITHDRAWN: {
        **_UNDECIDED,
        ClaimAction.CHANGE: ClaimState.WITHDRAWN,
        ClaimAction.SUBMIT: ClaimState.SUBMITTED,
        ClaimAction.WITHDRAW: ClaimState.WITHDRAWN,
    },
    ClaimState.REIMBURSED: _only(CLAIM_REIMBURSED),
    ClaimState.VOID: {
        **_UNDECIDED,
        ClaimAction.CHANGE: ClaimState.VOID,
        ClaimAction.SUBMIT: ClaimState.SUBMITTED,
        ClaimAction.WITHDRAW: ClaimState.WITHDRAWN,
    },
}
"""Every state × action. `approve` names the state after the last step of the route. Submitting and withdrawing again
change nothing, so that a double tap is one."""


def move_claim(state: str, action: ClaimAction) -> ClaimState:
    """The state after `action`. Raises Refused CLAIM_DRAFT, _SUBMITTED, _APPROVED, _REJECTED, _REIMBURSED."""
    found = CLAIM_TABLE[ClaimState(state)][action]
    if isinstance(found, ProblemType):
        raise Refused(found)
    return found
