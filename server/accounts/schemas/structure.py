"""The organisation, its units and projects, as the office sends and gets them."""

from __future__ import annotations

from marshmallow import fields

from server.accounts import rules
from server.accounts.rules import NAME_MOST
from server.core.field_patterns import typed_pattern
from server.core.fields import (
    CodeField,
    CurrencyField,
    IdField,
    InstantField,
    IntegerField,
    Schema,
    TextField,
    ZoneField,
)
from server.core.i18n import LANGUAGES

UNIT_KINDS = ("organisation", "department", "team")
_VERSION = {"description": "The version the caller saw; refused with core.stale when the row is at another one."}
_CODE = {
    "description": "Small letters, digits, single hyphens between them.",
    "example": "lakeside",
    "pattern": typed_pattern(rules.CODE.replace("a-z", "a-zA-Z")),
    "minLength": rules.CODE_LEAST,
    "maxLength": rules.CODE_MOST,
}


class OrganisationOut(Schema):
    """The caller's organisation."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    code = fields.String(required=True, metadata={"description": "What people type to sign in.", "example": "demo"})
    name = fields.String(required=True, metadata={"example": "晨曦置业"})
    timezone = fields.String(required=True, metadata={"description": "IANA zone of business days."})
    currency = fields.String(required=True)
    locale = CodeField(LANGUAGES, required=True)


class OrganisationPatch(Schema):
    """What to change; what is absent stays."""

    name = TextField(NAME_MOST, metadata={"example": "晨曦置业"})
    timezone = ZoneField()
    currency = CurrencyField()
    locale = CodeField(LANGUAGES)
    version = IntegerField(1, metadata=_VERSION)


class UnitOut(Schema):
    """A unit of the tree."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    parent_id = IdField(required=True, allow_none=True, metadata={"description": "null: the organisation itself."})
    kind = CodeField(UNIT_KINDS, required=True)
    name = fields.String(required=True, metadata={"example": "东区"})
    position = IntegerField(required=True)


class UnitIn(Schema):
    """A unit to add."""

    parent_id = IdField(required=True)
    kind = CodeField(("department", "team"), required=True)
    name = TextField(NAME_MOST, required=True, metadata={"example": "东区"})
    position = IntegerField(0, 1_000_000, load_default=0, metadata={"description": "Order among its siblings."})


class UnitPatch(Schema):
    """What to change; another parent_id moves it with all that is below."""

    parent_id = IdField()
    kind = CodeField(("department", "team"))
    name = TextField(NAME_MOST, metadata={"example": "东区"})
    position = IntegerField(0, 1_000_000)
    version = IntegerField(1, metadata=_VERSION)


class ProjectOut(Schema):
    """A project."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    code = fields.String(required=True, metadata={"example": "lakeside"})
    name = fields.String(required=True, metadata={"example": "湖畔花园"})
    created_at = InstantField(required=True)


class ProjectIn(Schema):
    """A project to add."""

    code = TextField(NAME_MOST, required=True, metadata=_CODE)
    name = TextField(NAME_MOST, required=True, metadata={"example": "湖畔花园"})


class ProjectPatch(Schema):
    """What to change."""

    code = TextField(NAME_MOST, metadata=_CODE)
    name = TextField(NAME_MOST, metadata={"example": "湖畔花园"})
    version = IntegerField(1, metadata=_VERSION)
