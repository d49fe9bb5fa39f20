"""Every state × action of a request for approval, spelled out once more by hand."""

from __future__ import annotations

import pytest

from server.approvals.transitions import CASE_TABLE, CaseAction, CaseState, move_case
from server.core.problems import Refused

# Rows are states, columns are actions; a word with a dash in it is the refusal's code without its area.
CASES = """
            ask                approve            return             reject             withdraw           void
open        still-waiting      approved           returned           rejected           withdrawn          void
approved    open               no-longer-waiting  no-longer-waiting  no-longer-waiting  no-longer-waiting  void
returned    open               no-longer-waiting  no-longer-waiting  no-longer-waiting  no-longer-waiting  no-longer-waiting
rejected    no-longer-waiting  no-longer-waiting  no-longer-waiting  no-longer-waiting  no-longer-waiting  no-longer-waiting
withdrawn   open               no-longer-waiting  no-longer-waiting  no-longer-waiting  withdrawn          no-longer-waiting
void        open               no-longer-waiting  no-longer-waiting  no-longer-waiting  no-longer-waiting  void
"""


def cells() -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in CASES.strip().splitlines()]
    return [(row[0], action, cell) for row in rows for action, cell in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("state", "action", "cell"), cells())
def test_every_cell(state: str, action: str, cell: str) -> None:
    if "-" in cell:
        with pytest.raises(Refused) as refused:
            move_case(state, CaseAction(action))
        assert refused.value.code == f"approvals.{cell}"
        assert refused.value.params.get("state", state) == state
    else:
        assert move_case(state, CaseAction(action)) == cell


def test_the_table_is_whole() -> None:
    assert {(state, action) for state, action, _ in cells()} == {
        (state.value, action.value) for state in CaseState for action in CaseAction
    }
    assert set(CASE_TABLE) == set(CaseState)
