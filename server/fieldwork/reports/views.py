"""/api/v1/work-reports: list, begin, change, address, send, read; who has sent none; revisions and comments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import requires, signed_in
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND, STALE, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.rules import TEXT_REQUIRED
from server.fieldwork.functions import ASSIGN, WRITE
from server.fieldwork.operations.belonging import NOT_YOURS
from server.fieldwork.reports import operations, queries
from server.fieldwork.reports.models import WorkReport, WorkReportComment, WorkReportReader
from server.fieldwork.reports.queries import Box, ReportFilters, ReportLine
from server.fieldwork.reports.rules import READER_UNKNOWN, first_day
from server.fieldwork.reports.schemas import (
    AddressIn,
    MissingOut,
    MissingQuery,
    ReadersOut,
    ReadIn,
    RemarkIn,
    RemarkOut,
    ReportIn,
    ReportOut,
    ReportPatch,
    ReportQuery,
    RevisionOut,
)
from server.fieldwork.reports.settling import settle_remark, settle_report
from server.fieldwork.views.answers import REUSED_ID, cursors, page, refuse_stale, refuse_unless_same, repeated
from sync_protocol.ids import new_id

REPORTS = Blueprint(
    "work_reports", __name__, url_prefix="/api/v1/work-reports", description="What people say of their day or week."
)


@REPORTS.route("", methods=["GET"])
@signed_in
@REPORTS.arguments(ReportQuery, location="query")
@REPORTS.response(200, page_of(ReportOut))
def list_reports(query: dict[str, Any]) -> dict[str, Any]:
    """Reports, the latest days first, by pages."""
    size, cursor, box = query.pop("limit"), query.pop("cursor", None), Box(query.pop("box"))
    filters, actor = ReportFilters(box=box, **query), current_actor()
    return page(
        "work_reports",
        filters,
        cursor,
        lambda connection, after: queries.report_page(connection, actor, filters, after=after, limit=size),
    )


@REPORTS.route("/missing", methods=["GET"])
@requires(ASSIGN)
@REPORTS.arguments(MissingQuery, location="query")
@REPORTS.response(200, page_of(MissingOut))
@REPORTS.refuses(BAD_CURSOR)
def list_missing(query: dict[str, Any]) -> dict[str, Any]:
    """Who of those the caller leads has sent no report of a day or week, by name."""
    actor, kind = current_actor(), query["kind"]
    period_on = first_day(kind, query["on"])
    scope = ["missing_reports", actor.org_id, kind, period_on.isoformat()]
    after = cursors().decode(scope, query.get("cursor"), str, str)
    with reading() as connection:
        items, key = queries.missing_page(connection, actor, kind, period_on, after=after, limit=query["limit"])
    return {"items": items, "next": None if key is None else cursors().encode(scope, key)}


@REPORTS.route("", methods=["POST"])
@requires(WRITE)
@REPORTS.arguments(ReportIn)
@REPORTS.response(201, ReportOut)
@repeated(REPORTS, ReportOut)
@REPORTS.refuses(REUSED_ID)
def begin_report(values: dict[str, Any]) -> tuple[ReportLine, int]:
    """Begin a report. With an `id`, sending the same again changes nothing."""
    report_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(WorkReport, report_id)
        if known is None:
            report = operations.begin_report(uow, report_id, values)
            uow.commit()
            return ReportLine(report, None), 201
        refuse_unless_same(uow, known, settle_report(values), known.owner_id)
        return ReportLine(known, None), 200


@REPORTS.route("/<id:report_id>", methods=["GET"])
@signed_in
@REPORTS.response(200, ReportOut)
@REPORTS.refuses(NOT_FOUND)
def read_report(report_id: str) -> ReportLine:
    """One report: one's own, one that was sent to the caller, or by somebody within his reach."""
    with reading() as connection:
        return queries.get_report(connection, current_actor(), report_id)


@REPORTS.route("/<id:report_id>", methods=["PATCH"])
@requires(WRITE)
@REPORTS.arguments(ReportPatch)
@REPORTS.response(200, ReportOut)
@REPORTS.refuses(STALE, NOT_YOURS)
def change_report(values: dict[str, Any], report_id: str) -> ReportLine:
    """Change what it says. Once it was sent, that is another revision, and who read it is told."""
    base = values.pop("base", None)
    with writing() as uow:
        report = _own(uow, report_id)
        refuse_stale(uow, report, settle_report(values), base)
        operations.change_report(uow, report, values)
        uow.commit()
    return ReportLine(report, None)


@REPORTS.route("/<id:report_id>/address", methods=["POST"])
@requires(WRITE)
@REPORTS.arguments(AddressIn)
@REPORTS.response(200, ReportOut)
@REPORTS.refuses(READER_UNKNOWN, NOT_YOURS)
def address_report(values: dict[str, Any], report_id: str) -> ReportLine:
    """Name one more who is to read it. Naming him again changes nothing."""
    return _done(report_id, operations.address_report, values)


