"""/api/v1/opportunities and the ranking of customers: list, open, read, change, and the contacts about one."""

from __future__ import annotations

from typing import Any

from flask.wrappers import Response
from sqlalchemy import select

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import STEP_UP, requires
from server.core.http import language, limit
from server.core.limits import EXPORT_PER_PERSON
from server.core.lists import page_answer
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND, STALE, Refused
from server.core.rows import c
from server.core.sheet_answers import SHEET, sheet_answer
from server.core.sync_problems import SYNC_PROBLEMS
from server.core.uow import UnitOfWork
from server.customers.functions import EXPORT, READ, WRITE
from server.customers.models import Customer
from server.customers.opportunities import operations, queries, rules
from server.customers.opportunities.events import OpportunitiesExported
from server.customers.opportunities.export import columns
from server.customers.opportunities.funnel import stages
from server.customers.opportunities.models import Opportunity, OpportunityContact
from server.customers.opportunities.queries import Line, OpportunityFilters
from server.customers.opportunities.rules import OPPORTUNITY_CLOSED, STAGE_UNKNOWN
from server.customers.opportunities.schemas import (
    OpportunityContactIn,
    OpportunityContactOut,
    OpportunityEntryOut,
    OpportunityExport,
    OpportunityIn,
    OpportunityOut,
    OpportunityPatch,
    OpportunityQuery,
    RankingOut,
)
from server.customers.opportunities.settling import settle_opportunity
from server.customers.rules import TEXT_REQUIRED
from server.customers.views.blueprint import CUSTOMERS, clashing
from sync_protocol.ids import new_id

OPPORTUNITIES = Blueprint(
    "opportunities",
    __name__,
    url_prefix="/api/v1/opportunities",
    description="What customers may buy, how near they are, and what that comes to.",
)
REUSED_ID = SYNC_PROBLEMS["sync.reused-row-id"]
_AGAIN = "It was made before, by the same request."
_BY_WORTH, _BY_ARRIVAL = (int, str), (int, str)


