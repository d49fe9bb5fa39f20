"""Routes and stand-ins as data, for any topic: that of a report, which no area has yet, and that of claims."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from server.accounts.models import User
from server.approvals import operations as approvals
from server.approvals import subjects
from server.approvals.models import Approval, ApprovalCase, ApprovalRoute, Delegation
from server.approvals.operations import setting
from server.approvals.operations.setting import ask_all_anew
from server.approvals.rules import STEP_FORM
from server.approvals.subjects import TOPIC_UNKNOWN, Outcome, Subject
from server.approvals.transitions import STILL_WAITING
from server.core.problems import NOT_FOUND, ProblemType, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from sync_protocol.ids import new_id
from tests.support.world import World

TODAY = date(2025, 3, 3)


@pytest.fixture
def reports() -> Iterator[list[Outcome]]:
    """A topic of another area, as the composition root would register it; what became of its requests."""
    outcomes: list[Outcome] = []
    subjects.register(Subject("test_report", "reports", lambda _uow, _id, outcome: outcomes.append(outcome)))
    yield outcomes
    del subjects.SUBJECTS["test_report"]


def route(world: World, *steps: dict[str, Any], topic: str = "reports", **values: Any) -> str:
    route_id = new_id()
    with world.working() as uow:
        approvals.write_route(uow, route_id, {"topic": topic, "name": "r", "steps": list(steps), **values})
        uow.commit()
    return route_id


def request(world: World, who: str) -> approvals.Request:
    unit_id = world.actor(who).unit_id
    return approvals.Request(
        kind="test_report", subject_id=new_id(), requester_id=world.users[who], requester_name=who, unit_id=unit_id,
        title="week 10", amount_minor=0, currency="CNY", content={"text": "three visits"},
    )  # fmt: skip


def asked(world: World, who: str) -> tuple[str, set[str]]:
    """Somebody hands in a report: its id, and who is asked."""
    with world.working(who) as uow:
        case = approvals.ask(uow, request(world, who))
        people = set(approvals.waiting_people(uow, case.id))
        uow.commit()
    return case.id, {name for name, user_id in world.users.items() if user_id in people}


def part_of(uow: UnitOfWork, case_id: str, user_id: str) -> Approval:
    p = c(Approval)
    (found,) = uow.find(Approval, p.case_id == case_id, p.owner_id == user_id, p.state == "waiting")
    return found


def decide(world: World, who: str, case_id: str) -> None:
    with world.working(who) as uow:
        part = part_of(uow, case_id, world.users[who])
        approvals.approve(uow, part, {"revision": part.revision, "content_hash": part.content_hash})
        uow.commit()


def test_a_report_goes_up_down_and_to_peers(world: World, reports: list[Outcome]) -> None:
    """Row 73: one route for another topic than expenses, through all three directions, to its end."""
    route(world, {"by": "peer"}, {"by": "up"}, {"by": "role", "role": "finance"})
    case_id, people = asked(world, "anna")
    assert people == {"ben", "lee"}
    decide(world, "ben", case_id)
    decide(world, "sue", case_id)
    assert reports == []
    decide(world, "finn", case_id)
    assert [(each.answer, each.decided_by) for each in reports] == [("approved", world.users["finn"])]

    route(world, {"by": "down"}, unit_id=world.units["west"])
    assert asked(world, "wei")[1] == {"carl"}


def test_a_department_has_routes_of_its_own(world: World, reports: list[Outcome]) -> None:
    route(world, {"by": "up"})
    route(world, {"by": "person", "user_id": world.users["finn"]}, unit_id=world.units["service"])
    assert asked(world, "anna")[1] == {"sue"}
    assert asked(world, "dan")[1] == {"finn"}


def test_what_waits_is_not_asked_a_second_time(world: World, reports: list[Outcome]) -> None:
    route(world, {"by": "up"})
    once = request(world, "anna")
    with world.working("anna") as uow:
        approvals.ask(uow, once)
        with pytest.raises(Refused) as refused:
            approvals.ask(uow, once)
    assert refused.value.problem is STILL_WAITING


def test_a_stand_in_is_asked_on_his_days_and_no_longer_when_they_end(world: World, reports: list[Outcome]) -> None:
    route(world, {"by": "up"})
    case_id, _ = asked(world, "anna")
    today = world_today(world)
    with world.working("sue") as uow:
        made = approvals.begin_delegation(
            uow, new_id(), {"to_id": world.users["carl"], "starts_on": today, "ends_on": today, "topic": "reports"}
        )
        uow.commit()
    assert waits_for(world, case_id) == {"sue", "carl"}
    with world.working("carl") as uow, pytest.raises(Refused) as refused:
        approvals.end_delegation(uow, uow.must(Delegation, made.id))
    assert refused.value.problem is NOT_FOUND
    with world.working("sue") as uow:
        approvals.end_delegation(uow, uow.must(Delegation, made.id))
        uow.commit()
    assert waits_for(world, case_id) == {"sue"}


def test_a_stand_in_of_later_days_is_asked_from_then_on(world: World, reports: list[Outcome]) -> None:
    route(world, {"by": "up"})
    case_id, _ = asked(world, "anna")
    with world.working("sue") as uow:
        days = {"starts_on": date(2100, 1, 1), "ends_on": date(2100, 1, 9)}
        made = approvals.begin_delegation(uow, new_id(), {"to_id": world.users["carl"], **days})
        uow.commit()
    assert waits_for(world, case_id) == {"sue"}
    with world.working() as uow:  # the night before his first day
        uow.change(uow.must(Delegation, made.id), starts_on=uow.today())
        assert ask_all_anew(uow) == 1
        assert ask_all_anew(uow) == 0
        uow.commit()
    assert waits_for(world, case_id) == {"sue", "carl"}


def test_where_nobody_is_left_it_waits_and_is_not_approved(world: World, reports: list[Outcome]) -> None:
    route(world, {"by": "person", "user_id": world.users["wei"]})
    case_id, people = asked(world, "anna")
    assert people == {"wei"}
    with world.working() as uow:
        uow.change(uow.must(User, world.users["wei"]), state="disabled")
        uow.flush()
        assert ask_all_anew(uow) == 0
        uow.commit()
    assert waits_for(world, case_id) == {"wei"}
    with world.working() as uow:
        assert uow.must(ApprovalCase, case_id).state == "open"


def waits_for(world: World, case_id: str) -> set[str]:
    with world.working() as uow:
        people = set(approvals.waiting_people(uow, case_id))
    return {name for name, user_id in world.users.items() if user_id in people}


def world_today(world: World) -> date:
    with world.working() as uow:
        return uow.today()


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"topic": "holidays"}, TOPIC_UNKNOWN),
        ({"unit_id": new_id()}, setting.UNIT_UNKNOWN),
        ({"steps": [{"by": "role"}]}, STEP_FORM),
        ({"steps": [{"by": "person", "user_id": new_id()}]}, setting.PERSON_UNKNOWN),
    ],
)
def test_a_route_that_cannot_be_is_refused(world: World, values: dict[str, Any], problem: ProblemType) -> None:
    fine = {"topic": "expenses", "name": "r", "steps": [{"by": "up"}]}
    with world.working() as uow, pytest.raises(Refused) as refused:
        approvals.write_route(uow, new_id(), fine | values)
    assert refused.value.problem is problem


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"to_id": "sue"}, setting.STAND_IN_UNFIT),
        ({"to_id": "nobody"}, setting.STAND_IN_UNFIT),
        ({"ends_on": date(2025, 3, 2)}, setting.DAYS_REVERSED),
        ({"topic": "holidays"}, TOPIC_UNKNOWN),
    ],
)
def test_a_stand_in_that_cannot_be_is_refused(world: World, values: dict[str, Any], problem: ProblemType) -> None:
    named = {"to_id": world.users.get(values.get("to_id", "ben"), new_id())}
    given = {"starts_on": TODAY, "ends_on": TODAY, **values, **named}
    with world.working("sue") as uow, pytest.raises(Refused) as refused:
        approvals.begin_delegation(uow, new_id(), given)
    assert refused.value.problem is problem


def test_only_who_manages_routes_sets_them_and_lets_others_be_stood_in_for(world: World) -> None:
    given = {"to_id": world.users["ben"], "starts_on": TODAY, "ends_on": TODAY, "from_id": world.users["wei"]}
    for operation, values in (
        (approvals.begin_delegation, given),
        (approvals.write_route, {"topic": "expenses", "name": "r", "steps": [{"by": "up"}]}),
    ):
        with world.working("sue") as uow, pytest.raises(Refused) as refused:
            operation(uow, new_id(), values)
        assert refused.value.code == "core.function-missing"
        with world.working("admin") as uow:
            operation(uow, new_id(), values)
    with world.working("admin") as uow, pytest.raises(Refused) as refused:
        approvals.begin_delegation(uow, new_id(), {**given, "from_id": new_id()})
    assert refused.value.problem is NOT_FOUND


def test_a_route_is_changed_and_retired(world: World) -> None:
    route_id = route(world, {"by": "up"}, topic="expenses")
    with world.working("admin") as uow:
        approvals.write_route(uow, route_id, {"from_minor": 500, "state": "retired"})
        uow.commit()
    with world.working() as uow:
        row = uow.must(ApprovalRoute, route_id)
    assert (row.from_minor, row.state, row.version) == (500, "retired", 2)
