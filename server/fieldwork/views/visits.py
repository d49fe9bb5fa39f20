"""/api/v1/visits: list, export, make, change, start, finish, cancel, reopen."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services, writing
from server.core.declare import STEP_UP, requires
from server.core.http import limit
from server.core.limits import EXPORT_PER_PERSON
from server.core.page_schemas import page_of
from server.core.problems import NOT_FOUND, STALE, Refused, below
from server.core.sheet_answers import SHEET, sheet_answer
from server.customers.rules import TEXT_REQUIRED
from server.fieldwork import operations, queries, rules
from server.fieldwork.copies.sharing import PERSON_UNKNOWN
from server.fieldwork.events import VisitsExported
from server.fieldwork.export import columns
from server.fieldwork.export_queries import count_for_export, export_lines
from server.fieldwork.functions import EXPORT, READ, WRITE
from server.fieldwork.models import FollowUp, Visit
from server.fieldwork.operations.belonging import ASSIGNEE_UNKNOWN, NOT_YOURS
from server.fieldwork.operations.follow_ups import CUSTOMER_MISSING
from server.fieldwork.operations.visits import OTHER_PLAN
from server.fieldwork.queries import VisitFilters, VisitLine
from server.fieldwork.rules import LineStatus
from server.fieldwork.schemas import CancelIn, FinishIn, StartIn, VisitExport, VisitIn, VisitOut, VisitPatch, VisitQuery
from server.fieldwork.settling import settle_visit
from server.fieldwork.transitions import VISIT_CANCELLED, VISIT_DONE, VISIT_STARTED
from server.fieldwork.views.answers import REUSED_ID, page, refuse_stale, refuse_unless_same, repeated
from sync_protocol.ids import new_id

VISITS = Blueprint("visits", __name__, url_prefix="/api/v1/visits", description="Visits, from plan to event.")
_PLAN_PROBLEMS = (ASSIGNEE_UNKNOWN, PERSON_UNKNOWN, OTHER_PLAN, rules.PLACE_MISSING, rules.END_BEFORE_START)


@VISITS.route("", methods=["GET"])
@requires(READ)
@VISITS.arguments(VisitQuery, location="query")
@VISITS.response(200, page_of(VisitOut))
def list_visits(query: dict[str, Any]) -> dict[str, Any]:
    """Visits within reach, latest day first, by pages; all of a customer's in one query."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    filters, actor, now = _filters(query), current_actor(), services().clock.now()
    return page(
        "visits",
        filters,
        cursor,
        lambda connection, after: queries.visit_page(connection, actor, filters, now=now, after=after, limit=size),
    )


@VISITS.route("/export", methods=["GET"])
@requires(EXPORT, recent=STEP_UP)
@VISITS.arguments(VisitExport, location="query")
@VISITS.doc(responses=SHEET)
def export_visits(query: dict[str, Any]) -> Response:
    """Visits within reach as CSV or XLSX, narrowed as the list is. The audit log keeps who took it."""
    kind, filters = query.pop("format", None), _filters(query)
    actor, now = current_actor(), services().clock.now()
    limit(EXPORT_PER_PERSON, actor.org_id, actor.user_id)
    with writing() as uow:
        count = count_for_export(uow.connection, actor, filters, now=now)
        uow.record(VisitsExported(actor.user_id, filters.set_names(), count))
        uow.commit()
    read = partial(export_lines, actor=actor, filters=filters, now=now)
    return sheet_answer(kind, "visits", columns(actor.timezone), read)


@VISITS.route("", methods=["POST"])
@requires(WRITE)
@VISITS.arguments(VisitIn)
@VISITS.response(201, VisitOut)
@repeated(VISITS, VisitOut)
@VISITS.refuses(*_PLAN_PROBLEMS, REUSED_ID, NOT_FOUND)
def create_visit(values: dict[str, Any]) -> tuple[VisitLine, int]:
    """Make a visit: planned for a day, or none. With an `id`, sending the same again changes nothing."""
    visit_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(Visit, visit_id)
        if known is None:
            operations.create_visit(uow, visit_id, values)
            uow.commit()
        else:
            refuse_unless_same(
                uow, known, settle_visit(values), uow.actor.user_id if uow.actor.must(WRITE).covers(known) else ""
            )
    return _line(visit_id, written=True), 201 if known is None else 200


