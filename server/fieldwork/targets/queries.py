"""SELECTs over targets. None writes.

What was done counts for the person whose target it is, also with customers who went to a colleague since or are out of the
reader's reach: a sum of a month says nothing of a customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, select

from server.accounts.models import User
from server.core.access import Actor
from server.core.paging import later
from server.core.rows import c
from server.customers.opportunities.models import Opportunity
from server.customers.opportunities.rules import OpportunityState
from server.fieldwork.models import Visit
from server.fieldwork.targets import rules
from server.fieldwork.targets.counting import amount_of, took_place
from server.fieldwork.targets.functions import READ
from server.fieldwork.targets.models import Target
from server.fieldwork.targets.rules import Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFilters:
    """month: any day of it."""

    month: date
    owner_id: str | None = None


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target against what was done in its month. currency: of an amount; None of a count."""

    id: str
    owner_id: str
    owner_name: str
    month_on: date
    measure: str
    amount: int
    currency: str | None
    done: int

    @property
    def gap(self) -> int:
        """What is still wanting."""
        return rules.gap(self.amount, self.done)


def target_page(
    connection: Connection, actor: Actor, filters: TargetFilters, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[TargetLine], tuple[str, str] | None]:
    """One page of a month's targets within reach by person, and the key to go on after. Three statements."""
    t, u = c(Target), c(User)
    first, last = rules.days_of(filters.month)
    statement = (
        select(t.id, t.owner_id, u.name, t.measure, t.amount)
        .join(User.__table__, and_(u.org_id == t.org_id, u.id == t.owner_id))
        .where(t.org_id == actor.org_id, t.month_on == first, actor.must(READ).condition(Target))
        .order_by(t.owner_id, t.id)
        .limit(limit + 1)
    )
    if filters.owner_id is not None:
        statement = statement.where(t.owner_id == filters.owner_id)
    if after is not None:
        statement = statement.where(later((t.owner_id, t.id), after))
    rows = connection.execute(statement).all()
    shown = rows[:limit]
    done = _done(connection, actor, first, last, sorted({each.owner_id for each in shown}))
    lines = [
        TargetLine(
            each.id,
            each.owner_id,
            each.name,
            first,
            each.measure,
            each.amount,
            actor.currency if each.measure == Measure.WON_AMOUNT else None,
            done.get((each.owner_id, each.measure), 0),
        )
        for each in shown
    ]
    return lines, (lines[-1].owner_id, lines[-1].id) if len(rows) > limit else None


def amounts_of_month(connection: Connection, actor: Actor, month: date) -> dict[str, dict[str, int]]:
    """Person → measure → what is to be reached in the month that a day is in, within reach. One statement."""
    t, (first, _) = c(Target), rules.days_of(month)
    statement = select(t.owner_id, t.measure, t.amount).where(
        t.org_id == actor.org_id, t.month_on == first, actor.reach(READ).condition(Target)
    )
    found: dict[str, dict[str, int]] = {}
    for person, measure, amount in connection.execute(statement):
        found.setdefault(person, {})[measure] = amount
    return found


def _done(
    connection: Connection, actor: Actor, first: date, last: date, people: list[str]
) -> dict[tuple[str, str], int]:
    """(Person, measure) → what he did in these days. Two statements."""
    v, o = c(Visit), c(Opportunity)
    visits = (
        select(v.assignee_id, func.count())
        .where(v.org_id == actor.org_id, v.assignee_id.in_(people), took_place(first, last))
        .group_by(v.assignee_id)
    )
    won = (
        select(o.closed_by, amount_of(actor.currency))
        .where(o.org_id == actor.org_id, o.closed_by.in_(people), o.state == OpportunityState.WON.value)
        .where(o.closed_on.between(first, last))
        .group_by(o.closed_by)
    )
    return {
        (person, measure.value): int(number)
        for measure, statement in ((Measure.VISITS, visits), (Measure.WON_AMOUNT, won))
        for person, number in connection.execute(statement)
    }
