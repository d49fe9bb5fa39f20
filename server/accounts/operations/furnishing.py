"""What every organisation has from the start: the system roles, and what areas above give it."""

from __future__ import annotations

from collections.abc import Callable

from server.accounts.operations.roles import bring_up_to_date
from server.core.uow import UnitOfWork

Furnisher = Callable[[UnitOfWork], int]
_FURNISHERS: list[Furnisher] = []


def on_furnishing(furnisher: Furnisher) -> Furnisher:
    """Register what else an organisation begins with; the composition root does it. It returns how many rows it added.

    Called for each organisation when it is made and at every `db upgrade`, so it adds only what is not there.
    """
    if furnisher not in _FURNISHERS:
        _FURNISHERS.append(furnisher)
    return furnisher


def furnish(uow: UnitOfWork) -> int:
    """Give an organisation what it has not got of all this. How many rows were added or changed."""
    return bring_up_to_date(uow) + sum(furnisher(uow) for furnisher in _FURNISHERS)
