"""Sessions, roles, devices, quarantine and the audit log, as the office sends and gets them."""

from __future__ import annotations

from marshmallow import fields

from server.accounts.rules import NAME_MOST
from server.accounts.schemas.staff import SHOWN_STATES, new_password_field, password_field
from server.accounts.scope import Scope
from server.core.fields import (
    BooleanField,
    CodeField,
    FunctionField,
    IdField,
    InstantField,
    IntegerField,
    Length,
    Schema,
    TextField,
)
from server.core.i18n import LANGUAGES
from server.core.page_schemas import PageQuery

_TYPED = 120
_SCOPES = tuple(each.value for each in Scope)
DEVICE_STATES = ("active", "revoked", "wipe_pending", "wiped")
QUEUE_STATES = ("held", "released", "discarded")


class SignInIn(Schema):
    """The three parts."""

    organisation = TextField(_TYPED, blank=True, required=True, metadata={"description": "Organisation code."})
    username = TextField(_TYPED, blank=True, required=True)
    password = password_field("As chosen; full-width typing is the same.")


class SessionOrganisation(Schema):
    """The organisation of a session."""

    id = IdField(required=True)
    code = fields.String(required=True, metadata={"example": "demo"})
    name = fields.String(required=True, metadata={"example": "晨曦置业"})
    timezone = fields.String(required=True)
    currency = fields.String(required=True)
    locale = CodeField(LANGUAGES, required=True)


class SessionUser(Schema):
    """The person of a session."""

    id = IdField(required=True)
    name = fields.String(required=True)
    locale = CodeField(LANGUAGES, required=True)
    unit_id = IdField(required=True)


class TokenOut(Schema):
    """An access token and how many seconds it is good for."""

    access_token = fields.String(required=True)
    expires_in = IntegerField(required=True)


class OfficeSessionOut(TokenOut):
    """A new office session. session_expires_at: when it ends, however busy."""

    session = IdField(required=True)
    session_expires_at = InstantField(required=True)
    organisation = fields.Nested(SessionOrganisation, required=True)
    user = fields.Nested(SessionUser, required=True)


class GrantOut(Schema):
    """A function the caller has, and the rows he reaches with it: those that match any of the four."""

    code = fields.String(required=True, metadata={"example": "customers.read"})
    own = BooleanField(required=True)
    unit_ids = fields.List(IdField(), required=True)
    project_ids = fields.List(IdField(), required=True)
    everything = BooleanField(required=True)


class WhoAmIOut(Schema):
    """The caller."""

    session = IdField(required=True, allow_none=True)
    organisation = fields.Nested(SessionOrganisation, required=True)
    user = fields.Nested(SessionUser, required=True)
    functions = fields.List(fields.Nested(GrantOut), required=True)


class ConfirmIn(Schema):
    """The caller's password, given again."""

    password = password_field("The present one.")


class PasswordIn(Schema):
    """A password of one's own to change."""

    old_password = password_field("The present one.")
    new_password = new_password_field()


class PasswordResetIn(Schema):
    """A reset code and the password to set with it."""

    organisation = TextField(_TYPED, blank=True, required=True)
    username = TextField(_TYPED, blank=True, required=True)
    code = TextField(
        _TYPED,
        blank=True,
        required=True,
        metadata={"description": "Small letters and hyphens are fine.", "example": "7K3F-9QWX"},
    )
    password = new_password_field()


class FunctionOut(Schema):
    """Something a role can be allowed to do."""

    code = fields.String(required=True, metadata={"example": "customers.read"})
    zh = fields.String(required=True)
    en = fields.String(required=True)


class RoleOut(Schema):
    """A role."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    code = fields.String(required=True, metadata={"example": "supervisor"})
    name = fields.String(
        required=True, metadata={"description": "Of a system role in the caller's language.", "example": "案场经理"}
    )
    is_system = BooleanField(required=True, metadata={"example": True})
    scope = CodeField(_SCOPES, required=True)
    functions = fields.List(fields.String(), required=True, metadata={"example": ["customers.read"]})
    state = CodeField(("active", "disabled"), required=True)


class RoleQuery(Schema):
    """Query of the list of roles."""

    state = CodeField(SHOWN_STATES, load_default="all")


class RoleIn(Schema):
    """A role to add."""

    name = TextField(NAME_MOST, required=True, metadata={"example": "稽核员"})
    scope = CodeField(_SCOPES, required=True)
    functions = fields.List(FunctionField(), required=True, validate=Length(max=500))


class RolePatch(Schema):
    """What to change; functions are replaced as a whole."""

    name = TextField(NAME_MOST, metadata={"example": "稽核员"})
    scope = CodeField(_SCOPES)
    functions = fields.List(FunctionField(), validate=Length(max=500))
    state = CodeField(("active", "disabled"))
    version = IntegerField(1)


class DeviceOut(Schema):
    """A device somebody signed in on."""

    id = IdField(required=True)
    user_id = IdField(required=True, metadata={"description": "Who signed in on it last."})
    name = fields.String(required=True, metadata={"example": "Pixel 9"})
    platform = fields.String(required=True)
    app_version = fields.String(required=True)
    schema_number = IntegerField(required=True)
    state = CodeField(DEVICE_STATES, required=True)
    last_seen_at = InstantField(required=True)
    created_at = InstantField(required=True)
    wipe_requested_at = InstantField(required=True, allow_none=True)
    wiped_at = InstantField(required=True, allow_none=True)


class DeviceQuery(PageQuery):
    """Query of the list of devices."""

    user_id = IdField()
    state = CodeField(DEVICE_STATES)


class QueueOut(Schema):
    """Operations that a revoked device had not sent, kept and not applied."""

    id = IdField(required=True)
    device_id = IdField(required=True)
    user_id = IdField(required=True)
    enrolment_id = IdField(required=True)
    received_at = InstantField(required=True)
    count = IntegerField(required=True)
    state = CodeField(QUEUE_STATES, required=True)
    decided_by = IdField(required=True, allow_none=True)
    decided_at = InstantField(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class QueueDetailOut(QueueOut):
    """The same with its operations as they stood on the device."""

    operations = fields.List(
        fields.Dict(), required=True, metadata={"example": [{"n": 7, "collection": "notes", "action": "create"}]}
    )


class QueueQuery(PageQuery):
    """Query of the quarantine."""

    state = CodeField(QUEUE_STATES)


class DecisionIn(Schema):
    """Why."""

    reason = TextField(300, required=True)


class AuditEventOut(Schema):
    """A fact of the audit log."""

    n = IntegerField(required=True, metadata={"description": "Its number in the organisation's chain."})
    at = InstantField(required=True)
    actor_id = IdField(required=True)
    name = fields.String(required=True, metadata={"example": "accounts.user-changed"})
    subject_id = IdField(required=True, allow_none=True)
    body = fields.Dict(
        required=True,
        metadata={
            "description": "What; protected values masked, with a commitment.",
            "example": {"changes": {"title": ["置业顾问", "案场经理"]}},
        },
    )
    hash = fields.String(required=True)


class AuditQuery(PageQuery):
    """Query of the audit log."""

    subject_id = IdField()
    actor_id = IdField()
    name = TextField(80)
