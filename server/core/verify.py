"""Walking an organisation's chain of events to see whether it holds: in slices, so that any length fits in memory.

The chain is append-only, so what one slice found stays true; only the last slice is compared with the clock row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from server.core import logs
from server.core.access import function
from server.core.db import Database
from server.core.events import GENESIS, Broken, link
from server.core.jobs import RunningJob, handler
from server.core.tables import EVENTS, ORG_CLOCKS

AUDIT = function(
    "audit.read",
    zh="查看和核验操作日志",
    en="Read the audit log and check that it is whole",
    roles=("administrator", "director"),
)
KIND = "core.audit-verify"
SLICE = 2000

log = logs.logger("audit")


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk found. events: how many hold, from the first on. head: hash of the last of them."""

    events: int
    head: str
    broken: Broken | None

    def to_result(self) -> dict[str, Any]:
        """As the result of a job: `{events, head, broken: {n, reason} | null}`."""
        broken = None if self.broken is None else {"n": self.broken.n, "reason": self.broken.reason}
        return {"events": self.events, "head": self.head, "broken": broken}


def verify_chain(
    database: Database, org_id: str, *, progress: Callable[[int, int | None], None] | None = None, size: int = SLICE
) -> Verified:
    """Walk the chain of one organisation to its end or first break. progress: told (done, total) after each slice."""
    previous, count = GENESIS, 0
    while True:
        with database.read(org_id) as connection:
            total, head = connection.execute(
                select(ORG_CLOCKS.c.event_n, ORG_CLOCKS.c.event_hash).where(ORG_CLOCKS.c.org_id == org_id)
            ).one()
            rows = _slice(connection, org_id, count, size)
        for n, at, actor_id, name, subject_id, body, before, digest in rows:
            if n != count + 1:
                return Verified(count, previous, Broken(count + 1, "gap"))
            if before != previous:
                return Verified(count, previous, Broken(n, "link"))
            if link(before, org_id, n, at, actor_id, name, subject_id, body) != digest:
                return Verified(count, previous, Broken(n, "hash"))
            previous, count = digest, n
        if len(rows) < size:
            whole = (total, head) == (count, previous)
            return Verified(count, previous, None if whole else Broken(count + 1, "head"))
        if progress is not None:
            progress(count, total)


def _slice(connection: Connection, org_id: str, after: int, size: int) -> list[Any]:
    t = EVENTS.c
    return list(
        connection.execute(
            select(t.n, t.at, t.actor_id, t.name, t.subject_id, t.body, t.previous_hash, t.hash)
            .where(t.org_id == org_id, t.n > after)
            .order_by(t.n)
            .limit(size)
        )
    )


@handler(KIND, nightly=True)
def verify_as_job(job: RunningJob) -> dict[str, Any]:
    """The chain of the job's organisation. A break is a result, not a failure: trying again would not mend it."""
    found = verify_chain(job.services.database, job.org_id, progress=job.progress)
    if found.broken is not None:
        log.error("audit chain broken", org_id=job.org_id, seq=found.broken.n, reason_code=found.broken.reason)
    job.progress(found.events, found.events)
    return found.to_result()
