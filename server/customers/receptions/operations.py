"""Receiving a customer, and completing the sheet about it. As server/customers/operations.py: nothing commits or reads by row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from server.core.problems import Refused
from server.core.types import to_ms
from server.core.uow import UnitOfWork
from server.customers.functions import WRITE
from server.customers.lead_conflicts.finding import Entered, look_for_conflicts
from server.customers.operations import accept_fact_for, add_to_timeline, change_customer
from server.customers.receptions import rules
from server.customers.receptions.events import ReceptionAdded, ReceptionChanged
from server.customers.receptions.models import Reception
from server.customers.receptions.settling import settle_reception
from server.customers.timeline import Deed, timeline_kind

RECEIVED = timeline_kind("reception", zh="接待", en="Received", deed=Deed.RECEPTION)


def add_reception(uow: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> Reception:
    """A customer was received. values: customer_id, channel, received_at? (now unless told), and what stands on the sheet.

    A prospect who came becomes visited. A conflict with whoever else has his number is looked for anew: when he was first
    received may decide it. A former owner's from his device is taken too. Records ReceptionAdded.
    Raises Refused NOT_FOUND, RECEIVED_IN_FUTURE (office). Source: rules C10, R1, R2; domain rows 1, 13, 15.
    """
    customer = accept_fact_for(uow, values["customer_id"])
    settled = settle_reception(values)
    made_at = uow.made_at or uow.now
    received_at = settled.pop("received_at", None) or made_at
    if uow.actor.enrolment_id is None:
        rules.check_received(received_at, uow.now)
    met = rules.place(received_at, made_at=made_at, clock=uow.device_clock, now=uow.now)
    reception = uow.add(
        Reception(
            id=row_id,
            received_by=uow.actor.user_id,
            received_at=received_at,
            fixed_at=met.at,
            doubt_ms=met.doubt // timedelta(milliseconds=1),
            owner_id=customer.owner_id,
            unit_id=customer.unit_id,
            project_id=customer.project_id,
            **settled,
        )
    )
    late = not uow.actor.must(WRITE).holds(customer)
    uow.record(ReceptionAdded(customer.id, reception.id, reception.channel, to_ms(received_at), late))
    params = {"channel": reception.channel}
    add_to_timeline(uow, customer, RECEIVED, at=received_at, subject_id=reception.id, params=params)
    if customer.stage == "prospect" and reception.channel == "visit":
        change_customer(uow, customer, {"stage": "visited"})
    uow.in_turn(look_for_conflicts, Entered(customer.id))
    return reception


def change_reception(uow: UnitOfWork, reception: Reception, values: Mapping[str, Any]) -> Reception:
    """Complete or correct the sheet; who received him, when and how stays. Records ReceptionChanged.

    The caller has checked reach. Raises Refused IMPRESSION_OF_ANOTHER. Source: rule R1.
    """
    settled = settle_reception(values)
    wanted = {name: value for name, value in settled.items() if getattr(reception, name) != value}
    if "impression" in wanted and reception.received_by != uow.actor.user_id:
        raise Refused(rules.IMPRESSION_OF_ANOTHER, field="/impression")
    if wanted:
        shown = {
            name: [uow.shown(Reception, name, getattr(reception, name)), uow.shown(Reception, name, value)]
            for name, value in wanted.items()
        }
        uow.change(reception, **wanted)
        uow.record(ReceptionChanged(reception.customer_id, reception.id, shown))
    return reception
