"""A small area for the tests of core, which knows no real one: things, their parts, words; and a town of people.

Its tables have metadata of their own; its functions, events and collections are registered only while a `toy_town` stands,
and its collections are then the only ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

import pytest
from sqlalchemy import MetaData, String, insert
from sqlalchemy.schema import CreateIndex, CreateTable

from server.core import collections, events, rows, tables
from server.core.access import FUNCTIONS, Actor, Function, Reach
from server.core.clock import Clock
from server.core.collections import Action, Collection, Column, OwnedScope, SharedScope, shapes
from server.core.db import Database, commit, open_engine
from server.core.events import GENESIS, Event, event
from server.core.problems import Catalogue, Refused, problem_type
from server.core.rows import Authored, Code, Marks, Row, Scoped, c, index, refers, table, unique
from server.core.sync_issues import SYNC_ISSUES
from server.core.types import Id, Json
from server.core.uow import UnitOfWork, unit_of_work
from server.migrations.tenancy import APP_ROLE, OWN_ORG
from sync_protocol import wire
from sync_protocol.ids import new_id
from sync_protocol.phone import MemoryStorage, Phone
from tests.support import databases, syncing, tenancy
from tests.support.syncing import MADE_AT, InProcess, Queue, Wire, push

READ, WRITE = "toys.read", "toys.write"
_FUNCTIONS = {code: Function(code, "玩具", "Toys") for code in (READ, WRITE)}
_PROBLEMS = Catalogue()  # not the product's: docs list that one
REFUSED = problem_type("toys.refused", 422, zh="不行", en="No.", catalogue=_PROBLEMS)
CLOSED = problem_type("toys.closed", 409, zh="已关闭", en="Closed already.", catalogue=_PROBLEMS)


METADATA = MetaData(naming_convention=rows.metadata.naming_convention)
"""Of the toys alone: whoever walks over the product's tables does not meet them."""
tenancy.WATCHED.append(METADATA)

with pytest.MonkeyPatch.context() as _patch:
    _patch.setattr(rows, "metadata", METADATA)
    _patch.setattr(rows, "ROWS", {})

    @table("toy_things", unique("label"), index("owner_id"))
    class Thing(Scoped):
        """Merges field by field, can be closed and deleted. label: unique in the organisation."""

        name: Annotated[str, String(40)]
        size: int | None = None
        is_old: bool = False
        made_on: date | None = None
        seen_at: datetime | None = None
        label: Annotated[str | None, String(20)] = None
        state: Annotated[str, Code] = "open"
        marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)

    @table("toy_parts", refers("thing_id", "toy_things"), index("thing_id"))
    class Part(Authored):
        """Belongs to a thing; is only ever added."""

        thing_id: Annotated[str, Id()]
        text: Annotated[str, String(200)]

    @table("toy_words")
    class Word(Row):
        """Reference data."""

        word: Annotated[str, String(20)]


@event("toys.thing-made")
class ThingMade(Event):
    """Subject: the thing."""

    name: str


@event("toys.thing-changed")
class ThingChanged(Event):
    """Subject: the thing."""

    changes: dict[str, Any]


for _event in (ThingMade, ThingChanged):
    del events.EVENTS[_event.code]


def settle_thing(values: Mapping[str, Any]) -> dict[str, Any]:
    """A name stands without space around it, and is not `unfit`."""
    settled = {name: value.strip() if name == "name" else value for name, value in values.items()}
    if settled.get("name") == "unfit":
        raise Refused(REFUSED, field="/name")
    return settled


