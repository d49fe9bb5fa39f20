"""Rows of field work: day plans, visits (one row from plan to event) with comments, follow-ups, tasks."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import CheckConstraint, String, Text

from server.accounts.people import PEOPLE_LENGTH
from server.core.rows import Authored, Code, Marks, Scoped, index, refers, table
from server.core.types import Id, Json, Protected
from server.customers.models import PersonName
from server.fieldwork.check_in import LocationVerdict
from server.fieldwork.rules import TimeVerdict
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import FollowUpState, PlanState, VisitState

PLACE_MOST, PURPOSE_MOST, NOTE_MOST = 200, 500, 2000
RESULT_MOST, STEP_MOST, REASON_MOST, IMPRESSION_MOST = 4000, 500, 200, 1000
FOLLOW_UP_MOST = 500
COMMENT_MOST = 1000
TASK_MOST = 500

OUTCOMES = ("met", "not_met", "postponed", "declined", "other")
"""How a visit went: met the customer, did not find him, put off, turned away, something else (said in the result)."""


class WrittenText(Protected):
    """What was written about a visit or a day; of it, the audit trail shows only how long it was."""

    impl = Text
    cache_ok = True
    kind = "text"

    def mask(self, value: str) -> str:
        return f"({len(value)})"


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """A column that holds one of these words."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(word)) for word in words)})", name=column)


@table(
    "day_plans",
    refers("owner_id", "users"),
    index("owner_id", "plan_on", "id"),
    index("unit_id", "plan_on", "id"),
    index("plan_on", "id"),
    one_of("state", PlanState),
)
class DayPlan(Scoped):
    """The envelope of one person's day: a note, and whether it went to the supervisor. Its lines are visits.

    owner_id: whose day it is. unit_id: his unit when he made it. plan_on: in the organisation's zone, never changed.
    Several may stand for one day (two devices offline made one each); the day is then read as one (rule F1).
    copied_to: who else is to see it once it is sent; a list of people as of copies/people.py.
    """

    plan_on: date
    note: Annotated[str | None, WrittenText()] = None
    copied_to: Annotated[str | None, String(PEOPLE_LENGTH)] = None
    state: Annotated[str, Code] = PlanState.DRAFT.value
    sent_at: datetime | None = None
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table(
    "visits",
    refers("assignee_id", "users"),
    refers("author_id", "users"),
    refers("plan_id", "day_plans"),
    refers("customer_id", "customers"),
    index("assignee_id", "day_on"),
    index("day_on", "assignee_id"),
    index("planned_on", "assignee_id"),
    index("assignee_id", "planned_on"),
    index("customer_id", "day_on"),
    index("unit_id", "day_on"),
    index("owner_id", "day_on"),
    index("author_id", "day_on"),
    index("state", "day_on", "id"),
    one_of("state", VisitState),
)
class Visit(Authored):
    """A visit from plan to event: one row, one id.

    owner_id, unit_id, project_id: the customer's at present, else the assignee's. author_id: who did it, or was first
    given it; fixed once it has started. assignee_id: in whose day it stands (after a handover, the new owner's).
    customer_name: as it was when planned, for whoever no longer sees the customer.
    planned_on: the day it is planned for; None for a visit nobody planned. day_on: the day it stands in lists: that of
    the visit, else the planned one, else that of its making; in the organisation's zone.
    importance, urgency: 1 low to 3 high. people: who takes part, a list as of copies/people.py. actual_*: as the device claims, written once; *_received_at: when the server
    heard. time_verdict: what is thought of those claims.
    nothing_next: why no follow-up comes of it, where none does. impression: of the customer, dated by the visit; for staff.
    out_*: the point of leaving, as of check-in. check_in_at … is_mock: the point as claimed; coordinates in 1e-7 degree, lengths in metres. site_*: where the visit
    was to be. location_*, distance_m: judged when the check-in arrived (check_in.py).
    """

    assignee_id: Annotated[str, Id()]
    plan_id: Annotated[str | None, Id()] = None
    customer_id: Annotated[str | None, Id()] = None
    customer_name: Annotated[str | None, PersonName()] = None
    planned_on: date | None = None
    planned_start_at: datetime | None = None
    planned_end_at: datetime | None = None
    place: Annotated[str | None, String(PLACE_MOST)] = None
    purpose: Annotated[str | None, WrittenText()] = None
    importance: int = 2
    urgency: int = 2
    people: Annotated[str | None, String(PEOPLE_LENGTH)] = None
    site_latitude_e7: int | None = None
    site_longitude_e7: int | None = None
    site_radius_m: int | None = None
    state: Annotated[str, Code] = VisitState.PLANNED.value
    day_on: date
    actual_started_at: datetime | None = None
    actual_ended_at: datetime | None = None
    start_received_at: datetime | None = None
    end_received_at: datetime | None = None
    time_verdict: Annotated[str, Code] = TimeVerdict.PLAUSIBLE.value
    result: Annotated[str | None, WrittenText()] = None
    outcome: Annotated[str | None, Code] = None
    next_step: Annotated[str | None, WrittenText()] = None
    nothing_next: Annotated[str | None, WrittenText()] = None
    impression: Annotated[str | None, WrittenText()] = None
    cancel_reason: Annotated[str | None, WrittenText()] = None
    check_in_at: datetime | None = None
    latitude_e7: int | None = None
    longitude_e7: int | None = None
    accuracy_m: int | None = None
    fix_age_s: int | None = None
    is_mock: bool = False
    location_verdict: Annotated[str, Code] = LocationVerdict.NONE.value
    location_reason: Annotated[str | None, Code] = None
    distance_m: int | None = None
    out_latitude_e7: int | None = None
    out_longitude_e7: int | None = None
    out_accuracy_m: int | None = None
    out_fix_age_s: int | None = None
    out_is_mock: bool | None = None
    out_verdict: Annotated[str | None, Code] = None
    out_reason: Annotated[str | None, Code] = None
    out_distance_m: int | None = None
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table(
    "visit_comments",
    refers("visit_id", "visits"),
    refers("author_id", "users"),
    refers("written_by", "users"),
    index("visit_id", "created_at"),
    index("owner_id"),
    index("unit_id"),
    index("author_id"),
)
class VisitComment(Authored):
    """What somebody said about a visit, his supervisor above all. Seen by whoever sees the visit, and goes with it.

    owner_id, unit_id, project_id, author_id: the visit's. written_by: who said it. written_at: the device's claim, for
    showing; created_at orders. mentions: the people whom it names, a list as of accounts/people.py; untold: those of them who
    did not see the visit.
    """

    visit_id: Annotated[str, Id()]
    written_by: Annotated[str, Id()]
    written_at: datetime
    text: Annotated[str, WrittenText()]
    mentions: Annotated[str | None, String(PEOPLE_LENGTH)] = None
    untold: Annotated[str | None, String(PEOPLE_LENGTH)] = None


