"""Where a list by pages goes on: the condition for rows after the last one seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, literal, tuple_


def later(columns: Sequence[Column[Any]], seen: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that come after `seen` in ascending order of `columns`, the last of which is unique."""
    return tuple_(*columns) > tuple_(
        *(literal(value, column.type) for column, value in zip(columns, seen, strict=True))
    )


def earlier(columns: Sequence[Column[Any]], seen: Sequence[Any]) -> ColumnElement[bool]:
    """The same in descending order."""
    return tuple_(*columns) < tuple_(
        *(literal(value, column.type) for column, value in zip(columns, seen, strict=True))
    )
