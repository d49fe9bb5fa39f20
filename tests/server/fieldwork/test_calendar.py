"""The calendar: of a team, and all that ever stood with one customer; in reach, by pages, from one statement."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.fieldwork import operations
from server.fieldwork.activities.operations import log_activity
from tests.server.fieldwork.office import Office, shanghai, statements

MONDAY = date(2025, 3, 3)


@pytest.fixture
def ask(office: Office, tmp_path: Path) -> Any:
    door = office.door(tmp_path)

    def found(who: str, path: str, status: int = 200) -> Any:
        answer = door(who, "GET", path)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    return found


def _fill(office: Office) -> str:
    """One of each kind for a customer of wang's, and a visit of na's to one of hers."""
    customer = office.customer("王小明", by="wang")
    about = {"customer_id": customer}
    visit = office.visit("wang", **about, planned_on=MONDAY, planned_start_at=shanghai("11:00"), purpose="看房")
    office.start("wang", visit, shanghai("11:20"))
    office.make("wang", log_activity, **about, kind="topic", channel="call_in", text="来电", at=shanghai("09:00"))
    office.follow_up("wang", **about, due_on=date(2025, 4, 1))
    office.make(
        "jie", operations.create_task, **about, text="送图", due_on=date(2025, 3, 5), assignee_id=office.users["wang"]
    )
    office.visit("na", customer_id=office.customer("李", by="na"), planned_on=MONDAY)
    return customer


def test_a_customers_schedule_holds_all_that_was_and_is_to_be_latest_first(office: Office, ask: Any) -> None:
    customer = _fill(office)
    whole = ask("jie", f"/customers/{customer}/schedule")["items"]
    assert [(each["kind"], each["day_on"]) for each in whole[:2]] == [
        ("follow_up", "2025-04-01"),
        ("task", "2025-03-05"),
    ]
    assert {(each["kind"], each["day_on"]) for each in whole[2:]} == {
        ("visit", "2025-03-03"),
        ("activity", "2025-03-03"),
    }
    (visit,) = [each for each in whole if each["kind"] == "visit"]
    assert (visit["person_name"], visit["customer_name"], visit["text"], visit["state"]) == (
        "Wang", "王小明", "看房", "in_progress",
    )  # fmt: skip
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ask("jie", f"/customers/{customer}/schedule?limit=1{cursor and f'&cursor={cursor}'}")
        seen, cursor = [*seen, *page["items"]], page["next"]
    assert seen == whole
    ask("na", f"/customers/{customer}/schedule", 404)
    another = {"customer_id": customer, "text": "算价", "due_on": MONDAY, "assignee_id": office.users["na"]}
    office.make("yang", operations.create_task, **another)  # of another team, about a customer whom jie sees
    assert ask("jie", f"/customers/{customer}/schedule")["items"] == whole
    assert len(ask("yang", f"/customers/{customer}/schedule")["items"]) == len(whole) + 1


def test_the_calendar_shows_what_is_in_reach_by_person_unit_and_days(office: Office, ask: Any) -> None:
    _fill(office)
    week = "from=2025-03-03&to=2025-03-09"
    for who, kinds in (
        ("wang", ["activity", "task", "visit"]),
        ("jie", ["activity", "task", "visit"]),
        ("na", ["visit"]),
        ("yang", ["activity", "task", "visit", "visit"]),
        ("zhao", []),
    ):
        assert sorted(each["kind"] for each in ask(who, f"/calendar?{week}")["items"]) == kinds, who
    of_na = ask("yang", f"/calendar?{week}&person_id={office.users['na']}")["items"]
    assert [each["person_name"] for each in of_na] == ["Na"]
    east = ask("yang", f"/calendar?{week}&unit={office.actor('jie').unit_id}")["items"]
    assert len(east) == 3
    assert [each["kind"] for each in ask("wang", "/calendar?from=2025-03-10")["items"]] == ["follow_up"]


def test_a_page_costs_the_same_however_many_lines_there_are(office: Office, ask: Any) -> None:
    customer = _fill(office)

    def cost() -> tuple[int, int]:
        with statements(office.database) as calendar:
            ask("yang", "/calendar?limit=500")
        with statements(office.database) as schedule:
            ask("yang", f"/customers/{customer}/schedule?limit=500")
        return len(calendar), len(schedule)

    before = cost()
    for _ in range(6):
        _fill(office)
        office.visit("wang", customer_id=customer, planned_on=MONDAY)
    assert cost() == before
