"""Recipes of activities, their types, and copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.recipes.asking import Asking, Recipe, body_of


def _activity(asking: Asking) -> dict[str, Any]:
    about = {"customer_id": asking.own("customer")["customer_id"], "text": asking.scene.word()}
    if asking.trying == "/type_id":
        return {**about, "kind": "own", "type_id": asking.own("activity type")["type_id"], "channel": "call_in"}
    return {**about, "kind": "presales", "channel": "call_in"}


def _type(asking: Asking) -> dict[str, Any]:
    word = asking.scene.word()
    return {"name_zh": word, "name_en": word}


def _set_target(asking: Asking) -> dict[str, Any]:
    return {"owner_id": asking.own("person")["user_id"], "month_on": "2025-03-31", "measure": "visits", "amount": 40}


RECIPES: Mapping[str, Recipe] = {
    "GET /api/v1/activities": Recipe(references={"?customer_id": "activity:customer_id", "?author_id": "person"}),
    "POST /api/v1/activities": Recipe(
        body=_activity,
        references={"/id": "activity", "/customer_id": "customer", "/type_id": "activity type"},
        fits=frozenset({"/type_id"}),
    ),
    "GET /api/v1/activities/{activity_id}": Recipe(row="activity"),
    "GET /api/v1/activity-types": Recipe(),
    "POST /api/v1/activity-types": Recipe(body=_type, references={"/id": "activity type"}),
    "PATCH /api/v1/activity-types/{type_id}": Recipe(row="activity type", body=_type),
    "GET /api/v1/copies": Recipe(),
    "GET /api/v1/targets": Recipe(references={"?owner_id": "person"}, query={"month": "2025-03-31"}),
    "POST /api/v1/targets": Recipe(body=_set_target, references={"/owner_id": "person"}),
    "DELETE /api/v1/targets/{target_id}": Recipe(row="target to come"),
    "GET /api/v1/customers/{customer_id}/places": Recipe(row="customer place"),
    "POST /api/v1/customers/{customer_id}/places": Recipe(
        row="customer",
        body=body_of(latitude_e7=312_304_000, longitude_e7=1_214_737_000),
        references={"/id": "customer place"},
    ),
    "GET /api/v1/customers/{customer_id}/schedule": Recipe(row="visit"),
    "GET /api/v1/calendar": Recipe(references={"?person_id": "person", "?unit": "home"}),
}
