"""SELECTs over comments on visits; as queries.py. None writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from server.core.access import Actor
from server.core.paging import Key, earlier
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.fieldwork.functions import READ
from server.fieldwork.models import Visit, VisitComment


def comment_page(
    connection: Connection, actor: Actor, visit_id: str, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[VisitComment], tuple[Key, Key] | None]:
    """One page of what was said about a visit, what arrived last first; the key to go on after. Two statements.

    after: (milliseconds of created_at, id). Raises Refused NOT_FOUND when the visit is out of reach.
    """
    v, n = c(Visit), c(VisitComment)
    within = (v.org_id == actor.org_id, v.id == visit_id, actor.must(READ).condition(Visit))
    if connection.execute(select(v.id).where(*within)).first() is None:
        raise Refused(NOT_FOUND)
    statement = select(*n).where(n.org_id == actor.org_id, n.visit_id == visit_id)
    if after is not None:
        statement = statement.where(earlier((n.created_at, n.id), (from_ms(after[0]), after[1])))
    rows = connection.execute(statement.order_by(n.created_at.desc(), n.id.desc()).limit(limit + 1)).all()
    comments = [VisitComment(**each._mapping) for each in rows[:limit]]
    return comments, (to_ms(comments[-1].created_at), comments[-1].id) if len(rows) > limit else None
