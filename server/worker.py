"""The worker: threads that claim jobs organisation by organisation, run their handlers and settle them.

Any number of workers may run at once, on any machines. One that is told to stop finishes what it holds or leaves it to
lapse: it gives nothing back, because what the handler sent may already have left.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from server.core import logs, nightly, verify
from server.core.db import NO_ORG
from server.core.job_queue import JOB_LAPSED, Queue
from server.core.jobs import (
    HANDLERS,
    JOB_FAILED,
    JOB_WAITS,
    Cancelled,
    Handler,
    Later,
    LeaseLost,
    LoadActor,
    RunningJob,
    recover,
)
from server.core.problems import Refused
from server.core.services import Services
from server.core.tables import ORG_DIRECTORY

log = logs.logger("worker")

CORE = (nightly, verify)
"""Core's own handlers: to import them is to declare them. Those of the areas come in with server.registry."""

DRAIN = timedelta(seconds=45)
"""How long a stopping worker waits for what it holds; below the 60 s after which platforms kill."""
_LONGEST_PAUSE = 30.0
_NIGHTLY_EVERY = 600.0


class Worker:
    """The jobs of one database. counts: what became of them, by state, plus `retried` and `lost` (leases)."""

    def __init__(
        self, services: Services, *, load_actor: LoadActor | None = None, handlers: Mapping[str, Handler] | None = None
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._services = services
        self._queue = Queue(services.database)
        self._load_actor = load_actor
        self._handlers = HANDLERS if handlers is None else handlers
        usual = timedelta(seconds=services.settings.worker_lease_seconds)
        self._leases = {kind: each.lease or usual for kind, each in self._handlers.items()}
        self._poll = services.settings.worker_poll_seconds
        self._lock = threading.Lock()
        self._ring: deque[str] = deque()
        self._nightly_at = float("-inf")

    # -- one step: what threads and tests call --------------------------------------------------------------------

    def work_one(self) -> bool:
        """Claim and run one job of the next organisation that has one; False when none has. Raises DBAPIError."""
        for org_id in self._round():
            waiting = self._queue.waiting(org_id, self._leases)
            if waiting.lapsed:
                lapsed = recover(self._services, self._queue, org_id)
                log.warning("leases lapsed", org_id=org_id, count=lapsed, code=JOB_LAPSED.code)
            if not (waiting.due or waiting.lapsed):
                continue
            lease = self._queue.claim(org_id, self._leases)
            if lease is not None:
                self._perform(RunningJob(self._services, self._queue, lease, self._load_actor))
                return True
        return False

    def plan_nights(self) -> None:
        """Leave the next night's jobs for each organisation, where they are not there yet; and look at tables that have grown."""
        self._services.database.optimize()
        for org_id in self._organisations():
            nightly.enqueue_nightly(
                self._services, org_id, [each.kind for each in self._handlers.values() if each.nightly]
            )

    # -- many steps -----------------------------------------------------------------------------------------------

    def run(self, stop: threading.Event, *, threads: int | None = None, drain: timedelta = DRAIN) -> bool:
        """Work until `stop`, then wait `drain` for what is held. Returns whether all of it was finished."""
        count = threads or self._services.settings.worker_threads
        log.info("worker started", workers=count)
        # Daemons: a handler that hangs must not keep the process; its lease lapses and another worker takes over.
        crew = [threading.Thread(target=self._loop, args=(stop,), name=f"job-{n}", daemon=True) for n in range(count)]
        for each in crew:
            each.start()
        stop.wait()
        until = time.monotonic() + drain.total_seconds()
        for each in crew:
            each.join(max(0.0, until - time.monotonic()))
        left = sum(each.is_alive() for each in crew)
        log.info("worker stopped", done=self.counts["done"], count=sum(self.counts.values()), workers=left)
        return left == 0

    def _loop(self, stop: threading.Event) -> None:
        failures = 0
        while not stop.is_set():
            try:
                if self._nights_are_due():
                    self.plan_nights()
                found = self.work_one()
                failures = 0
            except DBAPIError:  # a restart of the database is waited out
                failures += 1
                pause = min(_LONGEST_PAUSE, 0.2 * 2 ** min(failures, 10)) * random.uniform(0.5, 1.0)  # noqa: S311
                log.warning("database away", attempt=failures, ms=int(pause * 1000), exc_info=True)
                self._nightly_at = float("-inf")
                stop.wait(pause)
            except Exception:  # a fault of ours in one job's bookkeeping must not end the thread
                log.exception("worker failed")
                stop.wait(self._poll)
            else:
                if not found:
                    stop.wait(self._poll * random.uniform(0.8, 1.2))  # noqa: S311 (many workers, one database)

    def _nights_are_due(self) -> bool:
        with self._lock:
            if time.monotonic() - self._nightly_at < _NIGHTLY_EVERY:
                return False
            self._nightly_at = time.monotonic()
            return True

    def _round(self) -> list[str]:
        """All organisations once, each time beginning with the next: none waits behind another's thousand jobs."""
        known = self._organisations()
        with self._lock:
            here = set(known)
            fresh = here.difference(self._ring)
            self._ring = deque([each for each in self._ring if each in here] + sorted(fresh))
            self._ring.rotate(-1)
            return list(self._ring)

    def _organisations(self) -> list[str]:
        with self._services.reading(NO_ORG) as connection:
            return list(connection.execute(select(ORG_DIRECTORY.c.org_id)).scalars())

    # -- one job --------------------------------------------------------------------------------------------------

    def _perform(self, job: RunningJob) -> None:
        lease, handler = job.lease, self._handlers[job.lease.kind]
        logs.unbind_all()
        logs.bind(org_id=lease.org_id, job_id=lease.id, kind=lease.kind, attempt=lease.attempt)
        begun = time.monotonic()
        try:
            outcome = self._outcome(job, handler)
        except LeaseLost:
            # Somebody else has it by now, so nothing of this run was kept: say so, never pass over it.
            outcome = "lost"
            log.warning("lease lost", ms=_ms(begun))
        else:
            log.info("job settled", state=outcome, ms=_ms(begun))
        finally:
            logs.unbind_all()
        with self._lock:
            self.counts[outcome] += 1

    def _outcome(self, job: RunningJob, handler: Handler) -> str:
        """Run the handler and settle. Returns the job's state, `retried` for one that waits again."""
        try:
            result = handler.run(job)
            if not job.settled:
                self._insist(job, lambda: job.settle("done", result=result))
            return "done"
        except LeaseLost:
            raise
        except Cancelled:
            self._insist(job, lambda: job.settle("cancelled"))
            return "cancelled"
        except Refused as refused:
            problem = {"code": refused.code, "params": refused.params}
            self._insist(job, lambda: job.settle("failed", problem=problem))
            return "failed"
        except Later as later:
            return self._put_back(job, later.after or handler.backoff.after(job.lease.attempt), JOB_WAITS.code)
        except Exception:
            log.exception("job failed")
            return self._put_back(job, handler.backoff.after(job.lease.attempt), JOB_FAILED.code)

    def _put_back(self, job: RunningJob, after: timedelta, code: str) -> str:
        states: list[str] = []
        self._insist(job, lambda: states.append(job.put_back(after, {"code": code, "params": {}})))
        return "retried" if states[0] == "waiting" else states[0]

    @staticmethod
    def _insist(job: RunningJob, settle: Callable[[], object]) -> None:
        """Settle, over a restart of the database if need be, for as long as the lease can hold."""
        until = time.monotonic() + job.lease.lease.total_seconds()
        while True:
            try:
                settle()
            except DBAPIError:
                if time.monotonic() > until:
                    raise LeaseLost from None
                time.sleep(random.uniform(0.1, 0.5))  # noqa: S311
            else:
                return


def run(
    services: Services,
    stop: threading.Event,
    *,
    load_actor: LoadActor | None = None,
    threads: int | None = None,
    drain: timedelta = DRAIN,
) -> bool:
    """Work on all jobs until `stop`; returns whether nothing was left behind."""
    return Worker(services, load_actor=load_actor).run(stop, threads=threads, drain=drain)


def _ms(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)
