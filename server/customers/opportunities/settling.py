"""Values of opportunities and contacts as rows hold them, however they were spelt. Pure: one function a collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.customers.rules import check_text, optional

_REQUIRED, _OPTIONAL = ("title", "next_step", "text"), ("competitor", "closing_note")


def settle_opportunity(values: Mapping[str, Any]) -> dict[str, Any]:
    """What any action on an opportunity or a contact takes. Raises Refused TEXT_REQUIRED at the field. Source: rule O1."""
    settled = dict(values)
    for name in _REQUIRED:
        if name in values:
            settled[name] = check_text(values[name], field=f"/{name}")
    for name in _OPTIONAL:
        if name in values:
            settled[name] = optional(values[name])
    return settled
