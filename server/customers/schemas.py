"""What the office sends and gets about customers. Same limits as on the sync wire (rules.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from server.accounts.schemas.people import PeopleField
from server.core.field_patterns import typed_pattern
from server.core.fields import (
    BooleanField,
    CodeField,
    DayField,
    IdField,
    InstantField,
    IntegerField,
    Length,
    MoneyMinorField,
    QueryInteger,
    Schema,
    TextField,
    fault,
)
from server.core.money import MAX_MINOR
from server.core.page_schemas import PageQuery
from server.core.sheet_answers import SheetQuery
from server.customers import rules
from server.customers.profile import rules as profile

_AT_ONCE = 1000
"""Customers in one handover."""
_PHONE = {
    "description": "With area or country code.",
    "example": "15400000042",
    "pattern": typed_pattern(r"[+]?(?:[ ().\-/]*[0-9]){3,15}[ ().\-/]*"),
}
_ID_NUMBER = {"pattern": typed_pattern(r"(?:[0-9A-Za-z][0-9A-Za-z()\-/ ]*)?")}
_REVEALED = ("id_number", "address", "number")
_IMPORTANCE = {"example": "key"}
_LOST_REASON = {"description": "Needed of a customer who is lost; says nothing about others."}
_HOBBIES = {"example": "钓鱼"}
_WISHES = {"description": "Special needs.", "example": "无烟层"}
STATUSES = ("enabled", "disabled")


class PhoneOut(Schema):
    """A number of a customer, masked."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    number = fields.String(
        required=True, metadata={"description": "Masked, such as 138****5678; see reveal.", "example": "154****0042"}
    )
    label = fields.String(required=True, allow_none=True)
    is_current = BooleanField(required=True, metadata={"description": "false: an old number, still found by search."})
    contact_id = IdField(
        required=True, allow_none=True, metadata={"description": "Whose of the contacts'; null: his own."}
    )


