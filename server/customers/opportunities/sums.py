"""What opportunities come to: the funnel, who becomes a buyer, and why others do not. SELECTs only, two statements each.

Who counts: what is within the reader's reach of customers.read. Amounts of two currencies are never added.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from server.accounts.models import OrgUnit, Project, User
from server.core.access import Actor
from server.core.i18n import Language
from server.core.rows import Row, c
from server.customers.functions import READ
from server.customers.models import Customer
from server.customers.opportunities.funnel import stages
from server.customers.opportunities.models import Opportunity
from server.customers.opportunities.rules import OpportunityState
from server.customers.rules import LOSS_REASONS


class FunnelBy(StrEnum):
    """What the funnel is counted by."""

    STAGE = "stage"
    OWNER = "owner"
    UNIT = "unit"
    PROJECT = "project"


_KEYS = {
    FunnelBy.STAGE: "stage_code", FunnelBy.OWNER: "owner_id", FunnelBy.UNIT: "unit_id", FunnelBy.PROJECT: "project_id",
}  # fmt: skip
_NAMED: dict[FunnelBy, type[Row]] = {FunnelBy.OWNER: User, FunnelBy.UNIT: OrgUnit, FunnelBy.PROJECT: Project}


@dataclass(frozen=True, slots=True, kw_only=True)
class SumFilters:
    """What counts. from_on, to_on: days, both included; of what, each sum says. units: any of these."""

    from_on: date | None = None
    to_on: date | None = None
    owner_id: str | None = None
    project_id: str | None = None
    units: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """One line of the funnel. key: stage code or id; None for no project. currency: None where there is nothing."""

    key: str | None
    name: str | None
    currency: str | None
    open_count: int = 0
    open_minor: int = 0
    weighted_minor: int = 0
    won_count: int = 0
    won_minor: int = 0
    lost_count: int = 0
    lost_minor: int = 0


def funnel(
    connection: Connection, actor: Actor, by: FunnelBy, filters: SumFilters, language: Language
) -> list[FunnelLine]:
    """Counts and amounts (domain row 61): by stage in the funnel's order, with the empty ones in use; else by name.

    The days are those on which open ones are expected to close, and closed ones did. Closed ones count at the stage at which
    they were closed.
    """
    o = c(Opportunity)
    is_open, is_won, is_lost = (o.state == each.value for each in OpportunityState)
    day = case((is_open, o.expected_close_on), else_=o.closed_on)
    key, amount = o[_KEYS[by]], func.coalesce(o.amount_minor, 0)
    numbers = (
        _count(is_open), _sum(is_open, amount), _sum(is_open, o.weighted_minor), _count(is_won), _sum(is_won, amount),
        _count(is_lost), _sum(is_lost, amount),
    )  # fmt: skip
    rows = connection.execute(
        select(key, o.currency, *numbers)
        .where(*_within(actor, Opportunity, filters), *_days(day, filters))
        .group_by(key, o.currency)
    ).all()
    if by is FunnelBy.STAGE:
        known = {each.code: each for each in stages(connection, actor.org_id)}
        names = {code: each.name_zh if language == "zh" else each.name_en for code, each in known.items()}
        there = {row[0] for row in rows}
        empty = [FunnelLine(code, names[code], None) for code, each in known.items() if each.is_active]
        places = {code: place for place, code in enumerate(known)}
        found = [_funnel_line(row, names) for row in rows] + [each for each in empty if each.key not in there]
        return sorted(found, key=lambda each: (places.get(each.key or "", len(places)), each.currency or ""))
    names = _names(connection, actor, _NAMED[by], {row[0] for row in rows if row[0] is not None})
    lines = [_funnel_line(row, names) for row in rows]
    return sorted(lines, key=lambda each: (each.name is None, each.name or "", each.key or "", each.currency or ""))


@dataclass(frozen=True, slots=True)
class Conversion:
    """Customers of one salesperson first met in one month (YYYY-MM), and how many of them have become buyers."""

    owner_id: str
    owner_name: str | None
    month: str
    customer_count: int
    buyer_count: int


def conversion(connection: Connection, actor: Actor, filters: SumFilters) -> list[Conversion]:
    """Prospect to buyer by salesperson and month (domain row 20), by month and name. The days are those of first contact."""
    k = c(Customer)
    month = func.substr(k.first_contact_on, 1, 7)
    rows = connection.execute(
        select(k.owner_id, month, func.count(), _count(k.stage == "won"))
        .where(*_within(actor, Customer, filters), k.first_contact_on.is_not(None), *_days(k.first_contact_on, filters))
        .group_by(k.owner_id, month)
    ).all()
    names = _names(connection, actor, User, {row[0] for row in rows})
    lines = [Conversion(owner, names.get(owner), at, met, int(bought)) for owner, at, met, bought in rows]
    return sorted(lines, key=lambda each: (each.month, each.owner_name or "", each.owner_id))


@dataclass(frozen=True, slots=True)
class Loss:
    """How many opportunities were lost for one reason, and what they came to."""

    reason: str
    currency: str
    count: int
    amount_minor: int


def losses(connection: Connection, actor: Actor, filters: SumFilters) -> list[Loss]:
    """Loss reasons counted (domain row 20), the most frequent first, all reasons in it. Days: on which they were lost."""
    o = c(Opportunity)
    rows = connection.execute(
        select(o.reason, o.currency, func.count(), func.sum(func.coalesce(o.amount_minor, 0)))
        .where(*_within(actor, Opportunity, filters), o.state == OpportunityState.LOST.value)
        .where(*_days(o.closed_on, filters))
        .group_by(o.reason, o.currency)
    )
    found = [Loss(reason, currency, count, int(amount)) for reason, currency, count, amount in rows]
    there = {each.reason for each in found}
    found += [Loss(reason, actor.currency, 0, 0) for reason in LOSS_REASONS if reason not in there]
    return sorted(found, key=lambda each: (-each.count, each.reason, each.currency))


def _within(actor: Actor, row: type[Row], filters: SumFilters) -> list[ColumnElement[bool]]:
    columns = c(row)
    found = [columns.org_id == actor.org_id, actor.must(READ).condition(row)]
    found += [
        columns[name] == value for name in ("owner_id", "project_id") if (value := getattr(filters, name)) is not None
    ]
    if filters.units is not None:
        found.append(columns.unit_id.in_(sorted(filters.units)))
    return found


def _days(day: ColumnElement[Any], filters: SumFilters) -> list[ColumnElement[bool]]:
    found = []
    if filters.from_on is not None:
        found.append(day >= filters.from_on)
    if filters.to_on is not None:
        found.append(day <= filters.to_on)
    return found


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _sum(condition: ColumnElement[bool], amount: ColumnElement[Any]) -> ColumnElement[int]:
    return func.sum(case((condition, amount), else_=0))


def _funnel_line(row: Any, names: dict[str, str]) -> FunnelLine:
    key, currency, *numbers = row
    return FunnelLine(key, names.get(key), currency, *map(int, numbers))


def _names(connection: Connection, actor: Actor, row: type[Row], ids: set[str]) -> dict[str, str]:
    columns = c(row)
    conditions = and_(columns.org_id == actor.org_id, columns.id.in_(sorted(ids)))
    return {each.id: each.name for each in connection.execute(select(columns.id, columns["name"]).where(conditions))}
