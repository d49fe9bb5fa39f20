"""What devices see of notifications: their person's inbox. Declarations only."""

from __future__ import annotations

from notifications import models, operations
from notifications.models import Notice
from notifications.rules import NoticeState
from server.core.collections import Action, Collection, Column, PersonalScope
from server.customers.rules import NAME_MOST
from sync_protocol import wire

NOTICES = Collection(
    name="notices",
    row=Notice,
    scope=PersonalScope(),
    policy="machine",
    columns=(
        Column("topic", wire.TEXT(models.TOPIC_MOST)),
        Column("subject_collection", wire.TEXT(40).or_null()),
        Column("subject_id", wire.ID.or_null()),
        Column("customer_name", wire.TEXT(NAME_MOST).or_null()),
        Column("params", wire.JSON),
        Column("created_at", wire.INSTANT),
        Column("due_at", wire.INSTANT.or_null()),
        Column("state", wire.CODE(NoticeState)),
        Column("snoozed_until", wire.INSTANT.or_null()),
    ),
    actions={
        "read": Action(operations.read_notice, None),
        "snooze": Action(operations.snooze_notice, None, values={"until": wire.INSTANT}, required=frozenset({"until"})),
        "done": Action(operations.finish_notice, None),
    },
)

COLLECTIONS = (NOTICES,)
