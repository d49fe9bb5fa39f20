"""What kiosks, and the office about kiosks, send and get. The kiosk's own doors speak milliseconds since 1970, as sync does."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from kiosk.chain import Order
from kiosk.models import NAME_MOST
from kiosk.statements import MAX_STATEMENT_CHARS, SOURCES
from server.accounts.views.proving import PublicKey
from server.core.fields import (
    BooleanField,
    CodeField,
    IdField,
    InstantField,
    IntegerField,
    Length,
    Schema,
    TextField,
)
from server.customers.rules import NAME_MOST as CUSTOMER_NAME_MOST
from server.customers.rules import PHONE_MOST
from server.membership.rules import TIERS

READINGS_MOST = 100
"""Readings in one request."""
OUTCOMES = ("welcome", "refused", "rejected")
_ORGANISATION = {"example": "01940000-0000-7000-8000-00000000d001"}
_MS = {"description": "Milliseconds since 1970 UTC.", "example": 1764230400000}
_DIGEST = {"example": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}
_NONCE = {
    "description": "For the readings that follow, 15 minutes long.",
    "example": "1764230400000.sZ3cR0wS4mPzF1f3n8Qm2w",
}
_MINTED = {"description": "A UUID of version 7, minted by the kiosk."}


class EnrolmentIn(Schema):
    """A kiosk that shows its one-time code and its key."""

    organisation = TextField(100, required=True, metadata={"description": "The organisation's code."})
    kiosk = IntegerField(1, 1_000_000, required=True, metadata={"description": "The kiosk's number."})
    code = TextField(100, required=True, metadata={"example": "7KQ2-9XZ4"})
    app_version = TextField(40, required=True)
    key = fields.Nested(PublicKey, required=True)


class KioskSessionIn(Schema):
    """Which kiosk asks; its proof shows that it is it."""

    organisation = IdField(required=True, metadata={"description": "As the enrolment answered it.", **_ORGANISATION})
    kiosk = IdField(required=True)


class KioskSessionOut(Schema):
    """A token, and a nonce for the readings that follow."""

    organisation = IdField(required=True, metadata=_ORGANISATION)
    kiosk = IdField(required=True)
    enrolment = IdField(required=True, metadata={"description": "Readings are numbered under it, from 1."})
    access_token = fields.String(required=True)
    expires_in = IntegerField(required=True, metadata={"description": "Seconds."})
    nonce = fields.String(required=True, metadata=_NONCE)
    server_time = IntegerField(required=True, metadata=_MS)


class CardKey(Schema):
    """A public key that printed cards are signed with."""

    kid = fields.String(required=True, metadata={"description": "8 bytes as hex.", "example": "8b1f2c3d4e5f6071"})
    key = fields.String(required=True, metadata={"description": "Ed25519, 32 bytes as base64url.", **_DIGEST})


class Head(Schema):
    """The newest reading of this enrolment that the server knows."""

    n = IntegerField(required=True, metadata={"description": "0 for none."})
    digest = fields.String(required=True, metadata={"description": "What the next reading names.", **_DIGEST})


class ConsentText(Schema):
    """What a visitor agrees to; its version goes with the registration."""

    version = fields.String(required=True, metadata={"example": "2026-1"})
    zh = fields.String(required=True)
    en = fields.String(required=True)


class StationOut(Schema):
    """All a kiosk keeps for when the network is away. Nothing of it is personal or secret."""

    organisation = IdField(required=True, metadata=_ORGANISATION)
    organisation_name = fields.String(required=True)
    kiosk = IdField(required=True)
    number = IntegerField(required=True, metadata={"example": 3})
    name = fields.String(required=True)
    sales_centre = fields.String(required=True)
    locale = CodeField(("zh", "en"), required=True)
    timezone = fields.String(required=True)
    card_keys = fields.List(fields.Nested(CardKey), required=True)
    texts = fields.Dict(
        required=True,
        metadata={
            "description": "Key → language → text; `{name}` is the name of the answer.",
            "example": {"welcome": {"zh": "{name}，欢迎光临！", "en": "Welcome, {name}!"}},
        },
    )
    consent = fields.Nested(ConsentText, required=True)
    queue_most = IntegerField(required=True, metadata={"description": "Readings a queue may hold."})
    queue_hours = IntegerField(required=True, metadata={"description": "How long a reading may wait."})
    head = fields.Nested(Head, required=True)
    server_time = IntegerField(required=True, metadata=_MS)


class ReadingsIn(Schema):
    """Signed readings in the order of their numbers."""

    readings = fields.List(
        TextField(
            MAX_STATEMENT_CHARS,
            blank=True,
            metadata={"description": "A compact JWS; docs/kiosk.md.", "example": "eyJhbGciOiJFUzI1NiI…"},
        ),
        required=True,
        validate=Length(min=1, max=READINGS_MOST),
    )


class ReadingAnswer(Schema):
    """What to show. All members are there in every answer; a refusal never says why."""

    id = IdField(required=True, allow_none=True, metadata={"description": "null: it could not be read at all."})
    outcome = CodeField(OUTCOMES, required=True)
    name = fields.String(required=True, allow_none=True, metadata={"description": "Masked.", "example": "王**"})
    tier = CodeField(TIERS, required=True, allow_none=True)


class ReadingsOut(Schema):
    """An answer to each reading, in their order."""

    answers = fields.List(fields.Nested(ReadingAnswer), required=True)
    head = fields.Nested(Head, required=True)
    nonce = fields.String(required=True, metadata=_NONCE)
    server_time = IntegerField(required=True, metadata=_MS)


class VisitorIn(Schema):
    """A visitor who registers."""

    id = IdField(required=True, metadata={**_MINTED, "description": "Minted by the kiosk; again is once."})
    name = TextField(CUSTOMER_NAME_MOST, required=True)
    phone = TextField(PHONE_MOST, required=True, metadata={"example": "13812345678"})
    consent = TextField(40, required=True, metadata={"description": "The version he agreed to.", "example": "2026-1"})


class VisitorOut(Schema):
    """He is taken down. It is the same answer whether he was known or not."""

    id = IdField(required=True)


# -- the office ------------------------------------------------------------------------------------------------------


class KioskOut(Schema):
    """A kiosk."""

    id = IdField(required=True)
    number = IntegerField(required=True, metadata={"description": "What is typed at enrolment.", "example": 3})
    name = fields.String(required=True)
    sales_centre_id = IdField(required=True)
    centre_name = fields.String(required=True)
    state = CodeField(("new", "active", "revoked"), required=True)
    app_version = fields.String(required=True, allow_none=True)
    enrolled_at = InstantField(required=True, allow_none=True)
    last_seen_at = InstantField(required=True, allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj, attr) if hasattr(obj, attr) else getattr(obj.kiosk, attr, default)


class KioskIn(Schema):
    """A kiosk to make."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})
    name = TextField(NAME_MOST, required=True)
    sales_centre_id = IdField(required=True)


class KioskCodeOut(Schema):
    """A one-time code, shown this once."""

    code = fields.String(required=True, metadata={"example": "7KQ29XZ4"})
    expires_at = InstantField(required=True)


class ReadingOut(Schema):
    """A reading as it was judged, with the reason that the visitor was not told."""

    id = IdField(required=True)
    n = IntegerField(required=True)
    read_at = InstantField(required=True, metadata={"description": "As the kiosk signed it."})
    received_at = InstantField(required=True)
    is_live = BooleanField(required=True)
    source = CodeField(SOURCES, required=True)
    chain = CodeField([each.value for each in Order], required=True)
    outcome = CodeField(("welcome", "refused"), required=True)
    reason = fields.String(required=True, allow_none=True, metadata={"example": "lost"})
    flag = CodeField(("jump", "elsewhere"), required=True, allow_none=True)
    card_id = IdField(required=True, allow_none=True)
    card_number = fields.String(required=True, allow_none=True)
    arrival_id = IdField(required=True, allow_none=True)
