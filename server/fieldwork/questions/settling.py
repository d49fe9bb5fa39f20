"""Values of questions as rows hold them, however they were spelt. Pure. Operations begin with these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.customers.rules import check_text


def settle_question(values: Mapping[str, Any]) -> dict[str, Any]:
    """What any action on a question takes. Raises Refused TEXT_REQUIRED at /text or /answer."""
    settled = dict(values)
    for name in ("text", "answer"):
        if name in values:
            settled[name] = check_text(values[name], field=f"/{name}")
    return settled
