"""Values of claims and lines as rows hold them, however they were spelt. Pure: one function a collection.

Operations begin with these, and apply compares by them (`Collection.settle`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from server.core.problems import Refused
from server.customers.rules import check_text, optional
from server.expenses.rules import RECEIPT_FORM

_TEXTS = ("description", "progress", "key_value")
_SHA256 = re.compile("[0-9a-f]{64}")


def settle_claim(values: Mapping[str, Any]) -> dict[str, Any]:
    """A claim's fields; a blank note is none. Raises Refused TEXT_REQUIRED at /title."""
    settled = dict(values)
    if "title" in values:
        settled["title"] = check_text(values["title"], field="/title")
    if "note" in values:
        settled["note"] = optional(values["note"])
    return settled


def settle_line(values: Mapping[str, Any]) -> dict[str, Any]:
    """A line's fields; blank text is none, a receipt's hash is in lower case. Raises Refused RECEIPT_FORM."""
    settled = {name: optional(value) if name in _TEXTS else value for name, value in values.items()}
    if values.get("receipt_sha256") is not None:
        receipt = str(values["receipt_sha256"]).strip().lower()
        settled["receipt_sha256"] = receipt
        if not _SHA256.fullmatch(receipt):
            raise Refused(RECEIPT_FORM, field="/receipt_sha256")
    return settled
