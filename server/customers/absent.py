"""What is answered for a customer who is not there any more: that he is one with another, or was deleted.

Only to those who reach the other one, or reached him; to everybody else he is nobody (rule A5).
"""

from __future__ import annotations

from collections.abc import Collection

from server.core.collections import Absent
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.uow import UnitOfWork
from server.customers.deleting.models import DeletedCustomer, DeletedMergedCustomer
from server.customers.deleting.rules import restorable_until
from server.customers.functions import READ
from server.customers.merging.models import MergedCustomer
from server.customers.models import Customer, FormerOwner, former_owner_id

MERGED = problem_type(
    "customers.merged",
    410,
    zh="该客户已与另一客户合并。",
    en="This customer is one with another by now.",
    doc="`into_id` is the customer who stands for both; only for who reaches that one, others are told that there is nobody. "
    "Notes, visits and follow-ups that a device brings for the one who went are taken for the other.",
    extra=["into_id"],
)
DELETED = problem_type(
    "customers.deleted",
    410,
    zh="该客户已被删除，{until} 前可以恢复。",
    en="This customer was deleted; he can be restored until {until}.",
    doc="Only for who reached him. `until` is a day. `into_id`, where it is: he had gone into that one, who was deleted.",
    extra=["into_id"],
)


def went_into(uow: UnitOfWork, customer_id: str) -> str | None:
    """The customer who stands for one who was merged."""
    found = uow.get(MergedCustomer, customer_id)
    return None if found is None else found.into_id


def customer_there(uow: UnitOfWork, customer_id: str, function: str, *, field: str | None = None) -> Customer:
    """The customer, within reach of the actor's `function`. Raises Refused MERGED, DELETED or NOT_FOUND."""
    reach, customer = uow.actor.must(function), uow.get(Customer, customer_id)
    if customer is not None and reach.covers(customer):
        return customer
    if customer is None and (why := absent_customers(uow, [customer_id]).get(customer_id)) is not None:
        raise why.refused(field).of(customer_id)
    raise Refused(NOT_FOUND, field=field).of(customer_id)


def absent_customers(uow: UnitOfWork, ids: Collection[str]) -> dict[str, Absent]:
    """Of customers that are not there, why, where the actor may know it. Some statements. For `Collection.absent`."""
    uow.preload(MergedCustomer, ids)
    into = {each: went for each in ids if (went := went_into(uow, each)) is not None}
    uow.preload(Customer, into.values())
    reach = uow.actor.reach(READ)
    strange = [each for each in into.values() if (row := uow.get(Customer, each)) is None or not reach.holds(row)]
    former = {each: former_owner_id(each, uow.actor.user_id) for each in strange}
    uow.preload(FormerOwner, former.values())
    on_device = uow.actor.enrolment_id is not None  # in the office a former owner is a stranger (rule C10)
    found = {
        each: Absent(MERGED, {"into_id": now}, now)
        for each, now in into.items()
        if now not in former or (on_device and uow.get(FormerOwner, former[now]) is not None)
    }
    rest = [each for each in ids if each not in into]
    uow.preload(DeletedMergedCustomer, rest)
    stands = {each: gone.into_id for each in rest if (gone := uow.get(DeletedMergedCustomer, each)) is not None}
    uow.preload(DeletedCustomer, [stands.get(each, each) for each in rest])
    for each in rest:
        deleted = uow.get(DeletedCustomer, stands.get(each, each))
        if deleted is not None and reach.holds(deleted):
            until = restorable_until(deleted.created_at, uow.actor.timezone).isoformat()
            found[each] = Absent(DELETED, {"until": until, **({"into_id": stands[each]} if each in stands else {})})
    return found
