"""What is done with deleted customers at night: those whose thirty days are over are gone for good."""

from __future__ import annotations

from sqlalchemy import delete, select

from server.core.access import system_actor
from server.core.jobs import RunningJob, handler
from server.core.rows import c
from server.customers.deleting.events import CustomerPurged
from server.customers.deleting.models import DeletedCustomer, DeletedRows
from server.customers.deleting.rules import KEPT_FOR

BATCH = 500
"""Customers of one transaction."""


@handler("customers.purge-deleted", nightly=True)
def purge_deleted(job: RunningJob) -> dict[str, int]:
    """Remove deleted customers for good after KEPT_FOR; their events stay. Result: `{purged}`. Safe to run again."""
    t, purged = c(DeletedCustomer), 0
    over = select(t.id).where(t.org_id == job.org_id, t.created_at < job.services.clock.now() - KEPT_FOR)
    while True:
        with job.services.writing(system_actor(job.org_id)) as uow:
            ids = list(uow.connection.execute(over.order_by(t.created_at).limit(BATCH).with_for_update()).scalars())
            for row in (DeletedRows, DeletedCustomer):
                uow.connection.execute(delete(row.__table__).where(c(row).org_id == job.org_id, c(row).id.in_(ids)))
            for each in ids:
                uow.record(CustomerPurged(each))
            uow.commit()
        purged += len(ids)
        job.progress(purged)
        if len(ids) < BATCH:
            return {"purged": purged}
