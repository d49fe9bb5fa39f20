"""What devices see of customers' places. Declarations only."""

from __future__ import annotations

from collections.abc import Sequence

from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.fieldwork.functions import READ, WRITE
from server.fieldwork.places import operations
from server.fieldwork.places.models import CustomerPlace
from server.fieldwork.places.rules import LATITUDE, LONGITUDE, RADIUS
from sync_protocol import wire
from sync_protocol.operations import Operation


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    named = {each.values.get("customer_id") for each in batch}
    customers.preload_for_batch(uow, {each for each in named if each is not None})


CUSTOMER_PLACES = Collection(
    name="customer_places",
    row=CustomerPlace,
    scope=OwnedScope(READ),
    policy="append",
    columns=(
        Column("customer_id", wire.ID, writable=True, required=True),
        Column("latitude_e7", wire.INTEGER(*LATITUDE), writable=True, required=True),
        Column("longitude_e7", wire.INTEGER(*LONGITUDE), writable=True, required=True),
        Column("radius_m", wire.INTEGER(*RADIUS).or_null(), writable=True),
        Column("author_id", wire.ID),
        Column("created_at", wire.INSTANT),
    ),
    actions={"create": Action(operations.set_place, WRITE, by_author=True)},
    parents={"customer_id": "customers"},
    prepare=_prepare,
)
