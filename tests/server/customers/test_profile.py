"""Grade, axes, profile fields, status and counts: rules as recorded cases, then operations and lists on both databases."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from server.core import narrowing
from server.core.access import Actor
from server.core.problems import Refused
from server.customers import operations, queries
from server.customers.models import Customer
from server.customers.narrowing import Filters
from server.customers.profile import rules
from server.customers.profile.queries import BY, pivot
from sync_protocol.ids import new_id
from tests.server.customers.conftest import Door
from tests.server.customers.office import Office, refused, statements

CASES = json.loads((Path(__file__).parent / "cases/profile.json").read_text())
TODAY = date(2025, 3, 3)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['today']} {case['need_level']} {case['expected_close_on']}"
)
def test_grade_and_urgency_at_their_edges(case: dict[str, Any]) -> None:
    today, close_on = date.fromisoformat(case["today"]), _day(case["expected_close_on"])
    assert rules.grade_by_horizon(case["need_level"], close_on, today) == case["grade"]
    assert rules.urgency_of(close_on, today) == case["urgency"]


@pytest.mark.parametrize("case", [case for case in CASES if case["urgency"]], ids=str)
def test_the_days_of_an_urgency_are_those_it_says(case: dict[str, Any]) -> None:
    today, close_on = date.fromisoformat(case["today"]), date.fromisoformat(case["expected_close_on"])
    for urgency in rules.URGENCIES:
        after, until = rules.urgency_days(urgency, today)
        inside = (after is None or close_on > after) and (until is None or close_on <= until)
        assert inside == (urgency == case["urgency"])


@pytest.mark.parametrize(
    ("values", "before", "followed"),
    [
        ({"need_level": "clear", "expected_close_on": date(2025, 4, 3)}, {}, {"grade": "A"}),
        ({"need_level": "none"}, {"expected_close_on": date(2025, 4, 3)}, {"grade": "E"}),
        ({"expected_close_on": date(2025, 6, 3)}, {"need_level": "clear"}, {"grade": "B"}),
        ({"expected_close_on": None}, {"need_level": "clear", "expected_close_on": TODAY}, {}),
        ({"need_level": "clear"}, {"need_level": "clear", "expected_close_on": TODAY}, {}),
        ({"need_level": "none", "grade": "A"}, {}, {}),
        ({"grade": "C"}, {"need_level": "none"}, {}),
        ({"stage": "won"}, {"stage": "negotiating"}, {"deal": "won"}),
        ({"stage": "dead"}, {"stage": "negotiating"}, {"deal": "lost", "grade": "E"}),
        ({"stage": "dead", "grade": "D"}, {"stage": "negotiating"}, {"deal": "lost"}),
        ({"expected_close_on": date(2025, 4, 3)}, {"stage": "dead"}, {"grade": "E"}),
        (
            {"stage": "negotiating"},
            {"stage": "dead", "need_level": "clear", "expected_close_on": date(2025, 4, 3)},
            {"deal": "negotiating", "grade": "A"},
        ),
        ({"stage": "visited"}, {"stage": "dead"}, {"deal": "potential"}),
        ({"stage": "visited"}, {"stage": "visited"}, {}),
        ({"stage": "visited", "deal": "negotiating"}, {"stage": "prospect"}, {}),
        ({"deal": "won"}, {"stage": "prospect"}, {}),
    ],
)
def test_what_follows_and_what_a_person_chose(
    values: dict[str, Any], before: dict[str, Any], followed: dict[str, Any]
) -> None:
    assert rules.follow(values, before=before, today=TODAY) == followed


def _change(office: Office, customer_id: str, who: str = "wang", **values: Any) -> Any:
    with office.writing(who) as uow:
        operations.change_customer(uow, uow.must(Customer, customer_id), values)
        uow.commit()
    return office.row(Customer, customer_id)


def test_a_change_of_need_or_day_grades_anew_and_a_chosen_grade_stays_until_then(office: Office) -> None:
    customer = office.customer(need_level="clear", expected_close_on=date(2025, 4, 3))
    assert office.row(Customer, customer).grade == "A"
    assert _change(office, customer, grade="C").grade == "C"
    assert _change(office, customer, remark="x").grade == "C"
    assert _change(office, customer, expected_close_on=date(2025, 9, 4)).grade == "D"
    assert _change(office, customer, need_level="none", grade="B").grade == "B"
    shown = [json.loads(body)["changes"] for _, body in office.events("customers.customer-changed")]
    assert shown[2] == {"expected_close_on": ["2025-04-03", "2025-09-04"], "grade": ["C", "D"]}


def _update(customer: str, base: int, **values: Any) -> dict[str, Any]:
    return {"collection": "customers", "action": "update", "row": customer, "base": base, "values": values}


def test_two_hands_on_a_grade_of_which_one_came_from_the_day_clash(office: Office) -> None:
    """Scenario 3, where one of the two did not choose the grade but moved the day it follows from."""
    customer = office.customer()
    wang, jie = office.on_device("wang"), office.on_device("jie")
    office.push(wang, _update(customer, 1, need_level="clear", expected_close_on="2025-03-20"))
    (decision,) = office.push(jie, _update(customer, 1, grade="C", importance="key")).decisions
    assert (decision.verdict.value, decision.params) == ("conflict", {"fields": ["grade"]})
    row = office.row(Customer, customer)
    assert (row.grade, row.importance) == ("A", "key")


def test_a_profile_comes_from_a_device_and_is_known_when_it_comes_again(office: Office) -> None:
    customer = new_id()
    create: dict[str, Any] = {
        "collection": "customers", "action": "create", "row": customer,
        "values": {
            "name": "江南置业", "kind": "company", "industry": "real_estate", "category": "key_account",
            "expected_amount_minor": 350_000_000, "hobbies": " 钓鱼 ", "wishes": " ", "stage": "negotiating",
            "need_level": "clear", "expected_close_on": "2025-05-01",
        },
    }  # fmt: skip
    assert [each.verdict.value for each in office.push(office.on_device("wang"), create).decisions] == ["applied"]
    row = office.row(Customer, customer)
    assert (row.hobbies, row.wishes, row.deal, row.grade) == ("钓鱼", None, "negotiating", "B")
    assert [each.verdict.value for each in office.push(office.on_device("wang"), create).decisions] == ["duplicate"]


def test_a_manager_reads_the_profile_and_the_audit_log_does_not(office: Office, door: Door) -> None:
    customer = office.customer(hobbies="钓鱼", wishes="无烟层", expected_close_on=date(2025, 3, 10))
    shown = door("jie", "GET", f"/{customer}").get_json()
    assert (shown["hobbies"], shown["wishes"], shown["urgency"], shown["grade"]) == ("钓鱼", "无烟层", "urgent", "A")
    assert door("wang", "PATCH", f"/{customer}", json={"hobbies": "下棋", "is_enabled": False}).status_code == 200
    assert door("na", "GET", f"/{customer}").status_code == 404
    history = " ".join(body for _, body in office.events("customers.customer-changed"))
    assert "is_enabled" in history
    assert "钓鱼" not in history
    assert "下棋" not in history


@pytest.fixture
def town(office: Office) -> Office:
    close_on = {"w1": date(2025, 3, 10), "w2": date(2025, 4, 3), "n1": date(2025, 6, 3), "n2": None}
    kinds = {"w1": "finance", "w2": "finance", "n1": "trade", "n2": None}
    amounts = {"w1": 99_999_999, "w2": 100_000_000, "n1": 2_000_000_000, "n2": None}
    for name in close_on:
        values: dict[str, Any] = {
            "industry": kinds[name],
            "expected_amount_minor": amounts[name],
            "expected_close_on": close_on[name],
        }
        office.customer(name, by="wang" if name[0] == "w" else "na", **values)
    office.customer("z1", by="zhao", is_enabled=False, stage="won", importance="key", category="agency")
    return office


def _names(office: Office, who: str, order: queries.Order, **filters: Any) -> str:
    with office.database.read(office.org) as connection:
        asked = Filters(**filters, today=TODAY)
        cards, _ = queries.page(connection, office.actor(who), asked, order=order, after=None, limit=50)
    return " ".join(sorted(card.name for card in cards))


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, "n1 n2 w1 w2 z1"),
        ({"status": "enabled"}, "n1 n2 w1 w2"),
        ({"status": "disabled"}, "z1"),
        ({"status": "disabled", "text": "w"}, ""),
        ({"status": "enabled", "text": "w"}, "w1 w2"),
        ({"industry": "finance", "amount_from_minor": 100_000_000}, "w2"),
        ({"amount_to_minor": 99_999_999}, "w1"),
        ({"urgency": "urgent"}, "w1"),
        ({"urgency": "soon"}, "w2"),
        ({"urgency": "later"}, "n1"),
        ({"urgency": "slow"}, ""),
        ({"deal": "won", "importance": "key", "category": "agency"}, "z1"),
        ({"grade": "A"}, "w1 w2"),
    ],
)
def test_a_list_is_narrowed_by_what_a_customer_is(
    town: Office, filters: dict[str, Any], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether those whom it finds count as few, and are sorted, or as many, and are come upon."""
    his = " ".join(name for name in found.split() if name[0] == "w")
    for few in (narrowing.FEW, 0):
        monkeypatch.setattr(narrowing, "FEW", few)
        for order in get_args(queries.Order):
            assert _names(town, "boss", order, **filters) == found
            assert _names(town, "wang", order, **filters) == his


