"""What devices see of field work, and what they may do. Declarations only."""

from __future__ import annotations

from collections.abc import Sequence

from server.accounts.people import PEOPLE_LENGTH
from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.mentions import preload_mentioned
from server.customers.rules import NAME_MOST
from server.fieldwork import models, operations
from server.fieldwork.activities.sync import ACTIVITIES, ACTIVITY_TYPES
from server.fieldwork.check_in import LocationReason, LocationVerdict
from server.fieldwork.copies.sharing import preload_people
from server.fieldwork.copies.sync import COPIES
from server.fieldwork.functions import READ, WRITE
from server.fieldwork.models import DayPlan, FollowUp, Task, Visit, VisitComment
from server.fieldwork.operations.belonging import preload_assignees
from server.fieldwork.operations.comments import preload_comments
from server.fieldwork.places.operations import preload_places
from server.fieldwork.places.sync import CUSTOMER_PLACES
from server.fieldwork.questions import sync as questions
from server.fieldwork.reports import sync as reports
from server.fieldwork.rules import TimeVerdict
from server.fieldwork.settling import settle_comment, settle_follow_up, settle_plan, settle_visit
from server.fieldwork.targets.sync import TARGETS
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import FollowUpState, PlanState, VisitState
from server.fieldwork.wire_values import DONE_NOTE, FIX, LEFT, OUTCOME, REASON, REPEAT
from sync_protocol import wire
from sync_protocol.operations import Operation

_SCOPE = OwnedScope(READ)
_MAY_MOVE = ("update", "start", "finish")
_LATITUDE, _LONGITUDE = 900_000_000, 1_800_000_000


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once the customers' former owners and the people that a batch names."""
    named = {each.values.get("customer_id") for each in batch}
    customers.preload_for_batch(uow, {each for each in named if each is not None})
    preload_assignees(uow, {each.values.get("assignee_id") for each in batch})
    _prepare_people(uow, batch)


