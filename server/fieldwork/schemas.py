"""What the office sends and gets about field work. Same limits as on the sync wire (models.py, sync.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from server.accounts.schemas.people import PeopleField
from server.core.field_patterns import SHOWN
from server.core.fields import BooleanField, CodeField, DayField, IdField, InstantField, IntegerField, Schema, TextField
from server.core.page_schemas import PageQuery
from server.core.sheet_answers import SheetQuery
from server.customers.rules import NAME_MOST
from server.fieldwork import models
from server.fieldwork.check_in import LocationReason, LocationVerdict
from server.fieldwork.follow_up_schemas import NextIn
from server.fieldwork.lines import CLAIMED, Line, words
from server.fieldwork.rules import LineStatus, TimeVerdict
from server.fieldwork.transitions import PlanState, VisitState

_LATITUDE, _LONGITUDE = 900_000_000, 1_800_000_000
_COPIED = {"description": "Who else sees it, once it is sent."}


class PlanOut(Line):
    """A day plan; its lines are the owner's visits of that day."""

    holds = "plan"

    id = IdField(required=True)
    version = IntegerField(required=True)
    owner_id = IdField(required=True)
    owner_name = fields.String(required=True, allow_none=True)
    plan_on = DayField(required=True)
    note = fields.String(required=True, allow_none=True)
    copied_to = PeopleField(required=True, metadata=_COPIED)
    state = CodeField(words(PlanState), required=True)
    sent_at = InstantField(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class PlanQuery(PageQuery):
    """Query of the list of day plans."""

    owner_id = IdField()
    first_on = DayField(data_key="from")
    last_on = DayField(data_key="to")


class PlanIn(Schema):
    """A day plan to make, for oneself."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})
    plan_on = DayField(required=True)
    note = TextField(models.NOTE_MOST, multiline=True, blank=True, allow_none=True)
    copied_to = PeopleField(metadata=_COPIED)


class PlanPatch(Schema):
    """What to change."""

    note = TextField(models.NOTE_MOST, multiline=True, blank=True, allow_none=True)
    copied_to = PeopleField(metadata=_COPIED)
    base = IntegerField(
        1, metadata={"description": "The version the caller saw; a field changed since by another is refused."}
    )


class VisitOut(Line):
    """A visit, from plan to event. Coordinates in 1e-7 degree, lengths in metres."""

    holds = "visit"

    id = IdField(required=True)
    version = IntegerField(required=True)
    plan_id = IdField(required=True, allow_none=True)
    customer_id = IdField(required=True, allow_none=True)
    customer_name = fields.String(
        required=True, allow_none=True, metadata={"description": "As it was when the visit was made."}
    )
    author_id = IdField(required=True)
    assignee_id = IdField(required=True)
    assignee_name = fields.String(required=True, allow_none=True)
    owner_id = IdField(required=True)
    unit_id = IdField(required=True)
    project_id = IdField(required=True, allow_none=True)
    planned_on = DayField(
        required=True, allow_none=True, metadata={"description": "null: nobody planned it; it was logged on the spot."}
    )
    planned_start_at = InstantField(required=True, allow_none=True)
    planned_end_at = InstantField(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    purpose = fields.String(required=True, allow_none=True)
    importance = IntegerField(1, 3, required=True)
    urgency = IntegerField(1, 3, required=True)
    people = PeopleField(required=True, metadata={"description": "Who takes part."})
    site_latitude_e7 = IntegerField(required=True, allow_none=True)
    site_longitude_e7 = IntegerField(required=True, allow_none=True)
    site_radius_m = IntegerField(required=True, allow_none=True)
    state = CodeField(words(VisitState), required=True)
    status = CodeField(
        words(LineStatus),
        required=True,
        metadata={"description": "The state, told apart by the clock: also not heard from, missed."},
    )
    is_late = BooleanField(required=True)
    day_on = DayField(required=True, metadata={"description": "The day it stands in lists."})
    actual_started_at = InstantField(required=True, allow_none=True, metadata=CLAIMED)
    actual_ended_at = InstantField(required=True, allow_none=True, metadata=CLAIMED)
    start_received_at = InstantField(required=True, allow_none=True)
    end_received_at = InstantField(required=True, allow_none=True)
    time_verdict = CodeField(words(TimeVerdict), required=True)
    result = fields.String(required=True, allow_none=True)
    outcome = CodeField(models.OUTCOMES, required=True, allow_none=True)
    next_step = fields.String(required=True, allow_none=True)
    nothing_next = fields.String(required=True, allow_none=True)
    impression = fields.String(required=True, allow_none=True)
    cancel_reason = fields.String(required=True, allow_none=True, metadata={"example": None})
    check_in_at = InstantField(required=True, allow_none=True, metadata=CLAIMED)
    latitude_e7 = IntegerField(required=True, allow_none=True, metadata=CLAIMED)
    longitude_e7 = IntegerField(required=True, allow_none=True, metadata=CLAIMED)
    accuracy_m = IntegerField(required=True, allow_none=True, metadata=CLAIMED)
    fix_age_s = IntegerField(required=True, allow_none=True, metadata=CLAIMED)
    is_mock = BooleanField(required=True, metadata=CLAIMED)
    location_verdict = CodeField(words(LocationVerdict), required=True)
    location_reason = CodeField(words(LocationReason), required=True, allow_none=True)
    distance_m = IntegerField(required=True, allow_none=True)
    out_latitude_e7 = IntegerField(required=True, allow_none=True, metadata=CLAIMED)
    out_longitude_e7 = IntegerField(required=True, allow_none=True, metadata=CLAIMED)
    out_accuracy_m = IntegerField(required=True, allow_none=True, metadata=CLAIMED)
    out_fix_age_s = IntegerField(required=True, allow_none=True, metadata=CLAIMED)
    out_is_mock = BooleanField(required=True, allow_none=True, metadata=CLAIMED)
    out_verdict = CodeField(words(LocationVerdict), required=True, allow_none=True)
    out_reason = CodeField(words(LocationReason), required=True, allow_none=True)
    out_distance_m = IntegerField(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class VisitNarrowing(Schema):
    """What visits are narrowed to."""

    customer_id = IdField()
    assignee_id = IdField()
    author_id = IdField()
    plan_id = IdField()
    first_on = DayField(data_key="from")
    last_on = DayField(data_key="to")
    status = CodeField(words(LineStatus))


class VisitQuery(PageQuery, VisitNarrowing):
    """Query of the list of visits. With customer_id: all that was ever planned for or done with that customer."""


class VisitExport(SheetQuery, VisitNarrowing):
    """Query of the export."""


class _Planned(Schema):
    """What is planned."""

    plan_id = IdField(allow_none=True)
    customer_id = IdField(allow_none=True)
    customer_name = TextField(
        NAME_MOST, blank=True, allow_none=True, metadata={"description": "Where no customer is named."}
    )
    assignee_id = IdField(metadata={"description": "The caller unless told; another needs the permission to assign."})
    planned_on = DayField(allow_none=True)
    planned_start_at = InstantField(allow_none=True)
    planned_end_at = InstantField(allow_none=True)
    place = TextField(models.PLACE_MOST, blank=True, allow_none=True)
    purpose = TextField(models.PURPOSE_MOST, multiline=True, blank=True, allow_none=True)
    importance = IntegerField(1, 3)
    urgency = IntegerField(1, 3)
    people = PeopleField(metadata={"description": "Who takes part, and sees it in his own day."})
    site_latitude_e7 = IntegerField(-_LATITUDE, _LATITUDE, allow_none=True)
    site_longitude_e7 = IntegerField(-_LONGITUDE, _LONGITUDE, allow_none=True)
    site_radius_m = IntegerField(10, 5000, allow_none=True)


class VisitIn(_Planned):
    """A visit to make."""

    between: ClassVar[Mapping[str, Any]] = {
        "anyOf": [
            {"required": ["customer_id"], "properties": {"customer_id": {"type": "string"}}},
            {"required": ["customer_name"], "properties": {"customer_name": SHOWN}},
            {"required": ["place"], "properties": {"place": SHOWN}},
        ]
    }

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})


class VisitPatch(_Planned):
    """What to change, before the visit has started."""

    base = IntegerField(
        1, metadata={"description": "The version the caller saw; a field changed since by another is refused."}
    )


class StartIn(Schema):
    """A check-in. Where and when are judged, never refused."""

    started_at = InstantField(required=True)
    latitude_e7 = IntegerField(allow_none=True)
    longitude_e7 = IntegerField(allow_none=True)
    accuracy_m = IntegerField(allow_none=True)
    fix_age_s = IntegerField(allow_none=True)
    is_mock = BooleanField()


class FinishIn(Schema):
    """What came of a visit."""

    ended_at = InstantField(required=True)
    started_at = InstantField(allow_none=True, metadata={"description": "Counts only where nobody checked in."})
    result = TextField(models.RESULT_MOST, multiline=True, blank=True, allow_none=True)
    outcome = CodeField(models.OUTCOMES, allow_none=True)
    next_step = TextField(models.STEP_MOST, multiline=True, blank=True, allow_none=True)
    nothing_next = TextField(models.REASON_MOST, blank=True, allow_none=True)
    impression = TextField(models.IMPRESSION_MOST, multiline=True, blank=True, allow_none=True)
    out_latitude_e7 = IntegerField(allow_none=True, metadata={"description": "The point of leaving."})
    out_longitude_e7 = IntegerField(allow_none=True)
    out_accuracy_m = IntegerField(allow_none=True)
    out_fix_age_s = IntegerField(allow_none=True)
    out_is_mock = BooleanField(allow_none=True)
    follow_up = fields.Nested(NextIn, metadata={"description": "Only for a visit to a customer."})


class CancelIn(Schema):
    """Why a visit is called off."""

    reason = TextField(models.REASON_MOST, blank=True, allow_none=True)
