"""Which steps a request for approval may take: every state × action, in a table. Pure.

Source: docs/rules/approvals.md, P5; the words of the states are the glossary's.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from server.core.problems import ProblemType, Refused, problem_type

NO_LONGER_WAITING = problem_type(
    "approvals.no-longer-waiting",
    409,
    zh="这项申请已不在等待审批（{state}），您的决定没有生效。",
    en="This request no longer waits for a decision ({state}); yours was not taken.",
    doc="`state` says what happened first: approved, returned or rejected by somebody else, withdrawn, void (changed), or "
    "moved-on when another step is asked now. What was confirmed first stays.",
)
STILL_WAITING = problem_type(
    "approvals.still-waiting",
    409,
    zh="这项申请正在等待审批。",
    en="This request is waiting for a decision already.",
    doc="Withdraw it before asking anew.",
)


class CaseState(StrEnum):
    """The states of a request, as stored."""

    OPEN = "open"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class CaseAction(StrEnum):
    """What may be done to a request."""

    ASK = "ask"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    VOID = "void"


class Answer(StrEnum):
    """The states of one person's part in a request, as stored: it waits for him, he decided, or it went on without him.

    lapsed: somebody else decided, it was withdrawn, or he is no longer asked. void: he decided, and it was changed since.
    """

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    VOID = "void"


_CLOSED: Mapping[CaseAction, CaseState | ProblemType] = {
    CaseAction.ASK: CaseState.OPEN,
    CaseAction.APPROVE: NO_LONGER_WAITING,
    CaseAction.RETURN: NO_LONGER_WAITING,
    CaseAction.REJECT: NO_LONGER_WAITING,
    CaseAction.WITHDRAW: NO_LONGER_WAITING,
    CaseAction.VOID: NO_LONGER_WAITING,
}
CASE_TABLE: Mapping[CaseState, Mapping[CaseAction, CaseState | ProblemType]] = {
    CaseState.OPEN: {
        CaseAction.ASK: STILL_WAITING,
        CaseAction.APPROVE: CaseState.APPROVED,
        CaseAction.RETURN: CaseState.RETURNED,
        CaseAction.REJECT: CaseState.REJECTED,
        CaseAction.WITHDRAW: CaseState.WITHDRAWN,
        CaseAction.VOID: CaseState.VOID,
    },
    CaseState.APPROVED: {**_CLOSED, CaseAction.VOID: CaseState.VOID},
    CaseState.RETURNED: _CLOSED,
    CaseState.REJECTED: {**_CLOSED, CaseAction.ASK: NO_LONGER_WAITING},
    CaseState.WITHDRAWN: {**_CLOSED, CaseAction.WITHDRAW: CaseState.WITHDRAWN},
    CaseState.VOID: {**_CLOSED, CaseAction.VOID: CaseState.VOID},
}
"""Every state × action. `approve` names the state after the last step; before it the request stays open."""


def move_case(state: str, action: CaseAction) -> CaseState:
    """The state after `action`. Raises Refused NO_LONGER_WAITING, STILL_WAITING."""
    found = CASE_TABLE[CaseState(state)][action]
    if isinstance(found, ProblemType):
        raise Refused(found, state=state) if found is NO_LONGER_WAITING else Refused(found)
    return found
