"""Which steps a plan, a visit and a follow-up may take: every state × action, in tables. Pure.

Source: docs/rules/fieldwork.md, F3; the words of the states are the glossary's.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from server.core.problems import ProblemType, Refused, problem_type

PLAN_DONE = problem_type(
    "fieldwork.plan-already-done",
    409,
    zh="这份日计划已经完成。",
    en="This day plan is already done.",
    doc="What was confirmed first stays. Lines of the day can still be changed one by one.",
)
PLAN_CANCELLED = problem_type(
    "fieldwork.plan-already-cancelled",
    409,
    zh="这份日计划已经取消。",
    en="This day plan is already cancelled.",
    doc="Make another plan for the day; several may stand side by side.",
)
VISIT_STARTED = problem_type(
    "fieldwork.visit-already-started",
    409,
    zh="这次拜访已经开始，计划不能再改。",
    en="This visit has already started; its plan can no longer be changed.",
    doc="Finish it. A customer who was not there is an outcome of the visit.",
)
VISIT_DONE = problem_type(
    "fieldwork.visit-already-done",
    409,
    zh="这次拜访已经完成。",
    en="This visit is already done.",
    doc="What was confirmed first stays. A second visit is a row of its own.",
)
VISIT_CANCELLED = problem_type(
    "fieldwork.visit-already-cancelled",
    409,
    zh="这次拜访已经取消。",
    en="This visit is already cancelled.",
    doc="When it took place all the same: reopen it, then start or finish it.",
)
FOLLOW_UP_DONE = problem_type(
    "fieldwork.follow-up-already-done",
    409,
    zh="这项跟进已经完成。",
    en="This follow-up is already done.",
)
FOLLOW_UP_CANCELLED = problem_type(
    "fieldwork.follow-up-already-cancelled",
    409,
    zh="这项跟进已经取消。",
    en="This follow-up is already cancelled.",
)


class PlanState(StrEnum):
    """The states of a day plan, as stored."""

    DRAFT = "draft"
    SENT = "sent"
    DONE = "done"
    CANCELLED = "cancelled"


class PlanAction(StrEnum):
    """What may be done to a day plan."""

    CHANGE = "change"
    SEND = "send"
    FINISH = "finish"
    CANCEL = "cancel"


class VisitState(StrEnum):
    """The states of a visit, as stored. `missed` is not among them: it follows from a planned line's day and the clock."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


class VisitAction(StrEnum):
    """What may be done to a visit."""

    CHANGE = "change"
    START = "start"
    FINISH = "finish"
    CANCEL = "cancel"
    REOPEN = "reopen"