@VISITS.route("/<id:visit_id>", methods=["GET"])
@requires(READ)
@VISITS.response(200, VisitOut)
def get_visit(visit_id: str) -> VisitLine:
    """One visit, plan and actual side by side."""
    return _line(visit_id)


@VISITS.route("/<id:visit_id>", methods=["PATCH"])
@requires(WRITE)
@VISITS.arguments(VisitPatch)
@VISITS.response(200, VisitOut)
@VISITS.refuses(*_PLAN_PROBLEMS, rules.MOVED_TOO_FAR, NOT_YOURS, VISIT_STARTED, VISIT_DONE, VISIT_CANCELLED, STALE)
def change_visit(values: dict[str, Any], visit_id: str) -> VisitLine:
    """Change, move or reassign a visit that has not started."""
    base = values.pop("base", None)
    with writing() as uow:
        visit = uow.must(Visit, visit_id, WRITE)
        refuse_stale(uow, visit, settle_visit(values), base)
        operations.change_visit(uow, visit, values)
        uow.commit()
    return _line(visit_id, written=True)


@VISITS.route("/<id:visit_id>/start", methods=["POST"])
@requires(WRITE)
@VISITS.arguments(StartIn)
@VISITS.response(200, VisitOut)
@VISITS.refuses(NOT_YOURS, VISIT_STARTED, VISIT_DONE, VISIT_CANCELLED)
def start_visit(values: dict[str, Any], visit_id: str) -> VisitLine:
    """Check in to one's own visit."""
    with writing() as uow:
        operations.start_visit(uow, uow.must(Visit, visit_id, WRITE), values)
        uow.commit()
    return _line(visit_id, written=True)


@VISITS.route("/<id:visit_id>/finish", methods=["POST"])
@requires(WRITE)
@VISITS.arguments(FinishIn)
@VISITS.response(200, VisitOut)
@VISITS.refuses(NOT_YOURS, VISIT_DONE, VISIT_CANCELLED, rules.END_BEFORE_START)
@VISITS.refuses(rules.DUE_MISSING, rules.REPEAT_INVALID, CUSTOMER_MISSING, TEXT_REQUIRED, REUSED_ID)  # of the follow-up
def finish_visit(values: dict[str, Any], visit_id: str) -> VisitLine:
    """Say what came of one's own visit, and what is next."""
    following = values.pop("follow_up", None)
    with writing() as uow:
        visit = operations.finish_visit(uow, uow.must(Visit, visit_id, WRITE), values)
        if following is not None:
            about = {"customer_id": visit.customer_id, "visit_id": visit.id}
            follow_up_id = following.pop("id", None) or new_id()
            with below("follow_up"):
                if uow.get(FollowUp, follow_up_id) is not None:
                    raise Refused(REUSED_ID, field="/id")
                operations.create_follow_up(uow, follow_up_id, {**following, **about})
        uow.commit()
    return _line(visit_id, written=True)


@VISITS.route("/<id:visit_id>/cancel", methods=["POST"])
@requires(WRITE)
@VISITS.arguments(CancelIn)
@VISITS.response(200, VisitOut)
@VISITS.refuses(NOT_YOURS, VISIT_STARTED, VISIT_DONE)
def cancel_visit(values: dict[str, Any], visit_id: str) -> VisitLine:
    """Call a visit off. A second time changes nothing."""
    with writing() as uow:
        operations.cancel_visit(uow, uow.must(Visit, visit_id, WRITE), values)
        uow.commit()
    return _line(visit_id, written=True)


@VISITS.route("/<id:visit_id>/reopen", methods=["POST"])
@requires(WRITE)
@VISITS.response(200, VisitOut)
@VISITS.refuses(NOT_YOURS, VISIT_STARTED, VISIT_DONE)
def reopen_visit(visit_id: str) -> VisitLine:
    """Plan a cancelled visit again."""
    with writing() as uow:
        operations.reopen_visit(uow, uow.must(Visit, visit_id, WRITE))
        uow.commit()
    return _line(visit_id, written=True)


def _filters(query: dict[str, Any]) -> VisitFilters:
    status = query.pop("status", None)
    return VisitFilters(**query, status=None if status is None else LineStatus(status))


def _line(visit_id: str, *, written: bool = False) -> VisitLine:
    with reading() as connection:
        return queries.get_visit(connection, current_actor(), visit_id, written=written, now=services().clock.now())
