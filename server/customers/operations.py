"""What can be done to a customer, his phones and notes. Office, devices and areas above call the same functions.

Values are Python values by field name. Nothing here commits, and nothing here reads row by row: inside a device's batch
targets, parents and former owners are loaded before (server/customers/sync.py). Ownership: ownership.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from server.accounts.models import Project
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import Row
from server.core.uow import UnitOfWork
from server.customers import rules
from server.customers.contacts.models import Contact
from server.customers.contacts.rules import CONTACT_ELSEWHERE
from server.customers.events import (
    Changes,
    CustomerChanged,
    CustomerCreated,
    NoteAdded,
    PeopleMentioned,
    PhoneAdded,
    PhoneChanged,
    SensitiveRead,
)
from server.customers.functions import READ, REVEAL, WRITE
from server.customers.lead_conflicts.finding import Entered, look_for_conflicts
from server.customers.mentions import mentioned, told_of
from server.customers.models import Customer, CustomerPhone, Note, masked
from server.customers.ownership import (
    accept_fact_for,
    customer_for_edit,
    hand_over_customers,
    hand_over_from_device,
    hand_over_portfolio,
    on_handover,
    preload_for_batch,
    refuse_edit,
    unit_of_owner,
    was_mine,
)
from server.customers.receptions.rules import place
from server.customers.search.index import write_keys
from server.customers.settling import settle_customer, settle_note, settle_phone
from server.customers.timeline import CREATED, NOTED, PHONE_CHANGED, STAGE_CHANGED, Deed, add_to_timeline

__all__ = [
    "accept_fact_for",
    "add_note",
    "add_phone",
    "add_to_timeline",
    "change_customer",
    "change_phone",
    "create_customer",
    "hand_over_customers",
    "hand_over_from_device",
    "hand_over_portfolio",
    "is_same_customer",
    "on_handover",
    "preload_for_batch",
    "refuse_edit",
    "reveal",
    "was_mine",
]

PROJECT_UNKNOWN = problem_type(
    "customers.project-unknown",
    422,
    zh="没有这个项目。",
    en="There is no such project.",
)
REPLY_ELSEWHERE = problem_type(
    "customers.reply-elsewhere",
    422,
    zh="只能回复同一客户的便签。",
    en="A reply has to be to a note about the same customer.",
)


def create_customer(uow: UnitOfWork, row_id: str, values: Mapping[str, Any], *, deed: Deed = Deed.CUSTOMER) -> Customer:
    """Enter a customer, owned by the actor unless `owner_id` names another. Records CustomerCreated.

    values: the columns that devices may write, and from the office owner_id and project_id. first_contact_on: today unless
    told. deed: other when he comes from a list, whose taking in is not counted as meeting customers.
    Raises Refused as settle_customer, rules.check_values and unit_of_owner do, and PROJECT_UNKNOWN. Source: rules C1 to C8.
    """
    actor = uow.actor
    checked = rules.check_values(
        settle_customer(values),
        before={"kind": "person"},
        today=uow.today(),
        from_device=actor.enrolment_id is not None,
    )
    owner_id = checked.pop("owner_id", None) or actor.user_id
    project_id = checked.get("project_id")
    if project_id is not None and uow.get(Project, project_id) is None:
        raise Refused(PROJECT_UNKNOWN, field="/project_id")
    checked.setdefault("first_contact_on", uow.today())
    unit_id = unit_of_owner(uow, owner_id)
    since: dict[str, Any] = {"owned_since": uow.now, "received_at": uow.made_at, **_met(uow)}
    customer = uow.add(Customer(id=row_id, owner_id=owner_id, unit_id=unit_id, **since, **checked))
    uow.record(CustomerCreated(customer.id, customer.kind, customer.stage, owner_id))
    add_to_timeline(uow, customer, CREATED, subject_id=customer.id, deed=deed)
    uow.in_turn(write_keys, customer.id)
    if customer.id_number is not None:
        uow.in_turn(look_for_conflicts, Entered(customer.id))
    return customer


def change_customer(uow: UnitOfWork, customer: Customer, values: Mapping[str, Any]) -> Customer:
    """Set fields of a customer's card. Records CustomerChanged when one of them was different.

    The caller has checked reach. Raises Refused as settle_customer and rules.check_values do. Source: rules C2 to C7.
    """
    checked = rules.check_values(
        settle_customer(values),
        before={name: getattr(customer, name) for name in rules.BEFORE},
        today=uow.today(),
        from_device=uow.actor.enrolment_id is not None,
    )
    changes = changes_of(uow, customer, checked)
    if not changes:
        return customer
    stages = {"before": customer.stage, "after": checked.get("stage", customer.stage)}
    uow.change(customer, **checked)
    uow.record(CustomerChanged(customer.id, changes))
    if "name" in changes:
        uow.in_turn(write_keys, customer.id)
    comes_back = stages["before"] == "dead" != stages["after"]
    if comes_back or ("id_number" in changes and customer.id_number is not None):
        uow.in_turn(look_for_conflicts, Entered(customer.id))
    if stages["before"] != stages["after"]:
        why = {"reason": customer.lost_reason} if customer.stage == "lost" else {}
        add_to_timeline(uow, customer, STAGE_CHANGED, params={**stages, **why})
    return customer


def is_same_customer(uow: UnitOfWork, customer: Customer, values: Mapping[str, Any]) -> bool:
    """Whether a customer is what `create_customer` would make of these values: a create that was sent again."""
    checked = rules.check_values(settle_customer(values), before={"kind": "person"}, today=uow.today())
    checked.setdefault("owner_id", uow.actor.user_id)
    return all(getattr(customer, name) == value for name, value in checked.items())


def add_phone(uow: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> CustomerPhone:
    """Add a number to a customer. values: customer_id, number, label?, is_current?, contact_id?. Records PhoneAdded.

    Raises Refused PHONE_INVALID, CONTACT_ELSEWHERE, and NOT_FOUND or CUSTOMER_HANDED_OVER for a customer out of reach.
    Source: rule C4.
    """
    customer = customer_for_edit(uow, values["customer_id"], field="/customer_id")
    settled = settle_phone(values)
    _check_contact(uow, customer.id, settled.get("contact_id"))
    number = settled["number"]
    phone = uow.add(
        CustomerPhone(
            id=row_id,
            customer_id=customer.id,
            contact_id=settled.get("contact_id"),
            number=number,
            tail=rules.tail_of(number),
            label=settled.get("label"),
            is_current=settled.get("is_current", True),
            **place_of(customer),
        )
    )
    uow.record(PhoneAdded(customer.id, phone.id, uow.shown(CustomerPhone, "number", number)))
    uow.in_turn(look_for_conflicts, Entered(customer.id, number))
    return phone


def change_phone(uow: UnitOfWork, phone: CustomerPhone, values: Mapping[str, Any]) -> CustomerPhone:
    """Change a number, its label, whether it is in use, or whose. values: number?, label?, is_current?, contact_id?.

    Records PhoneChanged.

    A number that is replaced stays as a row of its own, out of use, and is still found; the timeline shows both, masked.
    The caller has checked reach. Raises Refused PHONE_INVALID, CONTACT_ELSEWHERE. Source: rule C4, domain row 17.
    """
    checked = settle_phone(values)
    _check_contact(uow, phone.customer_id, checked.get("contact_id"))
    if "number" in checked:
        checked["tail"] = rules.tail_of(checked["number"])
    changes = changes_of(uow, phone, checked)
    if not changes:
        return phone
    if "number" in changes:
        old = {name: getattr(phone, name) for name in ("customer_id", "contact_id", "number", "tail", "label")}
        uow.add(CustomerPhone(**old, is_current=False, **place_of(phone)))
        params = {
            "before": masked(CustomerPhone, "number", phone.number),
            "after": masked(CustomerPhone, "number", checked["number"]),
        }
        customer = uow.must(Customer, phone.customer_id)
        add_to_timeline(uow, customer, PHONE_CHANGED, subject_id=phone.id, params=params)
        uow.in_turn(look_for_conflicts, Entered(customer.id, checked["number"]))
    uow.change(phone, **checked)
    uow.record(PhoneChanged(phone.customer_id, phone.id, changes))
    return phone


def add_note(uow: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> Note:
    """Write about a customer. values: customer_id, text, reply_to?, mentions?, written_at? (now unless told).

    A former owner's note from his device is taken too. Records NoteAdded, and PeopleMentioned when somebody is to be told.
    Raises Refused NOT_FOUND, TEXT_REQUIRED, REPLY_ELSEWHERE, MENTION_UNSEEN (office). Source: rules C10, C38, domain row 7.
    """
    customer = accept_fact_for(uow, values["customer_id"])
    settled = settle_note(values)
    reply_to = settled.get("reply_to")
    if reply_to is not None:
        above = uow.get(Note, reply_to)
        if above is None or above.customer_id != customer.id:
            raise Refused(REPLY_ELSEWHERE, field="/reply_to")
    note = uow.add(
        Note(
            id=row_id,
            customer_id=customer.id,
            written_by=uow.actor.user_id,
            written_at=settled.get("written_at") or uow.now,
            text=settled["text"],
            reply_to=reply_to,
            **mentioned(uow, READ, customer, settled.get("mentions")),
            **place_of(customer),
        )
    )
    late = not uow.actor.must(WRITE).holds(customer)
    uow.record(NoteAdded(customer.id, note.id, reply_to, late))
    add_to_timeline(uow, customer, NOTED, at=note.written_at, subject_id=note.id)
    if told := told_of(note):
        uow.record(PeopleMentioned(customer.id, note.id, told))
    return note


def reveal(uow: UnitOfWork, customer: Customer, field: str, reason: str, *, phone_id: str | None = None) -> str | None:
    """A protected value in full. field: id_number, address, or number with the phone's id. Records SensitiveRead.

    Raises Refused NOT_FOUND (the customer out of reach, or the phone of another one), REASON_REQUIRED. Source: rule C11.
    """
    why = rules.check_reason(reason)
    if not uow.actor.must(REVEAL).holds(customer):
        raise Refused(NOT_FOUND)
    row: Customer | CustomerPhone = customer
    if field == "number":
        phone = uow.get(CustomerPhone, phone_id) if phone_id is not None else None
        if phone is None or phone.customer_id != customer.id:
            raise Refused(NOT_FOUND, field="/phone_id")
        row = phone
    value: str | None = getattr(row, field)
    uow.record(SensitiveRead(customer.id, field, row.id, why))
    return value


def _check_contact(uow: UnitOfWork, customer_id: str, contact_id: str | None) -> None:
    contact = uow.get(Contact, contact_id) if contact_id is not None else None
    if contact_id is not None and (contact is None or contact.customer_id != customer_id):
        raise Refused(CONTACT_ELSEWHERE, field="/contact_id")


def changes_of(uow: UnitOfWork, row: Row, values: Mapping[str, Any]) -> Changes:
    """What setting `values` changes, as an event may keep it: protected values masked, of a birthday only the year."""
    kind = type(row)

    def shown(name: str, value: Any) -> Any:
        if isinstance(value, date):
            return f"{value.year}" if name == "born_on" else value.isoformat()
        return uow.shown(kind, name, value)

    return {
        name: [shown(name, getattr(row, name)), shown(name, value)]
        for name, value in values.items()
        if name not in ("name_key", "pinyin", "tail") and getattr(row, name) != value
    }


def _met(uow: UnitOfWork) -> dict[str, Any]:
    """When a customer who is entered now was met, if he is never received: by the server's clock (rule R2)."""
    made_at = uow.made_at or uow.now
    met = place(made_at, made_at=made_at, clock=uow.device_clock, now=uow.now)
    return {"received_fixed_at": met.at, "received_doubt_ms": met.doubt // timedelta(milliseconds=1)}


def place_of(row: Customer | CustomerPhone) -> dict[str, Any]:
    """What a row that hangs on a customer copies from him."""
    return {"owner_id": row.owner_id, "unit_id": row.unit_id, "project_id": row.project_id}
