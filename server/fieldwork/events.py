"""Facts that field work records. `changes`: field → [before, after]. Coordinates stay in the row; verdicts are told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from server.core.events import Event, event

Changes = dict[str, list[Any]]


@event("fieldwork.plan-created")
class PlanCreated(Event):
    """Subject: the day plan."""

    owner_id: str
    plan_on: date


@event("fieldwork.plan-changed")
class PlanChanged(Event):
    """Subject: the day plan."""

    changes: Changes


@event("fieldwork.plan-sent")
class PlanSent(Event):
    """It may be read by the supervisor as what is meant. Subject: the day plan."""

    owner_id: str
    plan_on: date


@event("fieldwork.plan-finished")
class PlanFinished(Event):
    """Subject: the day plan."""

    owner_id: str
    plan_on: date


@event("fieldwork.plan-cancelled")
class PlanCancelled(Event):
    """Its lines stand on their own. Subject: the day plan."""

    owner_id: str
    plan_on: date


@event("fieldwork.visit-created")
class VisitCreated(Event):
    """Planned for a day, or made on the spot (planned_on is None). Subject: the visit."""

    assignee_id: str
    customer_id: str | None
    planned_on: date | None


@event("fieldwork.visit-changed")
class VisitChanged(Event):
    """Its plan changed; by somebody else than its assignee when the actor is another. Subject: the visit."""

    assignee_id: str
    changes: Changes


@event("fieldwork.visit-reassigned")
class VisitReassigned(Event):
    """Somebody else is to do it. Subject: the visit."""

    former_id: str
    assignee_id: str
    by_handover: bool


@event("fieldwork.visit-started")
class VisitStarted(Event):
    """Subject: the visit. started_at: as claimed."""

    customer_id: str | None
    started_at: datetime
    location_verdict: str
    location_reason: str | None
    distance_m: int | None
    time_verdict: str


@event("fieldwork.visit-finished")
class VisitFinished(Event):
    """The plan line has become an event. Subject: the visit. Times as claimed. checked_in: it had been started before."""

    customer_id: str | None
    started_at: datetime | None
    ended_at: datetime
    outcome: str | None
    checked_in: bool
    time_verdict: str


@event("fieldwork.visit-cancelled")
class VisitCancelled(Event):
    """Subject: the visit."""

    assignee_id: str


@event("fieldwork.visit-reopened")
class VisitReopened(Event):
    """Subject: the visit."""

    assignee_id: str


@event("fieldwork.visit-commented")
class VisitCommented(Event):
    """Somebody said something about it. Subject: the visit. mentioned: colleagues who see it and are named; not in older events."""

    comment_id: str
    written_by: str
    mentioned: list[str]


@event("fieldwork.follow-up-created")
class FollowUpCreated(Event):
    """Subject: the follow-up."""

    customer_id: str
    assignee_id: str
    due_on: date


@event("fieldwork.follow-up-changed")
class FollowUpChanged(Event):
    """Subject: the follow-up."""

    changes: Changes


@event("fieldwork.follow-up-completed")
class FollowUpCompleted(Event):
    """Subject: the follow-up. done_at: as claimed."""

    customer_id: str
    done_at: datetime


@event("fieldwork.follow-up-cancelled")
class FollowUpCancelled(Event):
    """Subject: the follow-up."""

    customer_id: str


@event("fieldwork.follow-up-deleted")
class FollowUpDeleted(Event):
    """By its author. Subject: the follow-up."""

    customer_id: str
    was_open: bool


@event("fieldwork.follow-up-handed-over")
class FollowUpHandedOver(Event):
    """It went with its customer. Subject: the follow-up."""

    former_id: str
    assignee_id: str


@event("fieldwork.task-assigned")
class TaskAssigned(Event):
    """Somebody is to do it: when it is made, and when it goes to another. Subject: the task."""

    assignee_id: str
    customer_id: str | None
    due_on: date


@event("fieldwork.task-changed")
class TaskChanged(Event):
    """Subject: the task."""

    changes: Changes


@event("fieldwork.task-closed")
class TaskClosed(Event):
    """Done or cancelled, as the state says. Subject: the task."""

    assignee_id: str
    state: str


@event("fieldwork.visits-exported")
class VisitsExported(Event):
    """Subject: who took the file. filters: name of each filter that was set. count: rows at its beginning."""

    filters: list[str]
    count: int
