"""Rows of activities."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import String

from server.core.rows import Authored, Code, Row, index, refers, table, unique
from server.core.types import Id
from server.customers.models import PersonName
from server.fieldwork.activities.kinds import ActivityKind, Channel, TypeState
from server.fieldwork.models import WrittenText, one_of
from server.fieldwork.rules import TimeVerdict

TEXT_MOST, NOTHING_MOST = 4000, 200
TYPE_NAME_MOST = 40
DURATION_MOST = 1440
"""Minutes of one day."""


@table("activity_types", unique("name_zh"), unique("name_en"), one_of("state", TypeState))
class ActivityType(Row):
    """A kind of activity that an organisation has named beside the seven. Closed ones stay, for what was logged."""

    name_zh: Annotated[str, String(TYPE_NAME_MOST)]
    name_en: Annotated[str, String(TYPE_NAME_MOST)]
    state: Annotated[str, Code] = TypeState.ACTIVE.value


@table(
    "activities",
    refers("author_id", "users"),
    refers("customer_id", "customers"),
    refers("type_id", "activity_types"),
    index("customer_id", "day_on", "id"),
    index("author_id", "day_on", "id"),
    index("owner_id", "day_on", "id"),
    index("unit_id", "day_on", "id"),
    index("day_on", "id"),
    index("channel", "day_on", "id", present="channel", beside=("owner_id", "unit_id", "project_id", "author_id")),
    one_of("kind", ActivityKind),
    one_of("channel", Channel),
)
class Activity(Authored):
    """Contact with a customer, or work for him, that is no visit. Never changed; author_id: whose deed it was.

    type_id: which of the organisation's own, where kind is `own`. contact_name: with whom, if not the customer himself.
    at: the device's claim; day_on: the day it counts for, in the organisation's zone (rule F6). duration_min: minutes.
    nothing_next: why no follow-up comes of it, where none does.
    """

    customer_id: Annotated[str, Id()]
    contact_name: Annotated[str | None, PersonName()] = None
    kind: Annotated[str, Code]
    type_id: Annotated[str | None, Id()] = None
    channel: Annotated[str, Code]
    at: datetime
    duration_min: int | None = None
    text: Annotated[str, WrittenText()]
    nothing_next: Annotated[str | None, WrittenText()] = None
    day_on: date
    time_verdict: Annotated[str, Code] = TimeVerdict.PLAUSIBLE.value
