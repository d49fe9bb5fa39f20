"""Who is asked, by tables of people: no database, no clock."""

from __future__ import annotations

from datetime import date

import pytest

from server.accounts.scope import Unit, UnitKind, UnitTree
from server.approvals import rules
from server.approvals.rules import By, Member, Route, StandIn, Step
from server.core.problems import Refused

TREE = UnitTree(
    [
        Unit("root", None, UnitKind.ORGANISATION),
        Unit("sales", "root", UnitKind.DEPARTMENT),
        Unit("east", "sales", UnitKind.TEAM),
        Unit("west", "sales", UnitKind.TEAM),
        Unit("money", "root", UnitKind.DEPARTMENT),
    ]
)


def member(name: str, home: str, *leads: str, role: str = "salesperson", everything: bool = False) -> Member:
    return Member(name, frozenset({home}), frozenset(leads), everything, frozenset({role}))


WANG, ZHAO = member("wang", "east"), member("zhao", "east")
NA = member("na", "west")
JIE, HONG = member("jie", "east", "east", role="supervisor"), member("hong", "west", "west", role="supervisor")
YANG = member("yang", "sales", role="director", everything=True)
FANG = member("fang", "money", role="finance")
BOSS = member("boss", "root", role="administrator", everything=True)
ALL = [WANG, ZHAO, NA, JIE, HONG, YANG, FANG, BOSS]


def asked(step: Step, requester: Member) -> list[str]:
    return rules.approvers(step, requester, ALL, TREE, next(iter(requester.homes)))


@pytest.mark.parametrize(
    ("requester", "level", "found"),
    [
        (WANG, 1, ["jie"]),
        (WANG, 2, ["yang"]),
        (WANG, 3, ["boss"]),
        (WANG, 4, []),
        (JIE, 1, ["yang"]),
        (YANG, 1, ["boss"]),
        (BOSS, 1, []),
        (FANG, 1, ["boss"]),  # nobody leads the department; yang leads everything, but sits elsewhere
    ],
)
def test_upwards_are_the_superiors_who_sit_above(requester: Member, level: int, found: list[str]) -> None:
    assert asked(Step(By.UP, level), requester) == found


@pytest.mark.parametrize(
    ("requester", "found"),
    [(JIE, ["wang", "zhao"]), (YANG, ["hong", "jie", "na", "wang", "zhao"]), (WANG, ["zhao"]), (FANG, [])],
)
def test_downwards_are_people_of_ones_units_who_do_not_lead_one(requester: Member, found: list[str]) -> None:
    assert asked(Step(By.DOWN), requester) == found


@pytest.mark.parametrize(("requester", "found"), [(WANG, ["zhao"]), (JIE, ["hong"]), (NA, []), (FANG, []), (YANG, [])])
def test_peers_are_ones_own_unit_or_the_leaders_beside(requester: Member, found: list[str]) -> None:
    assert asked(Step(By.PEER), requester) == found


def test_a_role_and_a_person_never_find_the_requester() -> None:
    assert asked(Step(By.ROLE, role="supervisor"), WANG) == ["hong", "jie"]
    assert asked(Step(By.ROLE, role="supervisor"), JIE) == ["hong"]
    assert asked(Step(By.PERSON, user_id="fang"), WANG) == ["fang"]
    assert asked(Step(By.PERSON, user_id="fang"), FANG) == []
    assert asked(Step(By.PERSON, user_id="nobody"), WANG) == []


def test_a_level_that_is_not_there_falls_away_and_any_other_step_does_not() -> None:
    up = [Step(By.UP, level) for level in (1, 2, 3)]
    assert rules.steps_asked(up, WANG, ALL, TREE, "east") == [["jie"], ["yang"], ["boss"]]
    assert rules.steps_asked(up, YANG, ALL, TREE, "sales") == [["boss"]]
    with pytest.raises(Refused) as refused:
        rules.steps_asked([*up, Step(By.ROLE, role="reception")], WANG, ALL, TREE, "east")
    assert (refused.value.problem, refused.value.params) == (rules.NO_APPROVER, {"step": 4})
    with pytest.raises(Refused):
        rules.steps_asked(up, BOSS, ALL, TREE, "root")


