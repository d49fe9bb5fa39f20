"""Staff as the office sends and gets them. The rules for each field: rules.py."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from server.accounts import rules
from server.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from server.accounts.rules import NAME_MOST, Education, Gender
from server.core.field_patterns import typed_pattern
from server.core.fields import (
    BooleanField,
    CodeField,
    IdField,
    InstantField,
    IntegerField,
    Length,
    Schema,
    TextField,
    ZoneField,
)
from server.core.i18n import LANGUAGES
from server.core.page_schemas import PageQuery

_TYPED = 120
"""Characters taken in before a rule looks at them: full-width typing and spaces may go."""
_PASSWORD_MOST = 512
_LISTED = 100
SHOWN_STATES = ("all", "enabled", "disabled")
_GENDERS = tuple(each.value for each in Gender)
_EDUCATIONS = tuple(each.value for each in Education)


def password_field(description: str) -> TextField:
    """A password there is, as typed: of any length, so that a wrong one is told like any other."""
    return TextField(
        _PASSWORD_MOST, blank=True, required=True, metadata={"format": "password", "description": description}
    )


def new_password_field(*, required: bool = True) -> TextField:
    """A password to be. Its length is counted once full-width typing is narrowed."""
    return TextField(
        _PASSWORD_MOST,
        blank=True,
        required=required,
        metadata={
            "format": "password",
            "description": f"{MIN_LENGTH} to {MAX_LENGTH} characters, none of the well-known ones.",
            "example": "lantern harbour 7",
            "minLength": MIN_LENGTH,
            "maxLength": MAX_LENGTH,
        },
    )


def ids_field(description: str) -> fields.List[str]:
    """A whole list of ids."""
    return fields.List(IdField(), validate=Length(max=_LISTED), metadata={"description": description})


class UserOut(Schema):
    """A member of staff. The phone is masked; see reveal."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    number = fields.String(required=True, metadata={"description": "Staff number."})
    name = fields.String(required=True)
    username = fields.String(required=True)
    unit_id = IdField(required=True, metadata={"description": "The primary unit."})
    further_unit_ids = fields.List(IdField(), required=True)
    project_ids = fields.List(IdField(), required=True)
    role_ids = fields.List(IdField(), required=True)
    gender = CodeField(_GENDERS, required=True, allow_none=True)
    birth_year = IntegerField(required=True, allow_none=True)
    age = IntegerField(required=True, allow_none=True, metadata={"description": "Reached this year."})
    education = CodeField(_EDUCATIONS, required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "Masked.", "example": "154****0042"})
    sender_code = fields.String(required=True, allow_none=True)
    messages_reviewed = BooleanField(required=True)
    is_default = BooleanField(required=True, metadata={"description": "Came with the organisation; never disabled."})
    state = CodeField(("active", "disabled"), required=True)
    locale = CodeField(LANGUAGES, required=True, allow_none=True)
    timezone = fields.String(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class UserQuery(PageQuery):
    """Query of the staff list."""

    text = TextField(NAME_MOST, blank=True, metadata={"description": "Part of name, number, user name or title."})
    state = CodeField(SHOWN_STATES, load_default="all")
    unit_id = IdField(metadata={"description": "The primary unit, without those below it."})


_NUMBER = {"example": "0042", "pattern": typed_pattern(rules.STAFF_NUMBER)}
_PHONE = "[ ()-]*[+]?[ ()-]*(?:[0-9][ ()-]*){5,15}|[ ()-]*"
_USERNAME = {
    "pattern": typed_pattern(rules.USERNAME.replace("a-z", "a-zA-Z")),
    "minLength": rules.USERNAME_LEAST,
    "maxLength": rules.USERNAME_MOST,
}


class _UserFields(Schema):
    gender = CodeField(_GENDERS, allow_none=True)
    birth_year = IntegerField(1800, 2200, allow_none=True, metadata={"example": 1990})
    education = CodeField(_EDUCATIONS, allow_none=True)
    title = TextField(NAME_MOST, blank=True, allow_none=True)
    phone = TextField(_TYPED, blank=True, allow_none=True, metadata={"pattern": typed_pattern(_PHONE)})
    sender_code = TextField(
        _TYPED, blank=True, allow_none=True, metadata={"pattern": typed_pattern(f"{rules.SENDER_CODE}|")}
    )
    messages_reviewed = BooleanField()
    locale = CodeField(LANGUAGES, allow_none=True)
    timezone = ZoneField(allow_none=True)
    further_unit_ids = ids_field("Units besides the primary one.")
    project_ids = ids_field("Projects he belongs to.")
    role_ids = ids_field("Roles he holds.")

    @post_load
    def _words(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        for name, kind in (("gender", Gender), ("education", Education)):
            if data.get(name) is not None:
                data[name] = kind(data[name])
        return data


class UserIn(_UserFields):
    """A member of staff to add. Without a password he chooses one with a reset code."""

    number = TextField(_TYPED, required=True, metadata=_NUMBER)
    name = TextField(NAME_MOST, required=True)
    username = TextField(_TYPED, required=True, metadata=_USERNAME)
    unit_id = IdField(required=True)
    password = new_password_field(required=False)


class UserPatch(_UserFields):
    """What to change; what is absent stays. Lists of ids are replaced as a whole."""

    number = TextField(_TYPED, metadata=_NUMBER)
    name = TextField(NAME_MOST)
    username = TextField(_TYPED, metadata=_USERNAME)
    unit_id = IdField()
    version = IntegerField(
        1, metadata={"description": "The version the caller saw; refused with core.stale when it is another by now."}
    )


class UserRevealIn(Schema):
    """Which protected value, and why. Both are recorded."""

    field = CodeField(("phone",), required=True)
    reason = TextField(200, required=True)


class UserRevealOut(Schema):
    """The value in full."""

    value = fields.String(required=True, allow_none=True, metadata={"example": "15400000042"})


class ResetCodeOut(Schema):
    """A code to hand to its person; shown this once."""

    code = fields.String(required=True, metadata={"example": "7K3F-9QWX"})
    expires_at = InstantField(required=True)
