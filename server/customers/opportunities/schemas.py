"""What the office sends and gets about opportunities and the funnel. Same limits as on the sync wire (rules.py)."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import (
    BooleanField,
    CodeField,
    DayField,
    IdField,
    InstantField,
    IntegerField,
    MoneyMinorField,
    QueryInteger,
    Schema,
    TextField,
)
from server.core.page_schemas import PageQuery, page_of
from server.core.sheet_answers import SheetQuery
from server.customers.opportunities import rules
from server.customers.opportunities.rules import AMOUNT_MOST
from server.customers.opportunities.sums import FunnelBy
from server.customers.rules import LOSS_REASONS
from server.customers.trail_schemas import EntryOut

_STATES = [each.value for each in rules.OpportunityState]
_STAGE_CODE = {"pattern": "^[a-z][a-z0-9_]{0,39}$", "example": "lead"}
_TITLE = {"example": "三室两厅"}
_UNIT = {"description": "This unit and those below it."}
_MINTED = {"description": "Minted by the caller, so that sending again makes nothing twice."}


class OpportunityOut(Schema):
    """What a customer may buy, and what comes next."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    customer_id = IdField(required=True)
    customer_name = fields.String(required=True)
    title = fields.String(required=True, metadata=_TITLE)
    stage_code = fields.String(required=True, metadata={"description": "A stage of the funnel."})
    probability = IntegerField(
        0, 100, required=True, metadata={"description": "Percent; the stage's when it came there."}
    )
    amount_minor = MoneyMinorField(required=True, allow_none=True)
    currency = fields.String(required=True)
    weighted_minor = MoneyMinorField(
        required=True, metadata={"description": "probability × amount_minor, rounded down; what it is ranked by."}
    )
    expected_close_on = DayField(required=True, allow_none=True)
    next_step = fields.String(required=True)
    next_step_on = DayField(required=True)
    state = CodeField(_STATES, required=True)
    reason = CodeField(LOSS_REASONS, required=True, allow_none=True)
    competitor = fields.String(required=True, allow_none=True)
    closing_note = fields.String(required=True, allow_none=True)
    closed_on = DayField(required=True, allow_none=True)
    closed_by = IdField(required=True, allow_none=True)
    opened_by = IdField(required=True)
    visit_id = IdField(required=True, allow_none=True)
    owner_id = IdField(required=True)
    owner_name = fields.String(required=True)
    unit_id = IdField(required=True)
    project_id = IdField(required=True, allow_none=True)


class OpportunityNarrowing(Schema):
    """What a list or an export is narrowed to."""

    state = CodeField(_STATES, metadata={"description": "open unless told, and unless a customer is named."})
    stage_code = TextField(rules.CODE_MOST)
    customer_id = IdField()
    owner_id = IdField()
    unit_id = IdField(metadata={"description": "The unit itself, without those below it."})
    project_id = IdField()
    from_minor = QueryInteger(0, AMOUNT_MOST, metadata={"description": "The least amount, in minor units."})
    to_minor = QueryInteger(0, AMOUNT_MOST, metadata={"description": "The greatest amount, included."})


class OpportunityQuery(PageQuery, OpportunityNarrowing):
    """Query of the list, what is worth most now first."""


class OpportunityExport(SheetQuery, OpportunityNarrowing):
    """Query of the export."""


class RankingOut(page_of(OpportunityOut)):  # type: ignore[misc]
    """Customers by what they are worth now, each with his best open opportunity."""

    rule = fields.String(
        required=True,
        metadata={"description": "What the order goes by, in words.", "example": rules.RANKING.zh},
    )


class OpportunityIn(Schema):
    """An opportunity to open."""

    id = IdField(metadata=_MINTED)
    customer_id = IdField(required=True)
    title = TextField(rules.TITLE_MOST, required=True, metadata=_TITLE)
    next_step = TextField(rules.STEP_MOST, multiline=True, required=True)
    next_step_on = DayField(required=True)
    stage_code = TextField(rules.CODE_MOST, metadata={**_STAGE_CODE, "description": "The first stage unless told."})
    amount_minor = MoneyMinorField(0, AMOUNT_MOST, allow_none=True)
    expected_close_on = DayField(allow_none=True)
    visit_id = IdField(allow_none=True, metadata={"description": "The visit it came from."})


class OpportunityPatch(Schema):
    """What to change while it is open; what is absent stays."""

    title = TextField(rules.TITLE_MOST, metadata=_TITLE)
    amount_minor = MoneyMinorField(0, AMOUNT_MOST, allow_none=True)
    expected_close_on = DayField(allow_none=True)
    next_step = TextField(rules.STEP_MOST, multiline=True)
    next_step_on = DayField()
    base = IntegerField(
        1, metadata={"description": "The version the caller saw. A field that another hand changed since is refused."}
    )


