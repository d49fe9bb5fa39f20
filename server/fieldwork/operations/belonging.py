"""Whose a row of field work is: the customer it hangs on, the person it is assigned to, and who may direct it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from server.accounts.models import User
from server.core.problems import Refused, problem_type
from server.core.rows import Row
from server.core.uow import UnitOfWork
from server.customers.functions import WRITE as CUSTOMERS_WRITE
from server.customers.models import Customer
from server.customers.ownership import was_mine
from server.fieldwork import functions

NOT_YOURS = problem_type(
    "fieldwork.not-yours",
    403,
    zh="这由另一位同事负责。",
    en="This is a colleague's to do.",
    doc="Only the assignee starts, finishes and completes; moving and cancelling also goes with the permission to assign.",
)
ASSIGNEE_UNKNOWN = problem_type(
    "fieldwork.assignee-unknown",
    422,
    zh="不能安排给此人。",
    en="This person cannot be assigned.",
    doc="Not there, no longer active, or out of your reach: from outside the three look the same.",
)


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who is to do something, and the unit he works in."""

    id: str
    unit_id: str


def preload_assignees(uow: UnitOfWork, ids: Iterable[str | None]) -> None:
    """Load at once the people whom a batch assigns something to."""
    uow.preload(User, {each for each in ids if each is not None and each != uow.actor.user_id})


def assignee_of(uow: UnitOfWork, user_id: str | None) -> Assignee:
    """The person named, or whoever acts when none is.

    For somebody else the actor needs the function `fieldwork.assign` with that person's unit in reach.
    Raises Refused FORBIDDEN_FUNCTION, ASSIGNEE_UNKNOWN at /assignee_id.
    """
    if user_id is None or user_id == uow.actor.user_id:
        return Assignee(uow.actor.user_id, uow.actor.unit_id)
    reach = uow.actor.must(functions.ASSIGN)
    user = uow.get(User, user_id)
    if user is None or user.state != "active" or not (reach.everything or user.unit_id in reach.units):
        raise Refused(ASSIGNEE_UNKNOWN, field="/assignee_id")
    return Assignee(user.id, user.unit_id)


def whose_turn(uow: UnitOfWork, customer: Customer | None, assignee: Assignee) -> str:
    """Who is to do what is being written: the assignee, but what a former owner wrote for himself is the present owner's.

    So it comes to the same whether his device or the handover reached the server first (rule F9).
    """
    if (
        customer is not None
        and assignee.id == uow.actor.user_id
        and not uow.actor.reach(CUSTOMERS_WRITE).holds(customer)
        and was_mine(uow, customer.id)
    ):
        return customer.owner_id
    return assignee.id


def belongs_to(customer: Customer | None, assignee: Assignee | None) -> dict[str, Any]:
    """Owner, unit and project of a row: the customer's at present, else the assignee's. One of the two is needed."""
    if customer is not None:
        return {"owner_id": customer.owner_id, "unit_id": customer.unit_id, "project_id": customer.project_id}
    if assignee is None:
        raise ValueError("neither customer nor assignee")
    return {"owner_id": assignee.id, "unit_id": assignee.unit_id, "project_id": None}


def must_be_one_of(uow: UnitOfWork, *user_ids: str) -> None:
    """Raise Refused NOT_YOURS unless the actor is one of these people."""
    if uow.actor.user_id not in user_ids:
        raise Refused(NOT_YOURS)


def must_direct(uow: UnitOfWork, row: Row, assignee_id: str) -> None:
    """Raise Refused NOT_YOURS unless the actor is the assignee, or may assign and has the row in reach."""
    if uow.actor.user_id != assignee_id and not uow.actor.reach(functions.ASSIGN).holds(row):
        raise Refused(NOT_YOURS)
