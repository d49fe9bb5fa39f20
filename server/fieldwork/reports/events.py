"""Facts about work reports. What they say stays in the rows."""

from __future__ import annotations

from datetime import date

from server.core.events import Event, event


@event("fieldwork.report-begun")
class ReportBegun(Event):
    """Subject: the report."""

    owner_id: str
    kind: str
    period_on: date


@event("fieldwork.report-sent")
class ReportSent(Event):
    """Its readers may read it. Subject: the report."""

    owner_id: str
    kind: str
    period_on: date
    reader_ids: list[str]


@event("fieldwork.report-addressed")
class ReportAddressed(Event):
    """One more is to read a report that was sent. Subject: the report."""

    reader_id: str


@event("fieldwork.report-changed")
class ReportChanged(Event):
    """After it was sent. Subject: the report. fields: names of what changed; both texts stand in the revisions."""

    revision: int
    fields: list[str]


@event("fieldwork.report-read")
class ReportRead(Event):
    """Subject: the report."""

    reader_id: str
    revision: int


@event("fieldwork.report-commented")
class ReportCommented(Event):
    """Subject: the report."""

    comment_id: str
    written_by: str