class MoveIn(Schema):
    """The stage it has come to."""

    stage_code = TextField(rules.CODE_MOST, required=True, metadata=_STAGE_CODE)


class WinIn(Schema):
    """He bought."""

    closed_on = DayField(metadata={"description": "Today unless told."})
    closing_note = TextField(rules.CLOSING_MOST, multiline=True, blank=True, allow_none=True)


class LoseIn(WinIn):
    """He does not buy, and why."""

    reason = CodeField(LOSS_REASONS, required=True)
    competitor = TextField(rules.COMPETITOR_MOST, blank=True, allow_none=True)


class OpportunityContactIn(Schema):
    """A contact to append, with what comes next."""

    id = IdField(metadata=_MINTED)
    text = TextField(rules.CONTACT_MOST, multiline=True, required=True)
    next_step = TextField(rules.STEP_MOST, multiline=True, required=True)
    next_step_on = DayField(required=True)


class OpportunityContactOut(Schema):
    """A contact about an opportunity."""

    id = IdField(required=True)
    opportunity_id = IdField(required=True)
    customer_id = IdField(required=True)
    made_by = IdField(required=True)
    contacted_at = InstantField(required=True, metadata={"description": "As the device claims."})
    text = fields.String(required=True)
    next_step = fields.String(required=True)
    next_step_on = DayField(required=True)
    created_at = InstantField(required=True)


class OpportunityEntryOut(EntryOut):
    """A line of an opportunity's log: its stages, contacts and end."""


class FunnelStageFields(Schema):
    """What can be set at any time."""

    name_zh = TextField(rules.STAGE_NAME_MOST)
    name_en = TextField(rules.STAGE_NAME_MOST)
    probability = IntegerField(0, 100, metadata={"description": "Percent, for what comes here from now on."})
    position = IntegerField(1, 1000)
    is_active = BooleanField()


class FunnelStageIn(Schema):
    """A stage to add."""

    code = TextField(rules.CODE_MOST, required=True, metadata=_STAGE_CODE)
    name_zh = TextField(rules.STAGE_NAME_MOST, required=True)
    name_en = TextField(rules.STAGE_NAME_MOST, required=True)
    probability = IntegerField(0, 100, required=True)
    position = IntegerField(1, 1000, required=True)


class FunnelStageOut(Schema):
    """A stage of the funnel."""

    id = IdField(required=True)
    version = IntegerField(required=True)
    code = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    probability = IntegerField(0, 100, required=True)
    position = IntegerField(required=True)
    is_active = BooleanField(required=True)


class FunnelStagesOut(Schema):
    """The funnel in its order, stages out of use too."""

    items = fields.List(fields.Nested(FunnelStageOut), required=True)


class OpportunitySumQuery(Schema):
    """What counts."""

    from_on = DayField()
    to_on = DayField(metadata={"description": "The last day, included."})
    owner_id = IdField()
    unit_id = IdField(metadata=_UNIT)
    project_id = IdField()


class FunnelQuery(OpportunitySumQuery):
    """What counts, and what it is counted by."""

    by = CodeField([each.value for each in FunnelBy], load_default=FunnelBy.STAGE.value)


class FunnelLineOut(Schema):
    """One line of the funnel."""

    key = fields.String(required=True, allow_none=True, metadata={"description": "Stage code or id; null: none."})
    name = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True, metadata={"description": "null: nothing is there."})
    open_count = IntegerField(0, required=True)
    open_minor = IntegerField(0, required=True)
    weighted_minor = IntegerField(0, required=True)
    won_count = IntegerField(0, required=True)
    won_minor = IntegerField(0, required=True)
    lost_count = IntegerField(0, required=True)
    lost_minor = IntegerField(0, required=True)


class FunnelOut(Schema):
    """Counts and amounts of opportunities."""

    items = fields.List(fields.Nested(FunnelLineOut), required=True)


class ConversionLineOut(Schema):
    """Customers of one salesperson first met in one month, and how many of them have become buyers."""

    owner_id = IdField(required=True)
    owner_name = fields.String(required=True, allow_none=True)
    month = fields.String(required=True, metadata={"example": "2025-03"})
    customer_count = IntegerField(0, required=True)
    buyer_count = IntegerField(0, required=True)


class ConversionOut(Schema):
    """From prospect to buyer, by month and salesperson."""

    items = fields.List(fields.Nested(ConversionLineOut), required=True)


class LossLineOut(Schema):
    """How many opportunities were lost for one reason."""

    reason = CodeField(LOSS_REASONS, required=True)
    currency = fields.String(required=True)
    count = IntegerField(0, required=True)
    amount_minor = IntegerField(0, required=True)


class LossesOut(Schema):
    """Why opportunities were lost, the most frequent reason first."""

    items = fields.List(fields.Nested(LossLineOut), required=True)
