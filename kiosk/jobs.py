"""What the worker does for kiosks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from kiosk.authentication import acting
from kiosk.models import Registration
from kiosk.operations.visitors import REGISTER, enter
from server.accounts.queries.structure import organisation
from server.core.jobs import Backoff, RunningJob, handler
from server.core.rows import c


@handler(REGISTER, backoff=Backoff(first=timedelta(seconds=1), most=timedelta(minutes=5)))
def register_visitor(job: RunningJob) -> Any:
    """Enter a visitor who registered at a kiosk. Result: `{customer}`; null when it was done before."""
    registration_id = str(job.payload["registration"])
    with job.services.reading(job.org_id) as connection:
        ours = organisation(connection, job.org_id)
        r = c(Registration)
        kiosk_id = connection.execute(
            select(r.kiosk_id).where(r.org_id == job.org_id, r.id == registration_id)
        ).scalar_one()
    actor = acting(job.org_id, str(kiosk_id), zone=ours.timezone, currency=ours.currency)
    with job.writing(actor) as uow:
        customer_id = enter(uow, registration_id)
        job.finish_in(uow, {"customer": customer_id})
