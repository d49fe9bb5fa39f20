"""What an operation is about to change, as an event keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.core.rows import Row
from server.core.uow import UnitOfWork
from server.fieldwork.events import Changes


def changes_of(uow: UnitOfWork, row: Row, values: Mapping[str, Any]) -> Changes:
    """field → [before, after] of what setting `values` would change; protected values masked. Asked before uow.change."""
    kind = type(row)
    return {
        name: [uow.shown(kind, name, getattr(row, name)), uow.shown(kind, name, value)]
        for name, value in values.items()
        if getattr(row, name) != value
    }