def test_who_has_said_yes_is_not_asked_again() -> None:
    steps = [["jie"], ["jie", "yang"], ["jie"], ["fang"]]
    assert rules.next_step(steps, 1, {"jie"}) == 2
    assert rules.next_step(steps, 2, {"jie", "yang"}) == 4
    assert rules.next_step(steps, 4, {"jie", "yang", "fang"}) is None


# -- routes -----------------------------------------------------------------------------------------------------------


def route(name: str, from_minor: int = 0, unit_id: str | None = None, currency: str = "CNY", topic: str = "x") -> Route:
    return Route(name, topic, unit_id, currency, from_minor, (Step(By.UP),))


ROUTES = [
    route("all"),
    route("much", 100_000),
    route("sales", 0, "sales"),
    route("much in sales", 50_000, "sales"),
    route("west", 1_000, "west"),
    route("euro", currency="EUR"),
    route("other topic", topic="y"),
]


@pytest.mark.parametrize(
    ("unit", "amount", "found"),
    [
        ("money", 0, "all"),
        ("money", 99_999, "all"),
        ("money", 100_000, "much"),
        ("east", 100_000, "much in sales"),  # a unit with routes of its own has all of them
        ("east", 49_999, "sales"),
        ("west", 1_000, "west"),
        ("west", 200_000, "west"),
        ("west", 999, "sales"),  # its own does not reach down so far; the next one above does
    ],
)
def test_the_route_of_the_nearest_unit_from_the_highest_amount(unit: str, amount: int, found: str) -> None:
    chosen = rules.choose_route(ROUTES, topic="x", currency="CNY", amount_minor=amount, unit_id=unit, tree=TREE)
    assert chosen.id == found


@pytest.mark.parametrize(("topic", "currency"), [("z", "CNY"), ("x", "USD"), ("y", "EUR")])
def test_without_a_route_nothing_is_asked(topic: str, currency: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.choose_route(ROUTES, topic=topic, currency=currency, amount_minor=1, unit_id="east", tree=TREE)
    assert (refused.value.problem, refused.value.params) == (rules.NO_ROUTE, {"topic": topic, "currency": currency})


@pytest.mark.parametrize(("limit", "amount", "needed"), [(None, 10**9, False), (100, 100, False), (100, 101, True)])
def test_a_password_is_needed_above_the_limit(limit: int | None, amount: int, needed: bool) -> None:
    assert Route("r", "x", None, "CNY", 0, (), step_up_minor=limit).needs_password(amount) is needed


@pytest.mark.parametrize("data", [{"by": "role"}, {"by": "person"}])
def test_a_step_says_whom_it_asks(data: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        rules.step_of(data)
    assert refused.value.problem is rules.STEP_FORM


# -- stand-ins --------------------------------------------------------------------------------------------------------

FIRST, LAST = date(2025, 3, 3), date(2025, 3, 7)


@pytest.mark.parametrize(
    ("today", "topic", "stands"),
    [
        (date(2025, 3, 2), "x", False),
        (FIRST, "x", True),
        (LAST, "x", True),
        (date(2025, 3, 8), "x", False),
        (FIRST, "y", False),
    ],
)
def test_a_stand_in_counts_on_his_days_for_his_topic(today: date, topic: str, stands: bool) -> None:
    stand_in = StandIn("jie", "zhao", "x", FIRST, LAST)
    found = rules.with_stand_ins(["jie"], [stand_in], topic=topic, today=today, never=["wang"])
    assert found == {"jie": None} | ({"zhao": "jie"} if stands else {})


def test_nobody_stands_in_about_his_own_request_nor_for_a_stand_in() -> None:
    stand_ins = [StandIn("jie", "wang", None, FIRST, LAST), StandIn("zhao", "na", None, FIRST, LAST)]
    stand_ins.append(StandIn("jie", "zhao", None, FIRST, LAST))
    found = rules.with_stand_ins(["jie"], stand_ins, topic="x", today=FIRST, never=["wang"])
    assert found == {"jie": None, "zhao": "jie"}
    assert rules.with_stand_ins(["jie"], stand_ins, topic="x", today=FIRST, never=["wang", "jie"]) == {"zhao": "jie"}
