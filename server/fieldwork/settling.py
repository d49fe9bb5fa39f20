"""Values of plans, visits, comments, follow-ups and tasks as rows hold them, however they were spelt. Pure: one function a collection.

Operations begin with these, and apply compares by them (`Collection.settle`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.accounts.people import settle_mentions
from server.customers.rules import check_text, optional
from server.fieldwork.copies.people import settle_people

_VISIT_TEXTS = ("customer_name", "place", "purpose", "result", "next_step", "nothing_next", "impression", "reason")


def settle_plan(values: Mapping[str, Any]) -> dict[str, Any]:
    """A day plan's fields; a blank note is none. Raises Refused PEOPLE_INVALID."""
    settled = dict(values)
    if "note" in values:
        settled["note"] = optional(values["note"])
    if "copied_to" in values:
        settled["copied_to"] = settle_people(values["copied_to"], field="/copied_to")
    return settled


def settle_visit(values: Mapping[str, Any]) -> dict[str, Any]:
    """What any action on a visit takes; blank text is none. A customer who is named brings his own name.

    Raises Refused PEOPLE_INVALID.
    """
    settled: dict[str, Any] = {
        name: optional(value) if name in _VISIT_TEXTS else value for name, value in values.items()
    }
    if settled.get("customer_id") is not None:
        settled.pop("customer_name", None)
    if "people" in settled:
        settled["people"] = settle_people(settled["people"], field="/people")
    return settled


def settle_comment(values: Mapping[str, Any]) -> dict[str, Any]:
    """A comment's fields; of mentions, words that are no ids are left out. Raises Refused TEXT_REQUIRED at /text."""
    text = {"text": check_text(values["text"])} if "text" in values else {}
    return {**values, **text, **settle_mentions(values)}


def settle_follow_up(values: Mapping[str, Any]) -> dict[str, Any]:
    """What any action on a follow-up or a task takes; a blank note is none. Raises Refused TEXT_REQUIRED, PEOPLE_INVALID."""
    settled = dict(values)
    if "text" in values:
        settled["text"] = check_text(values["text"])
    if "done_note" in values:
        settled["done_note"] = optional(values["done_note"])
    if "copied_to" in values:
        settled["copied_to"] = settle_people(values["copied_to"], field="/copied_to")
    return settled
