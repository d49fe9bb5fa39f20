"""How to ask every operation of the application in a good way, and which kind of row each of its references names.

A new route needs a line in RECIPES of its room, with a kind of scene_rows.KINDS for each row that it names; tests say so
when it is missing. Bodies are what a caller would send to succeed; the tests of rights put other people's rows into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mobile_api.tus import BODY_TYPE
from tests.support.document import Operation
from tests.support.recipes import accounts, activities, attachments, club, handhelds, money, selling
from tests.support.recipes.asking import Recipe


class NoRecipe(AssertionError):
    """A route or a reference that the tests do not know how to ask."""


RECIPES: Mapping[str, Recipe] = {
    name: recipe
    for room in (accounts, selling, attachments, activities, money, club, handhelds)
    for name, recipe in room.RECIPES.items()
}


def recipe_for(operation: Operation) -> Recipe:
    """The recipe, complete. Raises NoRecipe saying what is missing."""
    found = RECIPES.get(operation.name)
    if found is None:
        raise NoRecipe(f"{operation.name} is new: say in tests/support/recipes how to ask it, and of which rows")
    if operation.in_path and found.row is None and operation.doc is not None:
        raise NoRecipe(f"{operation.name} has a row in its address: name its kind in tests/support/recipes")
    if operation.body is not None and found.body is None:
        raise NoRecipe(f"{operation.name} takes a body: write one in tests/support/recipes")
    missing = {each for each in operation.references if not each.startswith("{")} - found.references.keys()
    if missing:
        raise NoRecipe(f"{operation.name} names rows at {sorted(missing)}: say which in tests/support/recipes")
    return found


def sent(body: Any) -> dict[str, Any]:
    """How a body goes out: a document as JSON, bytes as part of an upload."""
    if isinstance(body, bytes):
        return {"data": body, "content_type": BODY_TYPE}
    return {"data": orjson.dumps(body), "content_type": "application/json"}
