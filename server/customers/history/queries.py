"""The changes of one customer out of the events. As server/customers/queries.py; none writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, and_, select

from server.accounts.models import User
from server.core import tables
from server.core.access import Actor
from server.core.paging import Key
from server.core.rows import c
from server.core.types import from_ms
from server.customers.trail import refuse_beyond

SHOWN = {
    "customers.customer-created": "created",
    "customers.customer-changed": "changed",
    "customers.phone-added": "phone-added",
    "customers.phone-changed": "phone-changed",
    "customers.contact-added": "contact-added",
    "customers.contact-changed": "contact-changed",
    "customers.customer-handed-over": "handed-over",
}
"""Event → what the history calls it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, protected values masked."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did at once. row_id: the phone or contact it was done to. n: of the event."""

    n: int
    at: datetime
    what: str
    done_by: str
    done_by_name: str | None
    row_id: str | None
    changes: tuple[Change, ...]


def history(
    connection: Connection, actor: Actor, customer_id: str, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Deed], tuple[Key] | None]:
    """One page of what was changed of a customer, newest first; the number to go on after. Two statements.

    Raises Refused NOT_FOUND when the customer is out of reach. Source: rule C36.
    """
    refuse_beyond(connection, actor, customer_id)
    e, u = tables.EVENTS.c, c(User)
    by = tables.EVENTS.outerjoin(User.__table__, and_(u.org_id == e.org_id, u.id == e.actor_id))
    statement = (
        select(e.n, e.at, e.name, e.actor_id, u.name.label("by_name"), e.body)
        .select_from(by)
        .where(e.org_id == actor.org_id, e.subject_id == customer_id, e.name.in_(SHOWN))
    )
    if after is not None:
        statement = statement.where(e.n < after[0])
    rows = connection.execute(statement.order_by(e.n.desc()).limit(limit + 1)).all()
    deeds = [_deed(row) for row in rows[:limit]]
    return deeds, (deeds[-1].n,) if len(rows) > limit else None


def _deed(row: Any) -> Deed:
    body: dict[str, Any] = orjson.loads(row.body)
    row_id = body.get("phone_id") or body.get("contact_id")
    return Deed(row.n, from_ms(row.at), SHOWN[row.name], row.actor_id, row.by_name, row_id, tuple(_changes(body)))


def _changes(body: dict[str, Any]) -> Iterator[Change]:
    for field, (before, after) in body.get("changes", {}).items():
        yield Change(field, _shown(before), _shown(after))
    for field in ("number", "name"):
        if field in body:
            yield Change(field, None, _shown(body[field]))
    if "from_id" in body:
        yield Change("owner_id", body["from_id"], body["to_id"])


def _shown(value: Any) -> Any:
    """A value as it may be shown: of a protected one what its mask leaves, without the commitment."""
    return value["masked"] if isinstance(value, dict) else value
