"""Who can be asked, as the tables stand now: read once a transaction, whatever the number of requests in it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from server.accounts.models import Role, User, UserRole, UserUnit
from server.accounts.queries.actors import extents_of, unit_tree
from server.accounts.scope import UnitTree
from server.approvals import rules
from server.approvals.functions import DECIDE, LEAD
from server.approvals.models import ApprovalCase, ApprovalRoute, Delegation
from server.approvals.rules import Member, Route, StandIn, step_of
from server.core.rows import c
from server.core.uow import UnitOfWork

DIRECTORY = "approvals.directory"
"""The name under which a transaction remembers it."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The organisation as routes need it. members: people who may decide at all, and their primary units by id."""

    tree: UnitTree
    members: dict[str, Member]
    units: dict[str, str]
    routes: tuple[Route, ...]
    stand_ins: tuple[StandIn, ...]

    def member(self, user_id: str, unit_id: str) -> Member:
        """Somebody as a requester; one who decides nothing has his unit alone."""
        return self.members.get(user_id) or Member(user_id, frozenset({unit_id}))


def directory(uow: UnitOfWork) -> Directory:
    """Routes, people and stand-ins as they are now. A constant number of statements, once a transaction."""
    return uow.once(DIRECTORY, lambda: _read(uow))


def route_for(uow: UnitOfWork, *, topic: str, currency: str, amount_minor: int, unit_id: str) -> Route:
    """The route of a request now. Raises Refused NO_ROUTE."""
    here = directory(uow)
    return rules.choose_route(
        here.routes, topic=topic, currency=currency, amount_minor=amount_minor, unit_id=unit_id, tree=here.tree
    )


def steps_of(uow: UnitOfWork, route: Route, requester_id: str, unit_id: str) -> list[list[str]]:
    """Whom each step of a route asks now. Raises Refused NO_APPROVER."""
    here = directory(uow)
    requester = here.member(requester_id, unit_id)
    return rules.steps_asked(route.steps, requester, list(here.members.values()), here.tree, unit_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """A case under its route as it is valid now. people: who can decide its present step → whom he stands in for."""

    route: Route
    steps: list[list[str]]
    people: dict[str, str | None]


def asked_now(uow: UnitOfWork, case: ApprovalCase) -> Asked:
    """Who is asked about a case at its present step. Raises Refused NO_ROUTE, NO_APPROVER."""
    here = directory(uow)
    route = route_for(
        uow, topic=case.topic, currency=case.currency, amount_minor=case.amount_minor, unit_id=case.unit_id
    )
    steps = steps_of(uow, route, case.requester_id, case.unit_id)
    people = steps[min(case.step, len(steps)) - 1]
    never = (case.requester_id, *case.decided_by)
    found = rules.with_stand_ins(people, here.stand_ins, topic=case.topic, today=uow.today(), never=never)
    return Asked(route, steps, {user_id: for_id for user_id, for_id in found.items() if user_id in here.members})


def _read(uow: UnitOfWork) -> Directory:
    org_id, connection = uow.org_id, uow.connection
    u, uu, ur, r = c(User), c(UserUnit), c(UserRole), c(Role)
    people = connection.execute(select(u.id, u.unit_id).where(u.org_id == org_id, u.state == "active")).all()
    units: dict[str, str] = {each.id: each.unit_id for each in people}
    homes: dict[str, set[str]] = {user_id: {unit_id} for user_id, unit_id in units.items()}
    for user_id, unit_id in connection.execute(select(uu.user_id, uu.unit_id).where(uu.org_id == org_id)):
        homes.get(user_id, set()).add(unit_id)
    roles: dict[str, set[str]] = {user_id: set() for user_id in units}
    for user_id, code in connection.execute(
        select(ur.user_id, r.code)
        .join(Role.__table__, (r.org_id == ur.org_id) & (r.id == ur.role_id))
        .where(ur.org_id == org_id, r.state == "active")
    ):
        roles.get(user_id, set()).add(code)
    members = {}
    for user_id, extents in extents_of(connection, org_id, units).items():
        if DECIDE in extents:
            lead = extents.get(LEAD)
            members[user_id] = Member(
                user_id,
                frozenset(homes[user_id]),
                frozenset() if lead is None else lead.units,
                lead is not None and lead.everything,
                frozenset(roles[user_id]),
            )
    return Directory(unit_tree(connection, org_id), members, units, _routes(uow), _stand_ins(uow))


def _routes(uow: UnitOfWork) -> tuple[Route, ...]:
    r = c(ApprovalRoute)
    rows = uow.connection.execute(
        select(r.id, r.topic, r.unit_id, r.currency, r.from_minor, r.steps, r.step_up_minor, r.day_limit_minor).where(
            r.org_id == uow.org_id, r.state == "active"
        )
    )
    return tuple(
        Route(
            row.id, row.topic, row.unit_id, row.currency, row.from_minor, tuple(step_of(each) for each in row.steps),
            row.step_up_minor, row.day_limit_minor,
        )
        for row in rows
    )  # fmt: skip


def _stand_ins(uow: UnitOfWork) -> tuple[StandIn, ...]:
    d = c(Delegation)
    rows = uow.connection.execute(
        select(d.from_id, d.to_id, d.topic, d.starts_on, d.ends_on)
        .where(d.org_id == uow.org_id, d.state == "active", d.ends_on >= uow.today())
        .order_by(d.id)
    )
    return tuple(StandIn(*row) for row in rows)
