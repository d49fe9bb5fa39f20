"""SELECTs over activities; as ../queries.py. None writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from server.core.access import Actor
from server.core.narrowing import Lead, leader
from server.core.paging import Key, Page, earlier, unindexed
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.fieldwork.activities.models import Activity, ActivityType
from server.fieldwork.functions import READ


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilters:
    """What a list of activities is narrowed to. Days both included."""

    customer_id: str | None = None
    author_id: str | None = None
    channel: str | None = None
    first_on: date | None = None
    last_on: date | None = None


def activity_page(
    connection: Connection, actor: Actor, filters: ActivityFilters, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Activity], tuple[Key, Key] | None]:
    """One page of activities, latest day first. after: (day_on as ISO text, id)."""
    a, reach = c(Activity), actor.must(READ)
    wanted, sorting = [a.org_id == actor.org_id], (a.day_on.desc(), a.id.desc())
    ways = [] if filters.author_id is None else [a.author_id == filters.author_id]
    if filters.customer_id is not None:
        wanted += [a.customer_id == filters.customer_id, *ways]
    by = Lead()
    if filters.channel is not None:  # its index goes through the whole organisation
        if filters.customer_id is None:
            said, whole = {"channel": [a.channel == filters.channel]}, reach.everything and not ways
            by = leader(connection, Activity, wanted[:1], said, list(said), whole=whole)
        wanted.append((a.channel if by.name else unindexed(a.channel)) == filters.channel)
    if filters.first_on is not None:
        wanted.append(a.day_on >= filters.first_on)
    if filters.last_on is not None:
        wanted.append(a.day_on <= filters.last_on)
    if after is not None:
        wanted.append(earlier((a.day_on, a.id), (date.fromisoformat(after[0]), after[1])))
    first = Page((*wanted, reach.condition(Activity)), sorting)
    if filters.customer_id is None:  # what there is of one customer is little, and has an index of its own
        first = by.page(reach, Activity, wanted, sorting, limit + 1, ways)
    rows = connection.execute(first.of(select(*a).where(a.org_id == actor.org_id), limit + 1)).all()
    found = [Activity(**each._mapping) for each in rows[:limit]]
    return found, (found[-1].day_on.isoformat(), found[-1].id) if len(rows) > limit else None


def get_activity(connection: Connection, actor: Actor, activity_id: str) -> Activity:
    """One activity. Raises Refused NOT_FOUND when it is out of reach."""
    a = c(Activity)
    within = (a.org_id == actor.org_id, a.id == activity_id, actor.must(READ).condition(Activity))
    row = connection.execute(select(*a).where(*within)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return Activity(**row._mapping)


def list_types(connection: Connection, org_id: str) -> list[ActivityType]:
    """All types the organisation has named itself, closed ones too, by name."""
    t = c(ActivityType)
    rows = connection.execute(select(*t).where(t.org_id == org_id).order_by(t.name_zh))
    return [ActivityType(**each._mapping) for each in rows]
