"""What the schemas of field work share: lines of queries, words of codes, claimed times."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from server.core.fields import Schema

CLAIMED = {"description": "As the device claims."}


def words(kind: type[StrEnum]) -> list[str]:
    """The words a code can be."""
    return [each.value for each in kind]


class Line(Schema):
    """Dumps a query's line: its own attributes, and those of the row it holds."""

    holds = ""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj, attr) if hasattr(obj, attr) else getattr(getattr(obj, self.holds), attr, default)
