"""What devices see of attachments, and what they may do. Declarations only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.uow import UnitOfWork
from server.customers.attachments import operations, parents, rules
from server.customers.attachments.models import Attachment
from server.customers.attachments.settling import settle_attachment
from server.customers.functions import READ, WRITE
from server.customers.ownership import preload_for_batch
from sync_protocol import wire
from sync_protocol.operations import Operation
from sync_protocol.wire import WireType

_GIVEN: Mapping[str, WireType] = {
    "customer_id": wire.ID,
    "version_of": wire.ID.or_null(),
    "about": wire.CODE(rules.ABOUT).or_null(),
    "about_id": wire.ID.or_null(),
    "name": wire.TEXT(rules.NAME_MOST),
    "form": wire.CODE(rules.FORMS),
    "size": wire.INTEGER(1, rules.SIZE_MOST),
    "sha256": wire.TEXT(64),
    "added_at": wire.INSTANT,
}


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once the customers' former owners, and what is to be hung on."""
    preload_for_batch(uow, {each for one in batch if (each := one.values.get("customer_id")) is not None})
    parents.preload(uow, ((each.values.get("about"), each.values.get("about_id")) for each in batch))


ATTACHMENTS = Collection(
    name="attachments",
    row=Attachment,
    scope=OwnedScope(READ),
    policy="machine",
    columns=(
        *(Column(name, kind) for name, kind in _GIVEN.items()),
        Column("revision", wire.INTEGER(1)),
        Column("added_by", wire.ID),
        Column("created_at", wire.INSTANT),
        Column("removed_at", wire.INSTANT.or_null()),
        Column("removed_by", wire.ID.or_null()),
    ),
    actions={
        "create": Action(
            operations.add_attachment,
            WRITE,
            values=_GIVEN,
            required=frozenset({"customer_id", "name", "form", "size", "sha256"}),
        ),
        "remove": Action(operations.remove_attachment, WRITE),
        "restore": Action(operations.restore_attachment, WRITE),
    },
    parents={"customer_id": "customers", "version_of": "attachments"},
    prepare=_prepare,
    settle=settle_attachment,
)

COLLECTIONS = (ATTACHMENTS,)
