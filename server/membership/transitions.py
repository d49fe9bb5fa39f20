"""Which steps a card and an arrival may take: every state × action, in tables. Pure.

Source: docs/rules/membership.md, M4 and M9; the words of the states are the glossary's.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from server.core.problems import ProblemType, Refused, problem_type

CARD_LOST = problem_type(
    "membership.card-lost",
    409,
    zh="此卡已挂失，不能恢复使用，请补发新卡。",
    en="This card was reported lost and does not come back into use; replace it.",
    doc="Also when it was found again: nobody knows who held it meanwhile.",
)
CARD_REPLACED = problem_type(
    "membership.card-replaced",
    409,
    zh="此卡已被新卡替换。",
    en="This card was replaced by another one.",
)
CARD_EXPIRED = problem_type(
    "membership.card-expired",
    409,
    zh="此卡已过期，请补发新卡。",
    en="This card has expired; replace it.",
)
ARRIVAL_SERVED = problem_type(
    "membership.arrival-served",
    409,
    zh="已有人接待这位客户。",
    en="Somebody has already looked after this visitor.",
)
ARRIVAL_GONE = problem_type(
    "membership.arrival-gone",
    409,
    zh="这位客户已经离开。",
    en="This visitor has already left.",
)


class CardState(StrEnum):
    """The states of a card, as stored."""

    ACTIVE = "active"
    LOST = "lost"
    BLOCKED = "blocked"
    REPLACED = "replaced"
    EXPIRED = "expired"


class CardAction(StrEnum):
    """What may be done to a card."""

    LOSE = "lose"
    BLOCK = "block"
    UNBLOCK = "unblock"
    REPLACE = "replace"
    EXPIRE = "expire"


class ArrivalState(StrEnum):
    """The states of an arrival, as stored."""

    WAITING = "waiting"
    SERVED = "served"
    LEFT = "left"


class ArrivalAction(StrEnum):
    """What may be done to an arrival."""

    SERVE = "serve"
    LEAVE = "leave"


CARD_TABLE: Mapping[CardState, Mapping[CardAction, CardState | ProblemType]] = {
    CardState.ACTIVE: {
        CardAction.LOSE: CardState.LOST,
        CardAction.BLOCK: CardState.BLOCKED,
        CardAction.UNBLOCK: CardState.ACTIVE,
        CardAction.REPLACE: CardState.REPLACED,
        CardAction.EXPIRE: CardState.EXPIRED,
    },
    CardState.LOST: {
        CardAction.LOSE: CardState.LOST,
        CardAction.BLOCK: CARD_LOST,
        CardAction.UNBLOCK: CARD_LOST,
        CardAction.REPLACE: CardState.REPLACED,
        CardAction.EXPIRE: CardState.LOST,
    },
    CardState.BLOCKED: {
        CardAction.LOSE: CardState.LOST,
        CardAction.BLOCK: CardState.BLOCKED,
        CardAction.UNBLOCK: CardState.ACTIVE,
        CardAction.REPLACE: CardState.REPLACED,
        CardAction.EXPIRE: CardState.EXPIRED,
    },
    CardState.REPLACED: {
        CardAction.LOSE: CARD_REPLACED,
        CardAction.BLOCK: CARD_REPLACED,
        CardAction.UNBLOCK: CARD_REPLACED,
        CardAction.REPLACE: CARD_REPLACED,
        CardAction.EXPIRE: CardState.REPLACED,
    },
    CardState.EXPIRED: {
        CardAction.LOSE: CARD_EXPIRED,
        CardAction.BLOCK: CARD_EXPIRED,
        CardAction.UNBLOCK: CARD_EXPIRED,
        CardAction.REPLACE: CardState.REPLACED,
        CardAction.EXPIRE: CardState.EXPIRED,
    },
}
"""Every state × action. A step that says nothing new is repeated without harm. Only an active card opens a greeting."""

ARRIVAL_TABLE: Mapping[ArrivalState, Mapping[ArrivalAction, ArrivalState | ProblemType]] = {
    ArrivalState.WAITING: {ArrivalAction.SERVE: ArrivalState.SERVED, ArrivalAction.LEAVE: ArrivalState.LEFT},
    ArrivalState.SERVED: {ArrivalAction.SERVE: ArrivalState.SERVED, ArrivalAction.LEAVE: ARRIVAL_SERVED},
    ArrivalState.LEFT: {ArrivalAction.SERVE: ARRIVAL_GONE, ArrivalAction.LEAVE: ArrivalState.LEFT},
}
"""Every state × action. First said wins; who said it may say it again."""


def move_card(state: str, action: CardAction) -> CardState:
    """The state after `action`. Raises Refused CARD_LOST, CARD_REPLACED, CARD_EXPIRED."""
    found = CARD_TABLE[CardState(state)][action]
    if isinstance(found, ProblemType):
        raise Refused(found)
    return found


def move_arrival(state: str, action: ArrivalAction) -> ArrivalState:
    """The state after `action`. Raises Refused ARRIVAL_SERVED, ARRIVAL_GONE."""
    found = ARRIVAL_TABLE[ArrivalState(state)][action]
    if isinstance(found, ProblemType):
        raise Refused(found)
    return found
