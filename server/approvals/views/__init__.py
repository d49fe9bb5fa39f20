"""The office's door to approvals: translate, call one operation or query, answer."""

from __future__ import annotations

from server.approvals.views.deciding import APPROVALS
from server.approvals.views.setting import DELEGATIONS, ROUTES

BLUEPRINTS = (APPROVALS, ROUTES, DELEGATIONS)

__all__ = ["BLUEPRINTS"]
