"""SELECTs over customers and their phones: always within one organisation and the actor's reach; none writes.

A fixed number of statements each, whatever the number of rows. Protected values come out masked.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from server.accounts.models import User
from server.core.access import Actor
from server.core.narrowing import ids_of
from server.core.paging import Key, earlier, later
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.customers import rules
from server.customers.functions import EXPORT, READ
from server.customers.models import Customer, CustomerPhone, masked
from server.customers.narrowing import Filters, conditions, leader, whose
from server.customers.search.finding import hits, numbered
from server.customers.search.index import found_by

Order = Literal["updated", "name", "match"]
_AT_ONCE = 500
_PHONES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as lists and forms show it: masked."""

    id: str
    version: int
    number: str
    label: str | None
    is_current: bool
    contact_id: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A customer as lists and forms show him. id_number and address are masked. phones: present ones first."""

    id: str
    version: int
    kind: str
    name: str
    stage: str
    lost_reason: str | None
    deal: str
    grade: str | None
    need_level: str | None
    expected_close_on: date | None
    importance: str | None
    source: str | None
    id_number: str | None
    address: str | None
    born_on: date | None
    needs: str | None
    remark: str | None
    hobbies: str | None
    wishes: str | None
    industry: str | None
    category: str | None
    expected_amount_minor: int | None
    first_contact_on: date | None
    is_enabled: bool
    owner_id: str
    unit_id: str
    project_id: str | None
    created_at: datetime
    updated_at: datetime
    owner_name: str
    phones: tuple[Phone, ...] = ()
    urgency: str | None = None


_CARD = tuple(field.name for field in dataclasses.fields(Card) if field.name in Customer.__names__)


def page(
    connection: Connection, actor: Actor, filters: Filters, *, order: Order, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Card], tuple[Key, Key] | None]:
    """One page of customers with their phones, and the sort key to go on after; None at the end. Three statements at most.

    order: last changed first, or by name; a text has an order of its own (`order_of`). after: (milliseconds, id), (name key, id)
    or (matched key, id).
    """
    columns, reach, order = c(Customer), actor.must(READ), order_of(filters, order)
    statement = _cards(actor, None)
    key: ColumnElement[Any] = columns.name_key
    by = leader(connection, actor.org_id, reach, filters, in_order=order == "updated")
    wanted = [columns.org_id == actor.org_id, *conditions(filters, by.name)]
    if (sought := filters.sought) is not None:
        few = ids_of(reach, Customer, wanted, whose(filters)) if by.finds_few else None
        narrowed = [*whose(filters), *conditions(filters)]
        found = hits(actor.org_id, reach, sought, narrowed, after, limit + 1, place=filters.place, few=few)
        key, statement = found.c.key, statement.join(found, columns.id == found.c.customer_id)
        sorting: tuple[Any, ...] = (key, found.c.customer_id)
    else:
        if order == "name":
            sorting = (columns.name_key, columns.id)
            wanted += [] if after is None else [later(sorting, after)]
        else:
            sorting = (columns.updated_at.desc(), columns.id.desc())
            if after is not None:
                wanted.append(earlier((columns.updated_at, columns.id), (from_ms(after[0]), after[1])))
        page_of = by.page(reach, Customer, wanted, sorting, limit + 1, whose(filters))
        statement, sorting = statement.where(*page_of.where), page_of.order
    rows = connection.execute(statement.add_columns(key.label("sorted_by")).order_by(*sorting).limit(limit + 1)).all()
    # The keys of a search only point at customers: whose they are is asked of themselves.
    cards = [card for row in rows[:limit] if reach.covers(card := _card(row))]
    cards = _with_phones(connection, actor, cards, current_only=True)
    if len(rows) <= limit:
        return cards, None
    last_row = rows[limit - 1]
    return cards, (to_ms(last_row.updated_at) if order == "updated" else last_row.sorted_by, last_row.id)


def order_of(filters: Filters, order: Order) -> Order:
    """What a page is in the order of: with a text, that of what was matched, whatever was asked for."""
    return order if filters.sought is None else "match"


def get(connection: Connection, actor: Actor, customer_id: str, *, written: bool = False) -> Card:
    """One customer with all his phones. Two statements. Raises Refused NOT_FOUND when he is out of reach.

    written: the actor has just written him, so he is shown what became of it though he might not read it again.
    """
    row = connection.execute(
        _cards(actor, None if written else READ).where(c(Customer).id == customer_id)
    ).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return _with_phones(connection, actor, [_card(row)], current_only=False)[0]


def count_by_stage(connection: Connection, actor: Actor, filters: Filters) -> dict[str, int]:
    """Stage → number of customers within reach; all stages are in it. One statement."""
    stage = c(Customer).stage
    statement = select(stage, func.count()).where(*within(actor, READ), *matching(actor, filters)).group_by(stage)
    if actor.must(READ).everything:
        # Then, and only then, out of the index of stages, which SQLite takes when it is named.
        statement = statement.where(stage.in_(rules.STAGES))
    counted: dict[str, int] = {row[0]: row[1] for row in connection.execute(statement)}
    return {stage: counted.get(stage, 0) for stage in rules.STAGES}


def count_for_export(connection: Connection, actor: Actor, filters: Filters) -> int:
    """How many customers an export would hold now."""
    statement = select(func.count()).select_from(Customer.__table__)
    return int(connection.execute(statement.where(*within(actor, EXPORT), *matching(actor, filters))).scalar_one())


def export_rows(connection: Connection, actor: Actor, filters: Filters) -> Iterator[Card]:
    """All customers within reach of the export function, with their present phones, by id. One statement, read as it goes."""
    p, columns = c(CustomerPhone), c(Customer)
    of_customer = and_(p.org_id == columns.org_id, p.customer_id == columns.id, p.is_current)
    statement = (
        _cards(actor, EXPORT, joined=CustomerPhone.__table__, on=of_customer)
        .where(*matching(actor, filters))
        .add_columns(p.id, p.version, p.number, p.label, p.is_current, p.contact_id)
        .order_by(columns.id, p.id)
    )
    width = len(_CARD) + 1
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(statement)
    for _, group in groupby(rows, key=itemgetter(0)):
        lines = list(group)
        phones = tuple(_phone(*line[width:]) for line in lines if line[width] is not None)
        yield dataclasses.replace(_card(lines[0]), phones=phones)


# -- parts ------------------------------------------------------------------------------------------------------------


def _cards(actor: Actor, function: str | None, joined: Any = None, on: Any = None) -> Select[Any]:
    """The columns of cards, within the organisation and the reach of `function`, if there is one."""
    columns, u = c(Customer), c(User)
    source = Customer.__table__.outerjoin(User.__table__, and_(u.org_id == columns.org_id, u.id == columns.owner_id))
    if joined is not None:
        source = source.outerjoin(joined, on)
    names = [columns[name] for name in _CARD]
    reached = (columns.org_id == actor.org_id,) if function is None else within(actor, function)
    return select(*names, u.name.label("owner_name")).select_from(source).where(*reached)


def within(actor: Actor, function: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions every SELECT over customers has. Raises Refused FORBIDDEN_FUNCTION."""
    return c(Customer).org_id == actor.org_id, actor.must(function).condition(Customer)


