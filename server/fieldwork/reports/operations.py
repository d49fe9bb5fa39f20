"""Writing, sending and changing a work report, reading it, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.accounts.models import User
from server.accounts.queries.leaders import leaders_of
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.timeline import Deed, tell_once, timeline_kind
from server.fieldwork.functions import ASSIGN
from server.fieldwork.models import Visit
from server.fieldwork.operations.belonging import must_be_one_of
from server.fieldwork.reports import events
from server.fieldwork.reports.happened import what_happened
from server.fieldwork.reports.models import (
    READERS_MOST,
    WorkReport,
    WorkReportComment,
    WorkReportReader,
    WorkReportRevision,
)
from server.fieldwork.reports.rules import READER_UNKNOWN, ReportState, period_of
from server.fieldwork.reports.settling import settle_remark, settle_report

REPORTED = timeline_kind("work-report", zh="工作报告", en="Work report", deed=Deed.REPORT)
_TEXTS = ("topic", "summary", "problems", "next_plan")
_LOADED = "fieldwork.parts-of-reports"


def begin_report(uow: UnitOfWork, report_id: str, values: Mapping[str, Any]) -> WorkReport:
    """Begin a report of whoever acts. values: kind, period_on, topic?, summary?, problems?, next_plan?.

    Another one for the same days is no fault: two devices without a network may each have begun one. Records ReportBegun.
    Source: rules F1, F16.
    """
    settled = settle_report(values)
    texts: dict[str, Any] = {name: settled.get(name) for name in _TEXTS}
    report = uow.add(
        WorkReport(
            id=report_id,
            owner_id=uow.actor.user_id,
            unit_id=uow.actor.unit_id,
            kind=settled["kind"],
            period_on=settled["period_on"],
            **texts,
        )
    )
    uow.record(events.ReportBegun(report.id, report.owner_id, report.kind, report.period_on))
    return report


def change_report(uow: UnitOfWork, report: WorkReport, values: Mapping[str, Any]) -> WorkReport:
    """Change what it says; once it was sent, that is another revision, and who read it is told. Records ReportChanged then.

    By who wrote it. Raises Refused NOT_YOURS.
    """
    must_be_one_of(uow, report.owner_id)
    settled = settle_report(values)
    wanted = {name: settled[name] for name in _TEXTS if name in settled}
    changed = sorted(name for name, value in wanted.items() if getattr(report, name) != value)
    if changed:
        uow.change(report, **wanted)
        if report.state == ReportState.SENT:
            _revise(uow, report, changed)
    return report


def address_report(uow: UnitOfWork, report: WorkReport, values: Mapping[str, Any]) -> WorkReport:
    """Name one more who is to read it: above, below or beside. values: reader_id. Naming him again changes nothing.

    One that was sent goes to him at once. Records ReportAddressed then. Raises Refused NOT_YOURS, READER_UNKNOWN.
    """
    must_be_one_of(uow, report.owner_id)
    reader = uow.get(User, values["reader_id"])
    full = len(report.named_ids) >= READERS_MOST and values["reader_id"] not in report.named_ids
    if reader is None or reader.state != "active" or reader.id == report.owner_id or full:
        raise Refused(READER_UNKNOWN, field="/reader_id")
    if reader.id not in report.named_ids:
        uow.change(report, named_ids=[*report.named_ids, reader.id])
    if report.state == ReportState.SENT and reader.id not in report.reader_ids:
        _let_read(uow, report, [reader.id])
        uow.record(events.ReportAddressed(report.id, reader.id))
    return report


def send_report(uow: UnitOfWork, report: WorkReport, _values: Mapping[str, Any] | None = None) -> WorkReport:
    """Send it to whom it names, else to who leads its writer, with what happened in its days by now. Records ReportSent.

    Stands once on the timeline of each customer it tells of.
    Sent again it takes in what has happened since: another revision if that is anything. Raises Refused NOT_YOURS.
    """
    must_be_one_of(uow, report.owner_id)
    facts = what_happened(uow, period_of(report.kind, report.period_on))
    params = {"kind": report.kind, "period_on": report.period_on.isoformat()}
    told = dict.fromkeys(_named_in(uow, facts), params)
    tell_once(uow, REPORTED, report.id, told, is_first=report.state == ReportState.DRAFT)
    if report.state == ReportState.SENT:
        if facts != report.facts:
            uow.change(report, facts=facts)
            _revise(uow, report, ["facts"])
        return report
    uow.change(report, state=ReportState.SENT.value, sent_at=uow.now, facts=facts)
    _let_read(uow, report, report.named_ids or _leaders(uow, report))
    _keep_revision(uow, report)
    uow.record(events.ReportSent(report.id, report.owner_id, report.kind, report.period_on, report.reader_ids))
    return report


def read_report(uow: UnitOfWork, reader: WorkReportReader, values: Mapping[str, Any]) -> WorkReportReader:
    """Say that one has read it. values: revision, of what was on the screen. An older one than before changes nothing.

    Records ReportRead. Raises Refused NOT_YOURS.
    """
    must_be_one_of(uow, reader.reader_id)
    report = uow.must(WorkReport, reader.report_id)
    revision = min(values["revision"], report.revision)
    if revision > reader.read_revision:
        uow.change(reader, read_revision=revision, read_at=uow.now)
        uow.record(events.ReportRead(report.id, reader.reader_id, revision))
    return reader


def comment_on_report(uow: UnitOfWork, comment_id: str, values: Mapping[str, Any]) -> WorkReportComment:
    """Say something about a report. values: report_id, text, written_at? (now unless told).

    By its readers and who wrote it. Records ReportCommented. Raises Refused NOT_FOUND at /report_id, TEXT_REQUIRED.
    """
    settled = settle_remark(values)
    report = uow.get(WorkReport, settled["report_id"])
    me = uow.actor.user_id
    if report is None or me not in (report.owner_id, *report.reader_ids):
        raise Refused(NOT_FOUND, field="/report_id")
    comment = uow.add(
        WorkReportComment(
            id=comment_id,
            report_id=report.id,
            owner_id=report.owner_id,
            reader_ids=report.reader_ids,
            written_by=me,
            written_at=settled.get("written_at") or uow.now,
            text=settled["text"],
        )
    )
    uow.record(events.ReportCommented(report.id, comment.id, me))
    return comment


def preload_parts(uow: UnitOfWork, report_ids: Iterable[str]) -> None:
    """Load at once revisions and comments of reports that are about to get another reader."""
    loaded: set[str] = uow.once(_LOADED, set)
    missing = sorted(set(report_ids) - loaded)
    if missing:
        for kind in (WorkReportRevision, WorkReportComment):
            uow.find(kind, c(kind).report_id.in_(missing))
        loaded.update(missing)


def _named_in(uow: UnitOfWork, facts: Mapping[str, Any]) -> set[str]:
    """The customers of a report, by its facts, whose rows are loaded: whom its writer visited, and whom he met first."""
    visited = {uow.must(Visit, each).customer_id for each in facts["visits"]}
    return {each for each in visited if each is not None} | set(facts["customers"])


def _leaders(uow: UnitOfWork, report: WorkReport) -> list[str]:
    person = (report.owner_id, report.unit_id)
    read = lambda: leaders_of(uow.connection, uow.org_id, [person], ASSIGN)[person]  # noqa: E731
    return sorted(uow.once(("fieldwork.leaders", person), read))


def _let_read(uow: UnitOfWork, report: WorkReport, people: Sequence[str]) -> None:
    """Let more people see the report, what it said before, and what was said about it."""
    uow.change(report, reader_ids=[*report.reader_ids, *people])
    for each in people:
        uow.add(WorkReportReader(report_id=report.id, owner_id=report.owner_id, reader_id=each))
    if not uow.is_new(report):
        preload_parts(uow, [report.id])
    for revision in uow.among(WorkReportRevision, lambda each: each.report_id == report.id):
        uow.change(revision, reader_ids=report.reader_ids)
    for comment in uow.among(WorkReportComment, lambda each: each.report_id == report.id):
        uow.change(comment, reader_ids=report.reader_ids)


def _revise(uow: UnitOfWork, report: WorkReport, fields: list[str]) -> None:
    _keep_revision(uow, report)
    uow.record(events.ReportChanged(report.id, report.revision, fields))


def _keep_revision(uow: UnitOfWork, report: WorkReport) -> None:
    uow.change(report, revision=report.revision + 1)
    uow.add(
        WorkReportRevision(
            report_id=report.id,
            owner_id=report.owner_id,
            reader_ids=report.reader_ids,
            revision=report.revision,
            facts=report.facts,
            **{name: getattr(report, name) for name in _TEXTS},
        )
    )
