"""Every state × action of plans, visits and follow-ups, spelled out once more by hand."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import pytest

from server.core.problems import Refused
from server.fieldwork.transitions import (
    FollowUpAction,
    FollowUpState,
    PlanAction,
    PlanState,
    VisitAction,
    VisitState,
    move_follow_up,
    move_plan,
    move_visit,
)

# Rows are states, columns are actions; a word with a dash in it is the refusal's code without its area.
PLANS = """
            change                  send                    finish                  cancel
draft       draft                   sent                    done                    cancelled
sent        sent                    sent                    done                    cancelled
done        plan-already-done       plan-already-done       done                    plan-already-done
cancelled   plan-already-cancelled  plan-already-cancelled  plan-already-cancelled  cancelled
"""
VISITS = """
            change                   start                    finish                   cancel                 reopen
planned     planned                  in_progress              done                     cancelled              planned
in_progress visit-already-started    visit-already-started    done                     visit-already-started  visit-already-started
done        visit-already-done       visit-already-done       visit-already-done       visit-already-done     visit-already-done
cancelled   visit-already-cancelled  visit-already-cancelled  visit-already-cancelled  cancelled              planned
"""
FOLLOW_UPS = """
            change                       complete                     cancel                  delete
open        open                         done                         cancelled               open
done        follow-up-already-done       follow-up-already-done       follow-up-already-done  follow-up-already-done
cancelled   follow-up-already-cancelled  follow-up-already-cancelled  cancelled               cancelled
"""


def cells(text: str) -> dict[tuple[str, str], str]:
    head, *rows = [line.split() for line in text.strip().splitlines()]
    return {(row[0], action): cell for row in rows for action, cell in zip(head, row[1:], strict=True)}


@pytest.mark.parametrize(
    ("text", "states", "actions", "move"),
    [
        (PLANS, PlanState, PlanAction, move_plan),
        (VISITS, VisitState, VisitAction, move_visit),
        (FOLLOW_UPS, FollowUpState, FollowUpAction, move_follow_up),
    ],
)
def test_every_cell(
    text: str, states: type[StrEnum], actions: type[StrEnum], move: Callable[[str, StrEnum], StrEnum]
) -> None:
    expected = cells(text)
    assert set(expected) == {(state.value, action.value) for state in states for action in actions}
    for (state, action), cell in expected.items():
        if "-" in cell:
            with pytest.raises(Refused, match=f"^fieldwork.{cell}$"):
                move(state, actions(action))
        else:
            assert move(state, actions(action)) == cell, (state, action)


def test_a_state_that_does_not_exist_is_no_state() -> None:
    with pytest.raises(ValueError, match="missed"):
        move_visit("missed", VisitAction.START)
