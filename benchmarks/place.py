"""The organisation that is measured: salespeople with a device each, and their customers, put in as the product would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

import server.registry  # noqa: F401 - all functions and collections
from server.accounts.authentication import Credentials
from server.accounts.models import Device, Role, Session
from server.accounts.operations import organisations, staff, units
from server.accounts.operations.staff import NewUser
from server.accounts.queries.actors import load_actor
from server.accounts.rules import StaffValues
from server.accounts.scope import UnitKind
from server.cli.demo_load.inventing import invent_customer
from server.core import bulk, tables
from server.core.access import Actor, system_actor
from server.core.collections import COLLECTIONS, subscriptions
from server.core.db import commit
from server.core.rows import c
from server.core.services import Services
from server.core.types import from_ms
from server.customers.models import Customer
from server.customers.rules import name_key
from server.customers.search.index import CUSTOMER_KEYS, KEY_NAMES
from server.customers.search.keys import keys_of
from server.customers.search.sound import reading_of
from sync_protocol.ids import new_id

TODAY = date(2026, 6, 1)
_FIRST_MS = 1_700_000_000_000
_STEP_MS = 97_000
_FEED_NAMES = ("org_id", "bucket", "collection", "row_id", "seq", "put", "row_version")
_FEED_KEY = ("org_id", "bucket", "collection", "row_id")
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Seller:
    """A salesperson with a device that is signed in."""

    actor: Actor
    session_id: str
    device_id: str
    enrolment: str


@dataclass(slots=True)
class Place:
    """One organisation in one database. services: of the measuring process, beside the server's own."""

    services: Services
    org_id: str
    root: str
    team: str
    customers: int = 0

    @classmethod
    def found(cls, services: Services) -> Place:
        """Make the organisation."""
        org_id = new_id()
        with services.writing(system_actor(org_id)) as uow:
            _, admin = organisations.create_organisation(uow, code="bench", name="Bench", admin_password_hash=None)
            team = units.create_unit(uow, parent_id=admin.unit_id, kind=UnitKind.TEAM, name="东区 East").id
            uow.commit()
        return cls(services, org_id, admin.unit_id, team)

    def hire(self, username: str, role: str = "salesperson") -> Seller:
        """Somebody of the team, signed in on a device."""
        now = datetime.now(UTC)
        with self.services.writing(system_actor(self.org_id)) as uow:
            roles = tuple(each.id for each in uow.find(Role, c(Role).code == role))
            user = staff.create_user(
                uow,
                NewUser(
                    staff=StaffValues(number=username, name=username),
                    username=username,
                    unit_id=self.team,
                    role_ids=roles,
                    password_hash=None,
                ),
            )
            device = uow.add(
                Device(
                    installation=username,
                    user_id=user.id,
                    name="Pixel 9",
                    platform="web",
                    key_thumbprint=username.ljust(43, "A"),
                    public_jwk={},
                    last_seen_at=now,
                    app_version="1",
                    schema_number=1,
                )
            )
            enrolment = new_id()
            session = uow.add(
                Session(
                    user_id=user.id,
                    device_id=device.id,
                    enrolment_id=enrolment,
                    kind="mobile",
                    expires_at=now + timedelta(days=30),
                )
            )
            uow.commit()
        with self.services.database.write(self.org_id) as connection:
            connection.execute(
                insert(tables.ENROLMENTS).values(
                    org_id=self.org_id,
                    id=enrolment,
                    user_id=user.id,
                    device_id=device.id,
                    incarnation=1,
                    last_n=0,
                    created_at=now,
                )
            )
            commit(connection)
        with self.services.reading(self.org_id) as connection:
            actor = load_actor(connection, self.org_id, user.id)
        assert actor is not None  # noqa: S101 (made just before)
        return Seller(actor.on_device(enrolment), session.id, device.id, enrolment)

    def token(self, seller: Seller) -> str:
        """A fresh access token; it lives for a quarter of an hour."""
        token, _ = Credentials.of(self.services).access_token(
            org_id=self.org_id,
            user_id=seller.actor.user_id,
            session_id=seller.session_id,
            device_id=seller.device_id,
            now=datetime.now(UTC),
        )
        return token

    def fill(self, seller: Seller, count: int) -> None:
        """Give a salesperson that many customers, with the feed entries that creating them would have left."""
        scope, names = COLLECTIONS["customers"].scope, Customer.__names__
        first, self.customers = self.customers, self.customers + count
        for start in range(first, first + count, _AT_ONCE):
            rows = [self._customer(seller, n) for n in range(start, min(start + _AT_ONCE, first + count))]
            with self.services.database.write(self.org_id) as connection:
                clock = tables.ORG_CLOCKS
                head = connection.execute(
                    update(clock)
                    .where(clock.c.org_id == self.org_id)
                    .values(feed_head=clock.c.feed_head + len(rows))
                    .returning(clock.c.feed_head)
                ).scalar_one()
                bulk.insert(
                    connection, Customer.__table__, names, [tuple(getattr(row, name) for name in names) for row in rows]
                )
                bulk.insert(connection, CUSTOMER_KEYS, KEY_NAMES, key_rows_of(rows))
                entries = [
                    (self.org_id, bucket, "customers", row.id, seq, True, 1)
                    for seq, row in enumerate(rows, head - len(rows) + 1)
                    for bucket in scope.of(row)
                ]
                bulk.upsert(connection, tables.FEED, _FEED_NAMES, entries, _FEED_KEY)
                commit(connection)

    def _customer(self, seller: Seller, number: int) -> Customer:
        # Minted at different moments, as people do; ids minted in one go count up and would pack far too well.
        minted = _FIRST_MS + number * _STEP_MS
        values: dict[str, Any] = {**invent_customer(1, number, TODAY).values}
        return Customer(
            id=new_id(minted),
            org_id=self.org_id,
            created_at=from_ms(minted),
            updated_at=from_ms(minted),
            owner_id=seller.actor.user_id,
            unit_id=self.team,
            owned_since=from_ms(minted),
            name_key=name_key(values["name"]),
            pinyin=reading_of(name_key(values["name"])),
            **values,
        )

    def clock(self) -> tuple[int, str]:
        """Head and epoch now."""
        t = tables.ORG_CLOCKS.c
        with self.services.reading(self.org_id) as connection:
            head, epoch = connection.execute(select(t.feed_head, t.epoch).where(t.org_id == self.org_id)).one()
        return head, epoch

    def cursor(self, seller: Seller, *, behind: int = 0) -> dict[str, Any]:
        """The cursor of a device that has everything but the last `behind` customers of the feed."""
        head, epoch = self.clock()
        buckets = dict.fromkeys(subscriptions(seller.actor), head)
        buckets[f"customers:own:{seller.actor.user_id}"] = head - behind
        return {"epoch": epoch, "buckets": buckets}


def key_rows_of(customers: Sequence[Customer]) -> list[tuple[str | None, ...]]:
    """The rows of keys that they are found by, in the order of the table."""
    return sorted(
        (row.org_id, key, row.id, row.owner_id, row.unit_id, row.project_id)
        for row in customers
        for key in keys_of(row.name_key, row.pinyin)
    )


def wire_customers(numbers: range) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, values) of new customers as a device creates them."""
    for number in numbers:
        values = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in invent_customer(2, number, TODAY).values.items()
        }
        yield new_id(_FIRST_MS + number * _STEP_MS), values


def exchange(seller: Seller, *, pull: Any = None, operations: Any = None) -> dict[str, Any]:
    """The document of an exchange."""
    document: dict[str, Any] = {"protocol": 1, "schema": 1, "enrolment": seller.enrolment, "sent_at": _FIRST_MS}
    if operations is not None:
        document["push"] = {"operations": operations}
    if pull is not None:
        document["pull"] = pull
    return document
