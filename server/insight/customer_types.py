"""How many customers of each type there are: prospects, visitors, owners, and of all of them the members of the club.

One person is one customer from his first call to his second flat; membership is beside that. So whoever is an owner and a
member is counted once in the total and in both (domain row 1).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from server.core.access import Actor
from server.core.rows import c
from server.customers.functions import READ
from server.customers.models import Customer
from server.customers.queries import within
from server.customers.rules import STAGES
from server.membership.models import Member

STAGES_OF = {
    "prospects": ("prospect",),
    "visitors": ("visited", "negotiating"),
    "owners": ("won",),
    "closed": ("lost", "dead"),
}
"""Type → stages of customers. Rule C37."""


@dataclass(frozen=True, slots=True)
class CustomerTypes:
    """Numbers of customers. total = prospects + visitors + owners + closed; members and member_owners are among them."""

    total: int
    prospects: int
    visitors: int
    owners: int
    closed: int
    members: int
    member_owners: int


NAMES = tuple(each.name for each in dataclasses.fields(CustomerTypes))


def customer_types(connection: Connection, actor: Actor) -> CustomerTypes:
    """Of the customers within reach of customers.read. One statement. Raises Refused FORBIDDEN_FUNCTION."""
    k, m = c(Customer), c(Member)
    member = and_(m.org_id == k.org_id, m.customer_id == k.id, m.state == "active")
    joined = Customer.__table__.outerjoin(Member.__table__, member)
    is_member, is_owner = m.id.is_not(None), k.stage.in_(STAGES_OF["owners"])
    counted = {name: _how_many(k.stage.in_(stages)) for name, stages in STAGES_OF.items()}
    counted |= {"members": _how_many(is_member), "member_owners": _how_many(and_(is_member, is_owner))}
    statement = select(func.count().label("total"), *(each.label(name) for name, each in counted.items()))
    statement = statement.select_from(joined).where(*within(actor, READ))
    if actor.must(READ).everything:  # out of the index of stages, which SQLite takes when it is named
        statement = statement.where(k.stage.in_(STAGES))
    row = connection.execute(statement).one()
    return CustomerTypes(**{name: int(row._mapping[name]) for name in NAMES})


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
