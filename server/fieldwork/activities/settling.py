"""Values of activities and their types as rows hold them, however they were spelt. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.customers.rules import check_text, optional


def settle_activity(values: Mapping[str, Any]) -> dict[str, Any]:
    """An activity's fields; blank text is none. Raises Refused TEXT_REQUIRED at /text."""
    settled: dict[str, Any] = {
        name: optional(value) if name in ("contact_name", "nothing_next") else value for name, value in values.items()
    }
    if "text" in settled:
        settled["text"] = check_text(settled["text"])
    return settled


def settle_type(values: Mapping[str, Any]) -> dict[str, Any]:
    """A type's fields. Raises Refused TEXT_REQUIRED at the name that is blank."""
    return {
        name: check_text(value, field=f"/{name}") if name.startswith("name_") else value
        for name, value in values.items()
    }
