"""Who is asked about a request. Pure: routes, people and the tree of units in, people out.

Source: docs/rules/approvals.md, P1 to P4; domain row 73.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from server.accounts.scope import UnitTree
from server.core.problems import Refused, problem_type

NO_ROUTE = problem_type(
    "approvals.no-route",
    422,
    zh="没有适用于此申请的审批流程，请联系管理员。",
    en="No approval route fits this request; ask your administrator to set one.",
    doc="`topic` and `currency` say for what. Routes are data: /api/v1/approval-routes.",
    extra=["topic", "currency"],
)
NO_APPROVER = problem_type(
    "approvals.no-approver",
    422,
    zh="审批流程第 {step} 步没有可以审批的人。",
    en="There is nobody who could decide step {step} of the route.",
    doc="Nobody is ever asked about his own request, and nothing approves itself.",
)
STEP_FORM = problem_type(
    "approvals.step-form",
    422,
    zh="审批步骤填写不完整。",
    en="A step of the route is not complete.",
    doc="`role` needs the code of a role, `person` the id of a person, `up` a level from 1; the others need nothing.",
)
STEPS_MOST, LEVELS_MOST = 8, 9


class By(StrEnum):
    """Whom a step asks; any one of them decides it.

    up: the superiors at the level-th unit upwards that has any. down: people of the requester's units and those below,
    who lead none of his. peer: his equals: of his own unit, or the leaders of the units beside it. role: holders of a
    role. person: one person.
    """

    UP = "up"
    DOWN = "down"
    PEER = "peer"
    ROLE = "role"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a route."""

    by: By
    level: int = 1
    role: str | None = None
    user_id: str | None = None

    def to_data(self) -> dict[str, Any]:
        """As a route keeps it."""
        return {"by": self.by.value, "level": self.level, "role": self.role, "user_id": self.user_id}


def step_of(data: Mapping[str, Any]) -> Step:
    """The step that a route keeps. Raises Refused STEP_FORM."""
    step = Step(By(data["by"]), data.get("level") or 1, data.get("role"), data.get("user_id"))
    if (step.by is By.ROLE and step.role is None) or (step.by is By.PERSON and step.user_id is None):
        raise Refused(STEP_FORM, field="/steps")
    return step


@dataclass(frozen=True, slots=True)
class Route:
    """A route as rules see it."""

    id: str
    topic: str
    unit_id: str | None
    currency: str
    from_minor: int
    steps: tuple[Step, ...]
    step_up_minor: int | None = None
    day_limit_minor: int | None = None

    def needs_password(self, amount_minor: int) -> bool:
        """Whether a decision about that much needs a password given just now."""
        return self.step_up_minor is not None and amount_minor > self.step_up_minor


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may be asked. homes: his primary and further units. leads: units he is a superior of."""

    id: str
    homes: frozenset[str]
    leads: frozenset[str] = frozenset()
    leads_all: bool = False
    roles: frozenset[str] = frozenset()

    def is_superior_in(self, unit_id: str) -> bool:
        """Whether he is one of the superiors who sit in that unit."""
        return unit_id in self.homes and (self.leads_all or unit_id in self.leads)


@dataclass(frozen=True, slots=True)
class StandIn:
    """A delegation as rules see it. Days are the organisation's, both included."""

    from_id: str
    to_id: str
    topic: str | None
    starts_on: date
    ends_on: date

    def holds(self, topic: str, today: date) -> bool:
        """Whether it counts for that topic today."""
        return self.topic in (None, topic) and self.starts_on <= today <= self.ends_on


def choose_route(
    routes: Iterable[Route], *, topic: str, currency: str, amount_minor: int, unit_id: str, tree: UnitTree
) -> Route:
    """The route for a request of somebody of that unit: that of the nearest unit upwards, then from the highest amount.

    A unit that has routes of its own for the topic has all of them: those of units above it are not mixed in.
    Raises Refused NO_ROUTE. Source: rule P1.
    """
    fitting = [each for each in routes if each.topic == topic and each.currency == currency]
    for place in (*(unit.id for unit in tree.upwards(unit_id)), None):
        here = [each for each in fitting if each.unit_id == place]
        if here:
            found = [each for each in here if each.from_minor <= amount_minor]
            if found:
                return max(found, key=lambda each: (each.from_minor, each.id))
    raise Refused(NO_ROUTE, topic=topic, currency=currency)


