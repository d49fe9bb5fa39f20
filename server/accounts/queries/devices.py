"""Devices and what was kept from revoked ones, within reach of the people they belong to. SELECTs only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from server.accounts.functions import READ_DEVICES, READ_QUARANTINE
from server.accounts.models import Device, QuarantinedQueue, User
from server.accounts.queries.staff import staff_condition
from server.core.access import Actor, Reach
from server.core.paging import earlier
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import Row, c


def list_devices(
    connection: Connection,
    actor: Actor,
    *,
    user_id: str | None = None,
    state: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Device]:
    """Devices of people within reach, last seen first. after: (last_seen_at, id) of the last one on the page before."""
    d = c(Device)
    statement = select(*d).where(d.org_id == actor.org_id, _of_people(Device, actor.must(READ_DEVICES), actor.org_id))
    if user_id is not None:
        statement = statement.where(d.user_id == user_id)
    if state is not None:
        statement = statement.where(d.state == state)
    if after is not None:
        statement = statement.where(earlier((d.last_seen_at, d.id), after))
    rows = connection.execute(statement.order_by(d.last_seen_at.desc(), d.id.desc()).limit(limit))
    return [Device(**row._mapping) for row in rows]


def list_quarantine(
    connection: Connection,
    actor: Actor,
    *,
    state: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[QuarantinedQueue]:
    """Queues kept from revoked devices of people within reach, newest first, with their operations."""
    q = c(QuarantinedQueue)
    statement = select(*q).where(
        q.org_id == actor.org_id, _of_people(QuarantinedQueue, actor.must(READ_QUARANTINE), actor.org_id)
    )
    if state is not None:
        statement = statement.where(q.state == state)
    if after is not None:
        statement = statement.where(earlier((q.received_at, q.id), after))
    rows = connection.execute(statement.order_by(q.received_at.desc(), q.id.desc()).limit(limit))
    return [QuarantinedQueue(**row._mapping) for row in rows]


def get_quarantine(connection: Connection, actor: Actor, queue_id: str) -> QuarantinedQueue:
    """One queue with its operations. Raises Refused NOT_FOUND."""
    q = c(QuarantinedQueue)
    found = connection.execute(
        select(*q).where(
            q.org_id == actor.org_id,
            q.id == queue_id,
            _of_people(QuarantinedQueue, actor.must(READ_QUARANTINE), actor.org_id),
        )
    ).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return QuarantinedQueue(**found._mapping)


def _of_people(row: type[Row], reach: Reach, org_id: str) -> ColumnElement[bool]:
    u = c(User)
    people = select(u.id).where(u.org_id == org_id, staff_condition(reach, org_id))
    return c(row).user_id.in_(people)