@CUSTOMERS.route("/ranking", methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(PageQuery, location="query")
@CUSTOMERS.response(200, RankingOut)
@CUSTOMERS.refuses(BAD_CURSOR)
def rank_customers(query: dict[str, Any]) -> dict[str, Any]:
    """Customers within reach by probability × amount, each with the opportunity that puts him there."""
    actor, size = current_actor(), query["limit"]
    answer = page_answer(
        "ranking",
        {"currency": actor.currency},
        query.get("cursor"),
        _BY_WORTH,
        lambda connection, after: queries.ranking_page(connection, actor, after=after, limit=size),
    )
    return {**answer, "rule": rules.RANKING.fill(language(), {})}


@OPPORTUNITIES.route("", methods=["GET"])
@requires(READ)
@OPPORTUNITIES.arguments(OpportunityQuery, location="query")
@OPPORTUNITIES.response(200, page_of(OpportunityOut))
@OPPORTUNITIES.refuses(BAD_CURSOR)
def list_opportunities(query: dict[str, Any]) -> dict[str, Any]:
    """Opportunities within reach, what is worth most now first, by pages."""
    actor, size, cursor = current_actor(), query.pop("limit"), query.pop("cursor", None)
    filters = OpportunityFilters(**query)
    return page_answer(
        "opportunities",
        query,
        cursor,
        _BY_WORTH,
        lambda connection, after: queries.opportunity_page(connection, actor, filters, after=after, limit=size),
    )


@OPPORTUNITIES.route("/export", methods=["GET"])
@requires(EXPORT, recent=STEP_UP)
@OPPORTUNITIES.arguments(OpportunityExport, location="query")
@OPPORTUNITIES.doc(responses=SHEET)
def export_opportunities(query: dict[str, Any]) -> Response:
    """Opportunities within reach as CSV or XLSX, narrowed as the list is. The audit log keeps who took it."""
    kind, filters, actor = query.pop("format", None), OpportunityFilters(**query), current_actor()
    limit(EXPORT_PER_PERSON, actor.org_id, actor.user_id)
    with writing() as uow:
        count = queries.count_for_export(uow.connection, actor, filters)
        uow.record(OpportunitiesExported(actor.user_id, filters.set_names(), count))
        uow.commit()
    with reading() as connection:
        titled = columns(stages(connection, actor.org_id))
    return sheet_answer(
        kind, "opportunities", titled, lambda connection: queries.export_lines(connection, actor, filters)
    )


@OPPORTUNITIES.route("", methods=["POST"])
@requires(WRITE)
@OPPORTUNITIES.arguments(OpportunityIn)
@OPPORTUNITIES.response(201, OpportunityOut)
@OPPORTUNITIES.alt_response(200, schema=OpportunityOut, description=_AGAIN)
@OPPORTUNITIES.refuses(NOT_FOUND, TEXT_REQUIRED, STAGE_UNKNOWN, REUSED_ID)
def open_opportunity(values: dict[str, Any]) -> tuple[Line, int]:
    """Open one. With an `id`, sending the same again changes nothing."""
    row_id = values.pop("id", None) or new_id()
    with writing() as uow:
        known = uow.get(Opportunity, row_id)
        if known is None:
            operations.open_opportunity(uow, row_id, values)
            uow.commit()
        else:
            _refuse_unless_same(uow, known, values, known.opened_by)
    return shown(row_id), 201 if known is None else 200


@OPPORTUNITIES.route("/<id:opportunity_id>", methods=["GET"])
@requires(READ)
@OPPORTUNITIES.response(200, OpportunityOut)
def read_opportunity(opportunity_id: str) -> Line:
    """One opportunity."""
    with reading() as connection:
        return queries.get_opportunity(connection, current_actor(), opportunity_id)


@OPPORTUNITIES.route("/<id:opportunity_id>", methods=["PATCH"])
@requires(WRITE)
@OPPORTUNITIES.arguments(OpportunityPatch)
@OPPORTUNITIES.response(200, OpportunityOut)
@OPPORTUNITIES.refuses(TEXT_REQUIRED, OPPORTUNITY_CLOSED, STALE)
def change_opportunity(values: dict[str, Any], opportunity_id: str) -> Line:
    """Change title, amount, expected day or next step of an open one."""
    base = values.pop("base", None)
    with writing() as uow:
        opportunity = locked(uow, opportunity_id)
        if clashes := clashing(uow, opportunity, settle_opportunity(values), base):
            raise Refused(STALE, field=f"/{clashes[0]}", version=opportunity.version)
        operations.change_opportunity(uow, opportunity, values)
        uow.commit()
    return shown(opportunity_id)


@OPPORTUNITIES.route("/<id:opportunity_id>/contacts", methods=["GET"])
@requires(READ)
@OPPORTUNITIES.arguments(PageQuery, location="query")
@OPPORTUNITIES.response(200, page_of(OpportunityContactOut))
@OPPORTUNITIES.refuses(BAD_CURSOR)
def list_contacts(query: dict[str, Any], opportunity_id: str) -> dict[str, Any]:
    """The contacts about one, what arrived last first, by pages."""
    actor, size = current_actor(), query["limit"]
    return page_answer(
        "opportunity_contacts",
        {"opportunity_id": opportunity_id},
        query.get("cursor"),
        _BY_ARRIVAL,
        lambda connection, after: queries.contact_page(connection, actor, opportunity_id, after=after, limit=size),
    )


@OPPORTUNITIES.route("/<id:opportunity_id>/contacts", methods=["POST"])
@requires(WRITE)
@OPPORTUNITIES.arguments(OpportunityContactIn)
@OPPORTUNITIES.response(201, OpportunityContactOut)
@OPPORTUNITIES.alt_response(200, schema=OpportunityContactOut, description=_AGAIN)
@OPPORTUNITIES.refuses(TEXT_REQUIRED, REUSED_ID)
def add_contact(values: dict[str, Any], opportunity_id: str) -> tuple[OpportunityContact, int]:
    """Append a contact with the next step. With an `id`, sending the same again changes nothing."""
    row_id = values.pop("id", None) or new_id()
    wanted = {**values, "opportunity_id": opportunity_id}
    with writing() as uow:
        locked(uow, opportunity_id)
        known = uow.get(OpportunityContact, row_id)
        if known is None:
            contact = operations.add_contact(uow, row_id, wanted)
            uow.commit()
            return contact, 201
        _refuse_unless_same(uow, known, wanted, known.made_by)
        return known, 200


@OPPORTUNITIES.route("/<id:opportunity_id>/log", methods=["GET"])
@requires(READ)
@OPPORTUNITIES.arguments(PageQuery, location="query")
@OPPORTUNITIES.response(200, page_of(OpportunityEntryOut))
@OPPORTUNITIES.refuses(BAD_CURSOR)
def list_log(query: dict[str, Any], opportunity_id: str) -> dict[str, Any]:
    """What was done with one, when and by whom: its stages, contacts and end. What arrived last first, by pages."""
    actor, size = current_actor(), query["limit"]
    return page_answer(
        "opportunity_log",
        {"opportunity_id": opportunity_id},
        query.get("cursor"),
        _BY_ARRIVAL,
        lambda connection, after: queries.log_page(connection, actor, opportunity_id, after=after, limit=size),
    )


def locked(uow: UnitOfWork, row_id: str) -> Opportunity:
    """The opportunity, within reach of WRITE, after its customer: in the order in which a device's batch locks them."""
    o = c(Opportunity)
    statement = select(o.customer_id).where(o.org_id == uow.org_id, o.id == row_id)
    uow.preload(Customer, uow.connection.execute(statement).scalars())
    return uow.must(Opportunity, row_id, WRITE)


def shown(row_id: str) -> Line:
    """What became of one that the caller has just written."""
    with reading() as connection:
        return queries.get_opportunity(connection, current_actor(), row_id, written=True)


def _refuse_unless_same(uow: UnitOfWork, known: Any, values: dict[str, Any], maker_id: str) -> None:
    same = all(getattr(known, name) == value for name, value in settle_opportunity(values).items())
    if maker_id != uow.actor.user_id or not same or not uow.actor.must(WRITE).holds(known):
        raise Refused(REUSED_ID)
