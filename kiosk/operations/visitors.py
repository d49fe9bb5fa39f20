"""Visitors who register at a kiosk: taken down at once, entered by the worker.

In two steps, so that the kiosk's answer is given before anybody has looked whether the phone is known: neither what it says
nor how long it takes can tell. Source: docs/rules/kiosks.md, Q7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, select

from kiosk.models import Kiosk, Registration
from kiosk.texts import CONSENT_VERSION
from server.accounts.models import Organisation
from server.core.auth import KioskCaller
from server.core.problems import Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.models import Customer, CustomerPhone
from server.customers.operations import add_phone, create_customer
from server.customers.rules import check_name, check_phone, tail_of
from server.membership import rules
from server.membership.events import VisitorArrived
from server.membership.models import Arrival, SalesCentre
from server.membership.operations.arrivals import Coming, check_in
from server.membership.operations.centres import host_of
from sync_protocol.ids import new_id

REGISTER = "kiosk.register-visitor"
CONSENT_OUTDATED = problem_type(
    "kiosk.consent-outdated",
    status=409,
    zh="同意书已更新，请重新阅读并确认。",
    en="The text to agree to has changed; please read it and agree again.",
    doc="Get /kiosk/v1/station, show the text of `version` and ask once more.",
    extra=["version"],
)


def take_down(uow: UnitOfWork, caller: KioskCaller, registration_id: str, values: Mapping[str, Any]) -> None:
    """Keep what a visitor typed and leave it to the worker. values: name, phone, consent. The same id again is once.

    Raises Refused NAME_REQUIRED, PHONE_INVALID (by their form alone), CONSENT_OUTDATED.
    """
    name, phone = check_name(values["name"]), check_phone(values["phone"], field="/phone")
    if values["consent"] != CONSENT_VERSION:
        raise Refused(CONSENT_OUTDATED, field="/consent", version=CONSENT_VERSION)
    if uow.get(Registration, registration_id) is not None:
        return
    uow.add(
        Registration(
            id=registration_id,
            kiosk_id=caller.kiosk_id,
            name=name,
            phone=phone,
            consent=values["consent"],
            registered_at=uow.now,
        )
    )
    uow.enqueue(REGISTER, {"registration": registration_id}, dedupe_key=f"{REGISTER}|{registration_id}")


def enter(uow: UnitOfWork, registration_id: str) -> str | None:
    """Enter a registered visitor: find whose he is or make him a customer of the host, and check him in.

    Returns the customer's id; None when it was done before. Records VisitorArrived, and what entering a customer records.
    Two registrations of one phone side by side make one customer: the organisation's row is locked meanwhile.
    """
    uow.get(Organisation, uow.org_id)
    registration = uow.get(Registration, registration_id)
    if registration is None or registration.name is None or registration.phone is None:
        return None
    kiosk = uow.must(Kiosk, registration.kiosk_id)
    centre = uow.must(SalesCentre, kiosk.sales_centre_id)
    customer = _owner_of(uow, registration.phone)
    is_new = customer is None
    if customer is None:
        customer = _make(uow, centre, registration.name, registration.phone)
    coming = Coming(kiosk_id=kiosk.id, name=registration.name, via="registration", at=registration.registered_at)
    if not _has_arrived(uow, centre, customer, coming):
        arrival = check_in(uow, centre, customer, coming)
        uow.record(
            VisitorArrived(
                customer.id,
                customer.owner_id,
                arrival.id,
                centre.id,
                arrival.arrived_at,
                is_new=is_new,
                consent=registration.consent,
            )
        )
    uow.change(registration, name=None, phone=None, customer_id=customer.id, is_new=is_new)
    return customer.id


def _owner_of(uow: UnitOfWork, phone: str) -> Customer | None:
    """The customer who has that phone: in use before out of use, then whoever was looked after last."""
    p, k = c(CustomerPhone), c(Customer)
    found = uow.connection.execute(
        select(k.id)
        .join(CustomerPhone.__table__, and_(p.org_id == k.org_id, p.customer_id == k.id))
        .where(k.org_id == uow.org_id, p.tail == tail_of(phone), p.number == phone)
        .order_by(p.is_current.desc(), k.updated_at.desc(), k.id)
        .limit(1)
    ).scalar()
    return None if found is None else uow.get(Customer, str(found))


def _make(uow: UnitOfWork, centre: SalesCentre, name: str, phone: str) -> Customer:
    values = {"name": name, "source": "walk_in", "stage": "visited", "owner_id": host_of(uow, centre).id}
    if centre.project_id is not None:
        values["project_id"] = centre.project_id
    customer = create_customer(uow, new_id(), values)
    add_phone(uow, new_id(), {"customer_id": customer.id, "number": phone})
    return customer


def _has_arrived(uow: UnitOfWork, centre: SalesCentre, customer: Customer, coming: Coming) -> bool:
    a = c(Arrival)
    near = uow.find(
        Arrival,
        a.customer_id == customer.id,
        a.sales_centre_id == centre.id,
        a.arrived_at > coming.at - rules.DEBOUNCE,
        a.arrived_at < coming.at + rules.DEBOUNCE,
    )
    return bool(near)
