"""What is done with deleted customers at night: those whose thirty days are over are gone for good."""

from __future__ import annotations

from sqlalchemy import delete

from server.core.access import system_actor
from server.core.jobs import RunningJob, handler
from server.core.rows import c
from server.customers.deleting.events import CustomerPurged
from server.customers.deleting.models import DeletedCustomer, DeletedMergedCustomer, DeletedRows
from server.customers.deleting.rules import KEPT_FOR

BATCH = 500
"""Customers of one transaction."""


@handler("customers.purge-deleted", nightly=True)
def purge_deleted(job: RunningJob) -> dict[str, int]:
    """Remove deleted customers for good after KEPT_FOR; their events stay. Result: `{purged}`. Safe to run again."""
    t, purged = c(DeletedCustomer), 0
    went, kept, over = (
        DeletedMergedCustomer.__table__,
        DeletedRows.__table__,
        t.created_at < job.services.clock.now() - KEPT_FOR,
    )
    while True:
        with job.services.writing(system_actor(job.org_id)) as uow:
            gone = uow.find(DeletedCustomer, over, order_by=t.created_at, limit=BATCH)
            ids = [each.id for each in gone]
            uow.connection.execute(delete(went).where(went.c.org_id == job.org_id, went.c.into_id.in_(ids)))
            uow.connection.execute(delete(kept).where(kept.c.org_id == job.org_id, kept.c.id.in_(ids)))
            for each in gone:
                uow.remove(each)
                uow.record(CustomerPurged(each.id))
            uow.commit()
        purged += len(gone)
        job.progress(purged)
        if len(gone) < BATCH:
            return {"purged": purged}
