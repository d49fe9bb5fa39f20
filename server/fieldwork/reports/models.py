"""Rows of work reports: the report, what it said at each sending, who reads it, what they say about it."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, String

from server.core.rows import Code, Marks, Row, Scoped, index, refers, table, unique
from server.core.types import Id, Json
from server.fieldwork.models import WrittenText
from server.fieldwork.reports.rules import ReportKind, ReportState

TOPIC_MOST, REPORT_MOST, REMARK_MOST = 40, 4000, 1000
READERS_MOST = 20


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(word)) for word in words)})", name=column)


@table(
    "work_reports",
    refers("owner_id", "users"),
    index("owner_id", "period_on", "id"),
    index("unit_id", "period_on", "id"),
    index("kind", "period_on", "owner_id"),
    index("period_on", "id"),
    _one_of("kind", ReportKind),
    _one_of("state", ReportState),
)
class WorkReport(Scoped):
    """What somebody says of his day or week. owner_id, unit_id: who writes it, and his unit when he began.

    period_on: the first of its days, never changed. Several may stand for one period (rule F1). topic: a code of TOPICS, or a
    word of one's own. next_plan: for the next day or week. facts: rules.facts_of, as of the last sending. revision: how often
    it was sent or changed since; 0 for a draft. named_ids: whom the writer wants to read it; reader_ids: who may, once sent.
    """

    kind: Annotated[str, Code]
    period_on: date
    topic: Annotated[str | None, String(TOPIC_MOST)] = None
    summary: Annotated[str | None, WrittenText()] = None
    problems: Annotated[str | None, WrittenText()] = None
    next_plan: Annotated[str | None, WrittenText()] = None
    facts: Annotated[dict[str, Any], Json()] = dataclasses.field(default_factory=dict)
    state: Annotated[str, Code] = ReportState.DRAFT.value
    sent_at: datetime | None = None
    revision: int = 0
    named_ids: Annotated[list[str], Json()] = dataclasses.field(default_factory=list)
    reader_ids: Annotated[list[str], Json()] = dataclasses.field(default_factory=list)
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table("work_report_revisions", refers("report_id", "work_reports"), unique("report_id", "revision"))
class WorkReportRevision(Row):
    """What a report said at one of its revisions; added, never changed, so that a reader sees what is new since he read.

    owner_id, reader_ids: the report's.
    """

    report_id: Annotated[str, Id()]
    owner_id: Annotated[str, Id()]
    reader_ids: Annotated[list[str], Json()]
    revision: int
    topic: Annotated[str | None, String(TOPIC_MOST)] = None
    summary: Annotated[str | None, WrittenText()] = None
    problems: Annotated[str | None, WrittenText()] = None
    next_plan: Annotated[str | None, WrittenText()] = None
    facts: Annotated[dict[str, Any], Json()]


@table(
    "work_report_readers",
    refers("report_id", "work_reports"),
    refers("reader_id", "users"),
    unique("report_id", "reader_id"),
    index("reader_id", "report_id"),
)
class WorkReportReader(Row):
    """One person who is to read a report. owner_id: who wrote it. read_revision: the newest he has read, 0 for none."""

    report_id: Annotated[str, Id()]
    owner_id: Annotated[str, Id()]
    reader_id: Annotated[str, Id()]
    read_revision: int = 0
    read_at: datetime | None = None


@table(
    "work_report_comments",
    refers("report_id", "work_reports"),
    refers("written_by", "users"),
    index("report_id", "created_at"),
)
class WorkReportComment(Row):
    """What a reader or the writer said about a report. owner_id, reader_ids: the report's.

    written_at: the device's claim, for showing; created_at orders.
    """

    report_id: Annotated[str, Id()]
    owner_id: Annotated[str, Id()]
    reader_ids: Annotated[list[str], Json()]
    written_by: Annotated[str, Id()]
    written_at: datetime
    text: Annotated[str, WrittenText()]
