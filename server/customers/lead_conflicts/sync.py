"""What devices see of lead conflicts, and what a supervisor may do from one. Declarations only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.core.access import Actor, realm_of, scoped_buckets
from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.uow import UnitOfWork
from server.customers.functions import READ
from server.customers.lead_conflicts import operations
from server.customers.lead_conflicts.models import LeadConflict, places_of
from server.customers.lead_conflicts.rules import PERCENT_MOST, Because, Chosen, ConflictState
from server.customers.rules import REASON_MOST
from sync_protocol import wire
from sync_protocol.operations import Operation

_MATCHED = ("phone", "id_number")
_REASON = wire.TEXT(REASON_MOST)


@dataclass(frozen=True, slots=True)
class PairScope:
    """Rows that two customers share: seen by whoever sees one of them, read by the same function as customers."""

    function: str

    def of(self, row: Any) -> tuple[str, ...]:
        realm = realm_of(self.function)
        return tuple(dict.fromkeys(bucket for place in places_of(row) for bucket in scoped_buckets(realm, place)))

    def subscribed(self, actor: Actor) -> tuple[str, ...]:
        return OwnedScope(self.function).subscribed(actor)


def _lock(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    operations.lock_customers(uow, (each.row for each in batch))


# Of the other side a reader is told whose it is and when he was met: that a colleague has him is what this is about
# (docs/rules/customers.md, C16). Name and number stand on the customer, whom he may not see.
LEAD_CONFLICTS = Collection(
    name="lead_conflicts",
    row=LeadConflict,
    scope=PairScope(READ),
    policy="machine",
    columns=(
        *(
            Column(f"{side.value}_{name}", kind)
            for side in Chosen
            for name, kind in (
                ("id", wire.ID),
                ("owner_id", wire.ID),
                ("received_at", wire.INSTANT),
                ("arrived_at", wire.INSTANT),
                ("fixed_at", wire.INSTANT.or_null()),
                ("doubt_ms", wire.INTEGER()),
                ("reception_id", wire.ID.or_null()),
            )
        ),
        Column("matched", wire.CODE(_MATCHED)),
        Column("proposed", wire.CODE(Chosen).or_null()),
        Column("because", wire.CODE(Because)),
        Column("state", wire.CODE(ConflictState)),
        Column("chosen", wire.CODE(Chosen).or_null()),
        Column("other_percent", wire.INTEGER().or_null()),
        Column("reason", _REASON.or_null()),
        Column("ruled_by", wire.ID.or_null()),
        Column("ruled_at", wire.INSTANT.or_null()),
        Column("created_at", wire.INSTANT),
    ),
    # None: a conflict is nobody's row; the operations ask whether both customers are within reach of who may hand over.
    actions={
        "rule": Action(
            operations.rule_conflict,
            None,
            values={
                "owner": wire.CODE(Chosen),
                "other_percent": wire.INTEGER(1, PERCENT_MOST).or_null(),
                "reason": _REASON,
            },
            required=frozenset({"owner", "reason"}),
        ),
        "dismiss": Action(
            operations.dismiss_conflict, None, values={"reason": _REASON}, required=frozenset({"reason"})
        ),
    },
    parents={"first_id": "customers", "second_id": "customers"},
    before=_lock,
)

COLLECTIONS = (LEAD_CONFLICTS,)
