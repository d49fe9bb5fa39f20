"""Values of targets as rows hold them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.fieldwork.targets.rules import days_of


def settle_target(values: Mapping[str, Any]) -> dict[str, Any]:
    """A month stands as its first day."""
    month_on = values.get("month_on")
    return {**values, **({} if month_on is None else {"month_on": days_of(month_on)[0]})}
