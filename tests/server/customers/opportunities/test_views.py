"""Opportunities through the office's door: from opening to losing, double taps, stale edits, and what others are told."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.core.access import Reach
from server.customers.export import LOSS_WORDS
from server.customers.functions import EXPORT
from server.customers.opportunities import export
from server.customers.opportunities.rules import OpportunityState
from server.customers.rules import LOSS_REASONS
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office

STEP = {"next_step": "送方案", "next_step_on": "2025-03-04"}


@pytest.fixture
def door(office: Office, tmp_path: Path) -> Door:
    return Door(office.client(tmp_path))


def test_the_office_opens_moves_loses_and_reopens(office: Office, door: Door) -> None:
    def ok(who: str, method: str, path: str, status: int = 200, **values: Any) -> Any:
        answer = door(who, method, f"/api/v1{path}", **({"json": values} if values else {}))
        assert answer.status_code == status, answer.text
        return answer.get_json()

    customer, row_id, contact_id = office.customer("王小明", by="wang"), new_id(), new_id()
    given = {"id": row_id, "customer_id": customer, "title": "两居室", "amount_minor": 200_000_000, **STEP}
    made = ok("wang", "POST", "/opportunities", 201, **given)
    assert (made["stage_code"], made["probability"], made["weighted_minor"]) == ("lead", 10, 20_000_000)
    assert (made["customer_name"], made["owner_name"], made["currency"]) == ("王小明", "Wang", "CNY")
    assert ok("wang", "POST", "/opportunities", 200, **given) == made
    for stranger, other in (("wang", {"title": "y"}), ("jie", {}), ("zhao", {})):
        assert ok(stranger, "POST", "/opportunities", 409, **given | other)["code"] == "sync.reused-row-id"
    assert ok("zhao", "GET", f"/opportunities/{row_id}", 404)["code"] == "core.not-found"
    one = f"/opportunities/{row_id}"
    changed = ok("wang", "PATCH", one, expected_close_on="2025-06-30", base=1)
    assert (changed["expected_close_on"], changed["version"]) == ("2025-06-30", 2)
    assert ok("jie", "PATCH", one, 409, expected_close_on="2025-07-30", base=1)["code"] == "core.stale"
    assert ok("wang", "POST", f"{one}/move", stage_code="bid")["weighted_minor"] == 140_000_000
    unknown = ok("wang", "POST", f"{one}/move", 422, stage_code="nowhere")
    assert [each["pointer"] for each in unknown["errors"]] == ["/stage_code"]
    contact = {"id": contact_id, "text": "看过方案", **STEP, "next_step": "谈价"}
    assert ok("wang", "POST", f"{one}/contacts", 201, **contact) == ok(
        "wang", "POST", f"{one}/contacts", 200, **contact
    )
    assert ok("wang", "POST", f"{one}/contacts", 409, **contact | {"text": "z"})["code"] == "sync.reused-row-id"
    assert [each["id"] for each in ok("jie", "GET", f"{one}/contacts")["items"]] == [contact_id]
    assert ok("wang", "GET", one)["next_step"] == "谈价"
    ranking = ok("wang", "GET", "/customers/ranking")
    assert [each["customer_id"] for each in ranking["items"]] == [customer]
    assert "成交概率" in ranking["rule"]
    assert ok("wang", "POST", f"{one}/lose", 422, closing_note="x")["errors"][0]["pointer"] == "/reason"
    assert ok("wang", "POST", f"{one}/lose", 422, reason="price", closed_on="2025-03-04")["errors"][0]["code"] == (
        "customers.day-in-future"
    )
    assert ok("wang", "POST", f"{one}/lose", reason="price")["reason"] == "price"
    assert ok("wang", "POST", f"{one}/lose", 409, reason="price")["code"] == "customers.opportunity-closed"
    assert ok("wang", "GET", "/customers/ranking")["items"] == []
    assert ok("jie", "GET", "/opportunities/losses")["items"][0]["count"] == 1
    assert ok("wang", "POST", f"{one}/reopen")["state"] == "open"
    assert ok("wang", "POST", f"{one}/win", closing_note="签约")["closed_on"] == "2025-03-03"
    kinds = [each["kind"] for each in ok("wang", "GET", f"{one}/log?limit=3")["items"]]
    assert sorted(kinds) == ["opportunity-lost", "opportunity-reopened", "opportunity-won"]
    assert ok("wang", "GET", f"/customers/{customer}")["stage"] == "won"
    east = office.units["east"]
    assert ok("yang", "GET", f"/opportunities/funnel?by=unit&unit_id={east}")["items"][0]["won_count"] == 1
    assert ok("yang", "GET", "/opportunities/conversion")["items"][0]["buyer_count"] == 1


def test_pages_of_the_list_and_the_ranking_follow_on(office: Office, door: Door) -> None:
    for amount in (3, 1, 2):
        body = {"customer_id": office.customer(by="wang"), "title": "x", "amount_minor": amount * 1000, **STEP}
        assert door("wang", "POST", "/api/v1/opportunities", json=body).status_code == 201
    for path in ("/opportunities", "/customers/ranking"):
        worth, cursor, more = [], "", True
        while more:
            page = door("wang", "GET", f"/api/v1{path}?limit=1{cursor}").get_json()
            worth += [each["amount_minor"] for each in page["items"]]
            more, cursor = page["next"] is not None, f"&cursor={page['next']}"
        assert worth == [3000, 2000, 1000]
    other = door("wang", "GET", "/api/v1/opportunities?limit=1").get_json()["next"]
    refused = door("wang", "GET", f"/api/v1/opportunities?state=won&cursor={other}")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "core.bad-cursor")


def test_the_administrator_sets_the_funnel(office: Office, door: Door) -> None:
    new = {"code": "deposit", "name_zh": "定金", "name_en": "Deposit", "probability": 95, "position": 8}
    made = door("boss", "POST", "/api/v1/funnel-stages", json=new).get_json()
    assert {name: made[name] for name in new} == new
    changed = door("boss", "PATCH", f"/api/v1/funnel-stages/{made['id']}", json={"is_active": False}).get_json()
    assert changed["is_active"] is False
    assert door("jie", "PATCH", f"/api/v1/funnel-stages/{made['id']}", json={"position": 1}).status_code == 403
    listed = door("wang", "GET", "/api/v1/funnel-stages").get_json()["items"]
    assert [each["code"] for each in listed][-2:] == ["sign", "deposit"]
    taken = door("boss", "POST", "/api/v1/funnel-stages", json=new)
    assert (taken.status_code, taken.get_json()["code"]) == (409, "customers.funnel-stage-taken")


def test_the_file_holds_what_is_in_reach_narrowed_as_the_list_is_and_is_recorded(office: Office, door: Door) -> None:
    assert (set(export.STATES), set(LOSS_WORDS)) == (set(OpportunityState), set(LOSS_REASONS))
    for who, amount in (("wang", 20_000_050), ("zhao", None), ("na", 1)):
        given = {"customer_id": office.customer("=王", by=who), "title": "两居室", "amount_minor": amount, **STEP}
        assert door(who, "POST", "/api/v1/opportunities", json=given).status_code == 201
    english = {"Accept-Language": "en"}
    answer = door("jie", "GET", "/api/v1/opportunities/export?format=xlsx", headers=english)
    titles, *rows = load_workbook(io.BytesIO(answer.data)).active.values  # type: ignore[union-attr]
    assert [row[1:9] for row in rows] == [
        ("=王", "两居室", "open", "Lead", 10, 200000.5, 20000.05, "CNY"),
        ("=王", "两居室", "open", "Lead", 10, None, 0, "CNY"),
    ], titles
    answer = door("jie", "GET", "/api/v1/opportunities/export?from_minor=1", headers=english)
    assert [line.split(",")[1] for line in answer.text.splitlines()[1:]] == ["'=王"]
    assert [json.loads(body) for _, body in office.events("customers.opportunities-exported")] == [
        {"count": 2, "filters": []},
        {"count": 1, "filters": ["from_minor"]},
    ]
    assert door("wang", "GET", "/api/v1/opportunities/export").status_code == 403
    jie = office.actor("jie")  # who may see more than take out
    office.people["jie"] = replace(jie, reaches={**jie.reaches, EXPORT: Reach(jie.user_id, own=True)})
    assert len(door("jie", "GET", "/api/v1/opportunities/export").text.splitlines()) == 1
