"""Day plans, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.core.problems import Refused
from server.fieldwork import operations
from server.fieldwork.models import DayPlan
from tests.server.fieldwork.office import Office

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


def _do(office: Office, operation: Any, plan_id: str, who: str = "wang", **values: Any) -> None:
    office.do(who, operation, DayPlan, plan_id, **values)


def test_a_plan_is_of_whoever_makes_it(office: Office) -> None:
    row = office.plan_row(office.plan(plan_on=TUESDAY, note=" 三家老客户 "))
    assert (row.owner_id, row.unit_id, row.plan_on) == (office.users["wang"], office.units["east"], TUESDAY)
    assert (row.state, row.note, row.sent_at) == ("draft", "三家老客户", None)


def test_two_plans_of_one_day_stand_side_by_side(office: Office) -> None:
    first, second = office.plan(plan_on=MONDAY), office.plan(plan_on=MONDAY)
    assert office.visit_row(office.visit(plan_id=first)).planned_on == MONDAY
    assert office.visit_row(office.visit(plan_id=second)).planned_on == MONDAY


def test_the_way_of_a_plan(office: Office) -> None:
    plan = office.plan(plan_on=MONDAY)
    line = office.visit(plan_id=plan)
    _do(office, operations.send_plan, plan)
    assert (office.plan_row(plan).state, office.plan_row(plan).sent_at) == ("sent", office.clock.at)
    _do(office, operations.send_plan, plan)
    assert (office.plan_row(plan).version, len(office.events("fieldwork.plan-sent"))) == (2, 1)
    _do(office, operations.change_plan, plan, note="下雨")
    _do(office, operations.finish_plan, plan)
    _do(office, operations.finish_plan, plan)
    assert (office.plan_row(plan).state, office.plan_row(plan).note) == ("done", "下雨")
    with pytest.raises(Refused, match=r"^fieldwork.plan-already-done$"):
        _do(office, operations.cancel_plan, plan)
    assert office.visit_row(line).state == "planned", "lines stand on their own"


def test_a_cancelled_plan_is_not_sent(office: Office) -> None:
    plan = office.plan(plan_on=MONDAY)
    _do(office, operations.cancel_plan, plan)
    _do(office, operations.cancel_plan, plan)
    for operation in (operations.send_plan, operations.finish_plan, operations.change_plan):
        with pytest.raises(Refused, match=r"^fieldwork.plan-already-cancelled$"):
            _do(office, operation, plan)
    assert len(office.events("fieldwork.plan-cancelled")) == 1


def test_its_day_is_fixed(office: Office) -> None:
    plan = office.plan(plan_on=MONDAY)
    _do(office, operations.change_plan, plan, plan_on=MONDAY, note="x")
    with pytest.raises(Refused, match=r"^fieldwork.plan-day-fixed$"):
        _do(office, operations.change_plan, plan, plan_on=TUESDAY)


@pytest.mark.parametrize(
    ("who", "code"),
    [("jie", "fieldwork.not-yours"), ("yang", "fieldwork.not-yours"), ("zhao", "core.not-found"), ("hong", "core.not-found"),
     ("spy", "core.not-found")],
)  # fmt: skip
def test_nobody_plans_for_somebody_else(office: Office, who: str, code: str) -> None:
    plan = office.plan(plan_on=MONDAY)
    for operation in (
        operations.change_plan,
        operations.send_plan,
        operations.finish_plan,
        operations.cancel_plan,
    ):
        with pytest.raises(Refused, match=f"^{code}$"):
            _do(office, operation, plan, who, note="x")
