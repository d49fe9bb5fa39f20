"""Values of plans, visits, comments, follow-ups and tasks as rows hold them, however they were spelt. Pure: one function a collection.

Operations begin with these, and apply compares by them (`Collection.settle`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.customers.rules import check_text, optional

_VISIT_TEXTS = ("customer_name", "place", "purpose", "result", "next_step", "reason")


def settle_plan(values: Mapping[str, Any]) -> dict[str, Any]:
    """A day plan's fields; a blank note is none."""
    return {**values, "note": optional(values["note"])} if "note" in values else dict(values)


def settle_visit(values: Mapping[str, Any]) -> dict[str, Any]:
    """What any action on a visit takes; blank text is none. A customer who is named brings his own name."""
    settled = {name: optional(value) if name in _VISIT_TEXTS else value for name, value in values.items()}
    if settled.get("customer_id") is not None:
        settled.pop("customer_name", None)
    return settled


def settle_comment(values: Mapping[str, Any]) -> dict[str, Any]:
    """A comment's fields. Raises Refused TEXT_REQUIRED at /text."""
    return {**values, "text": check_text(values["text"])} if "text" in values else dict(values)


def settle_follow_up(values: Mapping[str, Any]) -> dict[str, Any]:
    """What any action on a follow-up or a task takes; a blank note is none. Raises Refused TEXT_REQUIRED at /text."""
    settled = dict(values)
    if "text" in values:
        settled["text"] = check_text(values["text"])
    if "done_note" in values:
        settled["done_note"] = optional(values["done_note"])
    return settled
