"""What devices see of work reports: the writer's, and those of the people who are to read them. Declarations only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from server.accounts.models import User
from server.core.collections import Action, Collection, Column, PersonalScope
from server.core.uow import UnitOfWork
from server.customers.timeline import preload_told
from server.fieldwork.functions import WRITE
from server.fieldwork.reports import models, operations
from server.fieldwork.reports.happened import customers_of_days, preload_days
from server.fieldwork.reports.models import WorkReport, WorkReportComment, WorkReportReader, WorkReportRevision
from server.fieldwork.reports.rules import Period, ReportKind, ReportState, first_day, period_of
from server.fieldwork.reports.settling import settle_remark, settle_report
from sync_protocol import wire
from sync_protocol.operations import Operation

_TOPIC = wire.TEXT(models.TOPIC_MOST).or_null()
_TEXT = wire.TEXT(models.REPORT_MOST, multiline=True).or_null()
_TEXTS = {"topic": _TOPIC, "summary": _TEXT, "problems": _TEXT, "next_plan": _TEXT}
_NEW_READERS = ("address", "send")
_PEOPLE = PersonalScope("owner_id", among="reader_ids")


def _prepare(uow: UnitOfWork, batch: Sequence[Operation]) -> None:
    """Load at once what happened in the days of reports that are sent, and whom and what a new reader concerns."""
    begun = {each.row: each.values for each in batch if each.action == "create"}
    periods: set[Period] = set()
    sent: set[str] = set()
    for each in batch:
        if each.action != "send":
            continue
        if (report := uow.get(WorkReport, each.row)) is not None:
            periods.add(period_of(report.kind, report.period_on))
            sent |= {report.id} if report.state == ReportState.SENT else set()
        elif (values := begun.get(each.row)) is not None and values.keys() >= {"kind", "period_on"}:
            kind, day = values["kind"], date.fromisoformat(values["period_on"])
            periods.add(period_of(kind, first_day(kind, day)))
    preload_days(uow, periods)
    if sent:
        preload_told(uow, sent, customers_of_days(uow))
    uow.preload(User, {each.values["reader_id"] for each in batch if each.action == "address"})
    operations.preload_parts(uow, {each.row for each in batch if each.action in _NEW_READERS})


WORK_REPORTS = Collection(
    name="work_reports",
    row=WorkReport,
    scope=_PEOPLE,
    policy="machine",
    columns=(
        Column("owner_id", wire.ID),
        Column("kind", wire.CODE(ReportKind)),
        Column("period_on", wire.DAY),
        *(Column(name, kind, writable=True) for name, kind in _TEXTS.items()),
        Column("facts", wire.JSON),
        Column("state", wire.CODE(ReportState)),
        Column("sent_at", wire.INSTANT.or_null()),
        Column("revision", wire.INTEGER(0)),
        Column("named_ids", wire.JSON),
        Column("reader_ids", wire.JSON),
    ),
    # Without a function: nobody else is sent a draft, and whoever leads its writer must not get at one by guessing its id.
    actions={
        "create": Action(
            operations.begin_report,
            WRITE,
            values={"kind": wire.CODE(ReportKind), "period_on": wire.DAY, **_TEXTS},
            required=frozenset({"kind", "period_on"}),
        ),
        "update": Action(operations.change_report, None),
        "address": Action(
            operations.address_report, None, values={"reader_id": wire.ID}, required=frozenset({"reader_id"})
        ),
        "send": Action(operations.send_report, None),
    },
    prepare=_prepare,
    settle=settle_report,
)

WORK_REPORT_REVISIONS = Collection(
    name="work_report_revisions",
    row=WorkReportRevision,
    scope=_PEOPLE,
    policy="server",
    columns=(
        Column("report_id", wire.ID),
        Column("revision", wire.INTEGER(1)),
        *(Column(name, kind) for name, kind in _TEXTS.items()),
        Column("facts", wire.JSON),
        Column("created_at", wire.INSTANT),
    ),
    parents={"report_id": "work_reports"},
)

WORK_REPORT_READERS = Collection(
    name="work_report_readers",
    row=WorkReportReader,
    scope=PersonalScope("reader_id", among="owner_id"),
    policy="machine",
    columns=(
        Column("report_id", wire.ID),
        Column("reader_id", wire.ID),
        Column("read_revision", wire.INTEGER(0)),
        Column("read_at", wire.INSTANT.or_null()),
    ),
    actions={
        "read": Action(
            operations.read_report, None, values={"revision": wire.INTEGER(1)}, required=frozenset({"revision"})
        )
    },
    parents={"report_id": "work_reports"},
)

WORK_REPORT_COMMENTS = Collection(
    name="work_report_comments",
    row=WorkReportComment,
    scope=_PEOPLE,
    policy="append",
    columns=(
        Column("report_id", wire.ID, writable=True, required=True),
        Column("text", wire.TEXT(models.REMARK_MOST, multiline=True), writable=True, required=True),
        Column("written_at", wire.INSTANT, writable=True),
        Column("written_by", wire.ID),
        Column("created_at", wire.INSTANT),
    ),
    actions={"create": Action(operations.comment_on_report, None)},
    parents={"report_id": "work_reports"},
    settle=settle_remark,
)

COLLECTIONS = (WORK_REPORTS, WORK_REPORT_REVISIONS, WORK_REPORT_READERS, WORK_REPORT_COMMENTS)