def matching(actor: Actor, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """The conditions of a filter, beside those of `within`."""
    yield from whose(filters)
    yield from conditions(filters)
    if (sought := filters.sought) is None:
        return
    named = found_by(actor.org_id, sought.name)
    if sought.digits is None:
        yield c(Customer).id.in_(named)
        return
    phones = select(c(CustomerPhone).customer_id).where(numbered(actor.org_id, sought))
    yield c(Customer).id.in_(named.union_all(phones))  # one list of ids: an OR of two would be asked of every customer


def _card(row: Any) -> Card:
    values = dict(zip((*_CARD, "owner_name"), row, strict=False))
    for name in ("id_number", "address"):
        values[name] = masked(Customer, name, values[name])
    return Card(**values)


def _phone(row_id: str, version: int, number: str, *rest: Any) -> Phone:
    return Phone(row_id, version, masked(CustomerPhone, "number", number) or "", *rest)


def _with_phones(connection: Connection, actor: Actor, cards: list[Card], *, current_only: bool) -> list[Card]:
    if not cards:
        return cards
    p = c(CustomerPhone)
    statement = select(p.customer_id, p.id, p.version, p.number, p.label, p.is_current, p.contact_id).where(
        p.org_id == actor.org_id, p.customer_id.in_([card.id for card in cards])
    )
    if current_only:
        statement = statement.where(p.is_current)
    found: defaultdict[str, list[Phone]] = defaultdict(list)
    # Sorted here: SQLite would rather read all numbers of the organisation in their order than sort those of a page.
    for customer_id, *rest in sorted(connection.execute(statement), key=lambda row: (not row.is_current, row.id)):
        if len(found[customer_id]) < _PHONES_SHOWN:
            found[customer_id].append(_phone(*rest))
    return [dataclasses.replace(card, phones=tuple(found[card.id])) for card in cards]
