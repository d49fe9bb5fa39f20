"""Visits as that from which opportunities come (server/customers/opportunities/origins.py)."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.uow import UnitOfWork
from server.customers.opportunities.origins import Visits
from server.fieldwork.functions import READ
from server.fieldwork.models import Visit


def _preload(uow: UnitOfWork, visit_ids: Iterable[str]) -> None:
    uow.preload(Visit, visit_ids)


def _is_of(uow: UnitOfWork, visit_id: str, customer_id: str) -> bool:
    visit = uow.get(Visit, visit_id)
    return visit is not None and visit.customer_id == customer_id and uow.actor.reach(READ).covers(visit)


VISITS = Visits(_preload, _is_of)
