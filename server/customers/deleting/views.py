"""Deleting and restoring over REST."""

from __future__ import annotations

from typing import Any

from server.core.auth import current_actor, reading, writing
from server.core.declare import requires
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, NOT_FOUND
from server.customers import queries
from server.customers.absent import MERGED
from server.customers.deleting.operations import PROTECTED, delete_customers, restore_customers
from server.customers.deleting.queries import deleted_page
from server.customers.deleting.schemas import DeletedCustomerOut, DeletionIn, DeletionOut, RestoringIn, RestoringOut
from server.customers.functions import DELETE
from server.customers.queries import Card
from server.customers.schemas import CustomerOut
from server.customers.views.blueprint import CUSTOMERS, cursors


@CUSTOMERS.route("/<id:customer_id>", methods=["DELETE"])
@requires(DELETE)
@CUSTOMERS.response(204)
@CUSTOMERS.refuses(PROTECTED, MERGED)
def delete(customer_id: str) -> None:
    """Delete a customer with all that hangs on him; for thirty days he can be restored. Again it changes nothing."""
    with writing() as uow:
        delete_customers(uow, [customer_id])
        uow.commit()


@CUSTOMERS.route("/delete", methods=["POST"])
@requires(DELETE)
@CUSTOMERS.arguments(DeletionIn)
@CUSTOMERS.response(200, DeletionOut)
@CUSTOMERS.refuses(PROTECTED, NOT_FOUND, MERGED)
def delete_several(values: dict[str, Any]) -> dict[str, int]:
    """Delete customers, all or none: those who are protected are named, and then nothing was done."""
    with writing() as uow:
        count = delete_customers(uow, values["customers"])
        uow.commit()
    return {"deleted": count}


@CUSTOMERS.route("/deleted", methods=["GET"])
@requires(DELETE)
@CUSTOMERS.arguments(PageQuery, location="query")
@CUSTOMERS.response(200, page_of(DeletedCustomerOut))
@CUSTOMERS.refuses(BAD_CURSOR)
def list_deleted(query: dict[str, Any]) -> dict[str, Any]:
    """Deleted customers within reach, what was deleted last first, each with the last day on which he can be restored."""
    actor = current_actor()
    scope = ["deleted_customers", actor.org_id]
    after = cursors().decode(scope, query.get("cursor"), int, str)
    with reading() as connection:
        items, key = deleted_page(connection, actor, after=after, limit=query["limit"])
    return {"items": items, "next": None if key is None else cursors().encode(scope, key)}


@CUSTOMERS.route("/deleted/restore", methods=["POST"])
@requires(DELETE)
@CUSTOMERS.arguments(RestoringIn)
@CUSTOMERS.response(200, RestoringOut)
@CUSTOMERS.refuses(NOT_FOUND)
def restore_several(values: dict[str, Any]) -> dict[str, int]:
    """Bring deleted customers back, all or none, as when a deletion of several is taken back."""
    with writing() as uow:
        count = restore_customers(uow, values["customers"])
        uow.commit()
    return {"restored": count}


@CUSTOMERS.route("/deleted/<id:customer_id>/restore", methods=["POST"])
@requires(DELETE)
@CUSTOMERS.response(200, CustomerOut)
def restore(customer_id: str) -> Card:
    """Bring a deleted customer back, with all that hung on him, to his owner. Again it changes nothing."""
    with writing() as uow:
        restore_customers(uow, [customer_id])
        uow.commit()
    with reading() as connection:
        return queries.get(connection, current_actor(), customer_id, written=True)
