"""Every state × action of a claim, spelled out once more by hand."""

from __future__ import annotations

import pytest

from server.core.problems import Refused
from server.expenses.transitions import (
    CLAIM_APPROVED,
    CLAIM_DRAFT,
    CLAIM_REIMBURSED,
    CLAIM_REJECTED,
    CLAIM_SUBMITTED,
    ClaimAction,
    ClaimState,
    move_claim,
)

REFUSALS = {
    "not": CLAIM_DRAFT, "sent": CLAIM_SUBMITTED, "yes": CLAIM_APPROVED, "no": CLAIM_REJECTED, "paid": CLAIM_REIMBURSED,
}  # fmt: skip
# Rows are states, columns are actions; a word in capitals is one of REFUSALS.
CLAIMS = """
            change     submit     withdraw   approve   return    reject    reimburse
draft       draft      submitted  withdrawn  NOT       NOT       NOT       NOT
submitted   SENT       submitted  withdrawn  approved  returned  rejected  SENT
approved    void       YES        YES        YES       YES       YES       reimbursed
returned    returned   submitted  withdrawn  NOT       NOT       NOT       NOT
rejected    NO         NO         NO         NO        NO        NO        NO
withdrawn   withdrawn  submitted  withdrawn  NOT       NOT       NOT       NOT
reimbursed  PAID       PAID       PAID       PAID      PAID      PAID      PAID
void        void       submitted  withdrawn  NOT       NOT       NOT       NOT
"""


def cells() -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in CLAIMS.strip().splitlines()]
    return [(row[0], action, cell) for row in rows for action, cell in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("state", "action", "cell"), cells())
def test_every_cell(state: str, action: str, cell: str) -> None:
    if cell.isupper():
        with pytest.raises(Refused) as refused:
            move_claim(state, ClaimAction(action))
        assert refused.value.problem is REFUSALS[cell.lower()]
    else:
        assert move_claim(state, ClaimAction(action)) == cell


def test_the_table_is_whole() -> None:
    assert {(state, action) for state, action, _ in cells()} == {
        (state.value, action.value) for state in ClaimState for action in ClaimAction
    }