def approvers(step: Step, requester: Member, members: Sequence[Member], tree: UnitTree, unit_id: str) -> list[str]:
    """Whom a step asks, by id; never the requester. unit_id: his unit when he asked. Source: rule P2."""
    others = [each for each in members if each.id != requester.id]
    match step.by:
        case By.UP:
            found = _superiors(step.level, others, tree, unit_id)
        case By.DOWN:
            under = tree.below(requester.homes)
            found = [each.id for each in others if each.homes & under and not _leads(each, requester)]
        case By.PEER:
            found = [each.id for each in others if _are_peers(each, requester, tree)]
        case By.ROLE:
            found = [each.id for each in others if step.role in each.roles]
        case By.PERSON:
            found = [each.id for each in others if each.id == step.user_id]
        case _:
            assert_never(step.by)
    return sorted(found)


def steps_asked(
    steps: Sequence[Step], requester: Member, members: Sequence[Member], tree: UnitTree, unit_id: str
) -> list[list[str]]:
    """Whom each step of a route asks. A level upwards that is not there falls away; any other step has to have somebody.

    Raises Refused NO_APPROVER with the step's number. Source: rule P3.
    """
    found: list[list[str]] = []
    for number, step in enumerate(steps, 1):
        people = approvers(step, requester, members, tree, unit_id)
        if people:
            found.append(people)
        elif step.by is not By.UP:
            raise Refused(NO_APPROVER, step=number)
    if not found:
        raise Refused(NO_APPROVER, step=1)
    return found


def next_step(steps: Sequence[Sequence[str]], step: int, decided_by: Collection[str]) -> int | None:
    """The number of the next step that somebody has to decide who has not yet; None after the last. Source: rule P4."""
    following = enumerate(steps[step:], step + 1)
    return next((number for number, people in following if not set(people) <= set(decided_by)), None)


def with_stand_ins(
    people: Sequence[str], stand_ins: Iterable[StandIn], *, topic: str, today: date, never: Iterable[str]
) -> dict[str, str | None]:
    """Person → whom he stands in for, None when he is asked himself. Stand-ins have no stand-ins of their own.

    never: who is not asked in any guise: the requester, and whoever decided an earlier step. Source: rule P4.
    """
    left_out = frozenset(never)
    found: dict[str, str | None] = {each: None for each in people if each not in left_out}
    for each in stand_ins:
        if each.from_id in people and each.holds(topic, today) and each.to_id not in left_out:
            found.setdefault(each.to_id, each.from_id)
    return found


def _superiors(level: int, others: Sequence[Member], tree: UnitTree, unit_id: str) -> list[str]:
    reached = 0
    for unit in tree.upwards(unit_id):
        found = [each.id for each in others if each.is_superior_in(unit.id)]
        reached += bool(found)
        if reached == level:
            return found
    return []


def _leads(one: Member, other: Member) -> bool:
    return one.leads_all or bool(one.leads & other.homes)


def _are_peers(one: Member, other: Member, tree: UnitTree) -> bool:
    if _leads(one, other) != _leads(other, one):
        return False
    heads = _heads(one), _heads(other)
    if any(heads):
        return bool(_parents(heads[0], tree) & _parents(heads[1], tree))
    return bool(one.homes & other.homes)


def _heads(member: Member) -> frozenset[str]:
    """The units he sits in as a superior."""
    return frozenset(each for each in member.homes if member.is_superior_in(each))


def _parents(units: frozenset[str], tree: UnitTree) -> frozenset[str | None]:
    return frozenset(unit.parent_id for each in units if (unit := tree.unit(each)) is not None)
