"""What devices see of targets, and what leaders set on them. Declarations only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from server.core.collections import Action, Collection, Column, OwnedScope
from server.core.money import MAX_MINOR
from server.core.uow import UnitOfWork
from server.fieldwork.targets import operations
from server.fieldwork.targets.functions import READ, WRITE
from server.fieldwork.targets.models import Target
from server.fieldwork.targets.rules import Measure
from server.fieldwork.targets.settling import settle_target
from sync_protocol import wire
from sync_protocol.operations import Operation
from sync_protocol.wire import WireType

_SET: dict[str, WireType] = {
    "owner_id": wire.ID,
    "month_on": wire.DAY,
    "measure": wire.CODE(Measure),
    "amount": wire.INTEGER(1, MAX_MINOR),
}


def _instead(uow: UnitOfWork, operation: Operation) -> Target | None:
    if operation.action != "create":
        return operations.standing_target(uow, operation.row)
    day = date.fromisoformat(operation.values["month_on"])
    return operations.take_up_target(uow, operation.row, {**operation.values, "month_on": day})


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    operations.preload_aliases(uow, (each.row for each in batch))
    wanted = [
        (each.values["owner_id"], date.fromisoformat(each.values["month_on"]))
        for each in batch
        if each.action == "create"
    ]
    known = (operations.standing_target(uow, each.row) for each in batch if each.action == "update")
    wanted += [(target.owner_id, target.month_on) for target in known if target is not None]
    operations.preload_targets(uow, wanted)


TARGETS = Collection(
    name="targets",
    row=Target,
    scope=OwnedScope(READ),
    policy="merge",
    columns=tuple(Column(name, kind, writable=name == "amount") for name, kind in _SET.items()),
    actions={
        "create": Action(operations.set_target, WRITE, values=_SET, required=frozenset(_SET)),
        "update": Action(operations.change_target, WRITE),
        "delete": Action(operations.remove_target, WRITE),
    },
    prepare=_prepare,
    instead=_instead,
    settle=settle_target,
)
