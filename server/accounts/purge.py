"""What accounts forgets at night: used proofs, and sessions that ended long ago. Enrolments and the ledger stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select

from server.accounts.models import Device, ProofUse, RefreshFamily, Session
from server.core.db import commit
from server.core.jobs import RunningJob, handler
from server.core.rows import Row, c

BATCH = 1000
"""Rows of one transaction, so that nobody waits long for it."""
PROOFS_KEPT = timedelta(hours=1)
"""Beyond the last instant at which a proof is accepted: the clocks of several machines differ."""
SESSIONS_KEPT = timedelta(days=90)
"""After their end."""


@handler("accounts.forget-sessions", nightly=True)
def forget_sessions(job: RunningJob) -> dict[str, int]:
    """Remove used proofs past their window and sessions past SESSIONS_KEPT, with their refresh families.

    Result: `{proofs, sessions}`, how many of each. Safe to run again and beside itself.
    """
    now = job.services.clock.now()
    proofs = _in_batches(job, lambda on: _remove(on, job.org_id, ProofUse, _used_up(now - PROOFS_KEPT)))
    sessions = _in_batches(job, lambda on: _remove_sessions(on, job.org_id, now - SESSIONS_KEPT))
    return {"proofs": proofs, "sessions": sessions}


def _in_batches(job: RunningJob, remove: Callable[[Connection], int]) -> int:
    removed = 0
    while True:
        with job.services.database.write(job.org_id) as connection:
            found = remove(connection)
            commit(connection)
        removed += found
        job.progress(removed)
        if found < BATCH:
            return removed


def _used_up(before: datetime) -> ColumnElement[bool]:
    return c(ProofUse).expires_at < before


def _over(before: datetime) -> ColumnElement[bool]:
    """Ended or expired before then, and not the last one of its person on a device that may still have to be emptied.

    A device that is revoked much later shows the refresh token it has left (decision 0016); what it was derived from has
    to be there.
    """
    s, d, later = c(Session), c(Device), Session.__table__.alias()
    wiped = exists().where(d.org_id == s.org_id, d.id == s.device_id, d.state == "wiped")
    followed = exists().where(
        later.c.org_id == s.org_id,
        later.c.device_id == s.device_id,
        later.c.user_id == s.user_id,
        later.c.id > s.id,
    )
    return and_(or_(s.expires_at < before, s.revoked_at < before), or_(s.device_id.is_(None), wiped, followed))


def _remove_sessions(connection: Connection, org_id: str, before: datetime) -> int:
    ids = _chosen(connection, org_id, Session, _over(before))
    _delete(connection, org_id, RefreshFamily, c(RefreshFamily).session_id.in_(ids))
    return _delete(connection, org_id, Session, c(Session).id.in_(ids))


def _remove(connection: Connection, org_id: str, row: type[Row], which: ColumnElement[bool]) -> int:
    return _delete(connection, org_id, row, c(row).id.in_(_chosen(connection, org_id, row, which)))


def _chosen(connection: Connection, org_id: str, row: type[Row], which: ColumnElement[bool]) -> Sequence[str]:
    columns = c(row)
    return connection.execute(select(columns.id).where(columns.org_id == org_id, which).limit(BATCH)).scalars().all()


def _delete(connection: Connection, org_id: str, row: type[Row], which: ColumnElement[bool]) -> int:
    return connection.execute(delete(row.__table__).where(c(row).org_id == org_id, which)).rowcount
