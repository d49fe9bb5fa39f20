"""Every state × action of cards and arrivals, and that only an active card opens a greeting."""

from __future__ import annotations

import pytest

from server.core.problem_types import ProblemType
from server.core.problems import Refused
from server.membership.transitions import (
    ARRIVAL_GONE,
    ARRIVAL_SERVED,
    ARRIVAL_TABLE,
    CARD_EXPIRED,
    CARD_LOST,
    CARD_REPLACED,
    CARD_TABLE,
    ArrivalAction,
    ArrivalState,
    CardAction,
    CardState,
    move_arrival,
    move_card,
)

A, L, B, R, X = CardState.ACTIVE, CardState.LOST, CardState.BLOCKED, CardState.REPLACED, CardState.EXPIRED
CARDS: dict[CardState, tuple[CardState | ProblemType, ...]] = {
    #   lose          block          unblock        replace        expire
    A: (L, B, A, R, X),
    L: (L, CARD_LOST, CARD_LOST, R, L),
    B: (L, B, A, R, X),
    R: (CARD_REPLACED, CARD_REPLACED, CARD_REPLACED, CARD_REPLACED, R),
    X: (CARD_EXPIRED, CARD_EXPIRED, CARD_EXPIRED, R, X),
}
ARRIVALS: dict[ArrivalState, tuple[ArrivalState | ProblemType, ...]] = {
    ArrivalState.WAITING: (ArrivalState.SERVED, ArrivalState.LEFT),
    ArrivalState.SERVED: (ArrivalState.SERVED, ARRIVAL_SERVED),
    ArrivalState.LEFT: (ARRIVAL_GONE, ArrivalState.LEFT),
}


@pytest.mark.parametrize("state", CardState)
@pytest.mark.parametrize("action", CardAction)
def test_each_step_of_a_card(state: CardState, action: CardAction) -> None:
    expected = CARDS[state][list(CardAction).index(action)]
    if isinstance(expected, ProblemType):
        with pytest.raises(Refused) as refused:
            move_card(state, action)
        assert refused.value.problem is expected
    else:
        assert move_card(state, action) is expected


@pytest.mark.parametrize("state", ArrivalState)
@pytest.mark.parametrize("action", ArrivalAction)
def test_each_step_of_an_arrival(state: ArrivalState, action: ArrivalAction) -> None:
    expected = ARRIVALS[state][list(ArrivalAction).index(action)]
    if isinstance(expected, ProblemType):
        with pytest.raises(Refused) as refused:
            move_arrival(state, action)
        assert refused.value.problem is expected
    else:
        assert move_arrival(state, action) is expected


def test_the_tables_have_no_hole() -> None:
    assert CARD_TABLE.keys() == set(CardState)
    assert all(row.keys() == set(CardAction) for row in CARD_TABLE.values())
    assert ARRIVAL_TABLE.keys() == set(ArrivalState)
    assert all(row.keys() == set(ArrivalAction) for row in ARRIVAL_TABLE.values())


@pytest.mark.parametrize("state", [L, R, X])
def test_a_card_that_is_lost_replaced_or_expired_never_comes_back(state: CardState) -> None:
    reached, left = set(), {state}
    while left:
        here = left.pop()
        reached.add(here)
        left |= {after for after in CARD_TABLE[here].values() if isinstance(after, CardState)} - reached
    assert A not in reached
