"""Bodies of the doors of notifications."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import fields

from notifications.models import EMAIL_MOST, TARGET_MOST
from notifications.rules import Channel, DeliveryState, TargetKind
from notifications.topics import TOPICS
from server.core.fields import BooleanField, CodeField, IdField, InstantField, IntegerField, Length, OurField, Schema
from server.core.page_schemas import PageQuery

WAYS = ("push", Channel.EMAIL.value, Channel.SMS.value)
FALLBACKS = (Channel.EMAIL.value, Channel.SMS.value)


class FormField(OurField, fields.String):
    """A text of one form, as a pattern that JSON Schema and Python read alike."""

    default_error_messages = {"invalid": "invalid"}

    def __init__(self, pattern: str, most: int, **kwargs: Any) -> None:
        self.form = re.compile(pattern, re.ASCII)
        self.most = most
        described = {"pattern": pattern, "maxLength": most}
        super().__init__(metadata={**described, **kwargs.pop("metadata", {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or len(value) > self.most or not self.form.fullmatch(value):
            raise self.make_error("invalid")
        return value


def time_of_day(example: str, **kwargs: Any) -> FormField:
    """HH:MM, or null for the installation's."""
    return FormField("^(?:[01][0-9]|2[0-3]):[0-5][0-9]$", 5, allow_none=True, metadata={"example": example}, **kwargs)


class PushKey(Schema):
    """What a browser subscribes to. null: this installation has no Web Push."""

    vapid_public_key = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Uncompressed P-256 point, base64url: applicationServerKey.",
            "example": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        },
    )


class SubscriptionKeys(Schema):
    """Of a Web Push subscription, as the browser's `toJSON()` gives them."""

    p256dh = FormField(
        "^[A-Za-z0-9_-]{1,120}=?=?$",
        122,
        required=True,
        metadata={"example": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"},
    )
    auth = FormField("^[A-Za-z0-9_-]{1,40}=?=?$", 42, required=True, metadata={"example": "tBHItJI5svbpez7KI4CCXg"})


class SubscriptionIn(Schema):
    """Where this device is pushed to."""

    kind = CodeField([each.value for each in TargetKind], required=True)
    endpoint = FormField(
        "^[!-~]{1,2048}$",
        TARGET_MOST,
        required=True,
        metadata={
            "description": "`webpush`: the endpoint. `fcm_token`, `fcm_fid`: the token, the installation id.",
            "example": "https://updates.push.services.mozilla.com/wpush/v2/gAAAAAB",
        },
    )
    keys = fields.Nested(SubscriptionKeys, metadata={"description": "Of `webpush`, which cannot do without."})


class Muted(Schema):
    """A topic and the ways by which somebody does not want to hear of it. His inbox always has it."""

    topic = CodeField(tuple(TOPICS), required=True)
    ways = fields.List(CodeField(WAYS), required=True, validate=Length(max=3), metadata={"example": ["sms"]})


class NoticeSettingsPatch(Schema):
    """What to change. null: as the installation has it."""

    email = FormField(
        r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}$",
        EMAIL_MOST,
        allow_none=True,
        metadata={"description": "Where mail goes; null for nowhere.", "example": "li.wang@example.com"},
    )
    quiet_from = time_of_day("22:00")
    quiet_to = time_of_day("07:00")
    remind_at = time_of_day("09:00")
    lead_minutes = IntegerField(
        0, 1440, allow_none=True, metadata={"description": "How long before an exact time.", "example": 15}
    )
    fallback = fields.List(
        CodeField(FALLBACKS),
        allow_none=True,
        validate=Length(max=2),
        metadata={"description": "Tried in this order when no device could be pushed to.", "example": ["email", "sms"]},
    )
    muted = fields.List(fields.Nested(Muted), validate=Length(max=100))


class NoticeSettingsOut(NoticeSettingsPatch):
    """How one is told."""


class DeliveryQuery(PageQuery):
    """Filters of the list."""

    state = CodeField([each.value for each in DeliveryState])


class DeliveryOut(Schema):
    """One message through one channel to one device or address; never which address."""

    id = IdField(required=True)
    user_id = IdField(required=True, metadata={"description": "Whom it was for."})
    notice_id = IdField(required=True, allow_none=True, metadata={"description": "null for a digest."})
    channel = CodeField([each.value for each in Channel], required=True)
    state = CodeField([each.value for each in DeliveryState], required=True)
    code = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it was not sent.", "example": "sms.no-answer"}
    )
    attempts = IntegerField(required=True)
    settled_by = IdField(required=True, allow_none=True, metadata={"description": "Who decided about a doubtful one."})
    created_at = InstantField(required=True)


class SettleIn(Schema):
    """What became of a message nobody knows about."""

    resend = BooleanField(required=True, metadata={"description": "false: it arrived, or is not needed any more."})
