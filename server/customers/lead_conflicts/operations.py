"""What a supervisor rules about a lead conflict (判客). Source: docs/rules/customers.md, R4.

Both customers are locked before the conflict is read: whoever opens, closes or refreshes one holds one of them, so of two
rulings at once the second sees what the first did, and nobody waits for the other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import rules as customer_rules
from server.customers.functions import HAND_OVER
from server.customers.lead_conflicts import rules
from server.customers.lead_conflicts.events import LeadConflictDismissed, LeadConflictRuled
from server.customers.lead_conflicts.models import CustomerShare, LeadConflict
from server.customers.lead_conflicts.rules import Chosen, ConflictState
from server.customers.models import Customer
from server.customers.operations import add_to_timeline, hand_over_customers
from server.customers.timeline import timeline_kind

RULED = timeline_kind("lead-conflict-ruled", zh="撞单判定", en="Lead conflict ruled")
DISMISSED = timeline_kind(
    "lead-conflict-dismissed", zh="撞单排除：不是同一人", en="No lead conflict: not the same person"
)


def lock_customers(uow: UnitOfWork, conflict_ids: Iterable[str]) -> None:
    """Lock the customers of these conflicts, before the conflicts themselves. Two statements."""
    t = c(LeadConflict)
    statement = select(t.first_id, t.second_id).where(t.org_id == uow.org_id, t.id.in_(sorted(set(conflict_ids))))
    found = uow.connection.execute(statement).all()
    uow.preload(Customer, {each for row in found for each in row})


def check_reached(uow: UnitOfWork, conflict: LeadConflict) -> None:
    """For the office: raise Refused NOT_FOUND to whoever could hand over neither customer. The customers are locked."""
    reach = uow.actor.must(HAND_OVER)
    if not any(reach.holds(uow.must(Customer, each)) for each in (conflict.first_id, conflict.second_id)):
        raise Refused(NOT_FOUND)


def rule_conflict(uow: UnitOfWork, conflict: LeadConflict, values: Mapping[str, Any]) -> LeadConflict:
    """Give both customers to the owner of one of them. values: owner (first or second), other_percent?, reason.

    other_percent: of the deal, what the other owner gets; None when nothing. Hands both over with all that hangs on them,
    keeps the shares, and records LeadConflictRuled. The same ruling again by the same person changes nothing.
    The customers are locked (`lock_customers`). Raises Refused FORBIDDEN_FUNCTION, CONFLICT_SETTLED,
    CONFLICT_BEYOND_REACH, CONFLICT_OF_ONESELF, REASON_REQUIRED, and what hand_over_customers does.
    """
    why = customer_rules.check_reason(values["reason"])
    chosen, other_percent = Chosen(values["owner"]), values.get("other_percent")
    ruling = {"state": ConflictState.RULED.value, "chosen": chosen.value, "other_percent": other_percent, "reason": why}
    if _says_the_same(uow, conflict, ruling):
        return conflict
    customers = _customers_to_rule(uow, conflict)
    owners = [customer.owner_id for customer in customers]
    owner_id, other_id = owners if chosen == Chosen.FIRST else reversed(owners)
    mine, others = rules.shares_of(other_percent)
    uow.change(conflict, **ruling, ruled_by=uow.actor.user_id, ruled_at=uow.now)
    _keep_shares(uow, conflict, {owner_id: mine, other_id: others} if others else {})
    hand_over_customers(uow, [customer.id for customer in customers], owner_id, why)
    ids = [customer.id for customer in customers]
    uow.record(LeadConflictRuled(conflict.id, ids, owners, owner_id, others, why))
    params = {"owner": owner_id, "other": other_id, "percent": others, "reason": why}
    for customer in customers:
        add_to_timeline(uow, customer, RULED, subject_id=conflict.id, params=params)
    return conflict


def dismiss_conflict(uow: UnitOfWork, conflict: LeadConflict, values: Mapping[str, Any]) -> LeadConflict:
    """Say that the two are not the same person: each keeps his own. values: reason. Records LeadConflictDismissed.

    For this pair none is opened again. Repeats, locks and refusals as `rule_conflict`.
    """
    why = customer_rules.check_reason(values["reason"])
    ruling = {"state": ConflictState.DISMISSED.value, "reason": why}
    if _says_the_same(uow, conflict, ruling):
        return conflict
    customers = _customers_to_rule(uow, conflict)
    uow.change(conflict, **ruling, ruled_by=uow.actor.user_id, ruled_at=uow.now)
    owners = [customer.owner_id for customer in customers]
    uow.record(LeadConflictDismissed(conflict.id, [customer.id for customer in customers], owners, why))
    for customer in customers:
        add_to_timeline(uow, customer, DISMISSED, subject_id=conflict.id, params={"reason": why})
    return conflict


def _says_the_same(uow: UnitOfWork, conflict: LeadConflict, ruling: Mapping[str, Any]) -> bool:
    return conflict.ruled_by == uow.actor.user_id and all(
        getattr(conflict, name) == value for name, value in ruling.items()
    )


def _customers_to_rule(uow: UnitOfWork, conflict: LeadConflict) -> list[Customer]:
    """Both customers, of a conflict that this actor may rule now: the first to arrive first."""
    reach = uow.actor.must(HAND_OVER)
    pair = [uow.get(Customer, each) for each in (conflict.first_id, conflict.second_id)]
    customers = [each for each in pair if each is not None]
    if len(customers) < 2:
        raise Refused(NOT_FOUND)
    owners = {customer.owner_id for customer in customers}
    rules.check_open(conflict.state, owners.pop() if len(owners) == 1 else None)
    if not all(reach.holds(customer) for customer in customers):
        raise Refused(rules.CONFLICT_BEYOND_REACH)
    rules.check_no_side(uow.actor.user_id, owners)
    return customers


def _keep_shares(uow: UnitOfWork, conflict: LeadConflict, percents: Mapping[str, int]) -> None:
    """Let these people share in both customers, and nobody else: what was ruled about one of them before is overruled."""
    ids = (conflict.first_id, conflict.second_id)
    known = {
        (row.customer_id, row.user_id): row for row in uow.find(CustomerShare, c(CustomerShare).customer_id.in_(ids))
    }
    for customer_id in ids:
        for user_id, percent in percents.items():
            values: dict[str, Any] = {"percent": percent, "since": uow.now, "conflict_id": conflict.id}
            row = known.pop((customer_id, user_id), None)
            if row is None:
                uow.add(CustomerShare(customer_id=customer_id, user_id=user_id, **values))
            else:
                uow.change(row, **values)
    for row in known.values():
        uow.remove(row)
