"""Deleting customers and restoring them, all or none. Office and devices call the same; a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.accounts.models import User
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import Row, c
from server.core.uow import UnitOfWork
from server.customers.absent import customer_there
from server.customers.deleting import rules, taking
from server.customers.deleting.events import CustomerDeleted, CustomerRestored
from server.customers.deleting.models import DeletedCustomer, DeletedMergedCustomer, DeletedRows
from server.customers.functions import DELETE
from server.customers.hanging import follow_taken, guarded, with_open_work
from server.customers.lead_conflicts.finding import Entered, look_for_conflicts
from server.customers.lead_conflicts.following import drop_conflicts
from server.customers.leaving import hand_on_restored
from server.customers.merging.models import MergedCustomer
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


def delete_customers(uow: UnitOfWork, customer_ids: Iterable[str], *, field: str | None = "/customers") -> int:
    """Take customers with all that hangs on them out of sight, all or none; for thirty days they can be restored.

    Deleting again what is deleted changes nothing. Returns how many went. Records CustomerDeleted. Raises Refused NOT_FOUND
    when one of them is out of reach, MERGED when he is another by now, PROTECTED naming those who are. Source: rule C18.
    """
    reach, ids = uow.actor.must(DELETE), sorted(set(customer_ids))
    known = _deleted_of(uow, ids)
    for each, deleted in known.items():
        if not reach.holds(deleted):
            raise Refused(NOT_FOUND, field=field).of(each)
    there = [customer_there(uow, each, DELETE, field=field) for each in ids if each not in known]
    if there:
        _check_free(uow, there)
        _take(uow, there)
    return len(there)


def delete_from_device(uow: UnitOfWork, asked: Mapping[str, Any]) -> None:
    """As delete_customers. asked: their ids."""
    delete_customers(uow, asked, field=None)


def restore_customers(uow: UnitOfWork, customer_ids: Iterable[str]) -> int:
    """Bring back deleted customers with all that hung on them, under their owners; all or none.

    Restoring again changes nothing. They come to the unit where their owner is now; what is a leaver's, to who leads him. Returns how many came back. Records
    CustomerRestored. Raises Refused NOT_FOUND when one of them is nobody, or out of reach. Source: rule C18.
    """
    reach, ids = uow.actor.must(DELETE), sorted(set(customer_ids))
    known = _deleted_of(uow, ids)
    for each in ids:
        row = known.get(each) or uow.get(Customer, each)
        if row is None or not reach.holds(row):
            raise Refused(NOT_FOUND).of(each)
    if known:
        _bring_back(uow, list(known.values()))
    return len(known)


def restore_from_device(uow: UnitOfWork, asked: Mapping[str, Any]) -> None:
    """As restore_customers. asked: their ids."""
    restore_customers(uow, asked)


def _deleted_of(uow: UnitOfWork, ids: list[str]) -> dict[str, DeletedCustomer]:
    """Those of these customers who are deleted; loads those who are there, too.

    Who was restored by another while this waited for his row is in neither table as it was seen, and is looked for again.
    """
    uow.preload(Customer, ids)
    missing = [each for each in ids if uow.get(Customer, each) is None]
    uow.preload(DeletedCustomer, missing)
    known = {each: deleted for each in missing if (deleted := uow.get(DeletedCustomer, each)) is not None}
    if nowhere := [each for each in missing if each not in known]:
        uow.find(Customer, c(Customer).id.in_(nowhere))
    return known


def _bring_back(uow: UnitOfWork, gone: list[DeletedCustomer]) -> None:
    if any(uow.is_removed(Customer, deleted.id) for deleted in gone):
        uow.flush()  # deleted in this very push: what went has to be gone before it can come back
    uow.preload(DeletedRows, [deleted.id for deleted in gone])
    people = {deleted.owner_id for deleted in gone}
    uow.preload(User, people)
    for each in uow.find(DeletedMergedCustomer, c(DeletedMergedCustomer).into_id.in_([each.id for each in gone])):
        uow.remove(each)
    rows: list[Row] = []
    for deleted in gone:
        his = taking.read(uow.must(DeletedRows, deleted.id).rows)
        home = uow.must(User, deleted.owner_id).unit_id
        for row in his:
            if getattr(row, "unit_id", None) == deleted.unit_id:
                row.unit_id = home  # type: ignore[attr-defined]
        rows += his
        people |= {row.assignee_id for row in his if hasattr(row, "assignee_id")}
        uow.record(CustomerRestored(deleted.id, deleted.owner_id, len(his)))
    taking.without_what_went(uow, rows)
    for row in taking.in_order(rows):
        uow.bring_back(row)
    follow_taken(uow, rows)
    for deleted in gone:
        uow.remove(uow.must(DeletedRows, deleted.id))
        uow.remove(deleted)
        add_to_timeline(uow, uow.must(Customer, deleted.id), RESTORED)
        uow.in_turn(look_for_conflicts, Entered(deleted.id))
        uow.in_turn(write_keys, deleted.id)
    hand_on_restored(uow, [uow.must(Customer, deleted.id) for deleted in gone], people)


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
        ).of(kept[0].id)


def _take(uow: UnitOfWork, customers: list[Customer]) -> None:
    drop_conflicts(uow, [customer.id for customer in customers])
    for customer_id, rows in taking.what_hangs_on(uow, customers).items():
        customer = uow.must(Customer, customer_id)
        # Deleted before, restored and deleted again: what devices are sent of it goes on from the version they may have seen.
        uow.bring_back(
            DeletedCustomer(
                id=customer_id,
                version=customer.version,
                created_at=uow.now,
                owner_id=customer.owner_id,
                unit_id=customer.unit_id,
                project_id=customer.project_id,
                name=customer.name,
                deleted_by=uow.actor.user_id,
            )
        )
        uow.add(DeletedRows(id=customer_id, rows=taking.written(rows)))
        uow.record(CustomerDeleted(customer_id, customer.owner_id, len(rows), with_open_work(rows)))
        uow.in_turn(write_keys, customer_id)
        for row in rows:
            if isinstance(row, MergedCustomer):
                uow.add(DeletedMergedCustomer(id=row.id, into_id=customer_id))
            uow.remove(row)
        follow_taken(uow, rows)
