"""/api/v1/customers/…/receptions: list, note and complete receptions."""

from __future__ import annotations

from typing import Any

from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND, Refused
from server.core.sync_problems import SYNC_PROBLEMS
from server.customers.functions import READ, WRITE
from server.customers.models import Customer
from server.customers.receptions import operations, rules
from server.customers.receptions.models import Reception
from server.customers.receptions.queries import reception_page
from server.customers.receptions.schemas import ReceptionIn, ReceptionOut, ReceptionPatch
from server.customers.receptions.settling import settle_reception
from server.customers.views.blueprint import CHANGED_MEANWHILE, CUSTOMERS, ChangedMeanwhile, clashing, cursors, repeated
from sync_protocol.ids import new_id

REUSED_ID = SYNC_PROBLEMS["sync.reused-row-id"]
_RECEPTIONS = "/<id:customer_id>/receptions"


@CUSTOMERS.route(_RECEPTIONS, methods=["GET"])
@requires(READ)
@CUSTOMERS.arguments(PageQuery, location="query")
@CUSTOMERS.response(200, page_of(ReceptionOut))
@CUSTOMERS.refuses(BAD_CURSOR)
def list_receptions(query: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """When and how a customer was received, what arrived last first."""
    actor = current_actor()
    scope = ["receptions", actor.org_id, customer_id]
    after = cursors().decode(scope, query.get("cursor"), int, str)
    with reading() as connection:
        items, key = reception_page(connection, actor, customer_id, after=after, limit=query["limit"])
    return {"items": items, "next": None if key is None else cursors().encode(scope, key)}


@CUSTOMERS.route(_RECEPTIONS, methods=["POST"])
@requires(WRITE)
@CUSTOMERS.arguments(ReceptionIn)
@CUSTOMERS.response(201, ReceptionOut)
@repeated(ReceptionOut, "The reception was noted before, by the same request.")
@CUSTOMERS.refuses(rules.RECEIVED_IN_FUTURE, REUSED_ID)
def add_reception(values: dict[str, Any], customer_id: str) -> tuple[Reception, int]:
    """Note that a customer was received, by the caller."""
    reception_id = values.pop("id", None) or new_id()
    with writing() as uow:
        uow.must(Customer, customer_id, WRITE)
        known = uow.get(Reception, reception_id)
        if known is None:
            made = operations.add_reception(uow, reception_id, {"customer_id": customer_id, **values})
            uow.commit()
            return made, 201
        same = {"customer_id": customer_id, "received_by": uow.actor.user_id, **settle_reception(values)}
        if any(getattr(known, name) != value for name, value in same.items()):
            raise Refused(REUSED_ID)
        return known, 200


@CUSTOMERS.route(f"{_RECEPTIONS}/<id:reception_id>", methods=["PATCH"])
@requires(WRITE)
@CUSTOMERS.arguments(ReceptionPatch)
@CUSTOMERS.response(200, ReceptionOut)
@CUSTOMERS.refuses(rules.IMPRESSION_OF_ANOTHER, CHANGED_MEANWHILE)
def change_reception(values: dict[str, Any], customer_id: str, reception_id: str) -> Reception:
    """Complete or correct the sheet of a reception."""
    base = values.pop("base", None)
    with writing() as uow:
        uow.must(Customer, customer_id, WRITE)
        reception = uow.get(Reception, reception_id)
        if reception is None or reception.customer_id != customer_id:
            raise Refused(NOT_FOUND)
        clashes = clashing(uow, reception, settle_reception(values), base)
        if not clashes:
            operations.change_reception(uow, reception, values)
            uow.commit()
    if clashes:
        raise ChangedMeanwhile(ReceptionOut().dump(reception), clashes)
    return reception
