"""Visits that are moved and reassigned before they start, on both databases."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from server.core.access import Reach
from server.core.problems import Refused
from server.fieldwork import functions, operations
from server.fieldwork.models import Visit
from tests.server.fieldwork.office import Office, shanghai

MONDAY, TUESDAY, WEDNESDAY = date(2025, 3, 3), date(2025, 3, 4), date(2025, 3, 5)


def _change(office: Office, who: str, visit_id: str, **values: Any) -> None:
    office.do(who, operations.change_visit, Visit, visit_id, **values)


def test_moved_to_another_day_it_leaves_its_plan_and_keeps_its_hour(office: Office) -> None:
    plan = office.plan(plan_on=MONDAY)
    visit = office.visit(plan_id=plan, planned_start_at=shanghai("09:00"), planned_end_at=shanghai("10:00"))
    _change(office, "jie", visit, planned_on=WEDNESDAY)
    row = office.visit_row(visit)
    assert (row.planned_on, row.day_on, row.plan_id) == (WEDNESDAY, WEDNESDAY, None)
    assert (row.planned_start_at, row.planned_end_at) == (shanghai("09:00", 5), shanghai("10:00", 5))
    assert (row.author_id, row.assignee_id) == (office.users["wang"],) * 2
    ((subject, body),) = office.events("fieldwork.visit-changed")
    assert subject == visit
    assert json.loads(body)["changes"]["planned_on"] == ["2025-03-03", "2025-03-05"]


# In Berlin clocks go from 02:00 to 03:00 on Sunday the 30th of March 2025.
@pytest.mark.parametrize(
    ("begins", "ends", "moved_to"),
    [
        ("2025-03-28T22:30:00Z", "2025-03-28T23:30:00Z", ("2025-03-29T22:30:00Z", "2025-03-29T23:30:00Z")),  # to 00:30
        (
            "2025-03-29T01:15:00Z",
            "2025-03-29T02:10:00Z",
            ("2025-03-30T01:15:00Z", "2025-03-30T02:10:00Z"),
        ),  # 02:15, 03:10
        ("2025-03-29T00:30:00Z", "2025-03-29T01:30:00Z", ("2025-03-30T00:30:00Z", "2025-03-30T01:30:00Z")),
    ],
)
def test_moved_to_where_clocks_skip_its_hour_it_lasts_as_long(
    office: Office, begins: str, ends: str, moved_to: tuple[str, str]
) -> None:
    office.people = {name: dataclasses.replace(each, zone="Europe/Berlin") for name, each in office.people.items()}
    start, end = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
    visit = office.visit(planned_start_at=start, planned_end_at=end)
    planned_on = office.visit_row(visit).planned_on
    _change(office, "wang", visit, planned_on=planned_on + timedelta(days=1))
    row = office.visit_row(visit)
    assert (row.planned_start_at, row.planned_end_at) == tuple(map(datetime.fromisoformat, moved_to))


@pytest.mark.parametrize("far", [date(1999, 12, 31), date(2100, 1, 2), date(1900, 1, 1), date(2100, 12, 31)])
@pytest.mark.parametrize("planned", ["planned_start_at", "planned_end_at"])
def test_a_day_so_far_that_its_hour_could_not_be_kept_is_refused(office: Office, far: date, planned: str) -> None:
    times: dict[str, Any] = {planned: shanghai("09:00")}
    visit = office.visit(planned_on=MONDAY, **times)
    with pytest.raises(Refused, match=r"^fieldwork.moved-too-far$") as refused:
        _change(office, "wang", visit, planned_on=far)
    assert refused.value.errors[0].pointer == "/planned_on"
    _change(office, "wang", visit, planned_on=far, **{planned: None})
    assert office.visit_row(visit).planned_on == far


def test_moved_with_times_and_plan_named_those_count(office: Office) -> None:
    visit = office.visit(planned_on=MONDAY, planned_start_at=shanghai("09:00"))
    plan = office.plan(plan_on=TUESDAY)
    _change(office, "wang", visit, planned_on=TUESDAY, planned_start_at=shanghai("16:00", 4), plan_id=plan)
    row = office.visit_row(visit)
    assert (row.planned_start_at, row.plan_id) == (shanghai("16:00", 4), plan)


def test_a_supervisor_reassigns_within_reach(office: Office) -> None:
    customer = office.customer(by="wang")
    plan = office.plan(plan_on=MONDAY)
    visit = office.visit(customer_id=customer, plan_id=plan)
    _change(office, "jie", visit, assignee_id=office.users["zhao"])
    row = office.visit_row(visit)
    assert (row.assignee_id, row.author_id, row.owner_id) == (
        office.users["zhao"],
        office.users["zhao"],
        office.users["wang"],
    )
    assert (row.plan_id, row.planned_on) == (None, MONDAY)
    ((_, body),) = office.events("fieldwork.visit-reassigned")
    assert json.loads(body) == {
        "former_id": office.users["wang"], "assignee_id": office.users["zhao"], "by_handover": False,
    }  # fmt: skip
    with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
        office.start("wang", visit, shanghai("10:00"))
    office.start("zhao", visit, shanghai("10:00"))


def test_who_may_not_move_what(office: Office) -> None:
    customer = office.customer(by="wang")
    visit = office.visit("jie", customer_id=customer, assignee_id=office.users["zhao"], planned_on=MONDAY)
    for who, code in (("wang", "fieldwork.not-yours"), ("hong", "core.not-found"), ("na", "core.not-found"),
                      ("spy", "core.not-found"), ("nobody", "core.function-missing")):  # fmt: skip
        for operation in (operations.change_visit, operations.cancel_visit, operations.reopen_visit):
            with pytest.raises(Refused, match=f"^{code}$"):
                office.do(who, operation, Visit, visit, place="别处")
    with pytest.raises(Refused, match=r"^core.function-missing$"):
        _change(office, "zhao", visit, assignee_id=office.users["wang"])
    with pytest.raises(Refused, match=r"^fieldwork.assignee-unknown$"):
        _change(office, "jie", visit, assignee_id=office.users["na"])
    assert office.visit_row(visit).version == 1


def test_to_write_within_a_team_is_not_to_direct_it(office: Office) -> None:
    visit = office.visit("wang", planned_on=MONDAY)
    team = Reach(office.users["zhao"], own=True, units=frozenset([office.units["east"]]))
    zhao = office.actor("zhao")
    clerk = dataclasses.replace(zhao, reaches={**zhao.reaches, functions.WRITE: team, functions.READ: team})
    with pytest.raises(Refused, match=r"^fieldwork.not-yours$"):
        office.do(clerk, operations.change_visit, Visit, visit, place="别处")
    office.do("wang", operations.change_visit, Visit, visit, place="别处")


def test_another_customer_takes_the_visit_along(office: Office) -> None:
    first, second = office.customer("王", by="wang"), office.customer("赵", by="zhao")
    visit = office.visit("jie", customer_id=first, assignee_id=office.users["wang"], planned_on=MONDAY)
    _change(office, "jie", visit, customer_id=second)
    row = office.visit_row(visit)
    assert (row.owner_id, row.customer_name, row.assignee_id) == (office.users["zhao"], "赵", office.users["wang"])
    _change(office, "jie", visit, customer_id=None, customer_name="路演", place="广场")
    row = office.visit_row(visit)
    assert (row.customer_id, row.owner_id, row.customer_name) == (None, office.users["wang"], "路演")
