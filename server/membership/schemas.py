"""What the office sends and gets about sales centres, members, cards and arrivals."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from server.core.fields import BooleanField, CodeField, DayField, IdField, InstantField, IntegerField, Schema, TextField
from server.core.page_schemas import PageQuery
from server.membership import rules
from server.membership.transitions import ArrivalState, CardState

_MINTED = {"description": "Minted by the caller, so that sending again makes nothing twice."}
_NUMBER = {"description": "For people; opens nothing.", "example": "7KQ29XZ4"}
CENTRE_STATES, MEMBER_STATES = ("open", "closed"), ("active", "left")
CARD_STATES = tuple(each.value for each in CardState)
ARRIVAL_STATES = tuple(each.value for each in ArrivalState)


class _Line(Schema):
    """Dumps a query's line: its own attributes, and those of the row it holds."""

    holds = ""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj, attr) if hasattr(obj, attr) else getattr(getattr(obj, self.holds), attr, default)


class CentreOut(Schema):
    """A sales centre."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    name = fields.String(required=True)
    host_id = IdField(required=True, attribute="owner_id", metadata={"description": "Who gets unknown visitors."})
    unit_id = IdField(required=True, metadata={"description": "Whose reception sees who arrives."})
    project_id = IdField(required=True, allow_none=True)
    state = CodeField(CENTRE_STATES, required=True)


class CentreIn(Schema):
    """A sales centre to open."""

    id = IdField(metadata=_MINTED)
    name = TextField(rules.NAME_MOST, required=True)
    host_id = IdField(metadata={"description": "The caller unless told."})
    unit_id = IdField(metadata={"description": "The host's unless told."})
    project_id = IdField(allow_none=True)


class CentrePatch(Schema):
    """What to change."""

    name = TextField(rules.NAME_MOST)
    host_id = IdField()
    state = CodeField(CENTRE_STATES)


class MemberOut(_Line):
    """A member of the club."""

    holds = "member"

    id = IdField(required=True)
    version = IntegerField(required=True)
    customer_id = IdField(required=True)
    customer_name = fields.String(required=True)
    number = fields.String(required=True, metadata=_NUMBER)
    tier = CodeField(rules.TIERS, required=True)
    joined_on = DayField(required=True)
    state = CodeField(MEMBER_STATES, required=True)
    owner_id = IdField(required=True)


class MemberQuery(PageQuery):
    """Query of the list of members."""

    customer_id = IdField()
    tier = CodeField(rules.TIERS)
    state = CodeField(MEMBER_STATES)


class MemberIn(Schema):
    """A customer who joins."""

    id = IdField(metadata=_MINTED)
    customer_id = IdField(required=True)
    tier = CodeField(rules.TIERS)


class MemberPatch(Schema):
    """Another tier."""

    tier = CodeField(rules.TIERS, required=True)


class CardOut(Schema):
    """A card. What it carries is only shown by its code's own address."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    member_id = IdField(required=True)
    customer_id = IdField(required=True)
    kind = CodeField(rules.CARD_KINDS, required=True)
    number = fields.String(required=True, metadata=_NUMBER)
    label = fields.String(required=True, allow_none=True)
    state = CodeField(CARD_STATES, required=True)
    issued_on = DayField(required=True)
    expires_on = DayField(required=True, allow_none=True)
    replaces_id = IdField(required=True, allow_none=True)


class CardQuery(PageQuery):
    """Query of the list of cards."""

    member_id = IdField()
    customer_id = IdField()
    state = CodeField(CARD_STATES)


class ReplacementIn(Schema):
    """A card in place of another."""

    id = IdField(metadata=_MINTED)
    uid = TextField(
        23, allow_none=True, metadata={"description": "A chip's number, 14 hex digits.", "example": "04DE5F1EACC040"}
    )
    label = TextField(rules.LABEL_MOST, allow_none=True)
    expires_on = DayField(allow_none=True, metadata={"description": "Its last day."})


class CardIn(ReplacementIn):
    """A card to issue."""

    member_id = IdField(required=True)
    kind = CodeField(rules.CARD_KINDS, required=True)


class CodeOut(Schema):
    """What a card carries now."""

    text = fields.String(required=True, metadata={"description": "To be shown as a QR code.", "example": "DS2:…"})
    svg = fields.String(required=True, metadata={"description": "That QR code, level M.", "example": "<svg …>"})
    good_until = InstantField(
        required=True, allow_none=True, metadata={"description": "Of a phone code; ask again then."}
    )


class ArrivalOut(_Line):
    """Somebody who came to a sales centre."""

    holds = "arrival"

    id = IdField(required=True)
    version = IntegerField(required=True)
    customer_id = IdField(required=True)
    customer_name = fields.String(required=True, metadata={"description": "As he is to be called."})
    sales_centre_id = IdField(required=True)
    centre_name = fields.String(required=True)
    owner_id = IdField(required=True)
    owner_name = fields.String(required=True, metadata={"description": "Whose customer he is."})
    tier = CodeField(rules.TIERS, required=True, allow_none=True)
    via = CodeField(("card", "registration"), required=True)
    arrived_at = InstantField(required=True)
    is_late = BooleanField(required=True, metadata={"description": "The kiosk had no network."})
    is_proved = BooleanField(required=True, metadata={"description": "By a code or chip; a printed card proves less."})
    state = CodeField(ARRIVAL_STATES, required=True)
    handled_by = IdField(required=True, allow_none=True)
    handled_at = InstantField(required=True, allow_none=True)


class ArrivalQuery(PageQuery):
    """Query of the waiting list."""

    sales_centre_id = IdField()
    customer_id = IdField()
    state = CodeField(ARRIVAL_STATES)
