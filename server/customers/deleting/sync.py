"""What devices see of deleted customers: each person those whom he deleted himself, while he may restore them."""

from __future__ import annotations

from server.core.collections import Collection, Column, PersonalScope
from server.customers.deleting.models import DeletedCustomer
from server.customers.functions import DELETE
from server.customers.rules import NAME_MOST
from sync_protocol import wire

DELETED_CUSTOMERS = Collection(
    name="deleted_customers",
    row=DeletedCustomer,
    scope=PersonalScope("deleted_by", within=DELETE),
    policy="server",
    columns=(
        Column("name", wire.TEXT(NAME_MOST)),
        Column("owner_id", wire.ID),
        Column("created_at", wire.INSTANT),
    ),
)
