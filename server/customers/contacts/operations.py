"""What can be done to a customer's contacts; as server/customers/operations.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.contacts.events import ContactAdded, ContactChanged
from server.customers.contacts.models import Contact
from server.customers.contacts.settling import settle_contact
from server.customers.hanging import on_merge
from server.customers.operations import changes_of, place_of
from server.customers.ownership import customer_for_edit
from server.customers.rules import check_past, name_key
from server.customers.search.index import write_keys
from server.customers.search.sound import reading_of
from server.customers.timeline import add_to_timeline, timeline_kind

CONTACT_ADDED = timeline_kind("contact-added", zh="新增联系人", en="Contact added")


def add_contact(uow: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> Contact:
    """Enter a contact of a customer. values: customer_id, name, and what of his other fields is known. Records ContactAdded.

    Raises Refused as settle_contact does, DAY_IN_FUTURE, and NOT_FOUND or CUSTOMER_HANDED_OVER. Source: rule C33.
    """
    customer = customer_for_edit(uow, values["customer_id"], field="/customer_id")
    contact = uow.add(Contact(id=row_id, **{**_checked(uow, values), "customer_id": customer.id}, **place_of(customer)))
    if contact.is_primary:
        _stand_back(uow, contact)
    uow.record(ContactAdded(customer.id, contact.id, uow.shown(Contact, "name", contact.name)))
    add_to_timeline(uow, customer, CONTACT_ADDED, subject_id=contact.id)
    uow.in_turn(write_keys, customer.id)
    return contact


def change_contact(uow: UnitOfWork, contact: Contact, values: Mapping[str, Any]) -> Contact:
    """Set fields of a contact. Records ContactChanged when one of them was different. The caller has checked reach.

    Raises Refused as settle_contact does, DAY_IN_FUTURE. Source: rule C33.
    """
    checked = _checked(uow, values)
    changes = changes_of(uow, contact, checked)
    if not changes:
        return contact
    uow.change(contact, **checked)
    if "is_primary" in changes and contact.is_primary:
        _stand_back(uow, contact)
    uow.record(ContactChanged(contact.customer_id, contact.id, changes))
    if "name" in changes:
        uow.in_turn(write_keys, contact.customer_id)
    return contact


def preload_contacts(uow: UnitOfWork, customer_ids: Iterable[str]) -> None:
    """Load all contacts of these customers with one statement: for a batch in which one becomes the primary one."""
    ids = sorted(set(customer_ids))
    if ids:
        uow.find(Contact, c(Contact).customer_id.in_(ids))
    for each in ids:
        uow.once(("contacts of", each), lambda: True)


def _stand_back(uow: UnitOfWork, primary: Contact) -> None:
    """Let the one who was the primary contact until now be one like the others."""
    customer_id = primary.customer_id
    others = c(Contact).customer_id == customer_id
    uow.once(("contacts of", customer_id), lambda: bool(uow.find(Contact, others)))
    for each in uow.among(Contact, lambda one: one.customer_id == customer_id and one.is_primary):
        if each is not primary:
            uow.change(each, is_primary=False)


def _merge_contacts(uow: UnitOfWork, kept_id: str, gone_id: str) -> None:
    """All are the other's; the primary one is his, if he has one."""
    found = uow.find(Contact, c(Contact).customer_id.in_((kept_id, gone_id)))
    has_primary = any(each.is_primary and each.customer_id == kept_id for each in found)
    for each in found:
        if each.customer_id == gone_id:
            uow.change(each, customer_id=kept_id, is_primary=each.is_primary and not has_primary)


on_merge(Contact, how=_merge_contacts)


def _checked(uow: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    checked = settle_contact(values)
    if "name" in checked:
        checked["name_key"] = name_key(checked["name"])
        checked["pinyin"] = reading_of(checked["name_key"])
    left: date | None = checked.get("left_on")
    if left is not None:
        is_device = uow.actor.enrolment_id is not None
        checked["left_on"] = min(left, uow.today()) if is_device else check_past(left, uow.today(), field="/left_on")
    return checked
