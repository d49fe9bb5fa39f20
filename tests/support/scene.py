"""Two organisations behind the whole application, somebody in every role of the first and a double of each in the second.

For the tests of rights and of hostile input. Rows of every kind: scene_rows.py.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import PoolProxiedConnection, select, text

from kiosk.operations import stations
from server.accounts.operations import devices
from server.app import create_app
from server.cli.simulated_kiosk import SimulatedKiosk
from server.config import Settings
from server.core.access import Actor, system_actor
from server.core.db import Database
from server.core.keys import load_keys
from server.core.rows import ROWS, c, metadata
from server.core.services import Services
from server.membership.operations import centres
from sync_protocol.ids import new_id
from tests.conftest import NO_POSTGRES
from tests.server.accounts.company import CHEAP, PEOPLE, Clock, Company, Phone, fill
from tests.support import databases
from tests.support.tenancy import across_organisations

STAFF = {
    **PEOPLE,
    "lan": ("east", "reception"),
    "qing": ("south", "finance"),
}
"""Who works where, as what; beside them `admin` at the root."""

ROLES = {
    "administrator": "admin",
    "director": "boss",
    "supervisor": "jie",
    "salesperson": "wang",
    "finance": "fang",
    "reception": "lan",
}
"""Role → the person who stands for it."""

Ids = dict[str, str]
"""Name of a path parameter → id."""
DAY = date(2025, 3, 4)
"""The day after the scene's clock begins: what is planned for it is still to come."""

COLLEAGUES = {
    "admin": "boss",
    "boss": "admin",
    "jie": "zhao",
    "wang": "zhao",
    "fang": "qing",
    "qing": "fang",
    "lan": "zhao",
}
"""Somebody else of the same unit."""

STRANGER = "na"
"""Somebody of another team than all of them but those at the root, who reach all teams."""

OWNERS = ("admin", "boss", "jie", "wang", "zhao", "na", "fang", "qing", "lan")

_CLOCK = "SELECT feed_head, event_n, event_hash, access_version FROM org_clocks WHERE org_id = '{}'"
OTHER_COUNTS = tuple(sorted(name for name in metadata.tables if name not in ("org_directory", "org_clocks")))


