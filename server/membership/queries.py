"""SELECTs over sales centres, members, cards and arrivals: within one organisation and the actor's reach; none writes.

One statement each, whatever the number of rows.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from server.accounts.models import User
from server.core.access import Actor
from server.core.paging import Key, earlier
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import Row, c
from server.core.types import from_ms, to_ms
from server.customers.models import Customer
from server.membership.functions import READ, SEE_ARRIVALS
from server.membership.models import Arrival, Card, Member, SalesCentre

R = TypeVar("R", bound=Row)
Seen = tuple[Any, ...] | None
"""The sort key of the last row of the page before: (milliseconds, id)."""


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member with his customer's name."""

    member: Member
    customer_name: str


@dataclass(frozen=True, slots=True)
class ArrivalLine:
    """An arrival with the names of its sales centre and of the customer's owner."""

    arrival: Arrival
    centre_name: str
    owner_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFilters:
    """What a list of members is narrowed to."""

    customer_id: str | None = None
    tier: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFilters:
    """What a list of cards is narrowed to."""

    member_id: str | None = None
    customer_id: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalFilters:
    """What a list of arrivals is narrowed to."""

    sales_centre_id: str | None = None
    customer_id: str | None = None
    state: str | None = None


Filters = MemberFilters | CardFilters | ArrivalFilters


def scope_of(filters: Filters) -> list[str]:
    """What makes a cursor good for this filter only."""
    return [f"{name}={value}" for name, value in dataclasses.asdict(filters).items() if value is not None]


def list_centres(connection: Connection, org_id: str) -> list[SalesCentre]:
    """All sales centres by name. There are few, and everybody of the organisation sees them."""
    s = c(SalesCentre)
    rows = connection.execute(select(*s).where(s.org_id == org_id).order_by(s.name, s.id))
    return [SalesCentre(**row._mapping) for row in rows]


def member_page(
    connection: Connection, actor: Actor, filters: MemberFilters, *, after: Seen, limit: int
) -> tuple[list[MemberLine], tuple[Key, Key] | None]:
    """One page of members, last changed first, and the key to go on after; None at the end."""
    m = c(Member)
    statement = _members(actor).where(*_equal(Member, filters)).order_by(m.updated_at.desc(), m.id.desc())
    rows = _some(connection, statement, (m.updated_at, m.id), after, limit)
    lines = [_member(row) for row in rows[:limit]]
    return lines, _key(lines, limit, rows, lambda line: (to_ms(line.member.updated_at), line.member.id))


def get_member(connection: Connection, actor: Actor, member_id: str, *, written: bool = False) -> MemberLine:
    """One member. written: by the actor just now, whatever he may read. Raises Refused NOT_FOUND out of reach."""
    statement = _members(actor, all_of_them=written).where(c(Member).id == member_id)
    row = connection.execute(statement).first()
    if row is None:
        raise Refused(NOT_FOUND)
    return _member(row)


def card_page(
    connection: Connection, actor: Actor, filters: CardFilters, *, after: Seen, limit: int
) -> tuple[list[Card], tuple[Key, Key] | None]:
    """One page of cards, last changed first, and the key to go on after; None at the end."""
    k = c(Card)
    statement = (
        select(*k)
        .where(k.org_id == actor.org_id, actor.must(READ).condition(Card), *_equal(Card, filters))
        .order_by(k.updated_at.desc(), k.id.desc())
    )
    rows = _some(connection, statement, (k.updated_at, k.id), after, limit)
    cards = [Card(**row._mapping) for row in rows[:limit]]
    return cards, _key(cards, limit, rows, lambda card: (to_ms(card.updated_at), card.id))


def arrival_page(
    connection: Connection, actor: Actor, filters: ArrivalFilters, *, after: Seen, limit: int
) -> tuple[list[ArrivalLine], tuple[Key, Key] | None]:
    """One page of arrivals, last come first, and the key to go on after; None at the end."""
    a = c(Arrival)
    statement = _arrivals(actor).where(*_equal(Arrival, filters)).order_by(a.arrived_at.desc(), a.id.desc())
    rows = _some(connection, statement, (a.arrived_at, a.id), after, limit)
    lines = [_arrival(row) for row in rows[:limit]]
    return lines, _key(lines, limit, rows, lambda line: (to_ms(line.arrival.arrived_at), line.arrival.id))


def get_arrival(connection: Connection, actor: Actor, arrival_id: str) -> ArrivalLine:
    """One arrival that the actor has just handled, whatever he may read."""
    row = connection.execute(_arrivals(actor, all_of_them=True).where(c(Arrival).id == arrival_id)).first()
    if row is None:
        raise Refused(NOT_FOUND)
    return _arrival(row)


def _members(actor: Actor, *, all_of_them: bool = False) -> Select[Any]:
    m, u = c(Member), c(Customer)
    statement = (
        select(*m, u.name.label("customer_name"))
        .join(Customer.__table__, and_(u.org_id == m.org_id, u.id == m.customer_id))
        .where(m.org_id == actor.org_id)
    )
    return statement if all_of_them else statement.where(actor.must(READ).condition(Member))


def _arrivals(actor: Actor, *, all_of_them: bool = False) -> Select[Any]:
    a, s, u = c(Arrival), c(SalesCentre), c(User)
    statement = (
        select(*a, s.name.label("centre_name"), u.name.label("owner_name"))
        .join(SalesCentre.__table__, and_(s.org_id == a.org_id, s.id == a.sales_centre_id))
        .join(User.__table__, and_(u.org_id == a.org_id, u.id == a.owner_id))
        .where(a.org_id == actor.org_id)
    )
    return statement if all_of_them else statement.where(actor.must(SEE_ARRIVALS).condition(Arrival))


def _equal(row: type[Row], filters: Filters) -> list[ColumnElement[bool]]:
    return [c(row)[name] == value for name, value in dataclasses.asdict(filters).items() if value is not None]


def _some(connection: Connection, statement: Select[Any], columns: Any, after: Seen, limit: int) -> list[Any]:
    if after is not None:
        statement = statement.where(earlier(columns, (from_ms(after[0]), after[1])))
    return list(connection.execute(statement.limit(limit + 1)).all())


def _key(lines: list[Any], limit: int, rows: list[Any], key: Any) -> tuple[Key, Key] | None:
    found: tuple[Key, Key] | None = key(lines[-1]) if len(rows) > limit else None
    return found


def _member(row: Any) -> MemberLine:
    *values, name = row
    return MemberLine(Member(**dict(zip(Member.__names__, values, strict=True))), name)


def _arrival(row: Any) -> ArrivalLine:
    *values, centre, owner = row
    return ArrivalLine(Arrival(**dict(zip(Arrival.__names__, values, strict=True))), centre, owner)
