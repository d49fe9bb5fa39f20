"""A small office for these tests: two teams under one department, another department, another organisation; and its doors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError

from server.accounts.models import Organisation, OrgUnit, Project, User
from server.config import Settings
from server.core import auth, collections, http, tables
from server.core.access import Actor, Reach, system_actor
from server.core.api import Api
from server.core.apply import Applied, apply_push
from server.core.auth import Authenticated
from server.core.db import Database, commit
from server.core.declare import refuse_undeclared
from server.core.events import GENESIS
from server.core.keys import load_keys
from server.core.problems import CONFLICT, UNAUTHENTICATED, Refused
from server.core.rows import Row, c
from server.core.services import Services
from server.core.sync_issues import SYNC_ISSUES
from server.core.uow import UnitOfWork, unit_of_work
from server.customers import operations
from server.customers.functions import DELETE, EXPORT, HAND_OVER, IMPORT, MERGE, READ, REVEAL, WRITE
from server.customers.models import Customer, CustomerPhone
from server.customers.sync import COLLECTIONS
from server.customers.views import BLUEPRINTS
from sync_protocol.ids import new_id
from sync_protocol.operations import parse_push

collections.register((SYNC_ISSUES,))
collections.register(COLLECTIONS)

FUNCTIONS = (READ, WRITE, HAND_OVER, REVEAL, EXPORT, MERGE, DELETE, IMPORT)
SALES = (READ, WRITE, REVEAL, MERGE)


class Clock:
    """Stands still until it is told."""

    def __init__(self) -> None:
        self.at = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class Office:
    """One organisation with its people, and the rival next door."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    org: str = field(default_factory=new_id)
    rival_org: str = field(default_factory=new_id)
    units: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    project: str = field(default_factory=new_id)
    _sent: dict[str, int] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """wang, zhao: East; na: West; jie: supervisor of East; hong: of West; yang: director of both; sun: South."""
        return self.people[name]

    @contextmanager
    def writing(self, name: str = "wang", **given: Any) -> Iterator[UnitOfWork]:
        with unit_of_work(self.database, given.get("actor") or self.actor(name), clock=self.clock) as uow:
            yield uow

    def customer(self, name: str = "王小明", *, by: str = "wang", phone: str | None = None, **values: Any) -> str:
        customer_id = new_id()
        with self.writing(by) as uow:
            operations.create_customer(uow, customer_id, {"name": name, **values})
            if phone is not None:
                operations.add_phone(uow, new_id(), {"customer_id": customer_id, "number": phone})
            uow.commit()
        return customer_id

    def row(self, kind: type[Row], row_id: str) -> Any:
        columns = c(kind)
        with self.database.read(self.org) as connection:
            statement = select(kind.__table__).where(columns.org_id == self.org, columns.id == row_id)
            return connection.execute(statement).one_or_none()

    def rows(self, kind: type[Row], /, **values: Any) -> list[Any]:
        columns = c(kind)
        conditions = [columns[name] == value for name, value in values.items()]
        with self.database.read(self.org) as connection:
            statement = select(kind.__table__).where(columns.org_id == self.org, *conditions).order_by(columns.id)
            return list(connection.execute(statement))

    def events(self, name: str) -> list[Any]:
        t = tables.EVENTS.c
        with self.database.read(self.org) as connection:
            statement = select(t.subject_id, t.body).where(t.org_id == self.org, t.name == name).order_by(t.n)
            return list(connection.execute(statement))

    def feed(self, row_id: str) -> dict[str, tuple[bool, int]]:
        """bucket → (put, seq) of a row."""
        t = tables.FEED.c
        with self.database.read(self.org) as connection:
            statement = select(t.bucket, t.put, t.seq).where(t.org_id == self.org, t.row_id == row_id)
            return {bucket: (put, seq) for bucket, put, seq in connection.execute(statement)}

    def phones_of(self, customer_id: str) -> list[Any]:
        return self.rows(CustomerPhone, customer_id=customer_id)

    def on_device(self, name: str) -> Actor:
        """The person on an enrolled device of his."""
        device = new_id()
        values = {"org_id": self.org, "id": new_id(), "user_id": self.users[name], "device_id": device}
        with self.database.write(self.org) as connection:
            rest = {"incarnation": 1, "last_n": 0, "created_at": self.clock.now()}
            connection.execute(insert(tables.ENROLMENTS).values(**values, **rest))
            commit(connection)
        return self.actor(name).on_device(values["id"])

    def push(self, actor: Actor, *sent: Mapping[str, Any]) -> Applied:
        """Push operations, each its own local transaction unless it names a group."""
        enrolment = str(actor.enrolment_id)
        first = self._sent.get(enrolment, 0) + 1
        self._sent[enrolment] = first + len(sent) - 1
        document = [
            {"n": n, "group": n, "base": 0, "made_at": 1_740_967_200_000, "values": {}, **each}
            for n, each in enumerate(sent, first)
        ]
        shapes = {name: each.shape for name, each in collections.COLLECTIONS.items()}
        return apply_push(self.database, actor, parse_push({"operations": document}, shapes), clock=self.clock)

    def services(self, folder: Path) -> Services:
        """What the server of this office stands on; its keys and files lie in that folder."""
        settings = Settings(
            database_url=self.database.url, keys_dir=folder, blob_dir=folder / "blobs", rate_limits=True
        )
        return Services(settings, self.database, load_keys(settings), self.clock)

    def client(self, folder: Path) -> FlaskClient:
        """The office's door; the bearer token is the person's name."""
        services = self.services(folder)
        settings = services.settings

        def who(token: str) -> Authenticated:
            if token not in self.people:
                raise Refused(UNAUTHENTICATED)
            return Authenticated(self.people[token], 0, "", self.clock.now())

        app = Flask("office", static_folder=None)
        http.install(app, settings, authenticate=auth.admits(who), translate=(_conflict,))
        auth.install(app, services)
        api = Api.of(app)
        for blueprint in BLUEPRINTS:
            api.register_blueprint(blueprint)
        refuse_undeclared(app)
        return app.test_client()


