"""A list of people in one field: their ids in order, a space between. Pure.

One field, because who is named is said as a whole and merges as a whole; text, because devices send plain values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync_protocol.ids import is_id

PEOPLE_MOST = 20
PEOPLE_LENGTH = PEOPLE_MOST * 37


def people_in(text: str | None) -> list[str]:
    """The ids of a list, in order. Words that are no ids are left out."""
    return sorted({each for each in (text or "").split() if is_id(each)})


def people_as_text(people: list[str]) -> str | None:
    """A list as rows hold it; nobody is none."""
    return " ".join(sorted(set(people))) or None


def settle_mentions(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row holds of `mentions`, if anything is said of them."""
    return {"mentions": people_as_text(people_in(values["mentions"]))} if "mentions" in values else {}
