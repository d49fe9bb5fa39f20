"""Deleting customers and restoring them, all or none. Office and devices call the same; a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.accounts.models import User
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.uow import UnitOfWork
from server.customers.absent import customer_there
from server.customers.deleting import rules, taking
from server.customers.deleting.events import CustomerDeleted, CustomerRestored
from server.customers.deleting.models import DeletedCustomer, DeletedRows
from server.customers.functions import DELETE
from server.customers.hanging import guarded
from server.customers.lead_conflicts.finding import Entered, look_for_conflicts
from server.customers.lead_conflicts.following import drop_conflicts
from server.customers.models import Customer
from server.customers.search.index import write_keys
from server.customers.timeline import add_to_timeline, timeline_kind

PROTECTED = problem_type(
    "customers.protected",
    409,
    zh="有 {count} 位客户受保护，不能删除。",
    en="{count} of the customers are protected and cannot be deleted.",
    doc="Nothing was deleted. `customers`, `names` and `reasons` stand in one order. `won`: he bought. `spent-for`: a claim names "
    "him or a visit to him. `member`: he is a member of the club.",
    extra=["customers", "names", "reasons"],
)
RESTORED = timeline_kind("restored", zh="恢复已删除客户", en="Restored after a deletion")


def delete_customers(uow: UnitOfWork, customer_ids: Iterable[str]) -> int:
    """Take customers with all that hangs on them out of sight, all or none; for thirty days they can be restored.

    Deleting again what is deleted changes nothing. Returns how many went. Records CustomerDeleted. Raises Refused NOT_FOUND
    when one of them is out of reach, MERGED when he is another by now, PROTECTED naming those who are. Source: rule C18.
    """
    reach, ids = uow.actor.must(DELETE), sorted(set(customer_ids))
    uow.preload(Customer, ids)
    missing = [each for each in ids if uow.get(Customer, each) is None]
    uow.preload(DeletedCustomer, missing)
    known = {each: deleted for each in missing if (deleted := uow.get(DeletedCustomer, each)) is not None}
    if not all(map(reach.holds, known.values())):
        raise Refused(NOT_FOUND, field="/customers")
    there = [customer_there(uow, each, DELETE, field="/customers") for each in ids if each not in known]
    if there:
        _check_free(uow, there)
        _take(uow, there)
    return len(there)


def delete_from_device(uow: UnitOfWork, customer: Customer, _values: Mapping[str, Any] | None = None) -> Customer:
    """As delete_customers, of one."""
    delete_customers(uow, [customer.id])
    return customer


def restore_customers(uow: UnitOfWork, customer_ids: Iterable[str]) -> int:
    """As restore_customer, of several, all or none. Returns how many came back; those who are there are not counted."""
    ids = sorted(set(customer_ids))
    for kind in (Customer, DeletedCustomer, DeletedRows):
        uow.preload(kind, ids)
    gone = [each for each in ids if uow.get(Customer, each) is None]
    for each in ids:
        restore_customer(uow, each)
    return len(gone)


def restore_customer(uow: UnitOfWork, customer_id: str) -> Customer:
    """Bring back a deleted customer with all that hung on him, under his owner. Restoring again changes nothing.

    He comes to the unit where his owner is now. Records CustomerRestored. Raises Refused NOT_FOUND. Source: rule C18.
    """
    reach = uow.actor.must(DELETE)
    deleted, kept = uow.get(DeletedCustomer, customer_id), uow.get(DeletedRows, customer_id)
    if deleted is None or kept is None:
        if (there := uow.get(Customer, customer_id)) is not None and reach.holds(there):
            return there
        raise Refused(NOT_FOUND)
    if not reach.holds(deleted):
        raise Refused(NOT_FOUND)
    rows = taking.read(kept.rows)
    home = uow.must(User, deleted.owner_id).unit_id
    for row in rows:
        if getattr(row, "unit_id", None) == deleted.unit_id:
            row.unit_id = home  # type: ignore[attr-defined]
    taking.without_what_went(uow, rows)
    for row in taking.in_order(rows):
        uow.bring_back(row)
    uow.remove(kept)
    uow.remove(deleted)
    customer = uow.must(Customer, customer_id)
    uow.record(CustomerRestored(customer.id, customer.owner_id, len(rows)))
    add_to_timeline(uow, customer, RESTORED)
    uow.in_turn(look_for_conflicts, Entered(customer.id))
    uow.in_turn(write_keys, customer.id)
    return customer


def _check_free(uow: UnitOfWork, customers: list[Customer]) -> None:
    why = guarded(uow, [customer.id for customer in customers])
    why |= {each.id: reason for each in customers if (reason := rules.why_kept(each.stage)) is not None}
    kept = [customer for customer in customers if customer.id in why]
    if kept:
        raise Refused(
            PROTECTED,
            count=len(kept),
            customers=[customer.id for customer in kept],
            names=[customer.name for customer in kept],
            reasons=[why[customer.id] for customer in kept],
        )


def _take(uow: UnitOfWork, customers: list[Customer]) -> None:
    drop_conflicts(uow, [customer.id for customer in customers])
    for customer_id, rows in taking.what_hangs_on(uow, customers).items():
        customer = uow.must(Customer, customer_id)
        uow.add(
            DeletedCustomer(
                id=customer_id,
                owner_id=customer.owner_id,
                unit_id=customer.unit_id,
                project_id=customer.project_id,
                name=customer.name,
                deleted_by=uow.actor.user_id,
            )
        )
        uow.add(DeletedRows(id=customer_id, rows=taking.written(rows)))
        uow.record(CustomerDeleted(customer_id, customer.owner_id, len(rows)))
        uow.in_turn(write_keys, customer_id)
        for row in rows:
            uow.remove(row)
