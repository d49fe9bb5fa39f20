"""Counting customers by what kind they are. As server/customers/queries.py; none writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select

from server.accounts.models import User
from server.core.access import Actor
from server.core.rows import c
from server.customers.functions import READ
from server.customers.models import Customer
from server.customers.narrowing import Filters
from server.customers.profile.rules import AMOUNT_BANDS
from server.customers.queries import matching, within

BY = (
    "industry", "category", "amount", "owner", "stage", "lost_reason", "deal", "grade", "need_level", "importance", "source", "kind",
)  # fmt: skip
"""What customers can be counted by. deal: won or not. lost_reason: of those who are lost."""


@dataclass(frozen=True, slots=True)
class Count:
    """Customers that have one thing in common. key: the value, an owner's id, a band's lower end; None where nobody said.

    name: of the owner, when counted by owner. amount_minor: the sum of what is expected.
    """

    key: str | None
    name: str | None
    count: int
    amount_minor: int


def pivot(connection: Connection, actor: Actor, filters: Filters, by: str) -> list[Count]:
    """Customers within reach by one of BY, most first. One statement, whatever their number."""
    k, u = c(Customer), c(User)
    source = Customer.__table__.join(User.__table__, and_(u.org_id == k.org_id, u.id == k.owner_id))
    grouped: Mapping[str, ColumnElement[str | None]] = {
        "owner": k.owner_id,
        "amount": _band(),
        "lost_reason": case((k.stage == "lost", k.lost_reason), else_=None),
    }
    key = grouped[by] if by in grouped else k[by]
    name = u.name if by == "owner" else literal(None)
    statement = (
        select(key, name, func.count(), func.coalesce(func.sum(k.expected_amount_minor), 0))
        .select_from(source if by == "owner" else Customer.__table__)
        .where(*within(actor, READ), *matching(actor, filters))
        .group_by(key, *((u.name,) if by == "owner" else ()))
    )
    counts = [Count(key, name, count, int(amount)) for key, name, count, amount in connection.execute(statement)]
    return sorted(counts, key=lambda each: (-each.count, each.key or ""))


def _band() -> ColumnElement[str | None]:
    """The lower end of the band an expected amount lies in, as text."""
    amount = c(Customer).expected_amount_minor
    bands = [(amount >= least, literal(str(least))) for least in reversed(AMOUNT_BANDS)]
    return case(*bands, else_=None)
