"""What devices see of customers, and what they may do. Declarations only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.accounts.people import PEOPLE_LENGTH
from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.uow import UnitOfWork
from server.customers import operations, rules
from server.customers.absent import absent_customers
from server.customers.attachments import sync as attachments
from server.customers.contacts.sync import CONTACTS
from server.customers.deleting.operations import delete_from_device, restore_from_device
from server.customers.deleting.sync import DELETED_CUSTOMERS
from server.customers.functions import DELETE, HAND_OVER, MERGE, READ, WRITE
from server.customers.lead_conflicts import sync as lead_conflicts
from server.customers.mentions import preload_mentioned
from server.customers.merging.operations import merge_from_device
from server.customers.models import Customer, CustomerPhone, Note, TimelineEntry
from server.customers.opportunities.sync import COLLECTIONS as OPPORTUNITY_COLLECTIONS
from server.customers.profile import rules as profile
from server.customers.receptions import sync as receptions
from server.customers.search.sound import SOUND_MOST
from server.customers.settling import settle_customer, settle_note, settle_phone
from server.customers.timeline import Deed
from sync_protocol import wire
from sync_protocol.operations import Operation
from sync_protocol.wire import WireType

_SCOPE = OwnedScope(READ)
_PHONE_VALUES: Mapping[str, WireType] = {
    "contact_id": wire.ID.or_null(),
    "number": wire.TEXT(rules.PHONE_MOST),
    "label": wire.TEXT(rules.LABEL_MOST).or_null(),
    "is_current": wire.BOOLEAN,
}


def _prepare_customers(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    uow.preload(Customer, [each.values["gone_id"] for each in batch if each.action == "merge"])
    operations.preload_for_batch(uow, (each.row for each in batch))


def _prepare_phones(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    known = (uow.get(CustomerPhone, each.row) for each in batch)
    ids = {phone.customer_id for phone in known if phone is not None}
    operations.preload_for_batch(uow, ids | _named_customers(batch))


def _prepare_notes(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    operations.preload_for_batch(uow, _named_customers(batch))
    preload_mentioned(uow, READ, (each.values.get("mentions") for each in batch))


def _named_customers(batch: Sequence[Operation]) -> set[str]:
    return {each.values["customer_id"] for each in batch if each.values.get("customer_id") is not None}


CUSTOMERS = Collection(
    name="customers",
    row=Customer,
    scope=_SCOPE,
    policy="merge",
    columns=(
        Column("kind", wire.CODE(rules.KINDS), writable=True),
        Column("name", wire.TEXT(rules.NAME_MOST), writable=True, required=True),
        Column("stage", wire.CODE(rules.STAGES), writable=True),
        Column("lost_reason", wire.CODE(rules.LOSS_REASONS).or_null(), writable=True),
        Column("deal", wire.CODE(profile.DEALS), writable=True),
        Column("grade", wire.CODE(rules.GRADES).or_null(), writable=True),
        Column("need_level", wire.CODE(profile.NEEDS).or_null(), writable=True),
        Column("expected_close_on", wire.DAY.or_null(), writable=True),
        Column("importance", wire.CODE(profile.IMPORTANCES).or_null(), writable=True),
        Column("source", wire.CODE(rules.SOURCES).or_null(), writable=True),
        Column("id_number", wire.TEXT(rules.ID_NUMBER_MOST).or_null(), writable=True),
        Column("address", wire.TEXT(rules.ADDRESS_MOST).or_null(), writable=True),
        Column("born_on", wire.DAY.or_null(), writable=True),
        Column("needs", wire.TEXT(rules.NEEDS_MOST, multiline=True).or_null(), writable=True),
        Column("remark", wire.TEXT(rules.REMARK_MOST, multiline=True).or_null(), writable=True),
        Column("hobbies", wire.TEXT(profile.HOBBIES_MOST, multiline=True).or_null(), writable=True),
        Column("wishes", wire.TEXT(profile.WISHES_MOST, multiline=True).or_null(), writable=True),
        Column("industry", wire.CODE(profile.INDUSTRIES).or_null(), writable=True),
        Column("category", wire.CODE(profile.CATEGORIES).or_null(), writable=True),
        Column("expected_amount_minor", wire.INTEGER(0, profile.AMOUNT_MOST).or_null(), writable=True),
        Column("first_contact_on", wire.DAY.or_null(), writable=True),
        Column("is_enabled", wire.BOOLEAN, writable=True),
        Column("pinyin", wire.TEXT(SOUND_MOST).or_null()),
        Column("owner_id", wire.ID),
    ),
    actions={
        "create": Action(operations.create_customer, WRITE),
        "update": Action(operations.change_customer, WRITE),
        "merge": Action(
            merge_from_device,
            MERGE,
            values={"gone_id": wire.ID, "take": wire.TEXT(1000).or_null(), "gone_version": wire.INTEGER(1).or_null()},
            required=frozenset({"gone_id"}),
        ),
        "delete": Action(delete_from_device, DELETE, together=True),
        "restore": Action(restore_from_device, DELETE, together=True),
        "hand_over": Action(
            operations.hand_over_from_device,
            HAND_OVER,
            values={"to_id": wire.ID, "reason": wire.TEXT(rules.REASON_MOST), "from_id": wire.ID.or_null()},
            required=frozenset({"to_id", "reason"}),
            together=True,
        ),
    },
    prepare=_prepare_customers,
    settle=settle_customer,
    refuse=operations.refuse_edit,
    absent=absent_customers,
)

CUSTOMER_PHONES = Collection(
    name="customer_phones",
    row=CustomerPhone,
    scope=_SCOPE,
    policy="merge",
    columns=(
        Column("customer_id", wire.ID),
        *(Column(name, kind, writable=True) for name, kind in _PHONE_VALUES.items()),
    ),
    actions={
        "create": Action(
            operations.add_phone,
            WRITE,
            values={"customer_id": wire.ID, **_PHONE_VALUES},
            required=frozenset({"customer_id", "number"}),
        ),
        "update": Action(operations.change_phone, WRITE),
    },
    parents={"customer_id": "customers", "contact_id": "customer_contacts"},
    prepare=_prepare_phones,
    settle=settle_phone,
    refuse=operations.refuse_edit,
)

NOTES = Collection(
    name="notes",
    row=Note,
    scope=_SCOPE,
    policy="append",
    columns=(
        Column("customer_id", wire.ID, writable=True, required=True),
        Column("text", wire.TEXT(rules.NOTE_MOST, multiline=True), writable=True, required=True),
        Column("reply_to", wire.ID.or_null(), writable=True),
        Column("mentions", wire.TEXT(PEOPLE_LENGTH).or_null(), writable=True),
        Column("written_at", wire.INSTANT, writable=True),
        Column("written_by", wire.ID),
        Column("untold", wire.TEXT(PEOPLE_LENGTH).or_null()),
        Column("created_at", wire.INSTANT),
    ),
    actions={"create": Action(operations.add_note, WRITE)},
    parents={"customer_id": "customers", "reply_to": "notes"},
    prepare=_prepare_notes,
    settle=settle_note,
)

TIMELINE = Collection(
    name="timeline",
    row=TimelineEntry,
    scope=_SCOPE,
    policy="server",
    columns=(
        Column("customer_id", wire.ID),
        Column("at", wire.INSTANT),
        Column("day_on", wire.DAY),
        Column("done_by", wire.ID),
        Column("kind", wire.TEXT(40)),
        Column("deed", wire.CODE([each.value for each in Deed])),
        Column("subject_id", wire.ID.or_null()),
        Column("params", wire.JSON),
    ),
    parents={"customer_id": "customers"},
)

_OF_TOPICS = (
    *receptions.COLLECTIONS,
    *lead_conflicts.COLLECTIONS,
    *OPPORTUNITY_COLLECTIONS,
    *attachments.COLLECTIONS,
)
COLLECTIONS = (CUSTOMERS, CONTACTS, CUSTOMER_PHONES, NOTES, TIMELINE, DELETED_CUSTOMERS, *_OF_TOPICS)
