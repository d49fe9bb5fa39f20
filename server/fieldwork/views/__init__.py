"""The office's door to field work: translate, call one operation or query, answer."""

from __future__ import annotations

from server.fieldwork.views.comments import COMMENTS
from server.fieldwork.views.follow_ups import FOLLOW_UPS
from server.fieldwork.views.plans import DAY_PLANS
from server.fieldwork.views.tasks import TASKS
from server.fieldwork.views.visits import VISITS

BLUEPRINTS = (DAY_PLANS, VISITS, COMMENTS, FOLLOW_UPS, TASKS)

__all__ = ["BLUEPRINTS"]
