"""The office's door to field work: translate, call one operation or query, answer."""

from __future__ import annotations

from server.fieldwork.activities.views import ACTIVITIES, TYPES
from server.fieldwork.calendar.views import CALENDAR, SCHEDULE
from server.fieldwork.copies.views import COPIES
from server.fieldwork.places.views import PLACES
from server.fieldwork.questions.views import QUESTIONS
from server.fieldwork.reports.views import REPORTS
from server.fieldwork.targets.views import TARGETS
from server.fieldwork.views.comments import COMMENTS
from server.fieldwork.views.follow_ups import FOLLOW_UPS
from server.fieldwork.views.plans import DAY_PLANS
from server.fieldwork.views.tasks import TASKS
from server.fieldwork.views.visits import VISITS

BLUEPRINTS = (
    DAY_PLANS, VISITS, COMMENTS, FOLLOW_UPS, TASKS, ACTIVITIES, TYPES, COPIES, PLACES, CALENDAR, SCHEDULE, QUESTIONS, REPORTS,
    TARGETS,
)  # fmt: skip

__all__ = ["BLUEPRINTS"]
