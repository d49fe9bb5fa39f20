"""The company of accounts' tests with a sales centre of team East, members with cards, and kiosks behind the whole application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kiosk.models import KioskReading
from kiosk.operations import stations
from kiosk.operations.visitors import REGISTER
from server.cli.simulated_kiosk import NotTaken, SimulatedKiosk
from server.core.access import system_actor
from server.core.db import Database
from server.core.rows import c
from server.core.services import Services
from server.customers.models import Customer, TimelineEntry
from server.customers.operations import add_phone, create_customer
from server.membership.card_keys import CardKeys
from server.membership.cards import printed, rotating
from server.membership.models import Arrival, Card
from server.membership.operations import cards, centres, members
from server.worker import Worker
from sync_protocol.ids import new_id
from tests.server.accounts.company import Company, found_company
from tests.support.whole_app import whole_app

URL = "http://localhost"


@dataclass
class Centre:
    """jie leads East, where the sales centre “Lakeside” stands; wang and zhao sell there, na in West. wang is its host."""

    company: Company
    id: str = ""
    kiosk_ids: list[str] = field(default_factory=list)
    serial: int = 0

    @property
    def services(self) -> Services:
        return self.company.services

    @property
    def keys(self) -> CardKeys:
        return CardKeys.of(self.services.keys)

    # -- what the office does --------------------------------------------------------------------------------------

    def customer(self, name: str = "王小明", phone: str | None = None, owner: str = "wang") -> str:
        with self.company.writing(owner) as uow:
            customer = create_customer(uow, new_id(), {"name": name})
            if phone is not None:
                add_phone(uow, new_id(), {"customer_id": customer.id, "number": phone})
            uow.commit()
        return customer.id

    def member(self, customer_id: str | None = None, *, owner: str = "wang", tier: str = "gold") -> str:
        customer_id = customer_id or self.customer(owner=owner)
        with self.company.writing(owner) as uow:
            member = members.join(uow, new_id(), {"customer_id": customer_id, "tier": tier})
            uow.commit()
        return member.id

    def card(self, kind: str = "printed", *, member_id: str | None = None, owner: str = "wang", **values: Any) -> Card:
        member_id = member_id or self.member(owner=owner)
        if kind == "chip" and "uid" not in values:
            self.serial += 1
            values["uid"] = f"04{self.serial:012x}"
        with self.company.writing(owner) as uow:
            card = cards.issue_card(uow, new_id(), {"member_id": member_id, "kind": kind, **values})
            uow.commit()
        return card

    def text(self, card: Card) -> str:
        """What the card carries now. A chip has none: tests/kiosk/chips.py taps it."""
        reference, org = bytes.fromhex(card.card_ref), UUID(self.company.org)
        if card.kind == "printed":
            return printed.issue(reference, org_id=org, issued_on=card.issued_on, key=self.keys.signing[-1])
        secret = self.keys.phone_secret(self.company.org, reference)
        return rotating.show(reference, org_id=org, secret=secret, at=self.company.clock.now())

    def another_kiosk(self, centre_id: str | None = None) -> SimulatedKiosk:
        """A kiosk at the centre, enrolled with a code of the director's."""
        number, code = self.code(self.new_kiosk(centre_id))
        kiosk = self.unenrolled()
        kiosk.enrol(self.company.code, number, code)
        return kiosk

    def unenrolled(self) -> SimulatedKiosk:
        return SimulatedKiosk(URL, self.send, self.company.clock.now)

    def new_kiosk(self, centre_id: str | None = None) -> str:
        kiosk_id = new_id()
        with self.company.writing("boss") as uow:
            stations.create_kiosk(uow, kiosk_id, {"name": "Door", "sales_centre_id": centre_id or self.id})
            uow.commit()
        self.kiosk_ids.append(kiosk_id)
        return kiosk_id

    def code(self, kiosk_id: str) -> tuple[int, str]:
        with self.company.writing("boss") as uow:
            kiosk, code = stations.issue_code(uow, kiosk_id, key=self.company.credentials.code_key)
            uow.commit()
        return kiosk.number, code

    def work(self) -> None:
        """Let the worker do all that waits."""
        worker = Worker(self.services)
        while worker.work_one():
            pass

    # -- looking ---------------------------------------------------------------------------------------------------

    def send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, Any]:
        given: dict[str, Any] = {} if body is None else {"json": body}
        answer = self.company.call(method, path, headers=dict(headers), **given)
        return answer.status_code, answer.json

    def all_of(self, row: type[Any], **equal: Any) -> list[Any]:
        columns = c(row)
        statement = select(*columns).where(
            columns.org_id == self.company.org, *(columns[name] == value for name, value in equal.items())
        )
        with self.company.database.read(self.company.org) as connection:
            return [row(**each._mapping) for each in connection.execute(statement.order_by(columns.id))]

    def arrivals(self, **equal: Any) -> list[Arrival]:
        return self.all_of(Arrival, **equal)

    def readings(self) -> list[KioskReading]:
        return self.all_of(KioskReading)

    def reasons(self) -> list[str | None]:
        """Why each reading opened nothing, in the order in which they came."""
        return [each.reason for each in sorted(self.readings(), key=lambda each: each.n)]

    def timeline(self, customer_id: str, kind: str = "checked-in") -> list[TimelineEntry]:
        return self.all_of(TimelineEntry, customer_id=customer_id, kind=kind)


def found_centre(database: Database, folder: Path) -> Centre:
    """The centre with one host and no kiosk. The caller closes the database."""
    company = found_company(database, folder, whole_app)
    centre = Centre(company, new_id())
    with company.services.writing(system_actor(company.org)) as uow:
        values = {"name": "Lakeside", "host_id": company.users["wang"], "unit_id": company.units["east"]}
        centres.create_centre(uow, centre.id, values)
        uow.commit()
    return centre


__all__ = ["REGISTER", "URL", "Centre", "Customer", "NotTaken", "found_centre"]
