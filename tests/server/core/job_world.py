"""An organisation with nothing but jobs, handlers for them, and a worker as a process of its own that can be killed."""

from __future__ import annotations

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from server.config import Settings
from server.core import logs
from server.core.access import Actor, Reach, system_actor
from server.core.db import Database, commit
from server.core.events import GENESIS, HEARD, Event, event
from server.core.job_requests import READ_JOBS
from server.core.jobs import Backoff, Handler, Run, RunningJob
from server.core.keys import load_keys
from server.core.services import Services
from server.core.tables import EVENTS, JOBS, ORG_CLOCKS, ORG_DIRECTORY
from server.worker import Worker
from sync_protocol.ids import new_id

QUICK = Backoff(timedelta(milliseconds=20), timedelta(milliseconds=50))
LEASE = timedelta(seconds=2)


@event("tests.effect-happened")
class EffectHappened(Event):
    """What a job did, written in the transaction that settled it. Subject: the job."""

    attempt: int


def services_of(url: str, keys_dir: Path, **settings: Any) -> Services:
    settings = {"worker_poll_seconds": 0.05, "blob_dir": keys_dir / "blobs", **settings}
    made = Settings(database_url=url, keys_dir=keys_dir, **settings)
    return Services(made, Database(url, pool_size=8), load_keys(made))


def make_org(services: Services, code: str = "toys") -> str:
    org_id = new_id()
    with services.database.write(org_id) as connection:
        connection.execute(insert(ORG_DIRECTORY).values(org_id=org_id, code=code))
        connection.execute(
            insert(ORG_CLOCKS).values(
                org_id=org_id, feed_head=0, event_n=0, event_hash=GENESIS, access_version=1, epoch=new_id()
            )
        )
        commit(connection)
    return org_id


def person(org_id: str, *, administrator: bool = False) -> Actor:
    user = new_id()
    reaches = {READ_JOBS: Reach(user, own=True, everything=True)} if administrator else {}
    return Actor(org_id=org_id, user_id=user, name="Li Wang", unit_id=new_id(), reaches=reaches)


def enqueue(services: Services, org_id: str, kind: str = "toy", actor: Actor | None = None, **options: Any) -> str:
    with services.writing(actor or system_actor(org_id)) as uow:
        job_id = uow.enqueue(kind, options.pop("payload", {}), **options)
        uow.commit()
    return job_id


def handlers(**runs: Run) -> dict[str, Handler]:
    return {kind: Handler(kind, run, LEASE, QUICK, False) for kind, run in runs.items()}


def jobs_of(services: Services, org_id: str) -> dict[str, Any]:
    with services.reading(org_id) as connection:
        return {row.id: row for row in connection.execute(select(JOBS).where(JOBS.c.org_id == org_id))}


def effects_of(services: Services, org_id: str) -> list[tuple[str, datetime]]:
    t = EVENTS.c
    with services.reading(org_id) as connection:
        rows = connection.execute(
            select(t.subject_id, t.at).where(t.org_id == org_id, t.name == "tests.effect-happened").order_by(t.n)
        ).all()
    return [(subject, datetime.fromtimestamp(at / 1000, UTC)) for subject, at in rows]


def work_until_idle(worker: Worker, org_id: str, services: Services, seconds: float = 20) -> None:
    """Step by step in this thread, until nothing waits or is held any more but what others are left to hear."""
    until, others = time.monotonic() + seconds, set(HEARD.values())
    while any(
        row.state in ("waiting", "leased") for row in jobs_of(services, org_id).values() if row.kind not in others
    ):
        assert time.monotonic() < until, "jobs are stuck"
        if not worker.work_one():
            time.sleep(0.02)


def effect(job: RunningJob) -> None:
    """Fails as often as the payload says, then leaves one event in the transaction that settles the job."""
    time.sleep(job.payload.get("takes", 0))
    if job.lease.attempt <= job.payload.get("fails", 0):
        raise RuntimeError("not this time")
    with job.writing() as uow:
        uow.record(EffectHappened(job.id, attempt=job.lease.attempt))
        job.finish_in(uow, {"attempt": job.lease.attempt})


def main(url: str, keys_dir: str) -> None:
    """A worker process; it works until it is killed."""
    logs.configure("json", "warning")
    services = services_of(url, Path(keys_dir))
    Worker(services, handlers=handlers(toy=effect)).run(threading.Event(), threads=2)


if __name__ == "__main__":
    main(*sys.argv[1:])
