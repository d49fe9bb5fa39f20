"""Reading approvals: what waits for somebody, routes and stand-ins. SELECTs only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from server.approvals.functions import MANAGE
from server.approvals.models import Approval, ApprovalRoute, Delegation
from server.approvals.transitions import Answer
from server.core.access import Actor
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c

Place = tuple[str]


def my_parts(
    connection: Connection, actor: Actor, *, state: str | None, after: Place | None, limit: int
) -> tuple[list[Approval], Place | None]:
    """What a person is or was asked, newest first."""
    p = c(Approval)
    statement = select(Approval.__table__).where(p.org_id == actor.org_id, p.owner_id == actor.user_id)
    if state is not None:
        statement = statement.where(p.state == state)
    if after is not None:
        statement = statement.where(p.id < after[0])
    rows = [Approval(**each._mapping) for each in connection.execute(statement.order_by(p.id.desc()).limit(limit + 1))]
    return rows[:limit], (rows[limit - 1].id,) if len(rows) > limit else None


def my_part(connection: Connection, actor: Actor, approval_id: str) -> Approval:
    """One of them. Raises Refused NOT_FOUND for somebody else's too."""
    p = c(Approval)
    found = connection.execute(
        select(Approval.__table__).where(p.org_id == actor.org_id, p.id == approval_id, p.owner_id == actor.user_id)
    ).one_or_none()
    if found is None:
        raise Refused(NOT_FOUND)
    return Approval(**found._mapping)


def was_asked(actor: Actor, subject_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """That the subject in the same row waits for the person or he decided about it: then he sees it, wherever it stands."""
    p = c(Approval)
    return (
        select(p.id)
        .where(
            p.org_id == actor.org_id,
            p.owner_id == actor.user_id,
            p.case_id == subject_id,
            p.state != Answer.LAPSED.value,
        )
        .correlate_except(Approval.__table__)
        .exists()
    )


def routes(connection: Connection, org_id: str) -> list[ApprovalRoute]:
    """All routes in use, by topic, unit and amount."""
    r = c(ApprovalRoute)
    found = connection.execute(
        select(ApprovalRoute.__table__)
        .where(r.org_id == org_id, r.state == "active")
        .order_by(r.topic, r.unit_id, r.from_minor, r.id)
    )
    return [ApprovalRoute(**each._mapping) for each in found]


def route(connection: Connection, org_id: str, route_id: str) -> ApprovalRoute:
    """One route, a retired one too. Raises Refused NOT_FOUND."""
    r = c(ApprovalRoute)
    found = connection.execute(
        select(ApprovalRoute.__table__).where(r.org_id == org_id, r.id == route_id)
    ).one_or_none()
    if found is None:
        raise Refused(NOT_FOUND)
    return ApprovalRoute(**found._mapping)


def delegations(connection: Connection, actor: Actor) -> list[Delegation]:
    """Stand-ins of and by a person; with MANAGE, everybody's. Newest first, at most 500."""
    d = c(Delegation)
    mine = or_(d.from_id == actor.user_id, d.to_id == actor.user_id)
    conditions = [] if actor.may(MANAGE) else [mine]
    found = connection.execute(
        select(Delegation.__table__).where(d.org_id == actor.org_id, *conditions).order_by(d.id.desc()).limit(500)
    )
    return [Delegation(**each._mapping) for each in found]
