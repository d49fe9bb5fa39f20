"""The audit log: events, newest first. SELECTs only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from server.accounts.models import User
from server.accounts.queries.staff import staff_condition
from server.core import tables
from server.core.access import Actor
from server.core.rows import c
from server.core.types import from_ms
from server.core.verify import AUDIT


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event as the log shows it. hash: of its link in the chain."""

    n: int
    at: datetime
    actor_id: str
    name: str
    subject_id: str | None
    body: dict[str, Any]
    hash: str


def list_events(
    connection: Connection,
    actor: Actor,
    *,
    subject_id: str | None = None,
    actor_id: str | None = None,
    name: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[LoggedEvent]:
    """Events by number, newest first. before: the number of the last one on the page before.

    Whoever reaches less than everything with audit.read sees what people within his reach did.
    """
    reach = actor.must(AUDIT)
    e, u = tables.EVENTS.c, c(User)
    statement = select(e.n, e.at, e.actor_id, e.name, e.subject_id, e.body, e.hash).where(e.org_id == actor.org_id)
    if not reach.everything:
        people = select(u.id).where(u.org_id == actor.org_id, staff_condition(reach, actor.org_id))
        statement = statement.where(e.actor_id.in_(people))
    for column, wanted in ((e.subject_id, subject_id), (e.actor_id, actor_id), (e.name, name)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if before is not None:
        statement = statement.where(e.n < before)
    rows = connection.execute(statement.order_by(e.n.desc()).limit(limit))
    return [
        LoggedEvent(n, from_ms(at), by, event, subject, orjson.loads(body), digest)
        for n, at, by, event, subject, body, digest in rows
    ]
