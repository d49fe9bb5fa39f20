"""Who arrives at a sales centre: checked in, and looked after by the reception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core.problems import Refused
from server.core.uow import UnitOfWork
from server.customers import operations as customers
from server.customers.models import Customer
from server.customers.timeline import timeline_kind
from server.membership import rules
from server.membership.events import ArrivalHandled
from server.membership.models import Arrival, SalesCentre
from server.membership.transitions import ARRIVAL_SERVED, ArrivalAction, ArrivalState, move_arrival

CHECKED_IN = timeline_kind("checked-in", zh="到访 {centre}", en="Arrived at {centre}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """How somebody came in. name: as he is to be called. at: when, by the kiosk's signed time or the server's."""

    kiosk_id: str
    name: str
    via: str
    at: datetime
    card_id: str | None = None
    tier: str | None = None
    is_late: bool = False
    is_proved: bool = False


def check_in(uow: UnitOfWork, centre: SalesCentre, customer: Customer, coming: Coming) -> Arrival:
    """Keep that a customer came, for reception, owner and timeline. The caller records who is to be told. Rules M6, M8."""
    waits = rules.is_still_waiting(coming.at, uow.now)
    arrival = uow.add(
        Arrival(
            customer_id=customer.id,
            customer_name=coming.name,
            sales_centre_id=centre.id,
            kiosk_id=coming.kiosk_id,
            card_id=coming.card_id,
            tier=coming.tier,
            via=coming.via,
            arrived_at=coming.at,
            is_late=coming.is_late,
            is_proved=coming.is_proved,
            state=(ArrivalState.WAITING if waits else ArrivalState.LEFT).value,
            owner_id=customer.owner_id,
            unit_id=centre.unit_id,
            project_id=centre.project_id,
        )
    )
    params = {"centre": centre.name, "via": coming.via, "late": coming.is_late}
    customers.add_to_timeline(uow, customer, CHECKED_IN, at=coming.at, subject_id=arrival.id, params=params)
    return arrival


def serve(uow: UnitOfWork, arrival: Arrival, _values: Mapping[str, Any]) -> Arrival:
    """`handle_arrival` as devices ask for it."""
    return handle_arrival(uow, arrival, ArrivalAction.SERVE)


def leave(uow: UnitOfWork, arrival: Arrival, _values: Mapping[str, Any]) -> Arrival:
    """`handle_arrival` as devices ask for it."""
    return handle_arrival(uow, arrival, ArrivalAction.LEAVE)


def handle_arrival(uow: UnitOfWork, arrival: Arrival, action: ArrivalAction) -> Arrival:
    """Say that he is looked after, or has left. The caller has checked reach. Records ArrivalHandled.

    Saying it again changes nothing; a second who would look after him is refused. Raises Refused ARRIVAL_SERVED,
    ARRIVAL_GONE. Source: rule M9.
    """
    after = move_arrival(arrival.state, action)
    if action is ArrivalAction.SERVE and arrival.handled_by not in (None, uow.actor.user_id):
        raise Refused(ARRIVAL_SERVED)
    if after != arrival.state:
        uow.change(arrival, state=after.value, handled_by=uow.actor.user_id, handled_at=uow.now)
        uow.record(ArrivalHandled(arrival.id, arrival.customer_id, after.value))
    return arrival
