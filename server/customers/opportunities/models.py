"""Rows of opportunities: the funnel's stages, the opportunity, and every contact about it."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, String, Text

from server.core.rows import Code, Marks, Row, Scoped, index, refers, table, unique
from server.core.types import Id, Json, Protected
from server.customers.opportunities import rules
from server.customers.opportunities.rules import OpportunityState

_ASKED_OF_EACH = ("owner_id", "unit_id", "project_id", "weighted_minor", "stage_code", "amount_minor")


class WrittenText(Protected):
    """What was written about an opportunity; of it, the audit trail shows only how long it was."""

    impl = Text
    cache_ok = True
    kind = "text"

    def mask(self, value: str) -> str:
        return f"({len(value)})"


@table(
    "funnel_stages",
    unique("code"),
    CheckConstraint("probability BETWEEN 0 AND 100", name="probability"),
)
class FunnelStage(Row):
    """A stage of the organisation's funnel (domain row 61). code: for ever; names, percent, place and use may change."""

    code: Annotated[str, Code]
    name_zh: Annotated[str, String(rules.STAGE_NAME_MOST)]
    name_en: Annotated[str, String(rules.STAGE_NAME_MOST)]
    probability: int
    position: int
    is_active: bool = True


@table(
    "opportunities",
    refers("customer_id", "customers"),
    index("customer_id", "state", "weighted_minor", "id"),
    index("owner_id", "state", "weighted_minor", "id"),
    index("unit_id", "state", "weighted_minor", "id"),
    index("project_id", "state", "weighted_minor", "id"),
    index("state", "weighted_minor", "id"),
    index("state", "stage_code", "weighted_minor", "id", present="stage_code", beside=_ASKED_OF_EACH),
    index("state", "amount_minor", "id", present="amount_minor", beside=_ASKED_OF_EACH),
    index("state", "closed_on"),
    CheckConstraint(f"state IN ({', '.join(repr(str(each)) for each in OpportunityState)})", name="state"),
)
class Opportunity(Scoped):
    """What a customer may buy (商机). It belongs to the customer and goes with him.

    stage_code: of the funnel; a closed one keeps the stage it was closed at. probability: the stage's when it came there.
    weighted_minor: `rules.weighted`, stored so that lists and the ranking have an index. reason: why it was lost. closed_on:
    a day of the organisation, as claimed. opened_by, closed_by: whose deed it was, whoever owns the customer by now.
    visit_id: the visit it came from; no foreign key, because visits are of an area above (origins.py).
    """

    customer_id: Annotated[str, Id()]
    title: Annotated[str, WrittenText()]
    stage_code: Annotated[str, Code]
    probability: int
    amount_minor: int | None = None
    currency: Annotated[str, String(3)]
    weighted_minor: int = 0
    expected_close_on: date | None = None
    next_step: Annotated[str, WrittenText()]
    next_step_on: date
    state: Annotated[str, Code] = OpportunityState.OPEN.value
    reason: Annotated[str | None, Code] = None
    competitor: Annotated[str | None, String(rules.COMPETITOR_MOST)] = None
    closing_note: Annotated[str | None, WrittenText()] = None
    closed_on: date | None = None
    closed_by: Annotated[str | None, Id()] = None
    opened_by: Annotated[str, Id()]
    visit_id: Annotated[str | None, Id()] = None
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table(
    "opportunity_contacts",
    refers("opportunity_id", "opportunities"),
    refers("customer_id", "customers"),
    index("opportunity_id", "created_at", "id"),
    index("customer_id"),
)
class OpportunityContact(Scoped):
    """One contact about an opportunity, and what was agreed as the next step; added and never changed (domain row 56).

    made_by: who had it. contacted_at: the device's claim, for showing; created_at orders.
    """

    opportunity_id: Annotated[str, Id()]
    customer_id: Annotated[str, Id()]
    made_by: Annotated[str, Id()]
    contacted_at: datetime
    text: Annotated[str, WrittenText()]
    next_step: Annotated[str, WrittenText()]
    next_step_on: date
