"""An attachment's values as its row holds them, however they were spelt. Pure; as server/customers/settling.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.customers.attachments.rules import check_file
from server.customers.rules import check_text


def settle_attachment(values: Mapping[str, Any]) -> dict[str, Any]:
    """An attachment's fields. Raises Refused TEXT_REQUIRED at /name, FILE_NAME at /sha256."""
    settled = dict(values)
    if "name" in values:
        settled["name"] = check_text(values["name"], field="/name")
    if "sha256" in values:
        settled["sha256"] = check_file(values["sha256"])
    return settled
