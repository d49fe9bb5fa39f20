"""SELECTs for who is there already. As server/customers/queries.py; none writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from server.accounts.models import OrgUnit, User
from server.core.access import Actor
from server.core.rows import c
from server.customers.functions import READ
from server.customers.models import Customer, CustomerPhone
from server.customers.queries import within
from server.customers.rules import name_key, tail_of
from server.customers.search.index import named_in_full
from server.customers.search.sound import reading_of

WHYS = ("id_number", "phone", "name")
"""What two customers have in common, what says most first."""
_MOST = 5


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A customer who is there already. Beyond the asker's reach only whose he is: customer_id, name and stage are None.

    subject_id: the customer's id, for the audit log; never shown.
    """

    why: str
    customer_id: str | None
    name: str | None
    stage: str | None
    owner_name: str
    unit_name: str
    subject_id: str


def find_duplicates(
    connection: Connection, actor: Actor, *, numbers: Sequence[str], id_number: str | None, name: str | None
) -> list[Duplicate]:
    """Who has one of these numbers, this identity number or this name, what says most first; five of each at most.

    By name, as written or as read, within reach only; by a whole number or identity number in the whole organisation.
    numbers: in E.164. Three statements at most. Source: rule C35.
    """
    asked: list[tuple[str, Select[Any]]] = []
    if id_number is not None:
        asked.append(("id_number", _owned(actor, c(Customer).id_number == id_number)))
    if numbers:
        p = c(CustomerPhone)
        holders = select(p.customer_id).where(
            p.org_id == actor.org_id, p.tail.in_({tail_of(each) for each in numbers}), p.number.in_(numbers)
        )
        asked.append(("phone", _owned(actor, c(Customer).id.in_(holders))))
    if name is not None and actor.may(READ):
        asked.append(("name", _owned(actor, _named(actor, name), *within(actor, READ))))
    reach, found = actor.reach(READ), dict[str, Duplicate]()
    for why, statement in asked:
        for row in connection.execute(statement):
            customer_id, shown, stage = (row.id, row.name, row.stage) if reach.holds(row) else (None, None, None)
            told = Duplicate(why, customer_id, shown, stage, row.owner_name, row.unit_name, row.id)
            found.setdefault(row.id, told)
    return list(found.values())


def _named(actor: Actor, name: str) -> ColumnElement[bool]:
    key = name_key(name)
    spelt = c(Customer).name_key == key
    reading = reading_of(key)
    if reading is None or len(key) < 2:  # one character sounds like too many
        return spelt
    alike = named_in_full(actor.org_id, reading)
    return and_(func.length(c(Customer).name_key) == len(key), c(Customer).id.in_(alike)) | spelt


def _owned(actor: Actor, *conditions: ColumnElement[bool]) -> Select[Any]:
    k, u, o = c(Customer), c(User), c(OrgUnit)
    source = Customer.__table__.join(User.__table__, and_(u.org_id == k.org_id, u.id == k.owner_id)).join(
        OrgUnit.__table__, and_(o.org_id == k.org_id, o.id == k.unit_id)
    )
    names = (k.id, k.name, k.stage, k.owner_id, k.unit_id, k.project_id)
    statement = select(*names, u.name.label("owner_name"), o.name.label("unit_name")).select_from(source)
    return statement.where(k.org_id == actor.org_id, *conditions).order_by(k.id).limit(_MOST)


def beyond(found: Sequence[Duplicate]) -> Iterator[Duplicate]:
    """Those of whom only is told whose they are."""
    return (each for each in found if each.customer_id is None)
