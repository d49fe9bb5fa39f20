"""List, search, enter, read, change, count and export customers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response

from server.core.auth import current_actor, reading, writing
from server.core.declare import STEP_UP, requires
from server.core.http import limit
from server.core.limits import EXPORT_PER_PERSON
from server.core.page_schemas import page_of
from server.core.problems import BAD_CURSOR, Refused, below
from server.core.sheet_answers import SHEET, sheet_answer
from server.core.sync_problems import SYNC_PROBLEMS
from server.customers import operations, queries, rules
from server.customers.absent import DELETED, MERGED, customer_there
from server.customers.absent_queries import refuse_absent
from server.customers.events import CustomersExported
from server.customers.export import COLUMNS
from server.customers.functions import EXPORT, READ, WRITE
from server.customers.models import Customer, CustomerPhone
from server.customers.narrowing import Filters
from server.customers.ownership import NEW_OWNER_UNFIT
from server.customers.profile.rules import urgency_of
from server.customers.queries import Card
from server.customers.schemas import (
    CustomerExport,
    CustomerFilters,
    CustomerIn,
    CustomerOut,
    CustomerPatch,
    CustomerQuery,
    SummaryOut,
)
from server.customers.settling import settle_customer
from server.customers.views.blueprint import (
    CHANGED_MEANWHILE,
    CUSTOMERS,
    ChangedMeanwhile,
    clashing,
    cursors,
    repeated,
    today,
)
from sync_protocol.ids import new_id

REUSED_ID = SYNC_PROBLEMS["sync.reused-row-id"]
_FIELD_PROBLEMS = (
    rules.NAME_REQUIRED, rules.ID_NUMBER_INVALID, rules.STAGE_FROM_DEAD, rules.LOST_REASON_REQUIRED, rules.DAY_IN_FUTURE,
)  # fmt: skip


@CUSTOMERS.route("", methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(CustomerQuery, location="query")
@CUSTOMERS.response(200, page_of(CustomerOut))
@CUSTOMERS.refuses(BAD_CURSOR)
def list_customers(query: dict[str, Any]) -> dict[str, Any]:
    """Customers within reach, by pages; search by part of a name or by phone.

    What a text finds comes in the order of its match, whatever `order` says: those with such a phone first, then by what stands
    in the name, or its sound, from the matched place on, so that who is called just that comes before who is called more.
    """
    order, size, cursor = query.pop("order"), query.pop("limit"), query.pop("cursor", None)
    filters = Filters(**query, today=today())
    actor = current_actor()
    sorting = queries.order_of(filters, order)
    scope = ["customers", actor.org_id, sorting, *filters.scope()]
    after = cursors().decode(scope, cursor, int if sorting == "updated" else str, str)
    with reading() as connection:
        cards, key = queries.page(connection, actor, filters, order=order, after=after, limit=size)
    return {"items": [_dated(card) for card in cards], "next": None if key is None else cursors().encode(scope, key)}


@CUSTOMERS.route("", methods=["POST"])
@requires(WRITE)
@CUSTOMERS.arguments(CustomerIn)
@CUSTOMERS.response(201, CustomerOut)
@repeated(CustomerOut, "The customer was entered before, by the same request.")
@CUSTOMERS.refuses(
    *_FIELD_PROBLEMS,
    rules.PHONE_INVALID,
    operations.PROJECT_UNKNOWN,
    NEW_OWNER_UNFIT,
    REUSED_ID,
)
def create_customer(values: dict[str, Any]) -> tuple[Card, int]:
    """Enter a customer with his phones. With an `id`, sending the same again changes nothing."""
    customer_id, phones = values.pop("id", None) or new_id(), values.pop("phones")
    with writing() as uow:
        known = uow.get(Customer, customer_id)
        if known is None:
            operations.create_customer(uow, customer_id, values)
            for place, phone in enumerate(phones):
                phone_id = phone.pop("id", None) or new_id()
                with below("phones", place):
                    if uow.get(CustomerPhone, phone_id) is not None:  # also one of these phones
                        raise Refused(REUSED_ID, field="/id")
                    operations.add_phone(uow, phone_id, {"customer_id": customer_id, **phone})
            uow.commit()
        elif not uow.actor.must(WRITE).holds(known) or not operations.is_same_customer(uow, known, values):
            raise Refused(REUSED_ID)
    return _card(customer_id, written=True), 201 if known is None else 200


@CUSTOMERS.route("/<id:customer_id>", methods=["GET"])
@requires(READ)
@CUSTOMERS.response(200, CustomerOut)
@CUSTOMERS.refuses(DELETED, MERGED)
def get_customer(customer_id: str) -> Card:
    """One customer with all his phones, old ones too. Of one who was merged or deleted, 410 says so."""
    return _card(customer_id)


@CUSTOMERS.route("/<id:customer_id>", methods=["PATCH"])
@requires(WRITE)
@CUSTOMERS.arguments(CustomerPatch)
@CUSTOMERS.response(200, CustomerOut)
@CUSTOMERS.refuses(*_FIELD_PROBLEMS, CHANGED_MEANWHILE, DELETED, MERGED)
def change_customer(values: dict[str, Any], customer_id: str) -> Card:
    """Change fields of a customer's card."""
    base = values.pop("base", None)
    with writing() as uow:
        customer = customer_there(uow, customer_id, WRITE)
        clashes = clashing(uow, customer, settle_customer(values), base)
        if not clashes:
            operations.change_customer(uow, customer, values)
            uow.commit()
    if clashes:
        raise ChangedMeanwhile(CustomerOut().dump(_card(customer_id, written=True)), clashes)
    return _card(customer_id, written=True)


@CUSTOMERS.route("/summary", methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(CustomerFilters, location="query")
@CUSTOMERS.response(200, SummaryOut)
def summarise_customers(query: dict[str, Any]) -> dict[str, Any]:
    """How many customers within reach are at each stage."""
    with reading() as connection:
        stages = queries.count_by_stage(connection, current_actor(), Filters(**query, today=today()))
    return {"stages": stages, "total": sum(stages.values())}


@CUSTOMERS.route("/export", methods=["GET"])
@requires(EXPORT, recent=STEP_UP)
@CUSTOMERS.arguments(CustomerExport, location="query")
@CUSTOMERS.doc(responses=SHEET)
def export_customers(query: dict[str, Any]) -> Response:
    """Customers within reach as CSV or XLSX, sensitive values masked. The audit log keeps who took it."""
    kind, filters, actor = query.pop("format", None), Filters(**query, today=today()), current_actor()
    limit(EXPORT_PER_PERSON, actor.org_id, actor.user_id)
    with writing() as uow:
        count = queries.count_for_export(uow.connection, actor, filters)
        uow.record(CustomersExported(actor.user_id, filters.set_names(), count))
        uow.commit()
    return sheet_answer(kind, "customers", COLUMNS, lambda connection: queries.export_rows(connection, actor, filters))


def _card(customer_id: str, *, written: bool = False) -> Card:
    actor = current_actor()
    with reading() as connection:
        try:
            return _dated(queries.get(connection, actor, customer_id, written=written))
        except Refused:
            refuse_absent(connection, actor, customer_id)
            raise


def _dated(card: Card) -> Card:
    return replace(card, urgency=urgency_of(card.expected_close_on, today()))
