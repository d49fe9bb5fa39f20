"""Values of a decision as rows hold them. Pure: one function a collection; operations begin with it, apply compares by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def settle_decision(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision takes; a blank comment is none, a hash is in lower case."""
    settled = dict(values)
    if "comment" in values:
        settled["comment"] = (values["comment"] or "").strip() or None
    if values.get("content_hash") is not None:
        settled["content_hash"] = values["content_hash"].lower()
    return settled
