"""What devices see of opportunities, and what they may do. Declarations only; server/customers/sync.py adds them to its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.core.collections import Action, Collection, Column, OwnedScope, SharedScope
from server.core.uow import UnitOfWork
from server.customers.functions import READ, WRITE
from server.customers.models import Customer
from server.customers.opportunities import operations, origins, rules
from server.customers.opportunities.funnel import read_funnel
from server.customers.opportunities.models import FunnelStage, Opportunity, OpportunityContact
from server.customers.opportunities.settling import settle_opportunity
from server.customers.ownership import preload_for_batch
from server.customers.rules import LOSS_REASONS
from sync_protocol import wire
from sync_protocol.operations import Operation
from sync_protocol.wire import WireType

_SCOPE = OwnedScope(READ)
_AMOUNT: WireType = wire.INTEGER(0, rules.AMOUNT_MOST).or_null()
_CLOSING: Mapping[str, WireType] = {
    "closed_on": wire.DAY.or_null(),
    "closing_note": wire.TEXT(rules.CLOSING_MOST, multiline=True).or_null(),
}
_STEP: Mapping[str, WireType] = {
    "next_step": wire.TEXT(rules.STEP_MOST, multiline=True),
    "next_step_on": wire.DAY,
}
_FIELDS: Mapping[str, WireType] = {
    "title": wire.TEXT(rules.TITLE_MOST),
    "amount_minor": _AMOUNT,
    "expected_close_on": wire.DAY.or_null(),
    **_STEP,
}


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once the funnel, former owners, the visits they came from, and what the customers of those to be reopened have bought."""
    read_funnel(uow)
    known = [row for each in batch if (row := uow.get(Opportunity, each.row)) is not None]
    named = {each.values["customer_id"] for each in batch if each.values.get("customer_id") is not None}
    preload_for_batch(uow, named | {row.customer_id for row in known})
    origins.preload(uow, {each.values["visit_id"] for each in batch if each.values.get("visit_id") is not None})
    reopened = {each.row for each in batch if each.action == "reopen"}
    operations.preload_won(uow, (row.customer_id for row in known if row.id in reopened))


def _prepare_contacts(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once the customers that the contacts are about, and their former owners."""
    about = {each.values["opportunity_id"] for each in batch if each.values.get("opportunity_id") is not None}
    customers = {row.customer_id for each in about if (row := uow.get(Opportunity, each)) is not None}
    uow.preload(Customer, customers)
    preload_for_batch(uow, customers)


FUNNEL_STAGES = Collection(
    name="funnel_stages",
    row=FunnelStage,
    scope=SharedScope(),
    policy="server",
    columns=(
        Column("code", wire.TEXT(rules.CODE_MOST)),
        Column("name_zh", wire.TEXT(rules.STAGE_NAME_MOST)),
        Column("name_en", wire.TEXT(rules.STAGE_NAME_MOST)),
        Column("probability", wire.INTEGER(0, 100)),
        Column("position", wire.INTEGER()),
        Column("is_active", wire.BOOLEAN),
    ),
)

OPPORTUNITIES = Collection(
    name="opportunities",
    row=Opportunity,
    scope=_SCOPE,
    policy="machine",
    columns=(
        Column("customer_id", wire.ID),
        *(Column(name, kind, writable=True) for name, kind in _FIELDS.items()),
        Column("currency", wire.TEXT(3)),
        Column("stage_code", wire.TEXT(rules.CODE_MOST)),
        Column("probability", wire.INTEGER(0, 100)),
        Column("state", wire.CODE(rules.OpportunityState)),
        Column("reason", wire.CODE(LOSS_REASONS).or_null()),
        Column("competitor", wire.TEXT(rules.COMPETITOR_MOST).or_null()),
        Column("closing_note", wire.TEXT(rules.CLOSING_MOST, multiline=True).or_null()),
        Column("closed_on", wire.DAY.or_null()),
        Column("closed_by", wire.ID.or_null()),
        Column("opened_by", wire.ID),
        Column("visit_id", wire.ID.or_null()),
        Column("owner_id", wire.ID),
    ),
    actions={
        "create": Action(
            operations.open_opportunity,
            WRITE,
            values={
                "customer_id": wire.ID,
                **_FIELDS,
                "stage_code": wire.TEXT(rules.CODE_MOST),
                "visit_id": wire.ID.or_null(),
            },
            required=frozenset({"customer_id", "title", "next_step", "next_step_on"}),
        ),
        "update": Action(operations.change_opportunity, WRITE),
        "move": Action(
            operations.move_opportunity,
            WRITE,
            values={"stage_code": wire.TEXT(rules.CODE_MOST)},
            required=frozenset({"stage_code"}),
        ),
        "win": Action(operations.win_opportunity, WRITE, values=_CLOSING),
        "lose": Action(
            operations.lose_opportunity,
            WRITE,
            values={
                "reason": wire.CODE(LOSS_REASONS),
                "competitor": wire.TEXT(rules.COMPETITOR_MOST).or_null(),
                **_CLOSING,
            },
            required=frozenset({"reason"}),
        ),
        "reopen": Action(operations.reopen_opportunity, WRITE),
    },
    parents={"customer_id": "customers"},
    prepare=_prepare,
    refuse=operations.refuse_change,
    settle=settle_opportunity,
)

OPPORTUNITY_CONTACTS = Collection(
    name="opportunity_contacts",
    row=OpportunityContact,
    scope=_SCOPE,
    policy="append",
    columns=(
        Column("opportunity_id", wire.ID, writable=True, required=True),
        Column("customer_id", wire.ID),
        Column("made_by", wire.ID),
        Column("contacted_at", wire.INSTANT, writable=True),
        Column("text", wire.TEXT(rules.CONTACT_MOST, multiline=True), writable=True, required=True),
        *(Column(name, kind, writable=True, required=True) for name, kind in _STEP.items()),
        Column("created_at", wire.INSTANT),
    ),
    actions={"create": Action(operations.add_contact, WRITE)},
    parents={"opportunity_id": "opportunities"},
    prepare=_prepare_contacts,
    settle=settle_opportunity,
)

COLLECTIONS = (FUNNEL_STAGES, OPPORTUNITIES, OPPORTUNITY_CONTACTS)
