"""Where opportunities come from: visits are an area above, which registers how to look at them. Part of what the root wires."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from server.core.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Visits:
    """preload: load, at once, the visits that a batch names. is_of: whether one is of that customer, and seen by the actor."""

    preload: Callable[[UnitOfWork, Iterable[str]], None]
    is_of: Callable[[UnitOfWork, str, str], bool]


_REGISTERED: list[Visits] = []


def register(visits: Visits) -> None:
    """Make visits known; the composition root does it once. Registering again changes nothing."""
    _REGISTERED[:] = [visits]


def preload(uow: UnitOfWork, visit_ids: Iterable[str]) -> None:
    """Load, at once, the visits that a batch names."""
    for each in _REGISTERED:
        each.preload(uow, visit_ids)


def is_of(uow: UnitOfWork, visit_id: str, customer_id: str) -> bool:
    """Whether there is such a visit of that customer, as far as the actor sees."""
    return any(each.is_of(uow, visit_id, customer_id) for each in _REGISTERED)
