"""What devices see of targets. Declarations only."""

from __future__ import annotations

from server.core.collections import Collection, Column, OwnedScope
from server.core.money import MAX_MINOR
from server.fieldwork.targets.functions import READ
from server.fieldwork.targets.models import Target
from server.fieldwork.targets.rules import Measure
from sync_protocol import wire

TARGETS = Collection(
    name="targets",
    row=Target,
    scope=OwnedScope(READ),
    policy="server",
    columns=(
        Column("owner_id", wire.ID),
        Column("month_on", wire.DAY),
        Column("measure", wire.CODE(Measure)),
        Column("amount", wire.INTEGER(1, MAX_MINOR)),
    ),
)
