"""SELECTs over opportunities: lists, the ranking, contacts and the log. As server/customers/queries.py; none writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from server.accounts.models import User
from server.core.access import Actor
from server.core.narrowing import Lead, leader
from server.core.paging import Key, earlier, unindexed
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.customers.functions import EXPORT, READ
from server.customers.models import Customer, TimelineEntry
from server.customers.opportunities.models import Opportunity, OpportunityContact
from server.customers.opportunities.rules import OpportunityState
from server.customers.trail import Entry

Place = tuple[Any, ...] | None
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """An opportunity as lists show it, with whose it is. Of the ranking: its terms are probability and amount_minor."""

    id: str
    version: int
    customer_id: str
    title: str
    stage_code: str
    probability: int
    amount_minor: int | None
    currency: str
    weighted_minor: int
    expected_close_on: date | None
    next_step: str
    next_step_on: date
    state: str
    reason: str | None
    competitor: str | None
    closing_note: str | None
    closed_on: date | None
    closed_by: str | None
    opened_by: str
    visit_id: str | None
    owner_id: str
    unit_id: str
    project_id: str | None
    customer_name: str
    owner_name: str


_NARROW = ("stage_code", "amount_minor")
"""What lists are narrowed to beside whose they are."""
_OWN = tuple(each.name for each in dataclasses.fields(Line) if each.name in Opportunity.__names__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityFilters:
    """What a list is narrowed to (domain row 26). state: open unless a customer is named. from_minor, to_minor: amounts."""

    state: str | None = None
    stage_code: str | None = None
    customer_id: str | None = None
    owner_id: str | None = None
    unit_id: str | None = None
    project_id: str | None = None
    from_minor: int | None = None
    to_minor: int | None = None

    def set_names(self) -> list[str]:
        """Which of them are set."""
        return [each.name for each in dataclasses.fields(self) if getattr(self, each.name) is not None]


def opportunity_page(
    connection: Connection, actor: Actor, filters: OpportunityFilters, *, after: Place, limit: int
) -> tuple[list[Line], tuple[Key, Key] | None]:
    """One page, what is worth most now first. after: (weighted_minor, id). Two statements at most."""
    o, by = c(Opportunity), Lead()
    if not any((filters.customer_id, filters.owner_id, filters.unit_id, filters.project_id)):
        said = {name: found for name in _NARROW if (found := list(_said(filters, name, o[name])))}
        shared, whole = [o.org_id == actor.org_id, o.state == _state(filters)], actor.must(READ).everything
        by = leader(connection, Opportunity, shared, said, ["stage_code"], whole=whole)
    return _page(connection, actor, _matching(filters, by.name), after, limit, by)


def count_for_export(connection: Connection, actor: Actor, filters: OpportunityFilters) -> int:
    """How many opportunities an export would hold now."""
    cut = _cut(actor, EXPORT).where(*_matching(filters)).subquery("cut")
    return int(connection.execute(select(func.count()).select_from(cut)).scalar_one())


def export_lines(connection: Connection, actor: Actor, filters: OpportunityFilters) -> Iterator[Line]:
    """All opportunities within reach of the export function, what is worth most now first. One statement, read as it goes."""
    statement = _lines(_cut(actor, EXPORT).where(*_matching(filters)))
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(statement):
        yield Line(**row._mapping)


def _state(filters: OpportunityFilters) -> str | None:
    return filters.state or (None if filters.customer_id else OpportunityState.OPEN.value)


def _matching(filters: OpportunityFilters, lead: str | None = None) -> list[ColumnElement[bool]]:
    """lead: by which of _NARROW they may be looked up; None: only by whose they are."""
    o = c(Opportunity)
    wanted = dataclasses.replace(filters, state=_state(filters))
    conditions: list[ColumnElement[bool]] = [
        o[name] == value
        for name in ("state", "customer_id", "owner_id", "unit_id", "project_id")
        if (value := getattr(wanted, name)) is not None
    ]
    for name in _NARROW:
        conditions += _said(filters, name, o[name] if name == lead else unindexed(o[name]))
    return conditions


def _said(filters: OpportunityFilters, name: str, column: ColumnElement[Any]) -> Iterator[ColumnElement[bool]]:
    """The conditions of one of _NARROW; none when the filter says nothing of it."""
    if name == "stage_code":
        if filters.stage_code is not None:
            yield column == filters.stage_code
        return
    if filters.from_minor is not None:
        yield column >= filters.from_minor
    if filters.to_minor is not None:
        yield column <= filters.to_minor


def ranking_page(
    connection: Connection, actor: Actor, *, after: Place, limit: int
) -> tuple[list[Line], tuple[Key, Key] | None]:
    """Customers by what they are worth now, each with his best open opportunity. One statement. Source: rule O4.

    Only amounts in the organisation's currency are ranked: others do not compare.
    """
    o, his = c(Opportunity), Opportunity.__table__.alias("his").c
    best = (
        select(his.id)
        .where(his.org_id == actor.org_id, his.customer_id == o.customer_id, *_ranked(his, actor))
        .order_by(his.weighted_minor.desc(), his.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return _page(connection, actor, [*_ranked(o, actor), o.id == best], after, limit, Lead())


def _ranked(columns: Any, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return columns.state == OpportunityState.OPEN.value, columns.currency == actor.currency


def get_opportunity(connection: Connection, actor: Actor, row_id: str, *, written: bool = False) -> Line:
    """One opportunity. Raises Refused NOT_FOUND when it is out of reach. written: as `queries.get` of customers."""
    statement = _cut(actor, None if written else READ).where(c(Opportunity).id == row_id)
    row = connection.execute(_lines(statement)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return Line(**row._mapping)


def contact_page(
    connection: Connection, actor: Actor, row_id: str, *, after: Place, limit: int
) -> tuple[list[OpportunityContact], tuple[Key, Key] | None]:
    """One page of the contacts about an opportunity, what arrived last first. Two statements."""
    get_opportunity(connection, actor, row_id)
    t = c(OpportunityContact)
    statement = select(*t).where(t.org_id == actor.org_id, t.opportunity_id == row_id)
    rows = connection.execute(_latest(statement, t, after, limit)).all()
    return [OpportunityContact(**each._mapping) for each in rows[:limit]], _next(rows, limit)


def log_page(
    connection: Connection, actor: Actor, row_id: str, *, after: Place, limit: int
) -> tuple[list[Entry], tuple[Key, Key] | None]:
    """One page of an opportunity's log, what arrived last first: its lines of the customer's timeline. Two statements."""
    customer_id = get_opportunity(connection, actor, row_id).customer_id
    t = c(TimelineEntry)
    names = (t.id, t.at, t.day_on, t.deed, t.kind, t.done_by, t.subject_id, t.params, t.created_at)
    statement = select(*names).where(t.org_id == actor.org_id, t.customer_id == customer_id, t.subject_id == row_id)
    rows = connection.execute(_latest(statement, t, after, limit)).all()
    return [Entry(*row) for row in rows[:limit]], _next(rows, limit)


def _cut(actor: Actor, function: str | None) -> Select[Any]:
    """The opportunities within the organisation and the reach of `function`, if there is one."""
    o = c(Opportunity)
    reach = () if function is None else (actor.must(function).condition(Opportunity),)
    return select(o.org_id, *(o[name] for name in _OWN)).where(o.org_id == actor.org_id, *reach)


def _lines(cut: Select[Any]) -> Select[Any]:
    """The same with the names of customer and owner, which are looked up for what is shown only."""
    rows, k, u = cut.subquery("cut"), c(Customer), c(User)
    return (
        select(*(rows.c[name] for name in _OWN), k.name.label("customer_name"), u.name.label("owner_name"))
        .select_from(rows)
        .join(Customer.__table__, and_(k.org_id == rows.c.org_id, k.id == rows.c.customer_id))
        .join(User.__table__, and_(u.org_id == rows.c.org_id, u.id == rows.c.owner_id))
        .order_by(rows.c.weighted_minor.desc(), rows.c.id.desc())
    )


def _page(
    connection: Connection,
    actor: Actor,
    conditions: Sequence[ColumnElement[bool]],
    after: Place,
    limit: int,
    by: Lead,
) -> tuple[list[Line], tuple[Key, Key] | None]:
    o = c(Opportunity)
    wanted, sorting = [o.org_id == actor.org_id, *conditions], (o.weighted_minor.desc(), o.id.desc())
    if after is not None:
        wanted.append(earlier((o.weighted_minor, o.id), after))
    first = by.page(actor.must(READ), Opportunity, wanted, sorting, limit + 1)
    cut = first.of(_cut(actor, None), limit + 1)
    rows = connection.execute(_lines(cut)).all()
    lines = [Line(**row._mapping) for row in rows[:limit]]
    return lines, (lines[-1].weighted_minor, lines[-1].id) if len(rows) > limit else None


def _latest(statement: Select[Any], columns: Any, after: Place, limit: int) -> Select[Any]:
    if after is not None:
        statement = statement.where(earlier((columns.created_at, columns.id), (from_ms(after[0]), after[1])))
    return statement.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit + 1)


def _next(rows: Any, limit: int) -> tuple[Key, Key] | None:
    return (to_ms(rows[limit - 1].created_at), rows[limit - 1].id) if len(rows) > limit else None
