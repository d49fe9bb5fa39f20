"""What devices see of contacts, and what they may do; as server/customers/sync.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.uow import UnitOfWork
from server.customers import rules
from server.customers.contacts import operations
from server.customers.contacts.models import MAIL_MOST, NOTE_MOST, TITLE_MOST, Contact
from server.customers.contacts.settling import settle_contact
from server.customers.functions import READ, WRITE
from server.customers.ownership import preload_for_batch, refuse_edit
from server.customers.search.sound import SOUND_MOST
from sync_protocol import wire
from sync_protocol.operations import Operation
from sync_protocol.wire import WireType

_VALUES: Mapping[str, WireType] = {
    "name": wire.TEXT(rules.NAME_MOST),
    "title": wire.TEXT(TITLE_MOST).or_null(),
    "mail": wire.TEXT(MAIL_MOST).or_null(),
    "note": wire.TEXT(NOTE_MOST, multiline=True).or_null(),
    "is_primary": wire.BOOLEAN,
    "left_on": wire.DAY.or_null(),
}


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    named: set[str] = set()
    becoming: set[str] = set()
    for each in batch:
        known = uow.get(Contact, each.row)
        customer_id = known.customer_id if known is not None else each.values.get("customer_id")
        if customer_id is not None:
            named.add(customer_id)
            if each.values.get("is_primary"):
                becoming.add(customer_id)
    preload_for_batch(uow, named)
    operations.preload_contacts(uow, becoming)


CONTACTS = Collection(
    name="customer_contacts",
    row=Contact,
    scope=OwnedScope(READ),
    policy="merge",
    columns=(
        Column("customer_id", wire.ID),
        *(Column(name, kind, writable=True) for name, kind in _VALUES.items()),
        Column("pinyin", wire.TEXT(SOUND_MOST).or_null()),
    ),
    actions={
        "create": Action(
            operations.add_contact,
            WRITE,
            values={"customer_id": wire.ID, **_VALUES},
            required=frozenset({"customer_id", "name"}),
        ),
        "update": Action(operations.change_contact, WRITE),
    },
    parents={"customer_id": "customers"},
    prepare=_prepare,
    settle=settle_contact,
    refuse=refuse_edit,
)
