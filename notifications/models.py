"""Rows of notifications: notices, each person's settings, where his devices are pushed to, what was sent, what is held."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, String, Text

from notifications.rules import Channel, DeliveryState, NoticeState, TargetKind
from server.core.rows import Code, Row, index, refers, table, unique
from server.core.types import Id, Json, Protected
from server.customers.models import PersonName

DEDUPE_MOST = 200
EMAIL_MOST = 254
TARGET_MOST = 2048
TOPIC_MOST = 80

Key = String(DEDUPE_MOST)
TimeOfDay = String(5)


class EmailAddress(Protected):
    """Where a person reads mail."""

    impl = String(EMAIL_MOST)
    cache_ok = True
    kind = "email"

    def mask(self, value: str) -> str:
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host}"


class PushEndpoint(Protected):
    """The endpoint or token of one installation: whoever has it may write to the device."""

    impl = Text
    cache_ok = True
    kind = "push"

    def mask(self, value: str) -> str:
        return f"({len(value)})"


def _one_of(
    column: str, words: type[NoticeState] | type[TargetKind] | type[Channel] | type[DeliveryState]
) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(word)) for word in words)})", name=column)


@table(
    "notices",
    refers("user_id", "users"),
    unique("dedupe_key"),
    index("user_id", "state", "id"),
    index("subject_id", "topic"),
    _one_of("state", NoticeState),
)
class Notice(Row):
    """Something a person is told, once, whatever he reads it on.

    topic: code of notifications/topics.py. subject_*: the row to open. customer_name: of the customer it is about, as it
    was then. params: codes, ids, numbers and days, never a name. due_at: when what it reminds of is due. snoozed_until:
    when it last came or will come back. dedupe_key: kind|subject|recipient|occurrence.
    """

    user_id: Annotated[str, Id()]
    topic: Annotated[str, String(TOPIC_MOST)]
    subject_collection: Annotated[str | None, Code] = None
    subject_id: Annotated[str | None, Id()] = None
    customer_name: Annotated[str | None, PersonName()] = None
    params: Annotated[dict[str, Any], Json()] = dataclasses.field(default_factory=dict)
    due_at: datetime | None = None
    state: Annotated[str, Code] = NoticeState.UNREAD.value
    snoozed_until: datetime | None = None
    dedupe_key: Annotated[str, Key]


@table("notice_settings", refers("id", "users"))
class NoticeSettings(Row):
    """How one person wants to be told; its id is his. Without a row, or where a field is None, the installation's.

    quiet_from, quiet_to, remind_at: HH:MM in his zone. quiet_from equal to quiet_to: never quiet. lead_minutes: how long
    before an exact time he is reminded. fallback: channels tried, in order, when no device could be pushed to.
    muted: topic → channels it does not use.
    """

    email: Annotated[str | None, EmailAddress()] = None
    quiet_from: Annotated[str | None, TimeOfDay] = None
    quiet_to: Annotated[str | None, TimeOfDay] = None
    remind_at: Annotated[str | None, TimeOfDay] = None
    lead_minutes: int | None = None
    fallback: Annotated[list[str] | None, Json()] = None
    muted: Annotated[dict[str, list[str]], Json()] = dataclasses.field(default_factory=dict)


@table(
    "push_targets",
    refers("user_id", "users"),
    refers("device_id", "devices"),
    unique("device_id", "kind"),
    unique("fingerprint"),
    index("user_id"),
    _one_of("kind", TargetKind),
)
class PushTarget(Row):
    """Where one device is pushed to; gone as soon as the push service says that it is.

    endpoint: address of a Web Push subscription, else FCM's token or installation id. keys: p256dh and auth of a
    subscription, base64url. fingerprint: SHA-256 of the endpoint, which has one row.
    """

    user_id: Annotated[str, Id()]
    device_id: Annotated[str, Id()]
    kind: Annotated[str, Code]
    endpoint: Annotated[str, PushEndpoint()]
    keys: Annotated[dict[str, str], Json()] = dataclasses.field(default_factory=dict)
    fingerprint: Annotated[str, String(64)]


@table(
    "deliveries",
    refers("user_id", "users"),
    refers("notice_id", "notices"),
    unique("message", "channel", "target"),
    index("user_id", "created_at"),
    index("created_at"),
    index("state", "id"),
    _one_of("channel", Channel),
    _one_of("state", DeliveryState),
)
class Delivery(Row):
    """One message through one channel to one target: written before it is sent, so that a crash leaves a trace.

    message: what is told at one time, a notice and its occurrence or a digest; rule N6. notice_id: None for a digest.
    target: id of the push target, or the channel's name where a person has one only. code: why it was not sent.
    settled_by: who looked at an unknown result and decided.
    """

    user_id: Annotated[str, Id()]
    notice_id: Annotated[str | None, Id()] = None
    message: Annotated[str, Key]
    channel: Annotated[str, Code]
    target: Annotated[str, Code]
    state: Annotated[str, Code] = DeliveryState.SENDING.value
    attempts: int = 1
    code: Annotated[str | None, String(80)] = None
    settled_by: Annotated[str | None, Id()] = None


@table("notice_pacing", refers("id", "users"))
class Pacing(Row):
    """What is held back for one person (its id is his); its lock keeps two workers from telling him at once.

    held: notices not told since held_since, to be told together at digest_at.
    """

    held: int = 0
    held_since: datetime | None = None
    digest_at: datetime | None = None
