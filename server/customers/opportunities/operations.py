"""What can be done to an opportunity. Office and devices call the same functions; as server/customers/operations.py.

A batch has loaded targets, customers, the funnel and what else is asked for before (sync.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

from server.accounts.models import User
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.functions import WRITE
from server.customers.models import Customer
from server.customers.operations import change_customer
from server.customers.opportunities import origins, rules
from server.customers.opportunities.events import (
    OpportunityChanged,
    OpportunityClosed,
    OpportunityContactAdded,
    OpportunityMoved,
    OpportunityOpened,
    OpportunityReopened,
)
from server.customers.opportunities.funnel import stage_for
from server.customers.opportunities.models import Opportunity, OpportunityContact
from server.customers.opportunities.rules import OpportunityState
from server.customers.opportunities.settling import settle_opportunity
from server.customers.ownership import CUSTOMER_HANDED_OVER, accept_fact_for, on_handover, was_mine
from server.customers.rules import check_past
from server.customers.timeline import Deed, add_to_timeline, timeline_kind

OPENED = timeline_kind("opportunity-opened", zh="新商机：{title}", en="Opportunity: {title}", deed=Deed.OPPORTUNITY)
CHANGED = timeline_kind(
    "opportunity-changed", zh="商机变更：{title}", en="Opportunity changed: {title}", deed=Deed.OPPORTUNITY
)
MOVED = timeline_kind(
    "opportunity-moved",
    zh="商机阶段变更：{title}",
    en="Opportunity came to another stage: {title}",
    deed=Deed.OPPORTUNITY,
)
CONTACTED = timeline_kind(
    "opportunity-contact", zh="商机跟进：{text}", en="About the opportunity: {text}", deed=Deed.OPPORTUNITY
)
WON = timeline_kind("opportunity-won", zh="商机成交：{title}", en="Opportunity won: {title}", deed=Deed.OPPORTUNITY)
LOST = timeline_kind("opportunity-lost", zh="商机流失：{title}", en="Opportunity lost: {title}", deed=Deed.OPPORTUNITY)
REOPENED = timeline_kind(
    "opportunity-reopened", zh="商机重新打开：{title}", en="Opportunity reopened: {title}", deed=Deed.OPPORTUNITY
)

_FIELDS = ("title", "amount_minor", "expected_close_on", "next_step", "next_step_on")
_AT_ONCE = 5000
"""Customers whose rows are looked up with one statement."""
_SHOWN = 200
"""Characters of a contact that its line on the timeline shows."""


def open_opportunity(uow: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> Opportunity:
    """Say that a customer may buy. values: customer_id, title, next_step, next_step_on, and what devices may write.

    stage_code: the first of the funnel unless told. A former owner's from his device is taken too. Records
    OpportunityOpened. Raises Refused NOT_FOUND (customer, visit), TEXT_REQUIRED, STAGE_UNKNOWN. Source: rules O1, O2.
    """
    customer = accept_fact_for(uow, values["customer_id"])
    settled = settle_opportunity(values)
    visit_id = settled.get("visit_id")
    if visit_id is not None and not origins.is_of(uow, visit_id, customer.id):
        raise Refused(NOT_FOUND, field="/visit_id")
    stage = stage_for(uow, settled.pop("stage_code", None))
    opportunity = uow.add(
        Opportunity(
            id=row_id,
            stage_code=stage.code,
            probability=stage.probability,
            currency=uow.actor.currency,
            weighted_minor=rules.weighted(settled.get("amount_minor"), stage.probability),
            opened_by=uow.actor.user_id,
            **settled | _place(customer),
        )
    )
    late = not uow.actor.must(WRITE).holds(customer)
    uow.record(OpportunityOpened(opportunity.id, customer.id, stage.code, opportunity.visit_id, late))
    _note(uow, customer, opportunity, OPENED, to=stage.code, probability=stage.probability)
    return opportunity


def change_opportunity(uow: UnitOfWork, opportunity: Opportunity, values: Mapping[str, Any]) -> Opportunity:
    """Set title, amount, expected day or next step of an open one. Records OpportunityChanged when one was different.

    The caller has checked reach. Raises Refused OPPORTUNITY_CLOSED, TEXT_REQUIRED.
    """
    rules.check_open(opportunity.state)
    settled = settle_opportunity(values)
    wanted = {name: settled[name] for name in _FIELDS if name in settled}
    changes = {
        name: [_shown(uow, name, getattr(opportunity, name)), _shown(uow, name, value)]
        for name, value in wanted.items()
        if getattr(opportunity, name) != value
    }
    if not changes:
        return opportunity
    amount = wanted.get("amount_minor", opportunity.amount_minor)
    uow.change(opportunity, weighted_minor=rules.weighted(amount, opportunity.probability), **wanted)
    uow.record(OpportunityChanged(opportunity.id, opportunity.customer_id, changes))
    _note(uow, _customer_of(uow, opportunity), opportunity, CHANGED, fields=sorted(changes))
    return opportunity


def move_opportunity(uow: UnitOfWork, opportunity: Opportunity, values: Mapping[str, Any]) -> Opportunity:
    """Bring an open one to another stage, whose probability it takes. values: stage_code. Records OpportunityMoved.

    Raises Refused OPPORTUNITY_CLOSED, STAGE_UNKNOWN.
    """
    rules.check_open(opportunity.state)
    stage, before = stage_for(uow, values["stage_code"]), opportunity.stage_code
    if stage.code == before:
        return opportunity
    uow.change(
        opportunity,
        stage_code=stage.code,
        probability=stage.probability,
        weighted_minor=rules.weighted(opportunity.amount_minor, stage.probability),
    )
    uow.record(OpportunityMoved(opportunity.id, opportunity.customer_id, before, stage.code, stage.probability))
    moved = {"from": before, "to": stage.code, "probability": stage.probability}
    _note(uow, _customer_of(uow, opportunity), opportunity, MOVED, **moved)
    return opportunity


def win_opportunity(uow: UnitOfWork, opportunity: Opportunity, values: Mapping[str, Any]) -> Opportunity:
    """He bought. values: closed_on? (today unless told), closing_note?. Records OpportunityClosed; the customer is won.

    Raises Refused OPPORTUNITY_CLOSED, DAY_IN_FUTURE.
    """
    customer = _close(uow, opportunity, OpportunityState.WON, WON, values)
    _bring(uow, customer, rules.stages_when_won(customer.stage))
    return opportunity


def lose_opportunity(uow: UnitOfWork, opportunity: Opportunity, values: Mapping[str, Any]) -> Opportunity:
    """He does not buy. values: reason, competitor?, closing_note?, closed_on? (today unless told).

    Records OpportunityClosed; the customer's stage stays. Raises Refused OPPORTUNITY_CLOSED, DAY_IN_FUTURE.
    """
    _close(uow, opportunity, OpportunityState.LOST, LOST, values)
    return opportunity


def reopen_opportunity(
    uow: UnitOfWork, opportunity: Opportunity, _values: Mapping[str, Any] | None = None
) -> Opportunity:
    """Take back that it was won or lost; it goes on where it was. Of an open one it changes nothing.

    Records OpportunityReopened. `preload_won` was called before.
    """
    if opportunity.state == OpportunityState.OPEN:
        return opportunity
    before, customer = opportunity.state, _customer_of(uow, opportunity)
    opened = {"reason": None, "competitor": None, "closing_note": None, "closed_on": None, "closed_by": None}
    uow.change(opportunity, state=OpportunityState.OPEN.value, **opened)
    uow.record(OpportunityReopened(opportunity.id, customer.id, before))
    _note(uow, customer, opportunity, REOPENED)
    if before == OpportunityState.WON:
        others = uow.among(
            Opportunity, lambda each: each.customer_id == customer.id and each.state == OpportunityState.WON
        )
        _bring(uow, customer, rules.stages_when_reopened(customer.stage, other_won=bool(others)))
    return opportunity


def add_contact(uow: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> OpportunityContact:
    """Append a contact with what was agreed as next step, which the opportunity takes while it is open.

    values: opportunity_id, text, next_step, next_step_on, contacted_at? (now unless told). A former owner's from his device
    is taken too. Records OpportunityContactAdded. Raises Refused NOT_FOUND, TEXT_REQUIRED. Source: rule O1.
    """
    opportunity = uow.get(Opportunity, values["opportunity_id"])
    if opportunity is None:
        raise Refused(NOT_FOUND, field="/opportunity_id")
    customer = accept_fact_for(uow, opportunity.customer_id, field="/opportunity_id")
    settled = settle_opportunity(values)
    settled["contacted_at"] = settled.get("contacted_at") or uow.now
    contact = uow.add(OpportunityContact(id=row_id, made_by=uow.actor.user_id, **settled | _place(customer)))
    if opportunity.state == OpportunityState.OPEN:
        uow.change(opportunity, next_step=contact.next_step, next_step_on=contact.next_step_on)
    uow.record(OpportunityContactAdded(opportunity.id, customer.id, contact.id))
    told = {"text": contact.text[:_SHOWN], "contact_id": contact.id}
    _note(uow, customer, opportunity, CONTACTED, at=contact.contacted_at, **told)
    return contact


def refuse_change(uow: UnitOfWork, opportunity: Opportunity) -> NoReturn:
    """Say why one that is out of reach cannot be changed: CUSTOMER_HANDED_OVER or NOT_FOUND. Source: rule C10."""
    if was_mine(uow, opportunity.customer_id):
        raise Refused(CUSTOMER_HANDED_OVER, owner_id=opportunity.owner_id)
    raise Refused(NOT_FOUND)


def preload_won(uow: UnitOfWork, customer_ids: Iterable[str]) -> None:
    """Load at once what these customers have bought, for `reopen_opportunity`."""
    if wanted := sorted(set(customer_ids)):
        t = c(Opportunity)
        uow.find(Opportunity, t.customer_id.in_(wanted), t.state == OpportunityState.WON.value)


@on_handover
def follow_customers(uow: UnitOfWork, customers: Sequence[Customer], _owner: User) -> None:
    """Let opportunities and contacts go with their customers, closed ones too; who opened and closed them stays (rule O6)."""
    places = {each.id: _place(each) for each in customers}
    ids = sorted(places)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for opportunity in uow.find(Opportunity, c(Opportunity).customer_id.in_(some)):
            uow.change(opportunity, **places[opportunity.customer_id])
        for contact in uow.find(OpportunityContact, c(OpportunityContact).customer_id.in_(some)):
            uow.change(contact, **places[contact.customer_id])


def _close(
    uow: UnitOfWork, opportunity: Opportunity, state: OpportunityState, kind: str, values: Mapping[str, Any]
) -> Customer:
    rules.check_open(opportunity.state)
    settled = settle_opportunity(values)
    today, closed_on = uow.today(), settled.pop("closed_on", None) or uow.today()
    if uow.actor.enrolment_id is not None:
        closed_on = min(closed_on, today)  # of a device whose clock runs ahead
    check_past(closed_on, today, field="/closed_on")
    customer = _customer_of(uow, opportunity)
    uow.change(opportunity, state=state.value, closed_on=closed_on, closed_by=uow.actor.user_id, **settled)
    uow.record(OpportunityClosed(opportunity.id, customer.id, state.value, opportunity.reason))
    _note(uow, customer, opportunity, kind, reason=opportunity.reason)
    return customer


def _customer_of(uow: UnitOfWork, opportunity: Opportunity) -> Customer:
    return uow.must(Customer, opportunity.customer_id)


def _bring(uow: UnitOfWork, customer: Customer, stages: Iterable[str]) -> None:
    for stage in stages:
        change_customer(uow, customer, {"stage": stage})


def _note(uow: UnitOfWork, customer: Customer, opportunity: Opportunity, kind: str, **params: Any) -> None:
    """A line on the customer's timeline; those about one opportunity are its log (domain row 50)."""
    at = params.pop("at", uow.made_at)
    told = {"title": opportunity.title} | {name: value for name, value in params.items() if value is not None}
    add_to_timeline(uow, customer, kind, at=at, subject_id=opportunity.id, params=told)


def _shown(uow: UnitOfWork, name: str, value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else uow.shown(Opportunity, name, value)


def _place(customer: Customer) -> dict[str, Any]:
    """What hangs on a customer, and whose it is."""
    return {
        "customer_id": customer.id,
        "owner_id": customer.owner_id,
        "unit_id": customer.unit_id,
        "project_id": customer.project_id,
    }
