"""What can be done about expenses. Operations take the unit of work first and never commit; by topic in the modules beside."""

from __future__ import annotations

from server.expenses.operations.belonging import merge_lines, spent_for
from server.expenses.operations.claims import change_claim, create_claim, submit_claim, withdraw_claim
from server.expenses.operations.deciding import CLAIMS
from server.expenses.operations.likeness import flag_arrived
from server.expenses.operations.lines import add_line, change_line, remove_line
from server.expenses.operations.paying import batch_made_before, pay_batch

__all__ = [
    "CLAIMS", "add_line", "batch_made_before", "change_claim", "change_line", "create_claim", "flag_arrived",
    "merge_lines", "pay_batch", "remove_line", "spent_for", "submit_claim", "withdraw_claim",
]  # fmt: skip
