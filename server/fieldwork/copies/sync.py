"""What devices see of copies. Declarations only."""

from __future__ import annotations

from server.core.collections import Collection, Column, PersonalScope
from server.customers.rules import NAME_MOST
from server.fieldwork.copies.models import Copy
from server.fieldwork.models import NOTE_MOST, PLACE_MOST
from server.fieldwork.task_states import TaskState
from server.fieldwork.transitions import PlanState, VisitState
from sync_protocol import wire

COPIES = Collection(
    name="copies",
    row=Copy,
    scope=PersonalScope("person_id"),
    policy="server",
    columns=(
        Column("from_id", wire.ID),
        Column("visit_id", wire.ID.or_null()),
        Column("plan_id", wire.ID.or_null()),
        Column("task_id", wire.ID.or_null()),
        Column("day_on", wire.DAY),
        Column("state", wire.CODE(sorted({*VisitState, *PlanState, *TaskState}))),
        Column("customer_name", wire.TEXT(NAME_MOST).or_null()),
        Column("place", wire.TEXT(PLACE_MOST).or_null()),
        Column("start_at", wire.INSTANT.or_null()),
        Column("end_at", wire.INSTANT.or_null()),
        Column("importance", wire.INTEGER(1, 3)),
        Column("urgency", wire.INTEGER(1, 3)),
        Column("text", wire.TEXT(NOTE_MOST, multiline=True).or_null()),
        Column("lines", wire.JSON),
    ),
)
