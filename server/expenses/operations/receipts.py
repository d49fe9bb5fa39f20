"""Receipts: which pictures are here. A line names its picture by hash; the bytes come by another way, sooner or later."""

from __future__ import annotations

from collections.abc import Iterable

from server.core import blobs
from server.core.uow import UnitOfWork
from server.expenses.models import ExpenseLine

Sent = tuple[str, str]
"""Who spent the money, and the SHA-256 of what he photographed. A colleague's bytes of the same hash are not his."""


def missing_receipts(uow: UnitOfWork, lines: Iterable[ExpenseLine]) -> int:
    """How many pictures that these lines name have not arrived from the lines' owners."""
    named = _named(lines)
    return len(named - _arrived(uow, named))


def preload_receipts(uow: UnitOfWork, lines: Iterable[ExpenseLine]) -> None:
    """Ask at once which pictures of these lines have arrived."""
    _arrived(uow, _named(lines))


def _named(lines: Iterable[ExpenseLine]) -> set[Sent]:
    return {(line.owner_id, line.receipt_sha256) for line in lines if line.receipt_sha256 is not None}


def _arrived(uow: UnitOfWork, named: set[Sent]) -> set[Sent]:
    known: dict[Sent, bool] = uow.once("expenses.receipts", dict)
    if asked := named - known.keys():
        here = blobs.arrived_from(uow.connection, uow.org_id, asked)
        known.update((each, each in here) for each in asked)
    return {each for each in named if known[each]}
