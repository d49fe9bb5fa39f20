"""SELECTs over visits for a file; as queries.py. None writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from server.core.access import Actor
from server.core.rows import c
from server.fieldwork.functions import EXPORT
from server.fieldwork.models import Visit
from server.fieldwork.queries import VisitFilters, VisitLine, line_of, matching, with_name

_AT_ONCE = 500
"""Rows that are read at a time."""


def count_for_export(connection: Connection, actor: Actor, filters: VisitFilters, *, now: datetime) -> int:
    """How many visits an export would hold now."""
    wanted = _within(actor, filters, now)
    return int(connection.execute(select(func.count()).select_from(Visit.__table__).where(*wanted)).scalar_one())


def export_lines(connection: Connection, actor: Actor, filters: VisitFilters, *, now: datetime) -> Iterator[VisitLine]:
    """All visits within reach of the export function, latest day first. One statement, read as it goes."""
    v = c(Visit)
    statement = with_name(actor, Visit, v.assignee_id, written=True).where(*_within(actor, filters, now))
    statement = statement.order_by(v.day_on.desc(), v.id.desc())
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(statement):
        yield line_of(row, now=now, zone=actor.timezone)


def _within(actor: Actor, filters: VisitFilters, now: datetime) -> list[ColumnElement[bool]]:
    own = c(Visit).org_id == actor.org_id
    return [own, actor.must(EXPORT).condition(Visit), *matching(filters, now=now, zone=actor.timezone)]