@REPORTS.route("/<id:report_id>/send", methods=["POST"])
@requires(WRITE)
@REPORTS.response(200, ReportOut)
@REPORTS.refuses(NOT_YOURS)
def send_report(report_id: str) -> ReportLine:
    """Send it, with what happened in its days. Sent again, it takes in what has happened since."""
    return _done(report_id, operations.send_report, {})


@REPORTS.route("/<id:report_id>/read", methods=["POST"])
@signed_in
@REPORTS.arguments(ReadIn)
@REPORTS.response(200, ReportOut)
@REPORTS.refuses(NOT_FOUND)
def mark_read(values: dict[str, Any], report_id: str) -> ReportLine:
    """Say that the caller has read it, up to a revision."""
    k = c(WorkReportReader)
    with writing() as uow:
        report = uow.get(WorkReport, report_id)
        found = uow.find(WorkReportReader, k.report_id == report_id, k.reader_id == uow.actor.user_id)
        if report is None or not found:
            raise Refused(NOT_FOUND)
        reader = operations.read_report(uow, found[0], values)
        uow.commit()
    return ReportLine(report, reader.read_revision)


@REPORTS.route("/<id:report_id>/readers", methods=["GET"])
@signed_in
@REPORTS.response(200, ReadersOut)
@REPORTS.refuses(NOT_FOUND)
def list_readers(report_id: str) -> dict[str, Any]:
    """Who is to read it, and what each has read."""
    actor = current_actor()
    with reading() as connection:
        queries.get_report(connection, actor, report_id)
        return {"items": queries.readers_of(connection, actor, report_id)}


@REPORTS.route("/<id:report_id>/revisions", methods=["GET"])
@signed_in
@REPORTS.arguments(PageQuery, location="query")
@REPORTS.response(200, page_of(RevisionOut))
@REPORTS.refuses(BAD_CURSOR, NOT_FOUND)
def list_revisions(query: dict[str, Any], report_id: str) -> dict[str, Any]:
    """What it said each time it was sent or changed after, the newest first."""
    return _below("report_revisions", report_id, query, queries.revision_page)


@REPORTS.route("/<id:report_id>/comments", methods=["GET"])
@signed_in
@REPORTS.arguments(PageQuery, location="query")
@REPORTS.response(200, page_of(RemarkOut))
@REPORTS.refuses(BAD_CURSOR, NOT_FOUND)
def list_comments(query: dict[str, Any], report_id: str) -> dict[str, Any]:
    """What was said about it, what came last first."""
    return _below("report_comments", report_id, query, queries.remark_page)


@REPORTS.route("/<id:report_id>/comments", methods=["POST"])
@signed_in
@REPORTS.arguments(RemarkIn)
@REPORTS.response(201, RemarkOut)
@repeated(REPORTS, RemarkOut)
@REPORTS.refuses(TEXT_REQUIRED, REUSED_ID, NOT_FOUND)
def comment_on_report(values: dict[str, Any], report_id: str) -> tuple[WorkReportComment, int]:
    """Say something about it: its readers, and who wrote it. With an `id`, sending the same again changes nothing."""
    comment_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(WorkReportComment, comment_id)
        if known is None:
            comment = operations.comment_on_report(uow, comment_id, {"report_id": report_id, **values})
            uow.commit()
            return comment, 201
        refuse_unless_same(uow, known, {"report_id": report_id, **settle_remark(values)}, known.written_by)
        return known, 200


def _own(uow: UnitOfWork, report_id: str) -> WorkReport:
    """A report that the caller writes. Raises Refused NOT_FOUND for one he may not even see, else NOT_YOURS in operations."""
    report = uow.get(WorkReport, report_id)
    if report is None or uow.actor.user_id not in (report.owner_id, *report.reader_ids):
        raise Refused(NOT_FOUND)
    return report


def _done(
    report_id: str, act: Callable[[UnitOfWork, WorkReport, Mapping[str, Any]], WorkReport], values: Mapping[str, Any]
) -> ReportLine:
    with writing() as uow:
        report = act(uow, _own(uow, report_id), values)
        uow.commit()
    return ReportLine(report, None)


def _below(name: str, report_id: str, query: dict[str, Any], read: Callable[..., Any]) -> dict[str, Any]:
    actor = current_actor()
    scope = [name, actor.org_id, report_id]
    after = cursors().decode(scope, query.get("cursor"), str, str)
    with reading() as connection:
        items, key = read(connection, actor, report_id, after=after, limit=query["limit"])
    return {"items": items, "next": None if key is None else cursors().encode(scope, key)}