class FollowUpState(StrEnum):
    """The states of a follow-up, as stored."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class FollowUpAction(StrEnum):
    """What may be done to a follow-up."""

    CHANGE = "change"
    COMPLETE = "complete"
    CANCEL = "cancel"
    DELETE = "delete"


PLAN_TABLE: Mapping[PlanState, Mapping[PlanAction, PlanState | ProblemType]] = {
    PlanState.DRAFT: {
        PlanAction.CHANGE: PlanState.DRAFT,
        PlanAction.SEND: PlanState.SENT,
        PlanAction.FINISH: PlanState.DONE,
        PlanAction.CANCEL: PlanState.CANCELLED,
    },
    PlanState.SENT: {
        PlanAction.CHANGE: PlanState.SENT,
        PlanAction.SEND: PlanState.SENT,
        PlanAction.FINISH: PlanState.DONE,
        PlanAction.CANCEL: PlanState.CANCELLED,
    },
    PlanState.DONE: {
        PlanAction.CHANGE: PLAN_DONE,
        PlanAction.SEND: PLAN_DONE,
        PlanAction.FINISH: PlanState.DONE,
        PlanAction.CANCEL: PLAN_DONE,
    },
    PlanState.CANCELLED: {
        PlanAction.CHANGE: PLAN_CANCELLED,
        PlanAction.SEND: PLAN_CANCELLED,
        PlanAction.FINISH: PLAN_CANCELLED,
        PlanAction.CANCEL: PlanState.CANCELLED,
    },
}
"""Every state × action. A step that says nothing new is repeated without harm; all others: first confirmed wins (F3)."""

VISIT_TABLE: Mapping[VisitState, Mapping[VisitAction, VisitState | ProblemType]] = {
    VisitState.PLANNED: {
        VisitAction.CHANGE: VisitState.PLANNED,
        VisitAction.START: VisitState.IN_PROGRESS,
        VisitAction.FINISH: VisitState.DONE,
        VisitAction.CANCEL: VisitState.CANCELLED,
        VisitAction.REOPEN: VisitState.PLANNED,
    },
    VisitState.IN_PROGRESS: {
        VisitAction.CHANGE: VISIT_STARTED,
        VisitAction.START: VISIT_STARTED,
        VisitAction.FINISH: VisitState.DONE,
        VisitAction.CANCEL: VISIT_STARTED,
        VisitAction.REOPEN: VISIT_STARTED,
    },
    VisitState.DONE: {
        VisitAction.CHANGE: VISIT_DONE,
        VisitAction.START: VISIT_DONE,
        VisitAction.FINISH: VISIT_DONE,
        VisitAction.CANCEL: VISIT_DONE,
        VisitAction.REOPEN: VISIT_DONE,
    },
    VisitState.CANCELLED: {
        VisitAction.CHANGE: VISIT_CANCELLED,
        VisitAction.START: VISIT_CANCELLED,
        VisitAction.FINISH: VISIT_CANCELLED,
        VisitAction.CANCEL: VisitState.CANCELLED,
        VisitAction.REOPEN: VisitState.PLANNED,
    },
}
"""Every state × action. Starting or finishing a second time is refused, because it carries a second testimony (F3)."""

FOLLOW_UP_TABLE: Mapping[FollowUpState, Mapping[FollowUpAction, FollowUpState | ProblemType]] = {
    FollowUpState.OPEN: {
        FollowUpAction.CHANGE: FollowUpState.OPEN,
        FollowUpAction.COMPLETE: FollowUpState.DONE,
        FollowUpAction.CANCEL: FollowUpState.CANCELLED,
        FollowUpAction.DELETE: FollowUpState.OPEN,
    },
    FollowUpState.DONE: {
        FollowUpAction.CHANGE: FOLLOW_UP_DONE,
        FollowUpAction.COMPLETE: FOLLOW_UP_DONE,
        FollowUpAction.CANCEL: FOLLOW_UP_DONE,
        FollowUpAction.DELETE: FOLLOW_UP_DONE,
    },
    FollowUpState.CANCELLED: {
        FollowUpAction.CHANGE: FOLLOW_UP_CANCELLED,
        FollowUpAction.COMPLETE: FOLLOW_UP_CANCELLED,
        FollowUpAction.CANCEL: FollowUpState.CANCELLED,
        FollowUpAction.DELETE: FollowUpState.CANCELLED,
    },
}
"""Every state × action. `delete` names the state the row is in when it goes: what was done is history and stays."""


def move_plan(state: str, action: PlanAction) -> PlanState:
    """The state after `action`. Raises Refused PLAN_DONE, PLAN_CANCELLED."""
    found = PLAN_TABLE[PlanState(state)][action]
    if isinstance(found, ProblemType):
        raise Refused(found)
    return found


def move_visit(state: str, action: VisitAction) -> VisitState:
    """The state after `action`. Raises Refused VISIT_STARTED, VISIT_DONE, VISIT_CANCELLED."""
    found = VISIT_TABLE[VisitState(state)][action]
    if isinstance(found, ProblemType):
        raise Refused(found)
    return found


def move_follow_up(state: str, action: FollowUpAction) -> FollowUpState:
    """The state after `action`. Raises Refused FOLLOW_UP_DONE, FOLLOW_UP_CANCELLED."""
    found = FOLLOW_UP_TABLE[FollowUpState(state)][action]
    if isinstance(found, ProblemType):
        raise Refused(found)
    return found