@table(
    "follow_ups",
    refers("assignee_id", "users"),
    refers("author_id", "users"),
    refers("customer_id", "customers"),
    refers("visit_id", "visits"),
    index("assignee_id", "state", "due_on", "id"),
    index("customer_id", "due_on", "id"),
    index("owner_id", "state", "due_on", "id"),
    index("unit_id", "state", "due_on", "id"),
    index("project_id", "state", "due_on", "id", present="project_id"),
    index("author_id", "state", "due_on", "id"),
    index("state", "due_on", "id"),
    index("visit_id"),
    index("assignee_id", "done_at"),
    index("due_on", "id"),
    one_of("state", FollowUpState),
)
class FollowUp(Authored):
    """Something to do for a customer by a day. author_id: who wrote it. assignee_id: whose it is to do.

    visit_id: the visit it came from. due_on: in the organisation's zone; due_at: the exact time where one was given,
    its day is then due_on. done_at: as the device claims. repeat_*: it comes again every so many weeks or months, until a day
    where one is said; repeat_from: the day from which months are counted, so that the 31st comes back after February.
    """

    assignee_id: Annotated[str, Id()]
    customer_id: Annotated[str, Id()]
    customer_name: Annotated[str, PersonName()]
    visit_id: Annotated[str | None, Id()] = None
    due_on: date
    due_at: datetime | None = None
    text: Annotated[str, WrittenText()]
    state: Annotated[str, Code] = FollowUpState.OPEN.value
    done_at: datetime | None = None
    done_note: Annotated[str | None, WrittenText()] = None
    repeat_every: int | None = None
    repeat_unit: Annotated[str | None, Code] = None
    repeat_until: date | None = None
    repeat_from: date | None = None
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table(
    "tasks",
    refers("assignee_id", "users"),
    refers("author_id", "users"),
    refers("customer_id", "customers"),
    index("assignee_id", "state", "due_on", "id"),
    index("owner_id", "state", "due_on", "id"),
    index("unit_id", "state", "due_on", "id"),
    index("project_id", "state", "due_on", "id", present="project_id"),
    index("author_id", "state", "due_on", "id"),
    index("state", "due_on", "id"),
    index("customer_id", "due_on", "id"),
    index("assignee_id", "done_at"),
    index("due_on", "id"),
    one_of("state", TaskState),
)
class Task(Authored):
    """Something that one person asks of another, or of himself, by a day. author_id: who asked. assignee_id: who does it.

    owner_id, unit_id: the assignee's, also where it is about a customer, so it stays with him after a handover.
    customer_name: as it was, for an assignee who does not see the customer. done_at: as the device claims. copied_to: who
    else is told and sees it (抄送), a list as of copies/people.py.
    """

    assignee_id: Annotated[str, Id()]
    customer_id: Annotated[str | None, Id()] = None
    customer_name: Annotated[str | None, PersonName()] = None
    due_on: date
    text: Annotated[str, WrittenText()]
    copied_to: Annotated[str | None, String(PEOPLE_LENGTH)] = None
    state: Annotated[str, Code] = TaskState.OPEN.value
    done_at: datetime | None = None
    done_note: Annotated[str | None, WrittenText()] = None
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)
