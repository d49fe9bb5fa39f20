"""Facts that expenses record. `changes`: field → [before, after]; what was written about an expense only by its length."""

from __future__ import annotations

from typing import Any

from server.core.events import Event, event

Changes = dict[str, list[Any]]


@event("expenses.claim-created")
class ClaimCreated(Event):
    """Subject: the claim."""

    owner_id: str


@event("expenses.claim-changed")
class ClaimChanged(Event):
    """Subject: the claim."""

    changes: Changes


@event("expenses.line-added")
class LineAdded(Event):
    """Subject: the claim."""

    line_id: str
    kind: str
    amount_minor: int


@event("expenses.line-changed")
class LineChanged(Event):
    """Subject: the claim."""

    line_id: str
    changes: Changes


@event("expenses.line-removed")
class LineRemoved(Event):
    """Subject: the claim."""

    line_id: str
    amount_minor: int


@event("expenses.claim-submitted")
class ClaimSubmitted(Event):
    """Subject: the claim. waiting_for: who can decide its first step. flags: how many lines look like another one."""

    owner_id: str
    total_minor: int
    currency: str
    waiting_for: list[str]
    flags: int


@event("expenses.claim-withdrawn")
class ClaimWithdrawn(Event):
    """By its owner. Subject: the claim."""

    owner_id: str


@event("expenses.claim-decided")
class ClaimDecided(Event):
    """The last decision about it. Subject: the claim. decision: approved, returned or rejected."""

    owner_id: str
    decision: str
    decided_by: str
    total_minor: int
    currency: str


@event("expenses.claim-voided")
class ClaimVoided(Event):
    """It was changed after it had been approved. Subject: the claim."""

    owner_id: str
    approved_by: str | None
    total_minor: int


@event("expenses.claims-reimbursed")
class ClaimsReimbursed(Event):
    """Subject: the batch. owner_ids: who was paid."""

    claim_ids: list[str]
    owner_ids: list[str]
    total_minor: int
    currency: str


@event("expenses.batch-exported")
class BatchExported(Event):
    """Somebody took a batch as a file. Subject: the batch."""

    claim_count: int
