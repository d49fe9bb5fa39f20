"""Whom a search text finds, a page at a time: those by phone first, then by name in the order of the keys that were matched.

Each way to the customers gives its first ones out of an index in just that order, so a page costs the same however many are found.
Decision record: docs/decisions/0044-a-search-is-in-the-order-of-its-match.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, or_, select, union

from server.core.access import Columns, Reach
from server.core.narrowing import FEW
from server.core.paging import by_each_way, later
from server.core.rows import c
from server.customers import rules
from server.customers.models import Customer, CustomerPhone
from server.customers.search.index import CUSTOMER_KEYS, in_range

BY_PHONE = ""
"""The key of who is found by a phone: before those of all names."""


def hits(
    org_id: str,
    reach: Reach,
    sought: rules.Sought,
    conditions: Sequence[ColumnElement[bool]],
    after: tuple[Any, ...] | None,
    limit: int,
    *,
    place: Mapping[str, str],
    few: Select[tuple[str]] | None = None,
) -> Subquery:
    """The first so many of each way to whom the text finds, as (key, customer_id); each customer once, at his smallest key.

    conditions: on the customers, beside the text. after: the (key, customer id) that a page before ended with. place: owner or
    unit that the search is narrowed to, by column: they are ways into an index too, and the other conditions are not. few: the
    ids of all for whom the conditions hold, when they are few: then each of them is asked what he is found by.
    """
    if few is not None:
        return _among(few, org_id, sought, after, limit)
    key, seen = after or (BY_PHONE, "")
    found: list[tuple[Columns, Select[Any], tuple[Any, ...]]] = [
        (CUSTOMER_KEYS.c, *_by_name(org_id, sought, None if key == BY_PHONE else (key, seen)))
    ]
    if sought.digits is not None and key == BY_PHONE:
        found.append((c(CustomerPhone), *_by_phone(org_id, sought, seen)))
    firsts = [
        first
        for columns, rows, order in found
        for first in by_each_way(
            reach,
            columns,
            rows.where(*(columns[name] == value for name, value in place.items()), *_of_customer(columns, conditions)),
            order,
            limit,
        )
    ]
    return union(*firsts).subquery("hits")


def numbered(org_id: str, sought: rules.Sought) -> ColumnElement[bool]:
    """Whether a phone is one that the digits of a text mean."""
    p, digits = c(CustomerPhone), sought.digits or ""
    found = and_(p.org_id == org_id, p.tail == rules.tail_of(digits))
    if len(digits) == rules.TAIL:  # the number itself is read into only when its tail does not say enough
        return found
    ends = p.number.endswith(digits, autoescape=True)
    return and_(found, ends if sought.number is None else or_(ends, p.number == sought.number))


def _by_phone(org_id: str, sought: rules.Sought, seen: str) -> tuple[Select[Any], tuple[Any, ...]]:
    p = c(CustomerPhone)
    found = select(literal(BY_PHONE, CUSTOMER_KEYS.c.key.type).label("key"), p.customer_id).distinct()
    found = found.where(numbered(org_id, sought))
    return found.where(p.customer_id > seen) if seen else found, (p.customer_id,)


def _by_name(org_id: str, sought: rules.Sought, after: tuple[str, str] | None) -> tuple[Select[Any], tuple[Any, ...]]:
    t, others = CUSTOMER_KEYS.c, CUSTOMER_KEYS.alias("others")
    first = select(func.min(others.c.key)).where(
        others.c.org_id == org_id, others.c.customer_id == t.customer_id, *in_range(others.c.key, sought.name)
    )
    begins, ends = in_range(t.key, sought.name)
    found = select(t.key, t.customer_id).where(
        t.org_id == org_id,
        begins if after is None else later((t.key, t.customer_id), after),
        ends,
        t.key == first.scalar_subquery(),
    )
    if sought.digits is not None:
        p = c(CustomerPhone)
        found = found.where(~exists().where(numbered(org_id, sought), p.customer_id == t.customer_id))
    return found, (t.key, t.customer_id)


def _among(
    few: Select[tuple[str]], org_id: str, sought: rules.Sought, after: tuple[Any, ...] | None, limit: int
) -> Subquery:
    of, t = few.limit(FEW).subquery("few"), CUSTOMER_KEYS.c  # the limit keeps it in one piece
    keys = select(func.min(t.key)).where(t.org_id == org_id, t.customer_id == of.c.id, *in_range(t.key, sought.name))
    key: ColumnElement[Any] = keys.scalar_subquery()
    if sought.digits is not None:
        by_phone = exists().where(numbered(org_id, sought), c(CustomerPhone).customer_id == of.c.id)
        key = case((by_phone, literal(BY_PHONE, t.key.type)), else_=key)
    asked = select(key.label("key"), of.c.id.label("customer_id")).limit(FEW).subquery("asked")
    found = select(asked).where(
        asked.c.key.is_not(None) if after is None else later((asked.c.key, asked.c.customer_id), after)
    )
    return found.order_by(*asked.c).limit(limit).subquery("hits")


def _of_customer(columns: Columns, conditions: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    if not conditions:
        return []
    of = c(Customer)
    return [exists().where(of.org_id == columns["org_id"], of.id == columns["customer_id"], *conditions)]
