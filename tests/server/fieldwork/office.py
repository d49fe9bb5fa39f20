"""The small office of the customers' tests, whose people also work in the field; and their doors."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from server import registry
from server.accounts.models import Role, UserRole
from server.config import Settings
from server.core import auth, http
from server.core.access import Actor, system_actor
from server.core.api import Api
from server.core.auth import Authenticated
from server.core.db import Database
from server.core.declare import refuse_undeclared
from server.core.keys import load_keys
from server.core.problems import UNAUTHENTICATED, Refused
from server.core.rows import Row
from server.core.services import Services
from server.core.uow import unit_of_work
from server.customers import functions as customer_functions
from server.customers import operations as customers
from server.fieldwork import functions, operations
from server.fieldwork.models import DayPlan, FollowUp, Visit
from server.fieldwork.questions.functions import READ as QUESTIONS_READ
from server.fieldwork.questions.functions import WRITE as QUESTIONS_WRITE
from server.fieldwork.targets.functions import READ as TARGETS_READ
from server.fieldwork.targets.functions import WRITE as TARGETS_WRITE
from server.fieldwork.views import BLUEPRINTS
from server.insight.functions import BOARD
from server.insight.views import BLUEPRINTS as BOARDS
from sync_protocol.ids import new_id
from tests.server.customers.office import Office as CustomerOffice
from tests.server.customers.office import furnish as furnish_customers
from tests.server.customers.office import statements

assert registry.AREAS  # importing it makes everything known and wires the handover

SALES = (functions.READ, functions.WRITE, QUESTIONS_READ, QUESTIONS_WRITE, TARGETS_READ)
MANAGERS = (*SALES, functions.ASSIGN, functions.EXPORT, TARGETS_WRITE, BOARD)
SHANGHAI_NINE = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
"""Monday the 3rd of March, 09:00 in Shanghai. The office's clock starts at 10:00."""
SITE: dict[str, Any] = {"site_latitude_e7": 312_304_000, "site_longitude_e7": 1_214_737_000}
ON_SITE: dict[str, Any] = {"latitude_e7": 312_304_000, "longitude_e7": 1_214_737_000, "accuracy_m": 20, "fix_age_s": 5}


def shanghai(clock: str, day: int = 3) -> datetime:
    """`09:30` of a day of March 2025 in Shanghai."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(2025, 3, day, tzinfo=UTC) + timedelta(hours=hours - 8, minutes=minutes)


class Office(CustomerOffice):
    """wang, zhao: East; na: West; jie: supervisor of East; hong: of West; yang: director of both; sun: South, boss: all."""

    def do(self, who: str | Actor, operation: Callable[..., Row], row: type[Row], row_id: str, **values: Any) -> None:
        actor = who if isinstance(who, Actor) else self.actor(who)
        with self.writing(actor=actor) as uow:
            operation(uow, uow.must(row, row_id, functions.WRITE), values)
            uow.commit()

    def make(self, who: str | Actor, operation: Callable[..., Row], **values: Any) -> str:
        actor, row_id = who if isinstance(who, Actor) else self.actor(who), new_id()
        with self.writing(actor=actor) as uow:
            operation(uow, row_id, values)
            uow.commit()
        return row_id

    def plan(self, who: str = "wang", **values: Any) -> str:
        return self.make(who, operations.create_plan, **values)

    def visit(self, who: str | Actor = "wang", **values: Any) -> str:
        return self.make(who, operations.create_visit, **({"place": "展厅"} | values))

    def follow_up(self, who: str | Actor = "wang", **values: Any) -> str:
        return self.make(who, operations.create_follow_up, **({"text": "回电"} | values))

    def start(self, who: str | Actor, visit_id: str, started_at: datetime, **fix: Any) -> None:
        self.do(who, operations.start_visit, Visit, visit_id, started_at=started_at, **fix)

    def finish(self, who: str | Actor, visit_id: str, ended_at: datetime, **values: Any) -> None:
        self.do(who, operations.finish_visit, Visit, visit_id, ended_at=ended_at, **values)

    def visit_row(self, visit_id: str) -> Any:
        return self.row(Visit, visit_id)

    def plan_row(self, plan_id: str) -> Any:
        return self.row(DayPlan, plan_id)

    def follow_up_row(self, follow_up_id: str) -> Any:
        return self.row(FollowUp, follow_up_id)

    def hand_over(self, customer_ids: list[str], to: str, by: str = "yang") -> None:
        with self.writing(by) as uow:
            customers.hand_over_customers(uow, customer_ids, self.users[to], "调岗")
            uow.commit()

    def door(self, folder: Path) -> Door:
        settings = Settings(database_url=self.database.url, keys_dir=folder, rate_limits=False)
        services = Services(settings, self.database, load_keys(settings), self.clock)

        def who(token: str) -> Authenticated:
            if token not in self.people:
                raise Refused(UNAUTHENTICATED)
            return Authenticated(self.people[token], 0, "", self.clock.now())

        app = Flask("office", static_folder=None)
        http.install(app, settings, authenticate=auth.admits(who))
        auth.install(app, services)
        api = Api.of(app)
        for blueprint in (*BLUEPRINTS, *BOARDS):
            api.register_blueprint(blueprint)
        refuse_undeclared(app)
        return Door(app.test_client())


@dataclasses.dataclass
class Door:
    """The office's HTTP door; the bearer token is a person's name."""

    client: FlaskClient

    def __call__(self, who: str, method: str, path: str, **given: Any) -> Any:
        return self.client.open(f"/api/v1{path}", method=method, headers={"Authorization": f"Bearer {who}"}, **given)


def furnish(database: Database) -> Office:
    """The office with its people, their roles and no customers."""
    plain = furnish_customers(database)
    office = Office(**{each.name: getattr(plain, each.name) for each in dataclasses.fields(plain)})
    for name, actor in office.people.items():
        if name == "nobody":
            continue
        granted = MANAGERS if customer_functions.HAND_OVER in actor.reaches else SALES
        reach = actor.reaches[customer_functions.READ]
        office.people[name] = dataclasses.replace(actor, reaches={**actor.reaches, **dict.fromkeys(granted, reach)})
    _roles(office)
    return office


def _roles(office: Office) -> None:
    roles: Mapping[str, tuple[str, ...]] = {"salesperson": SALES, "supervisor": MANAGERS, "finance": ()}
    holders = {
        "wang": "salesperson", "zhao": "salesperson", "na": "salesperson", "gone": "salesperson", "jie": "supervisor",
        "hong": "supervisor", "yang": "supervisor", "sun": "finance",
    }  # fmt: skip
    ids = {code: new_id() for code in roles}
    with unit_of_work(office.database, system_actor(office.org), clock=office.clock) as uow:
        for code, granted in roles.items():
            scope = "team" if code == "supervisor" else "own"
            uow.add(Role(id=ids[code], code=code, name=code, scope=scope, functions=list(granted)))
        uow.flush()
        for name, code in holders.items():
            uow.add(UserRole(user_id=office.users[name], role_id=ids[code]))
        uow.commit()


__all__ = ["ON_SITE", "SHANGHAI_NINE", "SITE", "Door", "Office", "furnish", "shanghai", "statements"]