def _prepare_people(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once the people who take part, or to whom something is copied."""
    preload_people(uow, (each.values.get(name) for each in batch for name in ("people", "copied_to")))


def _prepare_visits(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """And the comments that go with visits when they come to somebody else, and where the customers are who are visited."""
    _prepare(uow, batch)
    preload_comments(uow, {each.row for each in batch if each.action in _MAY_MOVE})
    done = {each.row for each in batch if each.action in ("start", "finish")}
    if done:
        visits = (uow.get(Visit, each) for each in sorted(done))
        named = {each.values.get("customer_id") for each in batch if each.row in done}
        preload_places(uow, named | {visit.customer_id for visit in visits if visit is not None})


def _prepare_comments(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once what those see who are mentioned."""
    preload_mentioned(uow, READ, (each.values.get("mentions") for each in batch))


def _prepare_tasks(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """And those who are to do what is asked for again."""
    again = (uow.get(Task, each.row) for each in batch if each.action == "reopen")
    preload_assignees(uow, {task.assignee_id for task in again if task is not None})
    _prepare(uow, batch)


DAY_PLANS = Collection(
    name="day_plans",
    row=DayPlan,
    scope=_SCOPE,
    policy="merge",
    columns=(
        Column("plan_on", wire.DAY, writable=True, required=True),
        Column("note", wire.TEXT(models.NOTE_MOST, multiline=True).or_null(), writable=True),
        Column("copied_to", wire.TEXT(PEOPLE_LENGTH).or_null(), writable=True),
        Column("state", wire.CODE(PlanState)),
        Column("sent_at", wire.INSTANT.or_null()),
        Column("owner_id", wire.ID),
    ),
    actions={
        "create": Action(operations.create_plan, WRITE),
        "update": Action(operations.change_plan, WRITE),
        "send": Action(operations.send_plan, WRITE),
        "finish": Action(operations.finish_plan, WRITE),
        "cancel": Action(operations.cancel_plan, WRITE),
    },
    prepare=_prepare_people,
    settle=settle_plan,
)

VISITS = Collection(
    name="visits",
    row=Visit,
    scope=_SCOPE,
    policy="machine",
    columns=(
        Column("plan_id", wire.ID.or_null(), writable=True),
        Column("customer_id", wire.ID.or_null(), writable=True),
        Column("customer_name", wire.TEXT(NAME_MOST).or_null(), writable=True),
        Column("assignee_id", wire.ID, writable=True),
        Column("planned_on", wire.DAY.or_null(), writable=True),
        Column("planned_start_at", wire.INSTANT.or_null(), writable=True),
        Column("planned_end_at", wire.INSTANT.or_null(), writable=True),
        Column("place", wire.TEXT(models.PLACE_MOST).or_null(), writable=True),
        Column("purpose", wire.TEXT(models.PURPOSE_MOST, multiline=True).or_null(), writable=True),
        Column("importance", wire.INTEGER(1, 3), writable=True),
        Column("urgency", wire.INTEGER(1, 3), writable=True),
        Column("people", wire.TEXT(PEOPLE_LENGTH).or_null(), writable=True),
        Column("site_latitude_e7", wire.INTEGER(-_LATITUDE, _LATITUDE).or_null(), writable=True),
        Column("site_longitude_e7", wire.INTEGER(-_LONGITUDE, _LONGITUDE).or_null(), writable=True),
        Column("site_radius_m", wire.INTEGER(10, 5000).or_null(), writable=True),
        Column("state", wire.CODE(VisitState)),
        Column("day_on", wire.DAY),
        Column("author_id", wire.ID),
        Column("owner_id", wire.ID),
        Column("actual_started_at", wire.INSTANT.or_null()),
        Column("actual_ended_at", wire.INSTANT.or_null()),
        Column("start_received_at", wire.INSTANT.or_null()),
        Column("end_received_at", wire.INSTANT.or_null()),
        Column("time_verdict", wire.CODE(TimeVerdict)),
        *(Column(name, kind) for name, kind in OUTCOME.items()),
        Column("cancel_reason", REASON),
        Column("check_in_at", wire.INSTANT.or_null()),
        *(Column(name, kind) for name, kind in FIX.items()),
        Column("location_verdict", wire.CODE(LocationVerdict)),
        Column("location_reason", wire.CODE(LocationReason).or_null()),
        Column("distance_m", wire.INTEGER().or_null()),
        *(Column(name, kind) for name, kind in LEFT.items()),
        Column("out_verdict", wire.CODE(LocationVerdict).or_null()),
        Column("out_reason", wire.CODE(LocationReason).or_null()),
        Column("out_distance_m", wire.INTEGER().or_null()),
    ),
    # by_author: a colleague visits a customer who is not his, and a former owner what he had planned (rules F2, F9).
    actions={
        "create": Action(operations.create_visit, WRITE, by_author=True),
        "update": Action(operations.change_visit, WRITE, by_author=True),
        "start": Action(
            operations.start_visit,
            WRITE,
            values={"started_at": wire.INSTANT, **FIX},
            required=frozenset({"started_at"}),
            by_author=True,
        ),
        "finish": Action(
            operations.finish_visit,
            WRITE,
            values={"ended_at": wire.INSTANT, "started_at": wire.INSTANT.or_null(), **OUTCOME, **LEFT},
            required=frozenset({"ended_at"}),
            by_author=True,
        ),
        "cancel": Action(operations.cancel_visit, WRITE, values={"reason": REASON}, by_author=True),
        "reopen": Action(operations.reopen_visit, WRITE, by_author=True),
    },
    parents={"customer_id": "customers", "plan_id": "day_plans"},
    prepare=_prepare_visits,
    settle=settle_visit,
)

VISIT_COMMENTS = Collection(
    name="visit_comments",
    row=VisitComment,
    scope=_SCOPE,
    policy="append",
    columns=(
        Column("visit_id", wire.ID, writable=True, required=True),
        Column("text", wire.TEXT(models.COMMENT_MOST, multiline=True), writable=True, required=True),
        Column("mentions", wire.TEXT(PEOPLE_LENGTH).or_null(), writable=True),
        Column("untold", wire.TEXT(PEOPLE_LENGTH).or_null()),
        Column("written_at", wire.INSTANT, writable=True),
        Column("written_by", wire.ID),
        Column("created_at", wire.INSTANT),
    ),
    # by_author: who sees a visit because he did it answers what is said about it.
    actions={"create": Action(operations.add_comment, WRITE, by_author=True)},
    parents={"visit_id": "visits"},
    prepare=_prepare_comments,
    settle=settle_comment,
)

FOLLOW_UPS = Collection(
    name="follow_ups",
    row=FollowUp,
    scope=_SCOPE,
    policy="merge",
    columns=(
        Column("customer_id", wire.ID),
        Column("customer_name", wire.TEXT(NAME_MOST)),
        Column("visit_id", wire.ID.or_null()),
        Column("assignee_id", wire.ID, writable=True),
        Column("due_on", wire.DAY, writable=True),
        Column("due_at", wire.INSTANT.or_null(), writable=True),
        Column("text", wire.TEXT(models.FOLLOW_UP_MOST, multiline=True), writable=True),
        Column("state", wire.CODE(FollowUpState)),
        Column("done_at", wire.INSTANT.or_null()),
        Column("done_note", DONE_NOTE),
        *(Column(name, kind, writable=True) for name, kind in REPEAT.items()),
        Column("repeat_from", wire.DAY.or_null()),
        Column("author_id", wire.ID),
        Column("owner_id", wire.ID),
    ),
    actions={
        "create": Action(
            operations.create_follow_up,
            WRITE,
            values={
                "customer_id": wire.ID,
                "visit_id": wire.ID.or_null(),
                "assignee_id": wire.ID,
                "due_on": wire.DAY,
                "due_at": wire.INSTANT.or_null(),
                "text": wire.TEXT(models.FOLLOW_UP_MOST, multiline=True),
                **REPEAT,
            },
            required=frozenset({"customer_id", "text"}),
            by_author=True,
        ),
        "update": Action(operations.change_follow_up, WRITE, by_author=True),
        "complete": Action(
            operations.complete_follow_up,
            WRITE,
            values={"done_at": wire.INSTANT.or_null(), "done_note": DONE_NOTE},
            by_author=True,
        ),
        "cancel": Action(operations.cancel_follow_up, WRITE, by_author=True),
        "delete": Action(operations.delete_follow_up, WRITE, by_author=True),
    },
    parents={"customer_id": "customers", "visit_id": "visits"},
    prepare=_prepare,
    settle=settle_follow_up,
)

TASKS = Collection(
    name="tasks",
    row=Task,
    scope=_SCOPE,
    policy="merge",
    columns=(
        Column("customer_id", wire.ID.or_null()),
        Column("customer_name", wire.TEXT(NAME_MOST).or_null()),
        Column("assignee_id", wire.ID, writable=True),
        Column("due_on", wire.DAY, writable=True),
        Column("text", wire.TEXT(models.TASK_MOST, multiline=True), writable=True),
        Column("copied_to", wire.TEXT(PEOPLE_LENGTH).or_null(), writable=True),
        Column("state", wire.CODE(TaskState)),
        Column("done_at", wire.INSTANT.or_null()),
        Column("done_note", DONE_NOTE),
        Column("author_id", wire.ID),
    ),
    # by_author: who asked, and no longer reaches the assignee's unit, may still call it off.
    actions={
        "create": Action(
            operations.create_task,
            WRITE,
            values={
                "customer_id": wire.ID.or_null(),
                "assignee_id": wire.ID,
                "due_on": wire.DAY,
                "text": wire.TEXT(models.TASK_MOST, multiline=True),
                "copied_to": wire.TEXT(PEOPLE_LENGTH).or_null(),
            },
            required=frozenset({"due_on", "text"}),
            by_author=True,
        ),
        "update": Action(operations.change_task, WRITE, by_author=True),
        "complete": Action(
            operations.complete_task,
            WRITE,
            values={"done_at": wire.INSTANT.or_null(), "done_note": DONE_NOTE},
            by_author=True,
        ),
        "cancel": Action(operations.cancel_task, WRITE, by_author=True),
        "reopen": Action(operations.reopen_task, WRITE, by_author=True),
    },
    parents={"customer_id": "customers"},
    prepare=_prepare_tasks,
    settle=settle_follow_up,
)

COLLECTIONS = (
    DAY_PLANS,
    VISITS,
    VISIT_COMMENTS,
    FOLLOW_UPS,
    TASKS,
    ACTIVITY_TYPES,
    ACTIVITIES,
    CUSTOMER_PLACES,
    COPIES,
    TARGETS,
    *questions.COLLECTIONS,
    *reports.COLLECTIONS,
)
