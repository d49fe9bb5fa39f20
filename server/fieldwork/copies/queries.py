"""SELECTs over copies. None writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from server.core.access import Actor
from server.core.paging import Key, later
from server.core.rows import c
from server.fieldwork.copies.models import Copy


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFilters:
    """What a list of copies is narrowed to. Days both included."""

    first_on: date | None = None
    last_on: date | None = None


def copy_page(
    connection: Connection, actor: Actor, filters: CopyFilters, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Copy], tuple[Key, Key] | None]:
    """One page of what was copied to whoever asks, earliest day first. after: (day_on as ISO text, id)."""
    k = c(Copy)
    statement = select(*k).where(k.org_id == actor.org_id, k.person_id == actor.user_id)
    if filters.first_on is not None:
        statement = statement.where(k.day_on >= filters.first_on)
    if filters.last_on is not None:
        statement = statement.where(k.day_on <= filters.last_on)
    if after is not None:
        statement = statement.where(later((k.day_on, k.id), (date.fromisoformat(after[0]), after[1])))
    rows = connection.execute(statement.order_by(k.day_on, k.id).limit(limit + 1)).all()
    found = [Copy(**each._mapping) for each in rows[:limit]]
    return found, (found[-1].day_on.isoformat(), found[-1].id) if len(rows) > limit else None
