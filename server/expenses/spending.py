"""What was spent, summed up by person, department, customer, kind or month. SELECTs only: three statements, however much.

Who counts: lines within the reader's reach of expenses.read. A customer who is out of his reach is summed up with all
others of that kind, without a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, func, select

from server.accounts.models import OrgUnit, User
from server.core.access import Actor
from server.core.rows import Row, c
from server.customers.functions import READ as CUSTOMERS_READ
from server.customers.models import Customer
from server.expenses.functions import READ
from server.expenses.models import ExpenseClaim, ExpenseLine
from server.expenses.transitions import ClaimState


class SpendBy(StrEnum):
    """What is summed up by."""

    PERSON = "person"
    DEPARTMENT = "department"
    CUSTOMER = "customer"
    KIND = "kind"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class SpendFilters:
    """What counts. from_on, to_on: days on which it was spent, both included. states: of the claim. None for all."""

    from_on: date | None = None
    to_on: date | None = None
    owner_id: str | None = None
    units: frozenset[str] | None = None
    customer_id: str | None = None
    states: tuple[str, ...] = (ClaimState.APPROVED.value, ClaimState.REIMBURSED.value)


@dataclass(frozen=True, slots=True)
class Sum:
    """One line of the answer. key: id, kind or month (YYYY-MM); None for what has none, or is out of reach."""

    key: str | None
    name: str | None
    currency: str
    amount_minor: int
    line_count: int


def spend(connection: Connection, actor: Actor, by: SpendBy, filters: SpendFilters) -> list[Sum]:
    """The sums within reach, the highest first."""
    k, n = c(ExpenseLine), c(ExpenseClaim)
    key = _key(by)
    conditions = [actor.must(READ).condition(ExpenseLine), n.state.in_(filters.states), *_conditions(filters)]
    rows = connection.execute(
        select(key, n.currency, func.sum(k.amount_minor), func.count(k.id))
        .select_from(ExpenseLine.__table__)
        .join(ExpenseClaim.__table__, and_(n.org_id == k.org_id, n.id == k.claim_id))
        .where(k.org_id == actor.org_id, *conditions)
        .group_by(key, n.currency)
    ).all()
    names = _names(connection, actor, by, {each[0] for each in rows if each[0] is not None})
    sums: dict[tuple[str | None, str], Sum] = {}
    for value, currency, amount, count in rows:
        shown = value if names is None or value in names else None
        name = None if names is None or shown is None else names[shown]
        before = sums.get((shown, currency))
        total, lines = (
            (int(amount), count) if before is None else (before.amount_minor + int(amount), before.line_count + count)
        )
        sums[shown, currency] = Sum(shown, name, currency, total, lines)
    return sorted(sums.values(), key=lambda each: (each.currency, -each.amount_minor, each.key or ""))


def _key(by: SpendBy) -> ColumnElement[Any]:
    k = c(ExpenseLine)
    match by:
        case SpendBy.PERSON:
            return k.owner_id
        case SpendBy.DEPARTMENT:
            return k.unit_id
        case SpendBy.CUSTOMER:
            return k.spent_for_id
        case SpendBy.KIND:
            return k.kind
        case SpendBy.MONTH:
            return func.substr(k.spent_on, 1, 7)


def _conditions(filters: SpendFilters) -> list[ColumnElement[bool]]:
    k = c(ExpenseLine)
    found: list[ColumnElement[bool]] = []
    if filters.from_on is not None:
        found.append(k.spent_on >= filters.from_on)
    if filters.to_on is not None:
        found.append(k.spent_on <= filters.to_on)
    if filters.owner_id is not None:
        found.append(k.owner_id == filters.owner_id)
    if filters.customer_id is not None:
        found.append(k.spent_for_id == filters.customer_id)
    if filters.units is not None:
        found.append(k.unit_id.in_(sorted(filters.units)))
    return found


def _names(connection: Connection, actor: Actor, by: SpendBy, ids: set[str]) -> dict[str, str] | None:
    """id → name of those that may be named; None where the key says it all."""
    rows: dict[SpendBy, type[Row]] = {SpendBy.PERSON: User, SpendBy.DEPARTMENT: OrgUnit, SpendBy.CUSTOMER: Customer}
    if by not in rows:
        return None
    columns = c(rows[by])
    conditions = [columns.org_id == actor.org_id, columns.id.in_(sorted(ids))]
    if by is SpendBy.CUSTOMER:
        conditions.append(actor.reach(CUSTOMERS_READ).condition(Customer))
    name: Column[Any] = columns["name"]
    return {each.id: each.name for each in connection.execute(select(columns.id, name).where(*conditions))}
