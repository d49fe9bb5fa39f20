"""SELECTs over attachments; as server/customers/queries.py. None writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from server.core import blobs
from server.core.access import Actor
from server.core.paging import Key, earlier
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.customers.attachments.models import Attachment
from server.customers.functions import READ
from server.customers.trail import refuse_beyond


@dataclass(frozen=True, slots=True)
class Hung:
    """One version as the office sees it. has_arrived: its bytes are here, from who added it."""

    id: str
    version: int
    customer_id: str
    version_of: str | None
    revision: int
    about: str | None
    about_id: str | None
    name: str
    form: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
    created_at: datetime
    has_arrived: bool


_NAMES = tuple(name for name in Hung.__slots__ if name != "has_arrived")


def shown(connection: Connection, actor: Actor, rows: Sequence[Any]) -> list[Hung]:
    """These rows as they are shown. One statement."""
    here = blobs.arrived_from(connection, actor.org_id, [(row.added_by, row.sha256) for row in rows])
    return [
        Hung(**{name: getattr(row, name) for name in _NAMES} | {"has_arrived": (row.added_by, row.sha256) in here})
        for row in rows
    ]


def attachment_page(
    connection: Connection, actor: Actor, customer_id: str, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Hung], tuple[Key, Key] | None]:
    """One page of a customer's attachments with all versions that are there, what arrived last first. Three statements.

    after: (milliseconds of created_at, id). Raises Refused NOT_FOUND when the customer is out of reach.
    """
    refuse_beyond(connection, actor, customer_id)
    t = c(Attachment)
    conditions = (t.org_id == actor.org_id, t.customer_id == customer_id, t.removed_at.is_(None))
    statement = select(*(t[name] for name in _NAMES)).where(*conditions)
    if after is not None:
        statement = statement.where(earlier((t.created_at, t.id), (from_ms(after[0]), after[1])))
    rows = connection.execute(statement.order_by(t.created_at.desc(), t.id.desc()).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return shown(connection, actor, rows[:limit]), None if last is None else (to_ms(last.created_at), last.id)


def citing(connection: Connection, actor: Actor, sha256: str) -> Sequence[str]:
    """Who added the attachments within reach that cite this file and were not taken away (core.blobs)."""
    if not (reach := actor.reach(READ)):
        return ()
    t = c(Attachment)
    seen = (t.org_id == actor.org_id, t.sha256 == sha256, t.removed_at.is_(None), reach.condition(Attachment))
    return list(connection.execute(select(t.added_by).where(*seen).distinct()).scalars())
