"""A small company for these tests, made by the operations themselves: two teams in a department, another department; and
its doors over HTTP, the office's and the handheld's. The registry is imported for all functions: system roles are made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import DBAPIError, IntegrityError

import mobile_api.device
import mobile_api.session
import server.accounts.views
import server.registry
from server.accounts.authentication import CREDENTIALS, Authenticator, Credentials
from server.accounts.models import User
from server.accounts.operations import organisations, roles, staff, units
from server.accounts.operations.staff import NewUser
from server.accounts.passwords import HashCost
from server.accounts.queries.actors import load_actor
from server.accounts.rules import StaffValues
from server.accounts.scope import UnitKind
from server.cli.device_key import DeviceKey
from server.config import Settings
from server.core import auth, http, tables
from server.core.access import Actor, system_actor
from server.core.api import Api
from server.core.db import Database
from server.core.declare import refuse_undeclared
from server.core.keys import load_keys
from server.core.limits import Limits
from server.core.problems import BUSY, CONFLICT, Refused
from server.core.rows import c
from server.core.services import Services
from server.core.uow import UnitOfWork
from sync_protocol.ids import new_id

PASSWORD = "lantern-orchard-17"
CHEAP = HashCost(memory_kib=64, passes=1, lanes=1)
PEOPLE = {
    "boss": ("root", "director"),
    "jie": ("east", "supervisor"),
    "wang": ("east", "salesperson"),
    "zhao": ("east", "salesperson"),
    "hong": ("west", "supervisor"),
    "na": ("west", "salesperson"),
    "fang": ("south", "finance"),
}


class Clock:
    """Stands still until it is told."""

    def __init__(self) -> None:
        self.at = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


class Statements:
    """Statements on rows, as they are run; transaction commands are not among them."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def hear(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            self.texts.append(statement)


@contextmanager
def heard(engine: Engine) -> Iterator[Statements]:
    """Count what the block sends to the database."""
    statements = Statements()
    event.listen(engine, "before_cursor_execute", statements.hear)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", statements.hear)


@dataclass
class Company:
    """One organisation with its people, its services and its doors."""

    services: Services
    clock: Clock
    app: Flask
    org: str = field(default_factory=new_id)
    code: str = "acme"
    units: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.services.database

    @property
    def credentials(self) -> Credentials:
        found: Credentials = self.app.extensions[CREDENTIALS]
        return found

    def actor(self, name: str) -> Actor:
        """The person as he stands now. `system`: the server itself."""
        if name == "system":
            return system_actor(self.org)
        with self.database.read(self.org) as connection:
            found = load_actor(connection, self.org, self.users[name])
        assert found is not None
        return found

    @contextmanager
    def writing(self, name: str = "admin") -> Iterator[UnitOfWork]:
        with self.services.writing(self.actor(name)) as uow:
            yield uow

    def row(self, kind: type[Any], row_id: str) -> Any:
        columns = c(kind)
        with self.database.read(self.org) as connection:
            found = connection.execute(
                select(*columns).where(columns.org_id == self.org, columns.id == row_id)
            ).one_or_none()
        return None if found is None else kind(**found._mapping)

    def events(self, name: str | None = None) -> list[Any]:
        """Rows of the event log in order, of one kind or of all."""
        e = tables.EVENTS.c
        with self.database.read(self.org) as connection:
            found = connection.execute(select(tables.EVENTS).where(e.org_id == self.org).order_by(e.n)).all()
        return [each for each in found if name is None or each.name == name]

    # -- over HTTP -------------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, *, token: str | None = None, **given: Any) -> Any:
        headers = {"Accept-Language": "en", **given.pop("headers", {})}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.app.test_client().open(path, method=method, headers=headers, **given)

    def parts(self, name: str, **other: str) -> dict[str, str]:
        """The three parts of a person."""
        return {"organisation": self.code, "username": name, "password": PASSWORD, **other}

    def office(self, name: str) -> Office:
        """The office's door, signed in as that person."""
        answer = self.call("POST", "/api/v1/session", json=self.parts(name))
        assert answer.status_code == 201, answer.json
        return Office(self, answer.json["access_token"])


@dataclass
class Office:
    """Somebody signed in with a browser."""

    company: Company
    token: str

    def __call__(self, method: str, path: str, **given: Any) -> Any:
        return self.company.call(method, f"/api/v1{path}", token=self.token, **given)

    def ok(self, method: str, path: str, **given: Any) -> Any:
        """The document of an answer that has to be a good one."""
        answer = self(method, path, **given)
        assert answer.status_code < 300, answer.get_data()
        return answer.json if answer.data else None


