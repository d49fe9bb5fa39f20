"""The office's door to expenses: translate, call one operation or query, answer."""

from __future__ import annotations

from server.expenses.views import lines
from server.expenses.views.claims import CLAIMS
from server.expenses.views.paying import EXPENSES

BLUEPRINTS = (CLAIMS, EXPENSES)

__all__ = ["BLUEPRINTS", "lines"]
