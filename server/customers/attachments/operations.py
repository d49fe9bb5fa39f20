"""Hanging a file on a customer, a new version of it, taking one away and back. As server/customers/operations.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.core.problems import NOT_FOUND, Refused
from server.core.uow import UnitOfWork
from server.customers.attachments import parents
from server.customers.attachments.events import AttachmentAdded, AttachmentRemoved, AttachmentRestored
from server.customers.attachments.models import Attachment
from server.customers.attachments.rules import OTHER_DOCUMENT
from server.customers.attachments.settling import settle_attachment
from server.customers.functions import WRITE
from server.customers.operations import accept_fact_for, add_to_timeline, place_of
from server.customers.timeline import timeline_kind

ATTACHED = timeline_kind("attachment", zh="附件：{name}", en="Attachment: {name}")


def add_attachment(uow: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> Attachment:
    """Hang a file on a customer. values: customer_id, name, form, size, sha256, version_of?, about? with about_id?, added_at?.

    version_of: makes it the next version of that document, whoever else adds one at this moment. The file may have arrived
    or arrive later. A former owner's from his device is taken too. Records AttachmentAdded. Raises Refused NOT_FOUND
    (customer, about_id), OTHER_DOCUMENT, TEXT_REQUIRED, FILE_NAME. Source: rules C10, T1, T2.
    """
    customer = accept_fact_for(uow, values["customer_id"])
    settled = settle_attachment({**values, "customer_id": customer.id})
    about = settled.get("about"), settled.get("about_id")
    if about != (None, None) and not parents.is_of(uow, *about, customer.id):
        raise Refused(NOT_FOUND, field="/about_id")
    revision = _next_revision(uow, settled.get("version_of"), customer.id)
    settled["added_at"] = settled.get("added_at") or uow.now
    attachment = uow.add(
        Attachment(id=row_id, revision=revision, added_by=uow.actor.user_id, **settled, **place_of(customer))
    )
    late = not uow.actor.must(WRITE).holds(customer)
    told = AttachmentAdded(customer.id, attachment.id, attachment.version_of, revision, attachment.sha256, late)
    uow.record(told)
    params = {"name": attachment.name, "revision": revision}
    add_to_timeline(uow, customer, ATTACHED, at=attachment.added_at, subject_id=attachment.id, params=params)
    return attachment


def remove_attachment(uow: UnitOfWork, attachment: Attachment, _values: Mapping[str, Any] | None = None) -> Attachment:
    """Take one version away; the one before it is the present one then. A second time changes nothing.

    The caller has checked reach. Records AttachmentRemoved. Source: rule T3.
    """
    if attachment.removed_at is None:
        uow.change(attachment, removed_at=uow.now, removed_by=uow.actor.user_id)
        uow.record(AttachmentRemoved(attachment.customer_id, attachment.id))
    return attachment


def restore_attachment(uow: UnitOfWork, attachment: Attachment, _values: Mapping[str, Any] | None = None) -> Attachment:
    """Bring back a version that was taken away. A second time changes nothing. Records AttachmentRestored."""
    if attachment.removed_at is not None:
        uow.change(attachment, removed_at=None, removed_by=None)
        uow.record(AttachmentRestored(attachment.customer_id, attachment.id))
    return attachment


def _next_revision(uow: UnitOfWork, version_of: str | None, customer_id: str) -> int:
    """1 for a new document, else the next of it; its first version is locked, so that no two get one number."""
    if version_of is None:
        return 1
    first = uow.get(Attachment, version_of)
    if first is None or first.customer_id != customer_id or first.version_of is not None:
        raise Refused(OTHER_DOCUMENT, field="/version_of")
    uow.change(first, newest=first.newest + 1)
    return first.newest
