"""What devices see of receptions, and what they may do. Declarations only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.uow import UnitOfWork
from server.customers.functions import READ, WRITE
from server.customers.ownership import preload_for_batch
from server.customers.receptions import operations, rules
from server.customers.receptions.models import Reception
from server.customers.receptions.settling import settle_reception
from server.customers.rules import SOURCES
from sync_protocol import wire
from sync_protocol.operations import Operation
from sync_protocol.wire import WireType

_SHEET: Mapping[str, WireType] = {
    "source": wire.CODE(SOURCES).or_null(),
    "area": wire.CODE(rules.AREAS).or_null(),
    "orientation": wire.CODE(rules.ORIENTATIONS).or_null(),
    "floor": wire.CODE(rules.FLOORS).or_null(),
    "interest_price": wire.BOOLEAN,
    "interest_location": wire.BOOLEAN,
    "interest_greenery": wire.BOOLEAN,
    "interest_decoration": wire.BOOLEAN,
    "interest_surroundings": wire.BOOLEAN,
    "income": wire.CODE(rules.INCOMES).or_null(),
    "work_place": wire.TEXT(rules.PLACE_MOST).or_null(),
    "home_place": wire.TEXT(rules.PLACE_MOST).or_null(),
    "suggestions": wire.TEXT(rules.SUGGESTIONS_MOST, multiline=True).or_null(),
    "impression": wire.TEXT(rules.IMPRESSION_MOST, multiline=True).or_null(),
}
_MET: Mapping[str, WireType] = {
    "customer_id": wire.ID,
    "channel": wire.CODE(rules.CHANNELS),
    "received_at": wire.INSTANT,
}


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    named = {each.values["customer_id"] for each in batch if each.values.get("customer_id") is not None}
    preload_for_batch(uow, named)


RECEPTIONS = Collection(
    name="receptions",
    row=Reception,
    scope=OwnedScope(READ),
    policy="merge",
    columns=(
        *(Column(name, kind) for name, kind in _MET.items()),
        *(Column(name, kind, writable=True) for name, kind in _SHEET.items()),
        Column("received_by", wire.ID),
        Column("created_at", wire.INSTANT),
    ),
    actions={
        "create": Action(
            operations.add_reception,
            WRITE,
            values={**_MET, **_SHEET},
            required=frozenset({"customer_id", "channel"}),
        ),
        "update": Action(operations.change_reception, WRITE),
    },
    parents={"customer_id": "customers"},
    prepare=_prepare,
    settle=settle_reception,
)

COLLECTIONS = (RECEPTIONS,)
