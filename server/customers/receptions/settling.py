"""A reception's values as its row holds them, however they were spelt. Pure; as server/customers/settling.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.customers.rules import optional

_TEXTS = ("work_place", "home_place", "suggestions", "impression")


def settle_reception(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts without space around them; blank is none."""
    return {**values, **{name: optional(values[name]) for name in _TEXTS if name in values}}
