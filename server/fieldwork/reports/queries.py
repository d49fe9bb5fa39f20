"""SELECTs over work reports: one's own, those one is to read, those sent within reach. None writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, or_, select, type_coerce

from server.accounts.models import Role, User, UserRole
from server.accounts.queries.staff import staff_condition
from server.core.access import Actor
from server.core.paging import Key, Page, chosen, earlier, later, leading
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.fieldwork.functions import ASSIGN, READ, WRITE
from server.fieldwork.reports.models import WorkReport, WorkReportComment, WorkReportReader, WorkReportRevision
from server.fieldwork.reports.rules import ReportState


class Box(StrEnum):
    """Which reports: those one is to read, those one writes, those sent by people within reach."""

    RECEIVED = "received"
    MINE = "mine"
    REACH = "reach"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as the caller reads it. read_revision: the newest he has read; None when it is not sent to him."""

    report: WorkReport
    read_revision: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilters:
    """What a list of reports is narrowed to. Days both included, of the first day of a report."""

    box: Box = Box.RECEIVED
    owner_id: str | None = None
    kind: str | None = None
    topic: str | None = None
    first_on: date | None = None
    last_on: date | None = None


def report_page(
    connection: Connection, actor: Actor, filters: ReportFilters, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[ReportLine], tuple[Key, Key] | None]:
    """One page of reports, the latest days first. One statement. after: (period_on as ISO text, id)."""
    w = c(WorkReport)
    wanted, sorting = [w.org_id == actor.org_id], (w.period_on.desc(), w.id.desc())
    wanted += [
        w[name] == value for name in ("owner_id", "kind", "topic") if (value := getattr(filters, name)) is not None
    ]
    if filters.first_on is not None:
        wanted.append(w.period_on >= filters.first_on)
    if filters.last_on is not None:
        wanted.append(w.period_on <= filters.last_on)
    if after is not None:
        wanted.append(earlier((w.period_on, w.id), (date.fromisoformat(after[0]), after[1])))
    first = Page((*wanted, _in_box(actor, filters.box)), sorting)
    if filters.box is Box.REACH:
        wanted.append(w.state == ReportState.SENT.value)
        first = leading(actor.reach(READ), WorkReport, wanted, sorting, limit + 1)
    elif filters.box is Box.RECEIVED:  # looked up from what he is to read
        r = c(WorkReportReader)
        his = select(r.report_id).where(r.org_id == actor.org_id, r.reader_id == actor.user_id)
        first = chosen(WorkReport, select(w.id).where(*wanted, w.id.in_(his)), sorting)
    rows = connection.execute(first.of(_lines(actor), limit + 1)).all()
    lines = [_line(each) for each in rows[:limit]]
    if len(rows) <= limit:
        return lines, None
    return lines, (lines[-1].report.period_on.isoformat(), lines[-1].report.id)


