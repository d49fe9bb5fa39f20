"""What of a customer's an attachment may hang on. Areas above register their rows. Part of what the root wires."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.core.rows import Row
from server.core.uow import UnitOfWork
from server.customers.functions import READ
from server.customers.opportunities.models import Opportunity
from server.customers.ownership import was_mine
from server.customers.receptions.models import Reception

_PARENTS: dict[str, tuple[type[Row], str]] = {"opportunities": (Opportunity, READ), "receptions": (Reception, READ)}
"""Collection → its row, which has a `customer_id`, and the function by which it is read."""


def register(collection: str, row: type[Row], function: str) -> None:
    """Let attachments hang on rows of an area above; the composition root does it once. Registering again changes nothing."""
    _PARENTS[collection] = (row, function)


def preload(uow: UnitOfWork, named: Iterable[tuple[str | None, str | None]]) -> None:
    """Load, with one statement a collection, the rows (collection, id) that a batch names."""
    ids: dict[type[Row], set[str]] = {}
    for collection, row_id in named:
        if collection in _PARENTS and row_id is not None:
            ids.setdefault(_PARENTS[collection][0], set()).add(row_id)
    for row, some in ids.items():
        uow.preload(row, some)


def is_of(uow: UnitOfWork, collection: str | None, row_id: str | None, customer_id: str) -> bool:
    """Whether there is such a row of that customer, as far as the actor sees, or saw while the customer was his."""
    if collection not in _PARENTS or row_id is None:
        return False
    kind, function = _PARENTS[collection]
    row: Any = uow.get(kind, row_id)
    if row is None or row.customer_id != customer_id:
        return False
    return uow.actor.reach(function).covers(row) or was_mine(uow, customer_id)
