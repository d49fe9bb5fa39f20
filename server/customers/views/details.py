"""A customer's phones, notes and timeline, and reading a protected value in full."""

from __future__ import annotations

from typing import Any

from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.http import limit
from server.core.limits import rate
from server.core.lists import page_answer
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND, Refused
from server.customers import operations, rules, trail
from server.customers.contacts.rules import CONTACT_ELSEWHERE
from server.customers.functions import READ, REVEAL, WRITE
from server.customers.mentions import MENTION_UNSEEN
from server.customers.models import Customer, CustomerPhone, Note, masked
from server.customers.schemas import NoteIn, NoteOut, PhoneOfIn, PhoneOut, PhonePatch, RevealIn, RevealOut
from server.customers.settling import settle_note, settle_phone
from server.customers.trail_schemas import EntryOut, EntryQuery
from server.customers.views.blueprint import CHANGED_MEANWHILE, CUSTOMERS, ChangedMeanwhile, clashing, cursors, repeated
from server.customers.views.cards import REUSED_ID
from sync_protocol.ids import new_id

REVEAL_PER_PERSON = rate("reveal-person", 60, 3600, per="user")
_CUSTOMER = "/<id:customer_id>"


@CUSTOMERS.route(f"{_CUSTOMER}/phones", methods=["POST"])
@requires(WRITE)
@CUSTOMERS.arguments(PhoneOfIn)
@CUSTOMERS.response(201, PhoneOut)
@repeated(PhoneOut, "The number was added before, by the same request.")
@CUSTOMERS.refuses(rules.PHONE_INVALID, CONTACT_ELSEWHERE, REUSED_ID)
def add_phone(values: dict[str, Any], customer_id: str) -> tuple[dict[str, Any], int]:
    """Add a number to a customer."""
    phone_id = values.pop("id", None) or new_id()
    with writing() as uow:
        uow.must(Customer, customer_id, WRITE)
        known = uow.get(CustomerPhone, phone_id)
        if known is None:
            phone = operations.add_phone(uow, phone_id, {"customer_id": customer_id, **values})
            uow.commit()
            return _shown(phone), 201
        if known.customer_id != customer_id or known.number != settle_phone(values)["number"]:
            raise Refused(REUSED_ID)
        return _shown(known), 200


@CUSTOMERS.route(f"{_CUSTOMER}/phones/<id:phone_id>", methods=["PATCH"])
@requires(WRITE)
@CUSTOMERS.arguments(PhonePatch)
@CUSTOMERS.response(200, PhoneOut)
@CUSTOMERS.refuses(rules.PHONE_INVALID, CONTACT_ELSEWHERE, CHANGED_MEANWHILE)
def change_phone(values: dict[str, Any], customer_id: str, phone_id: str) -> dict[str, Any]:
    """Change a number; the old one stays, out of use, and is still found."""
    base = values.pop("base", None)
    with writing() as uow:
        uow.must(Customer, customer_id, WRITE)
        phone = uow.get(CustomerPhone, phone_id)
        if phone is None or phone.customer_id != customer_id:
            raise Refused(NOT_FOUND)
        clashes = clashing(uow, phone, settle_phone(values), base)
        if not clashes:
            operations.change_phone(uow, phone, values)
            uow.commit()
    if clashes:
        raise ChangedMeanwhile(PhoneOut().dump(_shown(phone)), clashes)
    return _shown(phone)


@CUSTOMERS.route(f"{_CUSTOMER}/notes", methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(PageQuery, location="query")
@CUSTOMERS.response(200, page_of(NoteOut))
@CUSTOMERS.refuses(BAD_CURSOR)
def list_notes(query: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """Notes about a customer, what arrived last first."""
    return page_of_customer(trail.notes, "notes", query, customer_id, int, str)


@CUSTOMERS.route(f"{_CUSTOMER}/notes", methods=["POST"])
@requires(WRITE)
@CUSTOMERS.arguments(NoteIn)
@CUSTOMERS.response(201, NoteOut)
@repeated(NoteOut, "The note was written before, by the same request.")
@CUSTOMERS.refuses(rules.TEXT_REQUIRED, operations.REPLY_ELSEWHERE, MENTION_UNSEEN, REUSED_ID)
def add_note(values: dict[str, Any], customer_id: str) -> tuple[Note, int]:
    """Write a note about a customer, or a reply to one."""
    note_id = values.pop("id", None) or new_id()
    with writing() as uow:
        uow.must(Customer, customer_id, WRITE)
        known = uow.get(Note, note_id)
        if known is None:
            note = operations.add_note(uow, note_id, {"customer_id": customer_id, **values})
            uow.commit()
            return note, 201
        content = (known.customer_id, known.written_by, known.text)
        if content != (customer_id, uow.actor.user_id, settle_note(values)["text"]):
            raise Refused(REUSED_ID)
        return known, 200


@CUSTOMERS.route(f"{_CUSTOMER}/timeline", methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(EntryQuery, location="query")
@CUSTOMERS.response(200, page_of(EntryOut))
@CUSTOMERS.refuses(BAD_CURSOR)
def list_timeline(query: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """What happened with a customer, by sort, person and day; what arrived last first."""
    actor, size, cursor = current_actor(), query.pop("limit"), query.pop("cursor", None)
    filters = trail.EntryFilters(**query)
    return page_answer(
        "timeline",
        {**query, "customer_id": customer_id},
        cursor,
        (int, str),
        lambda connection, after: trail.timeline(connection, actor, customer_id, filters, after=after, limit=size),
    )


@CUSTOMERS.route(f"{_CUSTOMER}/reveal", methods=["POST"])
@requires(REVEAL)
@CUSTOMERS.arguments(RevealIn)
@CUSTOMERS.response(200, RevealOut)
@CUSTOMERS.refuses(rules.REASON_REQUIRED)
def reveal(values: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """Read a protected value in full. Who, what, when and why go into the audit log."""
    actor = current_actor()
    limit(REVEAL_PER_PERSON, actor.org_id, actor.user_id)
    with writing() as uow:
        customer = uow.must(Customer, customer_id, REVEAL)
        value = operations.reveal(uow, customer, values["field"], values["reason"], phone_id=values.get("phone_id"))
        uow.commit()
    return {"value": value}


def page_of_customer(read: Any, name: str, query: dict[str, Any], customer_id: str, *key_kinds: type) -> dict[str, Any]:
    """One page of what hangs on a customer. name: of the list. key_kinds: of its sort key's parts."""
    actor = current_actor()
    scope = [name, actor.org_id, customer_id]
    after = cursors().decode(scope, query.get("cursor"), *key_kinds)
    with reading() as connection:
        items, key = read(connection, actor, customer_id, after=after, limit=query["limit"])
    return {"items": items, "next": None if key is None else cursors().encode(scope, key)}


def _shown(phone: CustomerPhone) -> dict[str, Any]:
    return {
        "id": phone.id,
        "version": phone.version,
        "number": masked(CustomerPhone, "number", phone.number),
        "label": phone.label,
        "contact_id": phone.contact_id,
        "is_current": phone.is_current,
    }
