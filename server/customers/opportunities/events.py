"""Facts about opportunities and the funnel. `changes`: field → [before, after] with texts masked."""

from __future__ import annotations

from server.core.events import Event, event
from server.customers.events import Changes


@event("customers.opportunity-opened")
class OpportunityOpened(Event):
    """Subject: the opportunity. late: by a former owner of the customer, who could not know yet."""

    customer_id: str
    stage_code: str
    visit_id: str | None
    late: bool


@event("customers.opportunity-changed")
class OpportunityChanged(Event):
    """Subject: the opportunity."""

    customer_id: str
    changes: Changes


@event("customers.opportunity-moved")
class OpportunityMoved(Event):
    """Subject: the opportunity."""

    customer_id: str
    from_stage: str
    to_stage: str
    probability: int


@event("customers.opportunity-closed")
class OpportunityClosed(Event):
    """Subject: the opportunity. state: won or lost. reason: why it was lost."""

    customer_id: str
    state: str
    reason: str | None


@event("customers.opportunity-reopened")
class OpportunityReopened(Event):
    """Subject: the opportunity. state: what it was."""

    customer_id: str
    state: str


@event("customers.opportunity-contact-added")
class OpportunityContactAdded(Event):
    """Subject: the opportunity."""

    customer_id: str
    contact_id: str


@event("customers.opportunities-exported")
class OpportunitiesExported(Event):
    """Subject: who took the file. filters: name of each filter that was set. count: rows at its beginning."""

    filters: list[str]
    count: int


@event("customers.funnel-stage-written")
class FunnelStageWritten(Event):
    """Subject: the stage, new or changed."""

    stage_code: str
    changes: Changes
