"""A small organisation made by the areas' own operations, people with devices in it, and a second one beside it.

Harbour: department Sales with the teams East and West, department Service with the team Desk. Lighthouse: one team. For
tests that go through the registry of collections; tests of one area have a smaller place of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

import server.registry  # noqa: F401 - all functions, so that the system roles have them, and all collections
from server.accounts.models import Role
from server.accounts.operations import organisations, roles, staff, units
from server.accounts.operations.staff import NewUser
from server.accounts.queries.actors import load_actor
from server.accounts.rules import StaffValues
from server.accounts.scope import Scope, UnitKind
from server.core.access import FUNCTIONS, Actor, system_actor
from server.core.apply import Applied
from server.core.collections import shapes
from server.core.db import Database
from server.core.rows import c
from server.core.uow import UnitOfWork, unit_of_work
from server.fieldwork.activities.operations import create_type
from sync_protocol.envelope import MAX_PAGE_BYTES
from sync_protocol.ids import new_id
from sync_protocol.phone import MemoryStorage, Phone
from tests.support import syncing
from tests.support.syncing import MADE_AT, Held, InProcess, Queue, Wire

PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "anna": ("east", ("salesperson",)),
    "ben": ("east", ("salesperson",)),
    "carl": ("west", ("salesperson",)),
    "dan": ("desk", ("salesperson",)),
    "sue": ("east", ("supervisor",)),
    "wei": ("west", ("supervisor",)),
    "dora": ("harbour", ("director",)),
    "finn": ("harbour", ("finance",)),
    "lee": ("east", ("department lead", "salesperson")),
    "priya": ("desk", ("project member",)),
    "rita": ("desk", ("reception",)),
}
"""Who works where, as what; beside them `admin`, made with the organisation."""

_OWN_ROLES = {"department lead": Scope.DEPARTMENT, "project member": Scope.PROJECT}


@dataclass
class World:
    """Harbour, unless another name is said. users, units: name → id."""

    database: Database
    org_id: str = field(default_factory=new_id)
    units: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    enrolments: dict[str, str] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)

    def found(self, code: str) -> None:
        """Make the organisation itself, with its root unit and administrator."""
        with unit_of_work(self.database, system_actor(self.org_id)) as uow:
            _, admin = organisations.create_organisation(uow, code=code, name=code, admin_password_hash=None)
            self.units[code] = admin.unit_id
            self.users["admin"] = admin.id
            uow.commit()

    def furnish(self) -> None:
        """Make Harbour's tree, its own roles, a project, and its people."""
        self.found("harbour")
        with unit_of_work(self.database, system_actor(self.org_id)) as uow:
            for name, parent, kind in (
                ("sales", "harbour", UnitKind.DEPARTMENT), ("service", "harbour", UnitKind.DEPARTMENT),
                ("east", "sales", UnitKind.TEAM), ("west", "sales", UnitKind.TEAM), ("desk", "service", UnitKind.TEAM),
            ):  # fmt: skip
                self.units[name] = units.create_unit(uow, parent_id=self.units[parent], kind=kind, name=name).id
            create_type(uow, new_id(), {"name_zh": "开盘", "name_en": "Opening"})
            self.projects["pier"] = units.create_project(uow, code="pier", name="Pier").id
            of_salespeople = [each.code for each in FUNCTIONS.values() if "salesperson" in each.roles]
            for name, scope in _OWN_ROLES.items():
                roles.create_role(uow, name=name, scope=scope, functions=of_salespeople)
            uow.commit()
        with unit_of_work(self.database, system_actor(self.org_id)) as uow:
            for name, (unit, held) in PEOPLE.items():
                self.hire(uow, name, unit, held, projects=["pier"] if "project member" in held else [])
            uow.commit()
        self._enrol(*self.users)

    def hire(self, uow: UnitOfWork, name: str, unit: str, held: Sequence[str], *, projects: Sequence[str] = ()) -> None:
        """A new member of staff. held: codes of system roles or names of own ones."""
        user = staff.create_user(
            uow,
            NewUser(
                staff=StaffValues(number=f"n-{name}", name=name),
                username=name,
                unit_id=self.units[unit],
                role_ids=self.role_ids(uow, held),
                project_ids=tuple(self.projects[each] for each in projects),
                password_hash=None,
            ),
        )
        self.users[name] = user.id

    def role_ids(self, uow: UnitOfWork, held: Sequence[str]) -> tuple[str, ...]:
        """The ids of roles by code or name."""
        return tuple(each.id for each in uow.find(Role, c(Role).code.in_(held) | c(Role).name.in_(held)))

    def give_roles(self, name: str, *held: str, projects: Sequence[str] = ()) -> None:
        """From now on somebody holds these roles and no others."""
        with unit_of_work(self.database, system_actor(self.org_id)) as uow:
            values = {"role_ids": self.role_ids(uow, held), "project_ids": [self.projects[each] for each in projects]}
            staff.change_user(uow, self.users[name], values)
            uow.commit()

    def move(self, name: str, unit: str) -> None:
        """From now on somebody works in this unit."""
        with unit_of_work(self.database, system_actor(self.org_id)) as uow:
            staff.change_user(uow, self.users[name], {"unit_id": self.units[unit]})
            uow.commit()

    # -- people at work --------------------------------------------------------------------------------------------

    def actor(self, name: str) -> Actor:
        """Somebody at his desk, with what he reaches now. `system`: the server itself."""
        if name == "system":
            return system_actor(self.org_id)
        with self.database.read(self.org_id) as connection:
            found = load_actor(connection, self.org_id, self.users[name])
        assert found is not None
        return found

    def device(self, name: str) -> Actor:
        """Somebody on his newest device."""
        return self.actor(name).on_device(self.enrolments[name])

    @contextmanager
    def working(self, name: str = "system") -> Iterator[UnitOfWork]:
        """A unit of work of somebody at his desk; commit it inside."""
        with unit_of_work(self.database, self.actor(name), commitment_secret=b"secret of tests") as uow:
            yield uow

    def enrol(self, name: str) -> str:
        """A new device of somebody; his queue begins at 1."""
        self._enrol(name)
        return self.enrolments[name]

    def _enrol(self, *names: str) -> None:
        made = syncing.enrol(self.database, self.org_id, [self.users[name] for name in names])
        self.enrolments.update(zip(names, made, strict=True))
        self.queues.update((name, Queue()) for name in names)

    def push(self, name: str, operations: Sequence[Wire] | None = None) -> Applied:
        """Push these operations of somebody, or what is in his queue."""
        taken = self.queues[name].take() if operations is None else operations
        return syncing.push(self.database, self.device(name), taken)

    def pull_all(self, name: str, *, max_bytes: int = MAX_PAGE_BYTES) -> Held:
        """A first sync of somebody."""
        return syncing.pull_all(self.database, self.device(name), max_bytes=max_bytes)

    def phone(self, name: str, storage: MemoryStorage | None = None, *, max_bytes: int = MAX_PAGE_BYTES) -> Phone:
        """The reference device in somebody's hand."""
        line = InProcess(self.database, lambda: self.device(name))
        made = Phone(
            storage or MemoryStorage(), line, lambda: "", lambda: MADE_AT, shapes=shapes(), max_bytes=max_bytes
        )
        made.reenrol(self.enrolments[name])
        return made


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """Harbour, once on each database."""
    with open_world(database_url) as made:
        yield made


@contextmanager
def open_world(database_url: str) -> Iterator[World]:
    """Harbour in a fresh migrated database."""
    database = Database(database_url)
    made = World(database)
    made.furnish()
    yield made
    database.close()


def lighthouse(world: World) -> World:
    """The other organisation in the same database, with a salesperson `olga`."""
    other = World(world.database)
    other.found("lighthouse")
    with unit_of_work(other.database, system_actor(other.org_id)) as uow:
        root = other.units["lighthouse"]
        other.units["shore"] = units.create_unit(uow, parent_id=root, kind=UnitKind.TEAM, name="shore").id
        uow.commit()
    with unit_of_work(other.database, system_actor(other.org_id)) as uow:
        other.hire(uow, "olga", "shore", ["salesperson"])
        uow.commit()
    other._enrol(*other.users)
    return other