def make_thing(uow: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> Thing:
    """What the name says: `refuse` refuses late, `break` is a fault of the server, `look` asks the database."""
    values = settle_thing(values)
    thing = uow.add(Thing(id=row_id, owner_id=uow.actor.user_id, unit_id=uow.actor.unit_id, **values))
    uow.record(ThingMade(thing.id, thing.name))
    uow.enqueue("toys.made", {"thing": thing.id})
    _react(uow, thing.name)
    return thing


def change_thing(uow: UnitOfWork, thing: Thing, values: Mapping[str, Any]) -> Thing:
    uow.change(thing, **settle_thing(values))
    uow.record(ThingChanged(thing.id, uow.changes(thing)))
    _react(uow, values.get("name", ""))
    return thing


def close_thing(uow: UnitOfWork, thing: Thing, values: Mapping[str, Any]) -> Thing:
    if thing.state == "closed":
        raise Refused(CLOSED)
    return uow.change(thing, state="closed", seen_at=values.get("closed_at") or uow.now)


def give_thing(uow: UnitOfWork, thing: Thing, owner: Actor) -> None:
    """A handover: the thing and its parts move."""
    uow.change(thing, owner_id=owner.user_id, unit_id=owner.unit_id)
    for part in uow.find(Part, c(Part).thing_id == thing.id):
        uow.change(part, owner_id=owner.user_id, unit_id=owner.unit_id)


def remove_thing(uow: UnitOfWork, thing: Thing, values: Mapping[str, Any]) -> Thing:
    uow.remove(thing)
    return thing


def add_part(uow: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> Part:
    thing = uow.must(Thing, values["thing_id"], WRITE)
    where: dict[str, Any] = {"owner_id": thing.owner_id, "unit_id": thing.unit_id, "project_id": thing.project_id}
    _react(uow, values["text"])
    return uow.add(Part(id=row_id, thing_id=thing.id, text=values["text"], author_id=uow.actor.user_id, **where))


def _react(uow: UnitOfWork, text: str) -> None:
    if text == "refuse":
        raise Refused(REFUSED, field="/name")
    if text == "break":
        raise ZeroDivisionError("a fault of the server")
    if text == "look":
        uow.find(Thing, c(Thing).name == text)


THINGS = Collection(
    name="toy_things",
    row=Thing,
    scope=OwnedScope(READ),
    policy="merge",
    columns=(
        Column("name", wire.TEXT(40), writable=True, required=True),
        Column("size", wire.INTEGER().or_null(), writable=True),
        Column("is_old", wire.BOOLEAN, writable=True),
        Column("made_on", wire.DAY.or_null(), writable=True),
        Column("seen_at", wire.INSTANT.or_null(), writable=True),
        Column("label", wire.TEXT(200).or_null(), writable=True),  # wider than its column: the database has to refuse
        Column("state", wire.CODE(("open", "closed"))),
        Column("owner_id", wire.ID),
    ),
    actions={
        "create": Action(make_thing, WRITE),
        "update": Action(change_thing, WRITE),
        "close": Action(close_thing, WRITE, values={"closed_at": wire.INSTANT}),
        "delete": Action(remove_thing, WRITE),
    },
    settle=settle_thing,
)
PARTS = Collection(
    name="toy_parts",
    row=Part,
    scope=OwnedScope(READ),
    policy="append",
    columns=(
        Column("thing_id", wire.ID, writable=True, required=True),
        Column("text", wire.TEXT(200), writable=True, required=True),
        Column("author_id", wire.ID),
    ),
    actions={"create": Action(add_part, WRITE)},
    parents={"thing_id": "toy_things"},
)
WORDS = Collection(
    name="toy_words", row=Word, scope=SharedScope(), policy="server", columns=(Column("word", wire.TEXT(20)),)
)
TOYS: tuple[Collection, ...] = (THINGS, PARTS, WORDS)


@dataclass
class Town:
    """One organisation with units east and west (of department trade) and north, and people with hand-made reaches.

    reaches: person → his reach; change it and his rights have changed.
    """

    database: Database
    org_id: str = field(default_factory=new_id)
    units: dict[str, str] = field(default_factory=lambda: {n: new_id() for n in ("trade", "east", "west", "north")})
    project: str = field(default_factory=new_id)
    users: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    reaches: dict[str, Reach] = field(default_factory=dict)
    enrolments: dict[str, str] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)

    def settle(self) -> None:
        """Make the organisation and its people."""
        with self.database.write(self.org_id) as connection:
            connection.execute(
                insert(tables.ORG_CLOCKS).values(
                    org_id=self.org_id, feed_head=0, event_n=0, event_hash=GENESIS, access_version=1, epoch=new_id()
                )
            )
            commit(connection)
        for name, unit in (("anna", "east"), ("ben", "east"), ("carl", "west"), ("nora", "north")):
            self.person(name, unit)
        self.person("sue", "east", units=("east",))
        self.person("wes", "west", units=("west",))
        self.person("dora", "trade", units=("trade", "east", "west"))
        self.person("priya", "north", projects=True)
        self.person("dirk", "trade", everything=True)
        self.person("gus", "east", nothing=True)
        self._enrol(*self.users)

    def person(
        self,
        name: str,
        unit: str,
        *,
        units: Sequence[str] = (),
        projects: bool = False,
        everything: bool = False,
        nothing: bool = False,
    ) -> None:
        """Make somebody."""
        user = self.users[name] = new_id()
        self.homes[name] = unit
        self.reaches[name] = Reach(
            user,
            own=not nothing,
            units=frozenset(self.units[each] for each in units),
            projects=frozenset({self.project} if projects else ()),
            everything=everything,
        )

    def reach(self, name: str, *units: str, everything: bool = False) -> None:
        """Change what somebody reaches."""
        ids = frozenset(self.units[each] for each in units)
        self.reaches[name] = Reach(self.users[name], own=True, units=ids, everything=everything)

    def enrol(self, name: str) -> str:
        """A new device of somebody; his queue begins at 1."""
        self._enrol(name)
        return self.enrolments[name]

    def _enrol(self, *names: str) -> None:
        made = syncing.enrol(self.database, self.org_id, [self.users[name] for name in names])
        self.enrolments.update(zip(names, made, strict=True))
        self.queues.update((name, Queue()) for name in names)

    def office(self, name: str) -> Actor:
        """Somebody at his desk."""
        reach = self.reaches[name]
        return Actor(
            org_id=self.org_id,
            user_id=self.users[name],
            name=name,
            unit_id=self.units[self.homes[name]],
            reaches={READ: reach, WRITE: reach},
        )

    def device(self, name: str) -> Actor:
        """Somebody on his newest device."""
        return self.office(name).on_device(self.enrolments[name])

    @contextmanager
    def working(self, name: str) -> Iterator[UnitOfWork]:
        """A unit of work of somebody at his desk; commit it inside."""
        with unit_of_work(self.database, self.office(name), commitment_secret=b"secret of tests") as work:
            yield work

    def push(self, name: str, operations: Sequence[Wire] | None = None, *, clock: Clock | None = None) -> Any:
        """Push these operations of somebody, or what is in his queue."""
        taken = self.queues[name].take() if operations is None else operations
        return push(self.database, self.device(name), taken, clock=clock)

    def make(self, who: str, /, **values: Any) -> str:
        """A thing of somebody, made on his device. Returns its id."""
        row = self.queues[who].create("toy_things", **{"name": "thing", **values})
        applied = self.push(who)
        assert applied.decisions[-1].verdict.accepted, applied
        return row

    def phone(self, name: str, storage: MemoryStorage | None = None, **options: Any) -> Phone:
        """The reference device in somebody's hand."""
        line = InProcess(self.database, lambda: self.device(name))
        phone = Phone(storage or MemoryStorage(), line, lambda: "", lambda: MADE_AT, shapes=shapes(), **options)
        phone.reenrol(self.enrolments[name])
        return phone


@contextmanager
def toy_town(made: databases.Database) -> Iterator[Town]:
    """A town in a fresh migrated database, with the toys as the only collections."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collections, "_BY_ROW", {})
        registered = dict(collections.COLLECTIONS)
        for code, function in _FUNCTIONS.items():
            patch.setitem(FUNCTIONS, code, function)
        for each in (ThingMade, ThingChanged):
            patch.setitem(events.EVENTS, each.code, each)
        for place, each_table in enumerate(METADATA.sorted_tables):
            patch.setitem(rows._PLACES, each_table.name, 1000 + place)
        collections.COLLECTIONS.clear()
        collections.register((SYNC_ISSUES, *TOYS))
        _make_tables(made)
        database = Database(made.app_url)
        try:
            town = Town(database)
            town.settle()
            yield town
        finally:
            database.close()
            collections.COLLECTIONS.clear()
            collections.COLLECTIONS.update(registered)


def _make_tables(made: databases.Database) -> None:
    """As a migration would: with row-level security, and rights for the server's role."""
    engine = open_engine(made.owner_url, pool_size=1)
    with engine.connect() as connection:
        for row in (Thing, Part, Word):
            made_table = row.__table__
            connection.execute(CreateTable(made_table))
            for each in made_table.indexes:
                connection.execute(CreateIndex(each))
            if made.kind == "postgresql":
                name = made_table.name
                connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
                connection.exec_driver_sql(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
                connection.exec_driver_sql(f"CREATE POLICY own_org ON {name} USING ({OWN_ORG}) WITH CHECK ({OWN_ORG})")
                connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {APP_ROLE}")
    engine.dispose()


@pytest.fixture
def town(database: databases.Database) -> Iterator[Town]:
    """A toy town, once on each database."""
    with toy_town(database) as made:
        yield made
