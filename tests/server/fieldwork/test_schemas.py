"""What field work demands between its fields is in the OpenAPI document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.core.problems import Refused
from server.fieldwork import rules
from server.fieldwork.follow_up_schemas import FollowUpIn, NextIn
from server.fieldwork.schemas import VisitIn

ID = "018f2f2e-0000-7000-8000-000000000001"


@pytest.mark.parametrize("customer_id", [None, ID])
@pytest.mark.parametrize("customer_name", [None, "", " \u202a", "Wang"])
@pytest.mark.parametrize("place", [None, " ", "Nanjing Road 1"])
def test_a_visit_names_somebody_or_somewhere(
    customer_id: str | None, customer_name: str | None, place: str | None
) -> None:
    loaded = VisitIn().load({"customer_id": customer_id, "customer_name": customer_name, "place": place})
    try:
        rules.check_aim(loaded["customer_id"], shown(loaded["customer_name"]), shown(loaded["place"]))
        taken = True
    except Refused:
        taken = False
    sent = {"customer_id": customer_id, "customer_name": customer_name, "place": place}
    assert Draft202012Validator(VisitIn.between).is_valid(sent) == taken


def shown(text: str | None) -> str | None:
    return (text or "").strip() or None


@pytest.mark.parametrize(
    ("sent", "fits"),
    [
        ({}, False),
        ({"due_at": None}, False),
        ({"due_on": "2025-03-04"}, True),
        ({"due_at": "2025-03-04T02:00:00Z"}, True),
        ({"due_on": "2025-03-04", "due_at": None}, True),
    ],
)
def test_a_follow_up_has_a_day(sent: dict[str, Any], fits: bool) -> None:
    assert Draft202012Validator(NextIn.between).is_valid(sent) == fits
    assert FollowUpIn.between == NextIn.between


def test_it_is_in_the_document() -> None:
    kept = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text("utf-8"))["components"]["schemas"]
    for schema in (VisitIn, NextIn, FollowUpIn):
        assert kept[schema.__name__]["anyOf"] == schema.between["anyOf"]
