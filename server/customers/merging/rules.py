"""Which values of two cards a merge keeps. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def values_taken(kept: Mapping[str, Any], gone: Mapping[str, Any], take: Collection[str]) -> dict[str, Any]:
    """What the card of who stays gets from the other one: what was chosen, and what it lacks. Source: rule C17.

    kept, gone: field → value of the two cards, the same fields. take: fields that were chosen. An identity number is not
    filled in by itself between a person and a company: it would be checked by the other's form. Why he was lost comes with
    the stage, and of somebody who is not lost not at all (rule C39).
    """
    one_kind = kept["kind"] == gone["kind"]
    taken = {
        name: value
        for name, value in gone.items()
        if value != kept[name] and (name in take or (kept[name] is None and (one_kind or name != "id_number")))
    }
    if "stage" in taken:
        return {**taken, "lost_reason": gone["lost_reason"]}
    if not kept["stage"] == gone["stage"] == "lost":
        taken.pop("lost_reason", None)
    return taken