@dataclass
class Scene:
    """acme, whose people are asked about, and globex, of which nobody of acme may notice anything.

    homes: person → name of his primary unit, the same in both.
    """

    acme: Company
    globex: Company
    tokens: dict[str, str] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    serial: int = 0
    _kiosks: list[SimulatedKiosk] = field(default_factory=list)
    _watch: PoolProxiedConnection | None = None
    homes: dict[str, str] = field(
        default_factory=lambda: {"admin": "root", **{name: at[0] for name, at in STAFF.items()}}
    )

    @property
    def services(self) -> Services:
        """The services of the one installation both are in."""
        return self.acme.services

    def word(self) -> str:
        """A small text that occurs once."""
        self.serial += 1
        return f"w{self.serial}"

    def hand(self, company: Company, name: str) -> Actor:
        """That person with the power of the server itself: for making rows that are his, whatever he may do."""
        unit_id = company.units[self.homes[name]]
        return replace(system_actor(company.org), user_id=company.users[name], unit_id=unit_id, name=name)

    def token(self, name: str, company: Company | None = None) -> str:
        """The access token of an office session of that person, opened once."""
        home = company or self.acme
        key = f"{home.code}/{name}"
        if key not in self.tokens:
            self.tokens[key] = home.office(name).token
        return self.tokens[key]

    def phone(self, name: str) -> Phone:
        """That person's handheld, enrolled once."""
        if name not in self.phones:
            self.phones[name] = Phone(self.acme).signed_in(name)
        return self.phones[name]

    def lost_phone(self, name: str, *, wipe: bool) -> Phone:
        """Another handheld of that person, taken out of service."""
        key = f"lost by {name}"
        if wipe or key not in self.phones:
            phone = Phone(self.acme).signed_in(name)
            with self.services.writing(self.hand(self.acme, name)) as uow:
                devices.revoke_device(uow, phone.answer["device"], wipe=wipe)
                uow.commit()
            self.phones[key] = phone
        return self.phones[key]

    @property
    def newcomer(self) -> Phone:
        """A handheld that nobody has signed in on yet, or did before with the same key."""
        return self.phones.setdefault("newcomer", Phone(self.acme))

    def kiosk(self) -> SimulatedKiosk:
        """A kiosk of acme's team East, enrolled once."""
        if not self._kiosks:
            with self.services.writing(self.hand(self.acme, "wang")) as uow:
                centre = centres.create_centre(uow, new_id(), {"name": self.word()})
                kiosk = stations.create_kiosk(uow, new_id(), {"name": "Door", "sales_centre_id": centre.id})
                _, code = stations.issue_code(uow, kiosk.id, key=self.acme.credentials.code_key)
                uow.commit()
            made = SimulatedKiosk("http://localhost", self._send, self.acme.clock.now)
            made.enrol(self.acme.code, kiosk.number, code)
            self._kiosks.append(made)
        return self._kiosks[0]

    def _send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, Any]:
        given: dict[str, Any] = {} if body is None else {"json": body}
        answer = self.acme.call(method, path, headers=dict(headers), **given)
        return answer.status_code, answer.json

    def forget(self, name: str) -> None:
        """His sessions have ended; he signs in anew when he is asked for."""
        for company in (self.acme, self.globex):
            self.tokens.pop(f"{company.code}/{name}", None)
        self.phones.pop(name, None)

    def device_token(self, name: str) -> str:
        """The access token of his handheld."""
        return str(self.phone(name).answer["access_token"])

    def clocks(self) -> tuple[tuple[Any, ...], ...]:
        """Both organisations' clock rows: they move with every row of a collection, event and change of rights."""
        return self._clock(self.acme), self._clock(self.globex)

    def _clock(self, company: Company) -> tuple[Any, ...]:
        """Asked of the driver, on a connection of its own: it is done four times around each request of thousands."""
        if self._watch is None:
            self._watch = self.services.database.engine.raw_connection()
            self._watch.detach()
        cursor = self._watch.cursor()
        if self.services.database.engine.dialect.name == "postgresql":
            cursor.execute(f"SET app.org = '{company.org}'")
        cursor.execute(_CLOCK.format(company.org))
        found = cursor.fetchone() or ()
        cursor.close()
        return tuple(found)

    def close(self) -> None:
        """Let go of the connection that looks at the clocks."""
        if self._watch is not None:
            self._watch.close()

    def foreign_ids(self) -> frozenset[str]:
        """The ids of all rows of globex: none of them may ever stand in an answer to acme, unless acme uses it too."""
        return self._ids(self.globex) - self._ids(self.acme)

    def _ids(self, company: Company) -> frozenset[str]:
        found = {company.org}
        with self.services.reading(company.org) as connection:
            for row in ROWS.values():
                columns = c(row)
                found |= set(connection.execute(select(columns.id).where(columns.org_id == company.org)).scalars())
        return frozenset(found)

    def footprint(self) -> tuple[tuple[Any, ...], ...]:
        """The clock rows, and for each table of both organisations how many rows it has."""
        counts = " UNION ALL ".join(
            f"SELECT '{name}', count(*) FROM {name} WHERE org_id = :org_id"  # noqa: S608 - names of our own tables
            for name in OTHER_COUNTS
        )
        found: list[tuple[Any, ...]] = list(self.clocks())
        for company in (self.acme, self.globex):
            with (
                across_organisations("each part is bound to one; the guard would take long to see it"),
                self.services.reading(company.org) as connection,
            ):
                found += [tuple(row) for row in connection.execute(text(counts), {"org_id": company.org})]
        return tuple(found)


@contextmanager
def open_scene(kind: databases.Kind, folder: Path) -> Iterator[Scene]:
    """A fresh scene on one kind of database. Skips the test when there is no PostgreSQL, as the fixtures do."""
    with ExitStack() as stack:
        stack.enter_context(quiet())
        try:
            made = stack.enter_context(databases.database(kind))
        except databases.NoPostgres as reason:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{NO_POSTGRES}: {reason}")
        database = Database(made.app_url, pool_size=4)
        stack.callback(database.close)
        scene = found_scene(database, folder)
        stack.callback(scene.close)
        yield scene


@contextmanager
def quiet() -> Iterator[None]:
    """Thousands of requests: their log lines would take longer than they do, and nobody reads them."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def found_scene(database: Database, folder: Path) -> Scene:
    """Make both organisations in an empty database."""
    settings = Settings(
        database_url=database.url,
        keys_dir=folder / "keys",
        blob_dir=folder / "blobs",
        rate_limits=False,
        language="en",
    )
    clock = Clock()
    services = Services(settings, database, load_keys(settings), clock)
    app = create_app(services, cost=CHEAP)
    scene = Scene(Company(services, clock, app, code="acme"), Company(services, clock, app, code="globex"))
    fill(scene.acme, STAFF)
    fill(scene.globex, STAFF)
    return scene