def _pivot(office: Office, actor: Actor, by: str, **filters: Any) -> dict[str | None, tuple[int, int]]:
    with office.database.read(office.org) as connection, statements(office.database) as seen:
        counts = pivot(connection, actor, Filters(**filters, today=TODAY), by)
    assert len(seen) == 1
    return {each.key: (each.count, each.amount_minor) for each in counts}


def test_counts_by_what_they_have_in_common_within_reach(town: Office, door: Door) -> None:
    boss, jie = town.actor("boss"), town.actor("jie")
    assert _pivot(town, boss, "industry") == {
        "finance": (2, 199_999_999), None: (2, 0), "trade": (1, 2_000_000_000),
    }  # fmt: skip
    assert _pivot(town, jie, "industry") == {"finance": (2, 199_999_999), None: (1, 0)}
    assert _pivot(town, boss, "amount") == {
        None: (2, 0), "0": (1, 99_999_999), "100000000": (1, 100_000_000), "1000000000": (1, 2_000_000_000),
    }  # fmt: skip
    assert _pivot(town, boss, "deal") == {"potential": (4, 2_199_999_999), "won": (1, 0)}
    assert _pivot(town, boss, "owner", status="enabled").keys() == {town.users["wang"], town.users["na"]}
    for by in BY:
        assert sum(count for count, _ in _pivot(town, boss, by).values()) == 5, by
    body = door("jie", "GET", "/pivot?by=owner&status=enabled").get_json()
    assert body == {
        "items": [{"key": town.users["wang"], "name": "Wang", "count": 2, "amount_minor": 199_999_999}],
        "total": 2,
    }
    with town.database.read(town.org) as connection, pytest.raises(Refused, match=refused("core.function-missing")):
        pivot(connection, town.actor("nobody"), Filters(), "owner")