@dataclass
class Phone:
    """A handheld with its key; remembers what it was answered last."""

    company: Company
    key: DeviceKey = field(default_factory=DeviceKey.generate)
    installation: str = field(default_factory=new_id)
    answer: dict[str, Any] = field(default_factory=dict)
    skew: timedelta = timedelta(0)

    def proof(self, method: str, path: str, token: str | None = None, **given: Any) -> dict[str, str]:
        at = self.company.clock.now() + self.skew
        return {"DPoP": self.key.sign_proof(method, f"http://localhost{path}", at, refresh_token=token, **given)}

    def describe(self, **other: Any) -> dict[str, Any]:
        about = {
            "installation": self.installation,
            "name": "Pixel 9",
            "platform": "web",
            "app_version": "1.0",
            "schema": 1,
            "key": self.key.jwk(),
        }
        return {**about, **other}

    def sign_in(self, name: str, **other: Any) -> Any:
        body = {**self.company.parts(name), "device": self.describe(**other)}
        answer = self.company.call(
            "POST", "/mobile/v1/session", json=body, headers=self.proof("POST", "/mobile/v1/session")
        )
        if answer.status_code == 201:
            self.answer = answer.json
        return answer

    def signed_in(self, name: str, **other: Any) -> Phone:
        answer = self.sign_in(name, **other)
        assert answer.status_code == 201, answer.json
        return self

    def refresh(self, token: str | None = None, **headers: str) -> Any:
        path, token = "/mobile/v1/session/refresh", token or self.answer["refresh_token"]
        return self.company.call(
            "POST", path, json={"refresh_token": token}, headers={**self.proof("POST", path, token), **headers}
        )

    def at_the_door(self, method: str, path: str, **given: Any) -> Any:
        """With the credential that is left to a revoked device."""
        path, token = f"/mobile/v1/device{path}", self.answer["refresh_token"]
        return self.company.call(method, path, token=token, headers=self.proof(method, path, token), **given)

    def reads(self) -> Any:
        """An ordinary request with its access token."""
        return self.company.call("GET", "/api/v1/session", token=self.answer["access_token"])


def found_company(database: Database, folder: Path, make: Callable[[Services], Flask] | None = None) -> Company:
    """Make the company. make: builds its application, the doors of accounts alone unless told. The caller closes the
    database."""
    settings = Settings(
        database_url=database.url,
        keys_dir=folder / "keys",
        blob_dir=folder / "blobs",
        rate_limits=False,
        language="en",
    )
    clock = Clock()
    services = Services(settings, database, load_keys(settings), clock)
    company = Company(services, clock, (make or make_app)(services))
    fill(company, PEOPLE)
    return company


def fill(company: Company, people: Mapping[str, tuple[str, str]]) -> None:
    """Make its organisation, the tree of its units, and its people. people: name → (unit, role)."""
    password_hash = company.credentials.hashes.hash(PASSWORD)
    with company.services.writing(system_actor(company.org)) as uow:
        _, admin = organisations.create_organisation(
            uow, code=company.code, name=company.code.title(), admin_password_hash=password_hash
        )
        uow.commit()
    company.users["admin"], company.units["root"] = admin.id, admin.unit_id
    with company.services.writing(system_actor(company.org)) as uow:
        for name, parent, kind in (
            ("sales", "root", UnitKind.DEPARTMENT),
            ("east", "sales", UnitKind.TEAM),
            ("west", "sales", UnitKind.TEAM),
            ("south", "root", UnitKind.DEPARTMENT),
        ):
            unit = units.create_unit(uow, parent_id=company.units[parent], kind=kind, name=name)
            company.units[name] = unit.id
        for number, (name, (unit_name, role)) in enumerate(people.items(), 2):
            user = staff.create_user(
                uow,
                NewUser(
                    staff=StaffValues(number=f"{number:04}", name=name.title(), phone=f"138001380{number:02}"),
                    username=name,
                    unit_id=company.units[unit_name],
                    role_ids=tuple(roles.role_ids(uow, role)),
                    password_hash=password_hash,
                ),
            )
            company.users[name] = user.id
        uow.commit()


def make_app(services: Services) -> Flask:
    """The doors of accounts alone, opened for these services. One application a process: making it takes half a second."""
    app = _doors()
    credentials = Credentials.of(services, cost=CHEAP)
    state = http.of(app)
    state.settings, state.limits = services.settings, Limits.from_settings(services.settings)
    state.authenticate = auth.admits(Authenticator(credentials))
    auth.install(app, services)
    app.extensions[CREDENTIALS] = credentials
    return app


@cache
def _doors() -> Flask:
    app = Flask("company", static_folder=None)
    http.install(app, Settings(rate_limits=False), translate=(_of_database,))
    api = Api.of(app)
    for room in (server.accounts.views, mobile_api.session, mobile_api.device):
        for blueprint in room.BLUEPRINTS:
            api.register_blueprint(blueprint)
    refuse_undeclared(app)
    return app


def _of_database(error: Exception) -> Refused | None:
    if isinstance(error, IntegrityError):
        return Refused(CONFLICT)
    return Refused(BUSY, retry_after=1) if isinstance(error, DBAPIError) else None


def user_of(company: Company, name: str) -> User:
    """The row of a person."""
    found: User = company.row(User, company.users[name])
    return found
