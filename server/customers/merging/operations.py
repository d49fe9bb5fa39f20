"""Making one of two customers. Some statements, however much hangs on who goes; all of it in one unit of work.

Offline devices and the office call the same function. What becomes of rows of the areas above: server/customers/hanging.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from server.accounts.models import User
from server.core.collections import collection_of
from server.core.problems import STALE, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.absent import customer_there, went_into
from server.customers.functions import MERGE
from server.customers.hanging import links_to_customers, on_merge
from server.customers.lead_conflicts.following import conflicts_of_merged, shares_of_merged
from server.customers.lead_conflicts.models import CustomerShare, LeadConflict
from server.customers.leaving import reason_left
from server.customers.merging.events import CustomersMerged
from server.customers.merging.models import MergedCustomer
from server.customers.merging.rules import values_taken
from server.customers.models import Customer, CustomerPhone, FormerOwner, former_owner_id
from server.customers.operations import change_customer, changes_of
from server.customers.ownership import follow, move, remember_owner
from server.customers.search.index import write_keys
from server.customers.timeline import add_to_timeline, timeline_kind

SAME_CUSTOMER = problem_type(
    "customers.merge-with-himself",
    422,
    zh="请选择另一位客户。",
    en="A customer cannot be merged with himself.",
)
UNKNOWN_FIELD = problem_type(
    "customers.merge-unknown-field",
    422,
    zh="没有这个字段：{name}。",
    en="A card has no field “{name}”.",
)
MERGED_HERE = timeline_kind("merged", zh="与另一位客户合并：{name}", en="Merged with another customer: {name}")


def card_fields() -> tuple[str, ...]:
    """The fields of a card of which a merge can take either side: those that people write."""
    collection = collection_of(Customer)
    return () if collection is None else tuple(collection.writable)


def merge_customers(
    uow: UnitOfWork,
    kept_id: str,
    gone_id: str,
    *,
    take: Collection[str] = (),
    kept_version: int | None = None,
    gone_version: int | None = None,
) -> Customer:
    """Make one customer of two: all that hangs on the one who goes is the other's, and so is what his card lacks.

    take: fields of which the value of who goes is kept. kept_version, gone_version: as the caller saw the two. Merging again
    what was merged changes nothing. Records CustomersMerged. Raises Refused NOT_FOUND, MERGED (one of
    the two went into another), SAME_CUSTOMER, STALE, UNKNOWN_FIELD, CONFLICT_OF_ONESELF (the two are in an open lead conflict,
    and one of them is the actor's), and what change_customer does. Source: rules C17, R4.
    """
    uow.actor.must(MERGE)
    if kept_id == gone_id:
        raise Refused(SAME_CUSTOMER, field="/gone_id")
    uow.preload(Customer, (kept_id, gone_id))
    kept = customer_there(uow, kept_id, MERGE)
    if uow.get(Customer, gone_id) is None and went_into(uow, gone_id) == kept_id:
        return kept
    gone = customer_there(uow, gone_id, MERGE, field="/gone_id")
    for customer, seen in ((kept, kept_version), (gone, gone_version)):
        if seen is not None and seen != customer.version:
            raise Refused(STALE, version=customer.version)
    fields = card_fields()
    if unknown := sorted(set(take) - set(fields)):
        raise Refused(UNKNOWN_FIELD, field="/take", name=unknown[0])
    _give_to_who_is_there(uow, kept, gone.owner_id)
    sides = {name: getattr(gone, name) for name in fields}
    taken = values_taken({name: getattr(kept, name) for name in fields}, sides, take)
    told = CustomersMerged(
        kept.id, gone.id, kept.owner_id, gone.owner_id, changes_of(uow, kept, sides), sorted(taken)
    )  # fmt: skip
    if taken:
        change_customer(uow, kept, taken)
    _bring_over(uow, kept, gone)
    uow.add(
        MergedCustomer(
            id=gone.id, into_id=kept.id, name=gone.name, owner_id=told.gone_owner_id, merged_by=uow.actor.user_id
        )
    )
    uow.record(told)
    add_to_timeline(uow, kept, MERGED_HERE, subject_id=gone.id, params={"name": gone.name})
    uow.remove(gone)
    for each in (kept.id, gone.id):
        uow.in_turn(write_keys, each)
    return kept


def merge_from_device(uow: UnitOfWork, kept: Customer, values: Mapping[str, Any]) -> Customer:
    """As merge_customers. values: gone_id, take? (names, with commas between them), gone_version?."""
    take = [name for name in (values.get("take") or "").split(",") if name]
    return merge_customers(uow, kept.id, values["gone_id"], take=take, gone_version=values.get("gone_version"))


def _give_to_who_is_there(uow: UnitOfWork, kept: Customer, other_id: str) -> None:
    """A closed customer of somebody who has left goes to the owner of the other one: nobody would go on with the two."""
    uow.preload(User, {kept.owner_id, other_id})
    other = uow.must(User, other_id)
    if uow.must(User, kept.owner_id).state != "active" == other.state:
        move(uow, [kept], other, reason_left(uow))


def _bring_over(uow: UnitOfWork, kept: Customer, gone: Customer) -> None:
    """All that hangs on `gone` first goes to the owner of `kept`, as by a handover, and then to `kept` himself."""
    former = gone.owner_id
    if former != kept.owner_id:
        remember_owner(uow, kept, former, since=gone.owned_since)
    if (gone.owner_id, gone.unit_id, gone.project_id) != (kept.owner_id, kept.unit_id, kept.project_id):
        uow.change(gone, owner_id=kept.owner_id, unit_id=kept.unit_id, project_id=kept.project_id)
        follow(uow, [gone])
    for link, how in links_to_customers().items():
        if how is not None:
            how(uow, kept.id, gone.id)
            continue
        for row in uow.find(link.row, c(link.row)[link.column] == gone.id):
            uow.change(row, **{link.column: kept.id})


def _merge_phones(uow: UnitOfWork, kept_id: str, gone_id: str) -> None:
    """A number that both have stays once; in use when either had it in use."""
    columns = c(CustomerPhone)
    phones = uow.find(CustomerPhone, columns.customer_id.in_((kept_id, gone_id)))
    here = {phone.number: phone for phone in phones if phone.customer_id == kept_id}
    for phone in phones:
        if phone.customer_id != gone_id:
            continue
        known = here.get(phone.number)
        if known is None:
            uow.change(phone, customer_id=kept_id)
            here[phone.number] = phone
        else:
            is_current, label = known.is_current or phone.is_current, known.label or phone.label
            uow.change(known, is_current=is_current, label=label, contact_id=known.contact_id or phone.contact_id)
            uow.remove(phone)


def _merge_former_owners(uow: UnitOfWork, kept_id: str, gone_id: str) -> None:
    """Whoever owned one of the two may still bring what he gathered; ids follow from the customer's."""
    rows = uow.find(FormerOwner, c(FormerOwner).customer_id == gone_id)
    uow.preload(FormerOwner, [former_owner_id(kept_id, row.owner_id) for row in rows])
    for row in rows:
        known = uow.get(FormerOwner, former_owner_id(kept_id, row.owner_id))
        if known is None:
            row_id = former_owner_id(kept_id, row.owner_id)
            uow.add(replace(row, id=row_id, customer_id=kept_id))
        else:
            uow.change(known, since=min(known.since, row.since), until=max(known.until, row.until))
        uow.remove(row)


on_merge(CustomerPhone, how=_merge_phones)
on_merge(FormerOwner, how=_merge_former_owners)
on_merge(LeadConflict, "first_id", conflicts_of_merged)
on_merge(LeadConflict, "second_id", conflicts_of_merged)
on_merge(CustomerShare, how=shares_of_merged)