class CustomerOut(Schema):
    """A customer. id_number and address are masked; see reveal."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    kind = CodeField(rules.KINDS, required=True)
    name = fields.String(required=True, metadata={"example": "张伟"})
    stage = CodeField(rules.STAGES, required=True)
    lost_reason = CodeField(rules.LOSS_REASONS, required=True, allow_none=True, metadata=_LOST_REASON)
    deal = CodeField(profile.DEALS, required=True)
    grade = CodeField(rules.GRADES, required=True, allow_none=True)
    need_level = CodeField(profile.NEEDS, required=True, allow_none=True)
    expected_close_on = DayField(required=True, allow_none=True)
    urgency = CodeField(profile.URGENCIES, required=True, allow_none=True, metadata={"description": "As of today."})
    importance = CodeField(profile.IMPORTANCES, required=True, allow_none=True, metadata=_IMPORTANCE)
    source = CodeField(rules.SOURCES, required=True, allow_none=True)
    id_number = fields.String(required=True, allow_none=True, metadata={"example": "D****567"})
    address = fields.String(required=True, allow_none=True, metadata={"example": "湖畔路****"})
    born_on = DayField(required=True, allow_none=True)
    needs = fields.String(required=True, allow_none=True)
    remark = fields.String(required=True, allow_none=True)
    hobbies = fields.String(required=True, allow_none=True, metadata=_HOBBIES)
    wishes = fields.String(required=True, allow_none=True, metadata=_WISHES)
    industry = CodeField(profile.INDUSTRIES, required=True, allow_none=True)
    category = CodeField(profile.CATEGORIES, required=True, allow_none=True)
    expected_amount_minor = MoneyMinorField(0, required=True, allow_none=True)
    first_contact_on = DayField(required=True, allow_none=True)
    is_enabled = BooleanField(required=True, metadata={"description": "false: out of use."})
    owner_id = IdField(required=True)
    owner_name = fields.String(required=True)
    unit_id = IdField(required=True)
    project_id = IdField(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    phones = fields.List(fields.Nested(PhoneOut), required=True)


class CustomerFilters(Schema):
    """What a list, a summary or an export is narrowed to."""

    text = TextField(
        rules.NAME_MOST,
        blank=True,
        metadata={
            "description": "Part of a name, of a contact's too, its pinyin or the first letters of it; or a phone: the whole "
            "number or its last four digits or more."
        },
    )
    kind = CodeField(rules.KINDS)
    stage = CodeField(rules.STAGES)
    status = CodeField(STATUSES, metadata={"description": "Without it, all."})
    grade = CodeField(rules.GRADES)
    deal = CodeField(profile.DEALS)
    need_level = CodeField(profile.NEEDS)
    importance = CodeField(profile.IMPORTANCES, metadata=_IMPORTANCE)
    urgency = CodeField(profile.URGENCIES, metadata={"description": "As of today."})
    industry = CodeField(profile.INDUSTRIES)
    category = CodeField(profile.CATEGORIES)
    amount_from_minor = QueryInteger(0, MAX_MINOR, metadata={"description": "Expected amount, at least."})
    amount_to_minor = QueryInteger(0, MAX_MINOR, metadata={"description": "Expected amount, at most."})
    owner_id = IdField()
    unit_id = IdField(metadata={"description": "The unit itself, without those below it."})


class CustomerExport(SheetQuery, CustomerFilters):
    """Query of the export."""


class CustomerQuery(PageQuery, CustomerFilters):
    """Query of the list."""

    order = CodeField(
        ("updated", "name"),
        load_default="updated",
        metadata={
            "description": "updated: last first. With a `text` the order is that of the match, and this says nothing."
        },
    )


class CustomerFields(Schema):
    """What can be set at any time."""

    kind = CodeField(rules.KINDS)
    stage = CodeField(rules.STAGES)
    lost_reason = CodeField(rules.LOSS_REASONS, allow_none=True, metadata=_LOST_REASON)
    deal = CodeField(profile.DEALS, metadata={"description": "Follows the stage unless given."})
    grade = CodeField(
        rules.GRADES, allow_none=True, metadata={"description": "Follows need and closing day unless given."}
    )
    need_level = CodeField(profile.NEEDS, allow_none=True)
    expected_close_on = DayField(allow_none=True)
    importance = CodeField(profile.IMPORTANCES, allow_none=True, metadata=_IMPORTANCE)
    source = CodeField(rules.SOURCES, allow_none=True)
    id_number = TextField(rules.ID_NUMBER_MOST, blank=True, allow_none=True, metadata=_ID_NUMBER)
    address = TextField(rules.ADDRESS_MOST, blank=True, allow_none=True)
    born_on = DayField(allow_none=True)
    needs = TextField(rules.NEEDS_MOST, multiline=True, blank=True, allow_none=True)
    remark = TextField(rules.REMARK_MOST, multiline=True, blank=True, allow_none=True)
    hobbies = TextField(profile.HOBBIES_MOST, multiline=True, blank=True, allow_none=True, metadata=_HOBBIES)
    wishes = TextField(profile.WISHES_MOST, multiline=True, blank=True, allow_none=True, metadata=_WISHES)
    industry = CodeField(profile.INDUSTRIES, allow_none=True)
    category = CodeField(profile.CATEGORIES, allow_none=True)
    expected_amount_minor = MoneyMinorField(0, profile.AMOUNT_MOST, allow_none=True)
    first_contact_on = DayField(allow_none=True)
    is_enabled = BooleanField()


class PhoneIn(Schema):
    """A number to add."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again adds nothing."})
    number = TextField(rules.PHONE_MOST, required=True, metadata=_PHONE)
    label = TextField(rules.LABEL_MOST, blank=True, allow_none=True)
    is_current = BooleanField(load_default=True)


class PhoneOfIn(PhoneIn):
    """A number to add to a customer who is there, and so to one of his contacts."""

    contact_id = IdField(allow_none=True)


