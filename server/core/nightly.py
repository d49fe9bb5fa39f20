"""What is done once a night for each organisation: when, and left as jobs. No schedule table: the due instant is the key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from server.core.access import system_actor
from server.core.clock import bounds_of
from server.core.db import commit
from server.core.jobs import RunningJob, handler
from server.core.services import Services
from server.core.tables import JOBS
from server.core.types import to_ms

NIGHT = time(1, 30)
"""When it begins, in the installation's time zone."""
SPREAD_MINUTES = 180
"""Organisations are spread over this long, so that they do not all begin at once."""
USEFUL_FOR = timedelta(hours=20)
"""A night's work that no worker came to by then is left to the next night."""
KEPT_FOR = timedelta(days=90)


def next_night(now: datetime, zone: ZoneInfo, org_id: str) -> datetime:
    """The instant, after `now`, of an organisation's nightly work. The same for every worker that asks."""
    minutes = int.from_bytes(hashlib.sha256(org_id.encode()).digest()[:4], "big") % SPREAD_MINUTES
    into = timedelta(hours=NIGHT.hour, minutes=NIGHT.minute + minutes)
    today = now.astimezone(zone).date()
    due = bounds_of(today, zone)[0] + into
    return due if due > now else bounds_of(today + timedelta(days=1), zone)[0] + into


def enqueue_nightly(services: Services, org_id: str, kinds: Sequence[str]) -> None:
    """Leave the next night's job of each kind; those that are there already stay as they are.

    The key is kind and due instant, never a local date: clock jumps and changes of summer time cannot make a second one.
    A night during which no worker ran is left out, not made up for.
    """
    due = next_night(services.clock.now(), ZoneInfo(services.settings.timezone), org_id)
    keys = {f"{kind}|{to_ms(due)}": kind for kind in kinds}
    t = JOBS.c
    with services.reading(org_id) as connection:
        there = connection.execute(select(t.dedupe_key).where(t.org_id == org_id, t.dedupe_key.in_(sorted(keys))))
        missing = keys.keys() - set(there.scalars())
    if not missing:
        return
    with services.writing(system_actor(org_id)) as uow:
        for key in sorted(missing):
            uow.enqueue(keys[key], {}, due_at=due, dedupe_key=key, valid_for=USEFUL_FOR, max_attempts=3)
        uow.commit()


@handler("core.forget-jobs", nightly=True)
def forget_jobs(job: RunningJob) -> dict[str, int]:
    """Remove jobs that ended long ago: their results are read by then, and payloads are not kept for ever."""
    t = JOBS.c
    before = job.services.clock.now() - KEPT_FOR
    old = select(t.id).where(t.org_id == job.org_id, t.settled_at < before).limit(1000).scalar_subquery()
    forgotten = 0
    while True:
        with job.services.database.write(job.org_id) as connection:
            found = connection.execute(delete(JOBS).where(t.org_id == job.org_id, t.id.in_(old))).rowcount
            commit(connection)
        forgotten += found
        job.progress(forgotten)
        if found == 0:
            return {"forgotten": forgotten}
