"""/api/v1/customers/…/contacts: list a customer's contacts, enter one, change one."""

from __future__ import annotations

from typing import Any

from server.core.auth import writing
from server.core.declare import requires
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND, Refused
from server.customers import rules
from server.customers.contacts import operations
from server.customers.contacts.models import Contact
from server.customers.contacts.queries import contact_page
from server.customers.contacts.rules import MAIL_INVALID
from server.customers.contacts.schemas import ContactIn, ContactOut, ContactPatch
from server.customers.contacts.settling import settle_contact
from server.customers.functions import READ, WRITE
from server.customers.models import Customer
from server.customers.views.blueprint import CHANGED_MEANWHILE, CUSTOMERS, ChangedMeanwhile, clashing, repeated
from server.customers.views.cards import REUSED_ID
from server.customers.views.details import page_of_customer
from sync_protocol.ids import new_id

_PROBLEMS = (rules.NAME_REQUIRED, rules.DAY_IN_FUTURE, MAIL_INVALID)
_CONTACTS = "/<id:customer_id>/contacts"


@CUSTOMERS.route(_CONTACTS, methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(PageQuery, location="query")
@CUSTOMERS.response(200, page_of(ContactOut))
@CUSTOMERS.refuses(BAD_CURSOR)
def list_contacts(query: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """A customer's contacts, those too who have left."""
    return page_of_customer(contact_page, "contacts", query, customer_id, str)


@CUSTOMERS.route(_CONTACTS, methods=["POST"])
@requires(WRITE)
@CUSTOMERS.arguments(ContactIn)
@CUSTOMERS.response(201, ContactOut)
@repeated(ContactOut, "The contact was entered before, by the same request.")
@CUSTOMERS.refuses(*_PROBLEMS, REUSED_ID)
def add_contact(values: dict[str, Any], customer_id: str) -> tuple[Contact, int]:
    """Enter a contact. With an `id`, sending the same again changes nothing."""
    contact_id = values.pop("id", None) or new_id()
    with writing() as uow:
        uow.must(Customer, customer_id, WRITE)
        known = uow.get(Contact, contact_id)
        if known is None:
            contact = operations.add_contact(uow, contact_id, {"customer_id": customer_id, **values})
            uow.commit()
            return contact, 201
        said = {"customer_id": customer_id, **settle_contact(values)}
        if any(getattr(known, name) != value for name, value in said.items()):
            raise Refused(REUSED_ID)
        return known, 200


@CUSTOMERS.route(f"{_CONTACTS}/<id:contact_id>", methods=["PATCH"])
@requires(WRITE)
@CUSTOMERS.arguments(ContactPatch)
@CUSTOMERS.response(200, ContactOut)
@CUSTOMERS.refuses(*_PROBLEMS, CHANGED_MEANWHILE)
def change_contact(values: dict[str, Any], customer_id: str, contact_id: str) -> Contact:
    """Change fields of a contact. Making one the primary one takes that from whoever was it."""
    base = values.pop("base", None)
    with writing() as uow:
        uow.must(Customer, customer_id, WRITE)
        contact = uow.get(Contact, contact_id)
        if contact is None or contact.customer_id != customer_id:
            raise Refused(NOT_FOUND)
        clashes = clashing(uow, contact, settle_contact(values), base)
        if not clashes:
            operations.change_contact(uow, contact, values)
            uow.commit()
    if clashes:
        raise ChangedMeanwhile(ContactOut().dump(contact), clashes)
    return contact
