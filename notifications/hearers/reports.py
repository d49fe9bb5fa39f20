"""Who hears of work reports: those who are to read one, those who read what has changed since, and both sides of a comment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from notifications.hearing import Hearing, hears
from notifications.telling import News
from notifications.topics import REPORT_CHANGED, REPORT_COMMENTED, REPORT_SENT
from server.core.events import Heard
from server.core.rows import c
from server.core.types import from_ms
from server.fieldwork.reports import events
from server.fieldwork.reports.models import WorkReport, WorkReportReader


@hears(events.ReportSent, events.ReportAddressed)
def sent(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Those who are to read it."""
    for each, row in _reports(hearing, heard):
        people = each.told["reader_ids"] if each.code == events.ReportSent.code else [each.told["reader_id"]]
        hearing.news += [_news(row, person, REPORT_SENT, each) for person in sorted(people)]


@hears(events.ReportChanged)
def changed(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Those who had read what it said before; who has not read it at all reads the newest anyway."""
    uow, k = hearing.uow, c(WorkReportReader)
    ids = sorted({each.subject_id for each in heard})
    statement = select(k.report_id, k.reader_id, k.read_revision).where(
        k.org_id == uow.org_id, k.report_id.in_(ids), k.read_revision > 0
    )
    readers = uow.connection.execute(statement).all()
    hearing.news += [
        _news(row, reader.reader_id, REPORT_CHANGED, each)
        for each, row in _reports(hearing, heard)
        for reader in sorted(readers, key=lambda one: one.reader_id)
        if reader.report_id == row.id and reader.read_revision < each.told["revision"]
    ]


@hears(events.ReportCommented)
def commented(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """All who may read it, but for who said it."""
    for each, row in _reports(hearing, heard):
        people = {row.owner_id, *row.reader_ids} - {each.told["written_by"]}
        hearing.news += [_news(row, person, REPORT_COMMENTED, each) for person in sorted(people)]


def _reports(hearing: Hearing, heard: Sequence[Heard]) -> Iterable[tuple[Heard, Any]]:
    w = c(WorkReport)
    ids = sorted({each.subject_id for each in heard})
    statement = select(w.id, w.owner_id, w.kind, w.period_on, w.reader_ids).where(
        w.org_id == hearing.uow.org_id, w.id.in_(ids)
    )
    reports = {row.id: row for row in hearing.uow.connection.execute(statement)}
    return [(each, reports[each.subject_id]) for each in heard if each.subject_id in reports]


def _news(row: Any, person: str, topic: str, event: Heard) -> News:
    return News(
        person,
        topic,
        occurrence=event.n,
        since=from_ms(event.at),
        subject_collection="work_reports",
        subject_id=row.id,
        params={"owner_id": row.owner_id, "kind": row.kind, "period_on": row.period_on.isoformat()},
    )
