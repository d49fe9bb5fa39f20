"""Values of customers, phones and notes as rows hold them, however they were spelt. Pure: one function a collection.

Operations begin with these, and apply compares by them (`Collection.settle`). What depends on more than the values, such
as today or what stands in the row, is judged in rules.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.accounts.people import settle_mentions
from server.customers.rules import check_id_form, check_name, check_phone, check_text, optional

_OPTIONAL = ("address", "needs", "remark", "id_number", "hobbies", "wishes")


def settle_customer(values: Mapping[str, Any]) -> dict[str, Any]:
    """A customer's fields. Raises Refused NAME_REQUIRED, ID_NUMBER_INVALID at the field. Source: rules C2, C5, C39."""
    settled = dict(values)
    if "name" in values:
        settled["name"] = check_name(values["name"])
    for name in _OPTIONAL:
        if name in values:
            settled[name] = optional(values[name])
    if settled.get("id_number") is not None:
        settled["id_number"] = check_id_form(settled["id_number"])
    if (
        "lost_reason" in values and values.get("stage", "lost") != "lost"
    ):  # here too, so that a create sent again says the same
        settled["lost_reason"] = None
    return settled


def settle_phone(values: Mapping[str, Any]) -> dict[str, Any]:
    """A phone's fields. Raises Refused PHONE_INVALID at /number. Source: rule C4."""
    settled = dict(values)
    if "number" in values:
        settled["number"] = check_phone(values["number"])
    if "label" in values:
        settled["label"] = optional(values["label"])
    return settled


def settle_note(values: Mapping[str, Any]) -> dict[str, Any]:
    """A note's fields; of mentions, words that are no ids are left out. Raises Refused TEXT_REQUIRED at /text."""
    settled = dict(values)
    if "text" in values:
        settled["text"] = check_text(values["text"])
    return settled | settle_mentions(values)