def _conflict(error: Exception) -> Refused | None:
    return Refused(CONFLICT) if isinstance(error, IntegrityError) else None


def furnish(database: Database) -> Office:
    """An office with its people and no customers."""
    office = Office(database)
    tree = {"root": None, "sales": "root", "east": "sales", "west": "sales", "south": "root"}
    office.units = {name: new_id() for name in tree}
    homes = {
        "wang": "east", "zhao": "east", "na": "west", "jie": "east", "hong": "west", "yang": "sales", "sun": "south",
        "gone": "east",
    }  # fmt: skip
    office.users = {name: new_id() for name in homes}
    for org in (office.org, office.rival_org):
        with database.write(org) as connection:
            clock = {"feed_head": 0, "event_n": 0, "event_hash": GENESIS, "access_version": 1, "epoch": new_id()}
            connection.execute(insert(tables.ORG_CLOCKS).values(org_id=org, **clock))
            commit(connection)
    with unit_of_work(database, system_actor(office.org), clock=office.clock) as uow:
        uow.add(Organisation(id=office.org, code="demo", name="Demo", timezone="Asia/Shanghai", currency="CNY"))
        kinds = {"root": "organisation", "sales": "department", "south": "department"}
        for name, parent in tree.items():
            above = None if parent is None else office.units[parent]
            uow.add(OrgUnit(id=office.units[name], parent_id=above, kind=kinds.get(name, "team"), name=name))
        uow.flush()
        uow.add(Project(id=office.project, code="river", name="River"))
        for name, unit in homes.items():
            state = "disabled" if name == "gone" else "active"
            uow.add(
                User(
                    id=office.users[name], number=name, name=name.title(), unit_id=office.units[unit], username=name,
                    state=state,
                )
            )  # fmt: skip
        uow.commit()
    _rival(database, office)
    units = office.units
    team = {"jie": ["east"], "hong": ["west"], "yang": ["sales", "east", "west"]}
    for name in homes:
        below = frozenset(units[each] for each in team.get(name, ()))
        office.people[name] = _person(office.org, office.users[name], units[homes[name]], below, all_of=name in team)
    everything = Reach(office.users["sun"], own=True, everything=True)
    office.people["boss"] = Actor(
        org_id=office.org, user_id=office.users["sun"], name="boss", unit_id=units["south"],
        reaches=dict.fromkeys(FUNCTIONS, everything),
    )  # fmt: skip
    office.people["nobody"] = Actor(
        org_id=office.org, user_id=office.users["sun"], name="nobody", unit_id=units["south"]
    )
    return office


def _person(org: str, user: str, unit: str, units: frozenset[str], *, all_of: bool) -> Actor:
    reach = Reach(user, own=True, units=units)
    functions: Sequence[str] = FUNCTIONS if all_of else SALES
    return Actor(org_id=org, user_id=user, name="x", unit_id=unit, reaches=dict.fromkeys(functions, reach))


def _rival(database: Database, office: Office) -> None:
    unit, spy = new_id(), new_id()
    with unit_of_work(database, system_actor(office.rival_org), clock=office.clock) as uow:
        uow.add(Organisation(id=office.rival_org, code="rival", name="R", timezone="Asia/Shanghai", currency="CNY"))
        uow.add(OrgUnit(id=unit, kind="organisation", name="R"))
        uow.add(User(id=spy, number="1", name="Spy", unit_id=unit, username="spy"))
        uow.commit()
    reach = Reach(spy, own=True, everything=True)
    office.users["spy"] = spy
    office.people["spy"] = Actor(
        org_id=office.rival_org, user_id=spy, name="spy", unit_id=unit, reaches=dict.fromkeys(FUNCTIONS, reach)
    )


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that ran in the block, without begin and end of transactions."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def refused(code: str) -> str:
    """What `pytest.raises(Refused, match=…)` looks for."""
    return f"^{code}$"


__all__ = ["Customer", "Office", "furnish", "refused", "statements"]
