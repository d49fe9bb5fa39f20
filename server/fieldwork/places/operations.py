"""What can be done with customers' places, and which one counts. Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.core.problems import Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.fieldwork import check_in
from server.fieldwork.check_in import Place
from server.fieldwork.operations.belonging import belongs_to
from server.fieldwork.places.events import CustomerPlaceSet
from server.fieldwork.places.models import CustomerPlace

NO_SUCH_PLACE = problem_type(
    "fieldwork.place-impossible",
    422,
    zh="这不是一个有效的位置。",
    en="That is no place on the earth.",
    doc="0,0 is what a failed fix looks like.",
)
_LOADED = "fieldwork.places"
_AT_ONCE = 1000


def set_place(uow: UnitOfWork, place_id: str, values: Mapping[str, Any]) -> CustomerPlace:
    """Say where a customer is to be met; from now on this counts. values: customer_id, latitude_e7, longitude_e7, radius_m?.

    Records CustomerPlaceSet. Raises Refused NOT_FOUND (customer), NO_SUCH_PLACE. Source: rule F7.
    """
    customer = customers.accept_fact_for(uow, values["customer_id"])
    if not check_in.is_on_earth(values["latitude_e7"], values["longitude_e7"]):
        raise Refused(NO_SUCH_PLACE, field="/latitude_e7")
    place = uow.add(
        CustomerPlace(
            id=place_id,
            author_id=uow.actor.user_id,
            **belongs_to(customer, None),
            customer_id=customer.id,
            latitude_e7=values["latitude_e7"],
            longitude_e7=values["longitude_e7"],
            radius_m=values.get("radius_m"),
        )
    )
    uow.record(CustomerPlaceSet(customer.id, place.id))
    return place


def preload_places(uow: UnitOfWork, customer_ids: Iterable[str | None]) -> None:
    """Load at once the places of these customers that are not there yet."""
    loaded: set[str] = uow.once(_LOADED, set)
    missing = sorted({each for each in customer_ids if each is not None} - loaded)
    for start in range(0, len(missing), _AT_ONCE):
        uow.find(CustomerPlace, c(CustomerPlace).customer_id.in_(missing[start : start + _AT_ONCE]))
    loaded.update(missing)


def place_of_customer(uow: UnitOfWork, customer_id: str | None) -> Place | None:
    """The place that counts: the one that arrived last."""
    if customer_id is None:
        return None
    preload_places(uow, [customer_id])
    found = uow.among(CustomerPlace, lambda each: each.customer_id == customer_id)
    if not found:
        return None
    last = max(found, key=lambda each: (each.created_at, each.id))
    return check_in.place_of(last.latitude_e7, last.longitude_e7, last.radius_m)
