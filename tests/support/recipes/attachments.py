"""Recipes of attachments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.pictures import sha256
from tests.support.recipes.asking import Asking, Recipe

_ATTACHMENTS = "/api/v1/customers/{customer_id}/attachments"


def _file(asking: Asking) -> dict[str, Any]:
    ids = asking.ids
    named = {"version_of": ids["attachment_id"]} if asking.trying == "/version_of" else {}
    if asking.trying == "/about_id":
        named = {"about": "visits", "about_id": ids["visit_id"]}
    hashed = sha256(asking.scene.word().encode())
    return {"name": "contract.pdf", "form": "pdf", "size": 90, "sha256": hashed, **named}


RECIPES: Mapping[str, Recipe] = {
    f"GET {_ATTACHMENTS}": Recipe(row="attachment"),
    f"POST {_ATTACHMENTS}": Recipe(
        row="attachment",
        body=_file,
        references={"/id": "attachment", "/version_of": "attachment", "/about_id": "attachment:visit_id"},
        fits=frozenset({"/version_of", "/about_id"}),
    ),
    f"DELETE {_ATTACHMENTS}/{{attachment_id}}": Recipe(row="attachment"),
    f"POST {_ATTACHMENTS}/{{attachment_id}}/restore": Recipe(row="attachment"),
}
