"""/api/v1/customers/…/attachments: list them, hang one on, take one away and bring it back."""

from __future__ import annotations

from typing import Any

from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND, Refused
from server.core.uow import UnitOfWork
from server.customers.attachments import operations, queries
from server.customers.attachments.models import Attachment
from server.customers.attachments.rules import FILE_NAME, OTHER_DOCUMENT
from server.customers.attachments.schemas import AttachmentIn, AttachmentOut
from server.customers.attachments.settling import settle_attachment
from server.customers.functions import READ, WRITE
from server.customers.models import Customer
from server.customers.rules import TEXT_REQUIRED
from server.customers.views.blueprint import CUSTOMERS, repeated
from server.customers.views.cards import REUSED_ID
from server.customers.views.details import page_of_customer
from sync_protocol.ids import new_id

_ATTACHMENTS = "/<id:customer_id>/attachments"
_ATTACHMENT = f"{_ATTACHMENTS}/<id:attachment_id>"


@CUSTOMERS.route(_ATTACHMENTS, methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(PageQuery, location="query")
@CUSTOMERS.response(200, page_of(AttachmentOut))
@CUSTOMERS.refuses(BAD_CURSOR)
def list_attachments(query: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """All versions of all documents that hang on a customer, what arrived last first."""
    return page_of_customer(queries.attachment_page, "attachments", query, customer_id, int, str)


@CUSTOMERS.route(_ATTACHMENTS, methods=["POST"])
@requires(WRITE)
@CUSTOMERS.arguments(AttachmentIn)
@CUSTOMERS.response(201, AttachmentOut)
@repeated(AttachmentOut, "The file was hung on him before, by the same request.")
@CUSTOMERS.refuses(TEXT_REQUIRED, FILE_NAME, OTHER_DOCUMENT, REUSED_ID)
def add_attachment(values: dict[str, Any], customer_id: str) -> tuple[queries.Hung, int]:
    """Hang a file on a customer, or a new version of one."""
    attachment_id, status = values.pop("id", None) or new_id(), 200
    with writing() as uow:
        uow.must(Customer, customer_id, WRITE)
        attachment = uow.get(Attachment, attachment_id)
        if attachment is None:
            attachment = operations.add_attachment(uow, attachment_id, {"customer_id": customer_id, **values})
            uow.commit()
            status = 201
        else:
            same = {"customer_id": customer_id, "added_by": uow.actor.user_id, **settle_attachment(values)}
            if any(getattr(attachment, name) != value for name, value in same.items()):
                raise Refused(REUSED_ID)
    return _shown(attachment), status


@CUSTOMERS.route(_ATTACHMENT, methods=["DELETE"])
@requires(WRITE)
@CUSTOMERS.response(204)
def remove_attachment(customer_id: str, attachment_id: str) -> None:
    """Take one version away. It can be brought back."""
    with writing() as uow:
        operations.remove_attachment(uow, _of_customer(uow, customer_id, attachment_id))
        uow.commit()


@CUSTOMERS.route(f"{_ATTACHMENT}/restore", methods=["POST"])
@requires(WRITE)
@CUSTOMERS.response(200, AttachmentOut)
def restore_attachment(customer_id: str, attachment_id: str) -> queries.Hung:
    """Bring back a version that was taken away."""
    with writing() as uow:
        attachment = operations.restore_attachment(uow, _of_customer(uow, customer_id, attachment_id))
        uow.commit()
    return _shown(attachment)


def _of_customer(uow: UnitOfWork, customer_id: str, attachment_id: str) -> Attachment:
    uow.must(Customer, customer_id, WRITE)
    found = uow.get(Attachment, attachment_id)
    if found is None or found.customer_id != customer_id:
        raise Refused(NOT_FOUND)
    return found


def _shown(attachment: Attachment) -> queries.Hung:
    with reading() as connection:
        return queries.shown(connection, current_actor(), [attachment])[0]
