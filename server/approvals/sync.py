"""What devices see of approvals: to each person what waits for him and what he decided. Declarations only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from server.approvals import events, models, operations
from server.approvals.models import Approval, ApprovalCase, ApprovalDay
from server.approvals.operations.days import approval_day_id
from server.approvals.settling import settle_decision
from server.approvals.subjects import SUBJECTS
from server.approvals.transitions import Answer
from server.core.collections import Action, Collection, Column, PersonalScope
from server.core.rows import c
from server.core.uow import UnitOfWork
from sync_protocol import wire
from sync_protocol.operations import Operation
from sync_protocol.wire import WireType

DECISION: Mapping[str, WireType] = {
    "revision": wire.INTEGER(1),
    "content_hash": wire.TEXT(models.HASH),
    "comment": wire.TEXT(models.COMMENT_MOST).or_null(),
}
_SEEN = frozenset({"revision", "content_hash"})


def _lock(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Lock the cases that a batch decides about: whoever decides about the same one waits here, and for nothing else."""
    p = c(Approval)
    wanted = sorted({each.row for each in batch})
    found = uow.connection.execute(select(p.case_id).where(p.org_id == uow.org_id, p.id.in_(wanted)))
    operations.lock_cases(uow, set(found.scalars()))


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once the parts of colleagues, the subjects, and what the actor has approved today."""
    parts = [part for each in batch if (part := uow.get(Approval, each.row)) is not None]
    cases = [case for part in parts if (case := uow.get(ApprovalCase, part.case_id)) is not None]
    operations.preload_parts(uow, [case.id for case in cases])
    for kind, subject in SUBJECTS.items():
        if wanted := [case.id for case in cases if case.kind == kind]:
            subject.preload(uow, wanted)
    days = {approval_day_id(uow.actor.user_id, case.topic, case.currency, uow.today()) for case in cases}
    uow.preload(ApprovalDay, days)


APPROVALS = Collection(
    name="approvals",
    row=Approval,
    scope=PersonalScope("owner_id"),
    policy="machine",
    columns=(
        Column("case_id", wire.ID),
        Column("kind", wire.TEXT(40)),
        Column("topic", wire.TEXT(40)),
        Column("title", wire.TEXT(models.TITLE_MOST)),
        Column("amount_minor", wire.INTEGER()),
        Column("currency", wire.TEXT(3)),
        Column("requester_id", wire.ID),
        Column("requester_name", wire.TEXT(models.NAME_MOST)),
        Column("content", wire.JSON),
        Column("content_hash", wire.TEXT(models.HASH)),
        Column("flags", wire.JSON),
        Column("step", wire.INTEGER()),
        Column("step_count", wire.INTEGER()),
        Column("revision", wire.INTEGER()),
        Column("for_id", wire.ID.or_null()),
        Column("needs_password", wire.BOOLEAN),
        Column("state", wire.CODE(Answer)),
        Column("comment", wire.TEXT(models.COMMENT_MOST).or_null()),
        Column("decided_at", wire.INSTANT.or_null()),
        Column("created_at", wire.INSTANT),
    ),
    actions={
        "approve": Action(operations.approve, None, values=DECISION, required=_SEEN),
        "return": Action(operations.send_back, None, values=DECISION, required=_SEEN),
        "reject": Action(operations.reject, None, values=DECISION, required=_SEEN),
    },
    before=_lock,
    prepare=_prepare,
    settle=settle_decision,
)

COLLECTIONS = (APPROVALS,)
# Importing this room makes the area's events known, as server/registry.py says of all areas.
__all__ = ["COLLECTIONS", "events"]
