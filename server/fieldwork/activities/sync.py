"""What devices see of activities. Declarations only."""

from __future__ import annotations

from collections.abc import Sequence

from server.core.collections import Action, Collection, Column, OwnedScope, SharedScope
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.rules import NAME_MOST
from server.fieldwork.activities import models, operations
from server.fieldwork.activities.kinds import ActivityKind, Channel, TypeState
from server.fieldwork.activities.models import Activity, ActivityType
from server.fieldwork.activities.settling import settle_activity
from server.fieldwork.functions import READ, WRITE
from server.fieldwork.rules import TimeVerdict
from sync_protocol import wire
from sync_protocol.operations import Operation


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    named = {each.values.get("customer_id") for each in batch}
    customers.preload_for_batch(uow, {each for each in named if each is not None})


ACTIVITY_TYPES = Collection(
    name="activity_types",
    row=ActivityType,
    scope=SharedScope(),
    policy="server",
    columns=(
        Column("name_zh", wire.TEXT(models.TYPE_NAME_MOST)),
        Column("name_en", wire.TEXT(models.TYPE_NAME_MOST)),
        Column("state", wire.CODE(TypeState)),
    ),
)

ACTIVITIES = Collection(
    name="activities",
    row=Activity,
    scope=OwnedScope(READ),
    policy="append",
    columns=(
        Column("customer_id", wire.ID, writable=True, required=True),
        Column("contact_name", wire.TEXT(NAME_MOST).or_null(), writable=True),
        Column("kind", wire.CODE(ActivityKind), writable=True, required=True),
        Column("type_id", wire.ID.or_null(), writable=True),
        Column("channel", wire.CODE(Channel), writable=True, required=True),
        Column("at", wire.INSTANT, writable=True),
        Column("duration_min", wire.INTEGER(0, models.DURATION_MOST).or_null(), writable=True),
        Column("text", wire.TEXT(models.TEXT_MOST, multiline=True), writable=True, required=True),
        Column("nothing_next", wire.TEXT(models.NOTHING_MOST).or_null(), writable=True),
        Column("day_on", wire.DAY),
        Column("time_verdict", wire.CODE(TimeVerdict)),
        Column("author_id", wire.ID),
        Column("owner_id", wire.ID),
    ),
    # by_author: what is sent again is known, though the customer is somebody else's by now.
    actions={"create": Action(operations.log_activity, WRITE, by_author=True)},
    parents={"customer_id": "customers"},
    prepare=_prepare,
    settle=settle_activity,
)