def get_report(connection: Connection, actor: Actor, report_id: str) -> ReportLine:
    """One report that the caller may read. Raises Refused NOT_FOUND."""
    may = or_(*(_in_box(actor, each) for each in Box))
    row = connection.execute(_lines(actor).where(c(WorkReport).id == report_id, may)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return _line(row)


def readers_of(connection: Connection, actor: Actor, report_id: str) -> list[WorkReportReader]:
    """Who is to read a report, and what each has read. The caller has asked for the report itself."""
    k = c(WorkReportReader)
    rows = connection.execute(select(*k).where(k.org_id == actor.org_id, k.report_id == report_id).order_by(k.id))
    return [WorkReportReader(**each._mapping) for each in rows]


def revision_page(
    connection: Connection, actor: Actor, report_id: str, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[WorkReportRevision], tuple[Key, Key] | None]:
    """What a report said at each revision, the newest first. Two statements. after: (revision as text, id)."""
    get_report(connection, actor, report_id)
    v = c(WorkReportRevision)
    statement = select(*v).where(v.org_id == actor.org_id, v.report_id == report_id)
    if after is not None:
        statement = statement.where(v.revision < int(after[0]))
    rows = connection.execute(statement.order_by(v.revision.desc()).limit(limit + 1)).all()
    found = [WorkReportRevision(**each._mapping) for each in rows[:limit]]
    return found, (str(found[-1].revision), found[-1].id) if len(rows) > limit else None


def remark_page(
    connection: Connection, actor: Actor, report_id: str, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[WorkReportComment], tuple[Key, Key] | None]:
    """What was said about a report, what came last first. Two statements. after: (milliseconds as text, id)."""
    get_report(connection, actor, report_id)
    n = c(WorkReportComment)
    statement = select(*n).where(n.org_id == actor.org_id, n.report_id == report_id)
    if after is not None:
        statement = statement.where(earlier((n.created_at, n.id), (from_ms(int(after[0])), after[1])))
    rows = connection.execute(statement.order_by(n.created_at.desc(), n.id.desc()).limit(limit + 1)).all()
    found = [WorkReportComment(**each._mapping) for each in rows[:limit]]
    return found, (str(to_ms(found[-1].created_at)), found[-1].id) if len(rows) > limit else None


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody whose report has not come."""

    user_id: str
    name: str
    unit_id: str


def missing_page(
    connection: Connection, actor: Actor, kind: str, period_on: date, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[Missing], tuple[Key, Key] | None]:
    """Who of those the caller leads works in the field and has sent no such report, by name. One statement.

    after: (name, id).
    """
    u, w, r, ur = c(User), c(WorkReport), c(Role), c(UserRole)
    granted = type_coerce(r.functions, Text)  # a JSON list of codes, each in quotes
    works_in_the_field = (
        select(1)
        .where(
            ur.org_id == u.org_id, ur.user_id == u.id, r.org_id == ur.org_id, r.id == ur.role_id, r.state == "active",
            granted.contains(f'"{WRITE}"', autoescape=True), ~granted.contains(f'"{ASSIGN}"', autoescape=True),
        )
        .correlate(User.__table__)
        .exists()
    )  # fmt: skip
    has_sent = (
        select(1)
        .where(
            w.org_id == u.org_id,
            w.owner_id == u.id,
            w.period_on == period_on,
            w.kind == kind,
            w.state == ReportState.SENT.value,
        )
        .correlate(User.__table__)
        .exists()
    )
    statement = select(u.id, u.name, u.unit_id).where(
        u.org_id == actor.org_id,
        u.state == "active",
        u.id != actor.user_id,
        staff_condition(actor.must(ASSIGN), actor.org_id),
        works_in_the_field,
        ~has_sent,
    )
    if after is not None:
        statement = statement.where(later((u.name, u.id), after))
    rows = connection.execute(statement.order_by(u.name, u.id).limit(limit + 1)).all()
    found = [Missing(*each) for each in rows[:limit]]
    return found, (found[-1].name, found[-1].user_id) if len(rows) > limit else None


def _lines(actor: Actor) -> Any:
    w, k = c(WorkReport), c(WorkReportReader)
    mine = and_(k.org_id == w.org_id, k.report_id == w.id, k.reader_id == actor.user_id)
    return (
        select(*w, k.read_revision.label("read_by_me"))
        .select_from(WorkReport.__table__.outerjoin(WorkReportReader.__table__, mine))
        .where(w.org_id == actor.org_id)
    )


def _in_box(actor: Actor, box: Box) -> ColumnElement[bool]:
    w = c(WorkReport)
    match box:
        case Box.RECEIVED:
            return c(WorkReportReader).reader_id.is_not(None)
        case Box.MINE:
            return w.owner_id == actor.user_id
        case Box.REACH:
            return and_(w.state == ReportState.SENT.value, actor.reach(READ).condition(WorkReport))


def _line(row: Any) -> ReportLine:
    values = dict(row._mapping)
    read = values.pop("read_by_me")
    return ReportLine(WorkReport(**values), read)
