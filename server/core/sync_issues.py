"""Sync issues: operations that were refused or lost a clash, kept with both values where author and office see them.

A synced row of its own (`me:<user>`), so that the phone shows it as a task to mend. Its author dismisses it when he has
mended it or lets it go; which of two clashing values holds is not decided in the product yet (docs/limitations.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import String

from server.core.access import function
from server.core.collections import Action, Collection, Column, PersonalScope
from server.core.events import Event, event
from server.core.rows import Code, Scoped, index, table
from server.core.types import Id, Json
from server.core.uow import UnitOfWork
from sync_protocol import wire

READ_SYNC_ISSUES = function(
    "sync.issues", zh="查看同步问题", en="See what sync refused", roles=("administrator", "director", "supervisor")
)


@table("sync_issues", index("owner_id", "id"), index("unit_id", "id"), index("row_id"))
class SyncIssue(Scoped):
    """One operation that did not apply as it was meant.

    owner_id, unit_id: of its author. verdict: rejected, skipped or conflict. attempted: the values as pushed. kept: the server's
    values of the same fields when they clashed. made_at: the device's claim. state: open or dismissed.
    """

    enrolment_id: Annotated[str, Id()]
    n: int
    verdict: Annotated[str, Code]
    collection: Annotated[str, Code]
    action: Annotated[str, Code]
    row_id: Annotated[str | None, Id()]
    code: Annotated[str, String(80)] = ""
    params: Annotated[dict[str, Any], Json()]
    attempted: Annotated[dict[str, Any], Json()]
    kept: Annotated[dict[str, Any], Json()]
    made_at: datetime
    state: Annotated[str, Code] = "open"


ISSUE_STATES = ("open", "dismissed")


@event("sync.issue-dismissed")
class SyncIssueDismissed(Event):
    """Subject: the issue."""

    collection: str
    row_id: str | None


def dismiss_issue(uow: UnitOfWork, issue: SyncIssue, _values: Mapping[str, Any]) -> SyncIssue:
    """Take it off the list of things to mend; what was sent stays kept. Records SyncIssueDismissed, once."""
    if issue.state != "dismissed":
        uow.change(issue, state="dismissed")
        uow.record(SyncIssueDismissed(issue.id, issue.collection, issue.row_id))
    return issue


SYNC_ISSUES = Collection(
    name="sync_issues",
    row=SyncIssue,
    scope=PersonalScope("owner_id"),
    policy="machine",
    columns=(
        Column("n", wire.INTEGER()),
        Column("enrolment_id", wire.ID),
        Column("verdict", wire.TEXT(20)),
        Column("collection", wire.TEXT(40)),
        Column("action", wire.TEXT(40)),
        Column("row_id", wire.ID.or_null()),
        Column("code", wire.TEXT(80)),
        Column("params", wire.JSON),
        Column("attempted", wire.JSON),
        Column("kept", wire.JSON),
        Column("made_at", wire.INSTANT),
        Column("state", wire.CODE(ISSUE_STATES)),
    ),
    actions={"dismiss": Action(dismiss_issue, None)},
)