class CustomerIn(CustomerFields):
    """A customer to enter."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again enters nobody twice."})
    name = TextField(rules.NAME_MOST, required=True, metadata={"example": "张伟"})
    owner_id = IdField(metadata={"description": "The caller unless told; another needs the permission to assign."})
    project_id = IdField(allow_none=True)
    phones = fields.List(
        fields.Nested(PhoneIn),
        load_default=list,
        validate=Length(max=10),
        metadata={"example": [{"number": "15400000042", "label": "手机"}]},
    )


class CustomerPatch(CustomerFields):
    """Fields to change; what is absent stays."""

    name = TextField(rules.NAME_MOST, metadata={"example": "张伟"})
    base = IntegerField(
        1, metadata={"description": "The version the caller saw. A field that another hand changed since is refused."}
    )


class PhonePatch(Schema):
    """What to change about a number. A new number leaves the old one as a row of its own, out of use."""

    number = TextField(rules.PHONE_MOST, metadata=_PHONE)
    label = TextField(rules.LABEL_MOST, blank=True, allow_none=True)
    is_current = BooleanField()
    contact_id = IdField(allow_none=True)
    base = IntegerField(1)


class NoteIn(Schema):
    """A note to add."""

    id = IdField()
    text = TextField(rules.NOTE_MOST, multiline=True, required=True)
    reply_to = IdField(allow_none=True)
    mentions = PeopleField(
        metadata={"description": "Colleagues whom it names and who are told; they see the customer."}
    )


class NoteOut(Schema):
    """A note about a customer."""

    id = IdField(required=True)
    text = fields.String(required=True)
    reply_to = IdField(required=True, allow_none=True)
    mentions = PeopleField(required=True)
    untold = PeopleField(
        required=True, metadata={"description": "Of mentions: who did not see the customer when the note arrived."}
    )
    written_by = IdField(required=True)
    written_at = InstantField(required=True, metadata={"description": "A device's claim; created_at orders."})
    created_at = InstantField(required=True)


class RevealIn(Schema):
    """Which protected value to see, and why; both are recorded."""

    field = CodeField(_REVEALED, required=True, metadata={"example": "number"})
    phone_id = IdField(metadata={"description": "Of the number to see; with field=number only."})
    reason = TextField(rules.REASON_MOST, required=True)

    between: ClassVar[Mapping[str, Any]] = {
        "oneOf": [
            {"properties": {"field": {"const": "number"}}, "required": ["phone_id"]},
            {"properties": {"field": {"enum": ["id_number", "address"]}, "phone_id": {"not": {}}}},
        ]
    }

    @validates_schema(skip_on_field_errors=True)
    def _phone_goes_with_number(self, data: dict[str, object], **kwargs: object) -> None:
        if (data["field"] == "number") != ("phone_id" in data):
            raise fault("required" if data["field"] == "number" else "unknown", "phone_id")


class RevealOut(Schema):
    """The value in full."""

    value = fields.String(required=True, allow_none=True, metadata={"example": "15400000042"})


class HandoverIn(Schema):
    """Customers to give to somebody else, all or none."""

    customers = fields.List(IdField(), required=True, validate=Length(min=1, max=_AT_ONCE))
    to = IdField(required=True)
    from_user = IdField(
        data_key="from", metadata={"description": "Whom the caller saw as owner; refused when it is another by now."}
    )
    reason = TextField(rules.REASON_MOST, required=True)


class PortfolioIn(Schema):
    """To whom all open customers of a person go."""

    to = IdField(required=True)
    reason = TextField(rules.REASON_MOST, required=True)
    include_closed = BooleanField(load_default=False, metadata={"description": "Lost and dead ones too."})


class LeaveIn(Schema):
    """To whom goes what a person who leaves had to do."""

    to = IdField(required=True)
    reason = TextField(rules.REASON_MOST, required=True)


class HandoverOut(Schema):
    """What a handover did."""

    handed_over = IntegerField(required=True)


class SummaryOut(Schema):
    """Customers within reach by stage."""

    stages = fields.Dict(
        keys=fields.String(), values=IntegerField(), required=True, metadata={"example": {"prospect": 12, "visited": 5}}
    )
    total = IntegerField(required=True, metadata={"example": 17})
