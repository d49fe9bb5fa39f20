"""Scenario 4 of the domain, over HTTP: a line cc'd at 08:10, moved by the supervisor at 09:00, visited at 11:20 off the place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.core.db import Database
from server.core.types import to_ms
from tests.mobile_api.test_exchange import exchange
from tests.notifications.scene import Desk, shanghai
from tests.server.accounts.company import Phone, found_company
from tests.support.syncing import Queue
from tests.support.whole_app import whole_app


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    database = Database(database_url)
    company = found_company(database, tmp_path, whole_app)
    yield Desk(company, company.services)
    database.close()


def _pass(desk: Desk, clock: str, *phones: Phone) -> None:
    """Let it be that time; access tokens have run out by then."""
    desk.at(shanghai(clock))
    for each in phones:
        each.answer |= each.refresh().json


def _send(phone: Phone, queue: Queue) -> None:
    verdicts = exchange(phone, push={"operations": queue.take()})["push"]["verdicts"]
    assert {each["verdict"] for each in verdicts} == {"applied"}


def _held(phone: Phone, collection: str) -> list[dict[str, Any]]:
    """The rows of a collection that a device which starts anew is sent."""
    pages = exchange(phone, pull={"cursor": None})["pull"]["pages"]
    columns = [page["columns"] for page in pages if page["collection"] == collection]
    return [dict(zip(each, values, strict=True)) for each in columns for values in zip(*each.values(), strict=True)]


def test_plan_and_actual_are_one_row_told_seen_and_flagged(desk: Desk) -> None:
    company, users = desk.company, desk.company.users
    desk.at(shanghai("07:50"))
    wang, na, queue = Phone(company).signed_in("wang"), Phone(company).signed_in("na"), Queue()

    _pass(desk, "08:10", wang, na)
    customer = queue.create("customers", name="王小明")
    queue.create("customer_places", customer_id=customer, latitude_e7=312_304_000, longitude_e7=1_214_737_000)
    plan = queue.create("day_plans", plan_on="2025-03-03", copied_to=users["na"])
    visit = queue.create(
        "visits", plan_id=plan, customer_id=customer, planned_start_at=to_ms(shanghai("10:00")), purpose="看房"
    )
    queue.act("day_plans", "send", plan)
    _send(wang, queue)
    desk.work()
    assert [each["topic"] for each in _held(na, "notices")] == ["fieldwork.plan-sent"]
    (copy,) = _held(na, "copies")
    assert [(each["id"], each["start_at"]) for each in copy["lines"]] == [(visit, to_ms(shanghai("10:00")))]

    _pass(desk, "09:00", wang, na)
    jie = company.office("jie")
    jie.ok("PATCH", f"/visits/{visit}", json={"planned_start_at": "2025-03-03T03:00:00Z", "base": 1})
    desk.work()
    assert "fieldwork.visit-arranged" in [each["topic"] for each in _held(wang, "notices")]
    assert [each["topic"] for each in _held(na, "notices")] == ["fieldwork.plan-sent", "fieldwork.plan-changed"]
    (copy,) = _held(na, "copies")
    assert copy["lines"][0]["start_at"] == to_ms(shanghai("11:00"))

    _pass(desk, "12:00", wang, na)  # out of the basement again
    jie = company.office("jie")
    off = {"latitude_e7": 312_404_000, "longitude_e7": 1_214_737_000, "accuracy_m": 35, "fix_age_s": 4}
    queue.act("visits", "start", visit, started_at=to_ms(shanghai("11:20")), **off)
    left = {f"out_{name}": value for name, value in off.items()}
    queue.act("visits", "finish", visit, ended_at=to_ms(shanghai("11:50")), result="谈了", **left)
    _send(wang, queue)
    desk.work()
    event = jie.ok("GET", f"/visits/{visit}")
    assert (event["id"], event["plan_id"], event["state"], event["is_late"]) == (visit, plan, "done", True)
    assert (event["planned_start_at"], event["actual_started_at"]) == (
        "2025-03-03T03:00:00.000Z",
        "2025-03-03T03:20:00.000Z",
    )
    for side in ("location", "out"):
        assert (event[f"{side}_verdict"], event[f"{side}_reason"]) == ("outside", "outside")
    assert event["accuracy_m"] == event["out_accuracy_m"] == 35
    assert 1_100 < event["distance_m"] == event["out_distance_m"] < 1_125
    schedule = jie.ok("GET", f"/customers/{customer}/schedule")["items"]
    assert [(each["kind"], each["id"], each["state"]) for each in schedule] == [("visit", visit, "done")]
    timeline = jie.ok("GET", f"/customers/{customer}/timeline")["items"]
    assert [each["subject_id"] for each in timeline if each["kind"] == "visit"] == [visit]
