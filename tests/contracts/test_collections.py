"""Every collection of the registry: what is declared is what is stored, sent and held; nobody gets past his reach."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import select

import server.core.sync_problems  # noqa: F401 - the protocol's codes as problems
from server.core import tables
from server.core.access import realm_of
from server.core.apply_deciding import decoded, wire_row
from server.core.collections import COLLECTIONS, Collection, OwnedScope
from server.core.events import EVENTS, verify
from server.core.problem_types import CATALOGUE
from server.core.problems import Refused
from server.core.rows import Row, Scoped, c
from server.customers.models import Customer
from server.customers.operations import hand_over_customers
from sync_protocol import codes
from sync_protocol.codes import WireError
from sync_protocol.ids import new_id
from sync_protocol.verdicts import Verdict
from sync_protocol.wire import JsonType, TextType
from tests.support.samples import HOSTILE, SPELT, Maker, action_of, random_value
from tests.support.syncing import Held, Wire, parsed
from tests.support.world import World, lighthouse

NAMES = list(COLLECTIONS)
CREATED = [name for name, each in COLLECTIONS.items() if "create" in each.actions]
ACTED_ON = [(name, action) for name, each in COLLECTIONS.items() for action in each.actions]


def rows_of(world: World, collection: Collection) -> dict[str, Row]:
    with world.working() as uow:
        return {row.id: row for row in uow.find(collection.row)}


# -- declarations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_declaration_fits_its_row(name: str) -> None:
    collection = COLLECTIONS[name]
    columns = c(collection.row)
    for column in collection.columns:
        assert column.name in columns, column.name
        nullable = getattr(column.kind, "null", False)
        assert nullable == columns[column.name].nullable or isinstance(column.kind, JsonType), column.name
        assert not column.required or column.writable, column.name
    for field, parent in collection.parents.items():
        assert field in columns
        assert NAMES.index(parent) <= NAMES.index(name)
    if isinstance(collection.scope, OwnedScope):
        assert issubclass(collection.row, Scoped)
    if collection.policy in ("merge", "machine") and "update" in collection.actions:
        assert "marks" in columns


def test_all_collections_of_a_realm_are_read_with_one_function() -> None:
    """A bucket belongs to a realm: with two functions in it, who has the one would be sent the rows of the other."""
    functions: dict[str, set[str]] = {}
    for each in COLLECTIONS.values():
        if isinstance(each.scope, OwnedScope):
            functions.setdefault(realm_of(each.scope.function), set()).add(each.scope.function)
    assert functions
    assert all(len(found) == 1 for found in functions.values()), functions


@pytest.mark.parametrize("code", sorted(EVENTS))
def test_an_event_has_no_field_whose_json_has_several_forms(code: str) -> None:
    assert not [each.name for each in fields(EVENTS[code]) if "float" in str(each.type)]


# -- there and back ---------------------------------------------------------------------------------------------------


def test_what_a_device_writes_comes_back_as_it_was_written(world: World) -> None:
    maker = Maker(world, "anna")
    made = maker.everything()
    assert sorted(made) == sorted(maker.addable())
    applied = world.push("anna")
    assert [(each.verdict, each.code) for each in applied.decisions] == [(Verdict.APPLIED, None)] * len(made)

    phone = world.phone("anna", max_bytes=2000)
    phone.sync()
    for name, row in made.items():
        held = phone.rows(name)[row]
        assert {field: held[field] for field in maker.sent[name] if field in held} == {
            field: value for field, value in maker.sent[name].items() if field in held
        }, name
        assert held["version"] == 1


def test_every_row_goes_out_as_it_is_stored_and_declared(world: World) -> None:
    """Of all collections, those too that only the server writes."""
    maker = Maker(world, "anna")
    maker.everything()
    world.queues["anna"].create("customers", name="")
    world.push("anna")
    maker.given()
    for who, device in (("dora", world.pull_all("dora")), ("anna", world.pull_all("anna"))):
        for name, collection in COLLECTIONS.items():
            held = device.of(name)
            buckets = set(collection.scope.subscribed(world.actor(who)))
            mine = {row.id for row in rows_of(world, collection).values() if buckets & set(collection.scope.of(row))}
            assert held.keys() == mine, name
            assert mine or who == ("anna" if name == "deleted_customers" else "dora"), name
            for row_id, row in rows_of(world, collection).items():
                if row_id in held:
                    _same(collection, held[row_id], wire_row(collection, row))


def _same(collection: Collection, held: Wire, stored: Wire) -> None:
    for column in collection.columns:
        value, expected = held[column.name], stored[column.name]
        assert (value, type(value)) == (expected, type(expected)), column.name
        if not isinstance(column.kind, JsonType):
            assert column.kind.check(value) == value, column.name
    assert set(held) == {"id", "version", *(column.name for column in collection.columns)}


# -- spelling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "action"), [each for each in ACTED_ON if COLLECTIONS[each[0]].settle is not None])
def test_what_is_settled_stays_as_it_is(name: str, action: str) -> None:
    collection, dice, fitted = COLLECTIONS[name], random.Random(1), 0
    settle = collection.settle
    assert settle is not None
    kinds = action_of(collection, action).values
    for text in (*SPELT, *HOSTILE, None):
        for field, kind in kinds.items():
            try:
                sent = {each: random_value(dice, each, kinds[each], user_id=new_id()) for each in kinds}
                given = decoded(collection, {**sent, field: kind.check(text)})
                before = dict(given)
                once = settle(given)
            except (WireError, Refused):
                continue
            fitted += 1
            assert given == before
            assert settle(once) == once, (field, text)
            assert once.keys() <= given.keys()
            assert settle({}) == {}
    assert fitted > 10 or not any(isinstance(kind, TextType) for kind in kinds.values())


def test_what_is_sent_again_is_known_however_it_was_spelt(world: World) -> None:
    """A create from a store that was restored is a duplicate, and an update that says the same changes nothing."""
    maker = Maker(world, "anna", untidy=True)
    made = maker.everything()
    assert {each.verdict for each in world.push("anna").decisions} == {Verdict.APPLIED}
    world.enrol("anna")
    for name, row in made.items():
        world.queues["anna"].create(name, row, **maker.sent[name])
    assert [each.verdict for each in world.push("anna").decisions] == [Verdict.DUPLICATE] * len(made)
    for name, row in made.items():
        if "update" in COLLECTIONS[name].actions:
            sent = {field: value for field, value in maker.sent[name].items() if field in COLLECTIONS[name].writable}
            world.queues["anna"].update(name, row, base=1, **sent)
    assert {(each.verdict, each.version) for each in world.push("anna").decisions} == {(Verdict.APPLIED, 1)}


# -- out of reach -----------------------------------------------------------------------------------------------------


@pytest.fixture
def of_carl(world: World) -> dict[str, str]:
    """A row of every collection, of somebody in another team."""
    maker = Maker(world, "carl")
    made = maker.everything()
    assert {each.verdict for each in world.push("carl").decisions} == {Verdict.APPLIED}
    return {**made, **maker.given()}


@pytest.mark.parametrize("who", ["anna", "sue", "dan", "priya"])
def test_rows_out_of_reach_are_neither_seen_nor_touched(world: World, of_carl: dict[str, str], who: str) -> None:
    before = {name: rows_of(world, COLLECTIONS[name]) for name in of_carl}
    maker, queue, actor = Maker(world, who), world.queues[who], world.actor(who)
    expected = {}
    for name, action in ACTED_ON:
        if action != "create":
            maker.made = dict(of_carl)
            queue.add(name, action, of_carl[name], maker.values(COLLECTIONS[name], action), base=1)
            function = COLLECTIONS[name].actions[action].function
            may = function is None or actor.reach(function)
            expected[name, action] = "core.not-found" if may else "core.function-missing"
    applied = world.push(who)
    assert dict(zip(expected, (each.code for each in applied.decisions), strict=True)) == expected
    assert "core.not-found" in expected.values()
    held = world.pull_all(who)
    for name, row in of_carl.items():
        assert row not in held.ids(name)
        now = rows_of(world, COLLECTIONS[name])
        assert {**now, **before[name]} == now
        assert name == "sync_issues" or now.keys() == before[name].keys()


def test_nothing_is_hung_on_a_parent_out_of_reach(world: World, of_carl: dict[str, str]) -> None:
    queue = world.queues["anna"]
    tried = 0
    for name in CREATED:
        for field in COLLECTIONS[name].parents:
            maker = Maker(world, "anna")
            values = {**maker.values(COLLECTIONS[name], "create"), field: of_carl[COLLECTIONS[name].parents[field]]}
            queue.create(name, **values)
            tried += 1
            n = queue.n - 1
            found = {each.n: each for each in world.push("anna").decisions}[n]
            assert found.verdict == Verdict.REJECTED, (name, field)
    assert tried > 4
    assert not any(world.pull_all("anna").ids(name) & {of_carl[name]} for name in of_carl)


def test_a_row_of_another_organisation_is_not_there(world: World) -> None:
    other = lighthouse(world)
    of_olga = Maker(other, "olga")
    theirs = of_olga.everything()
    assert {each.verdict for each in other.push("olga").decisions} == {Verdict.APPLIED}
    theirs = {**theirs, **of_olga.given()}
    maker, queue = Maker(world, "dora"), world.queues["dora"]
    for name, action in ACTED_ON:
        if action != "create":
            maker.made = dict(theirs)
            queue.add(name, action, theirs[name], maker.values(COLLECTIONS[name], action), base=1)
    codes_ = {each.code for each in world.push("dora").decisions}
    assert codes_ <= {"core.not-found", "core.function-missing"}, codes_


def test_without_a_role_for_it_nothing_can_be_done(world: World, of_carl: dict[str, str]) -> None:
    world.give_roles("finn")
    maker, queue = Maker(world, "finn"), world.queues["finn"]
    maker.made = dict(of_carl)
    for name, action in ACTED_ON:
        row = new_id() if action == "create" else of_carl[name]
        queue.add(name, action, row, maker.values(COLLECTIONS[name], action), base=0 if action == "create" else 1)
    applied = world.push("finn")
    needed = [COLLECTIONS[name].actions[action].function is not None for name, action in ACTED_ON]
    assert [each.code for each in applied.decisions] == [
        "core.function-missing" if needs_function else "core.not-found" for needs_function in needed
    ]
    held = world.pull_all("finn")
    assert {name for name, _ in held.rows} == {
        "staff", "units", "projects", "funnel_stages", "sales_centres", "activity_types", "sync_issues",
    }  # fmt: skip


# -- what people may send ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "action"), ACTED_ON)
def test_a_field_that_is_not_declared_is_refused(name: str, action: str) -> None:
    """Those of the server too: whose a row is, its version, its state."""
    collection = COLLECTIONS[name]
    taken = action_of(collection, action).values
    given = dict.fromkeys(action_of(collection, action).required)
    hidden = [field for field in (*collection.row.__names__, "", "__class__", "org_id") if field not in taken]
    for field in hidden:
        operation = {"n": 1, "group": 1, "collection": name, "action": action, "row": new_id(), "base": 0, "made_at": 1}
        (found,) = parsed([{**operation, "made_at": 1_760_000_000_000, "values": {field: 1, **given}}])
        assert found.fault is not None
        assert found.fault.code in (codes.UNKNOWN_FIELD, codes.NOT_NULL, codes.WRONG_TYPE), field


def hostile_operations(maker: Maker, made: dict[str, str], step: int) -> Iterator[tuple[str, str, str, Wire]]:
    """Every value in every field of every action; with a step, of the values each field gets another share."""
    place = 0
    for name, action in ACTED_ON:
        shape = action_of(COLLECTIONS[name], action)
        fitting = maker.values(COLLECTIONS[name], action)
        for field in shape.values:
            place += 1
            for value in HOSTILE[place % step :: step]:
                row = new_id() if action == "create" else made[name]
                yield name, action, row, {**(fitting if action == "create" else {}), field: value}
        for value in HOSTILE[place % step :: step]:
            yield name, action, made[name], {str(value)[:50]: value}


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.deep)])
def test_hostile_values_get_a_verdict_and_nothing_else(world: World, step: int) -> None:
    maker = Maker(world, "anna")
    made = dict(maker.everything())
    world.push("anna")
    made.update(maker.given())
    queue = world.queues["anna"]
    for name, action, row, values in hostile_operations(maker, made, step):
        queue.add(name, action, row, values, base=1)
    operations = queue.take()
    wrong: list[tuple[Any, ...]] = []
    for start in range(0, len(operations), 500):
        batch = operations[start : start + 500]
        for decision, sent in zip(world.push("anna", batch).decisions, batch, strict=True):
            if decision.code is not None and (CATALOGUE.get(decision.code) is None or decision.code == "core.internal"):
                wrong.append((decision.code, sent["collection"], sent["action"], str(sent["values"])[:200]))
    assert not wrong
    assert len(operations) > 5000 / step
    _rows_where_the_feed_says(world)
    with world.database.read(world.org_id) as connection:
        assert verify(connection, world.org_id)[1] is None


# -- who holds what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, *(pytest.param(each, marks=pytest.mark.deep) for each in range(2, 12))])
def test_sql_rows_buckets_and_devices_agree_on_who_sees_what(world: World, seed: int) -> None:
    """After any operations, handovers, moves and changes of roles: three ways to say it, and what a device holds."""
    dice = random.Random(seed)
    people = ["anna", "ben", "carl", "dan", "sue", "wei", "lee", "priya", "dora"]
    devices = {who: Held() for who in [*people, "finn"]}
    for who in people:
        maker = Maker(world, who)
        maker.everything()
        world.push(who)
        maker.given()
        devices[who].read(world.database, world.device(who))
    accepted = 0
    for time in range(4):
        for who in dice.sample(people, 4):
            accepted += _work(world, who, dice, devices[who])
        _manage(world, dice)
        for who in dice.sample(sorted(devices), 5):
            devices[who].read(world.database, world.device(who), max_bytes=dice.choice((3000, 1 << 20)))
        if time % 2:
            _all_agree(world, devices)
    assert accepted > 60


def _work(world: World, who: str, dice: random.Random, seen: Held) -> int:
    """Some operations of somebody, mostly on what he has seen. Returns how many were accepted."""
    queue = world.queues[who]
    everything = {name: sorted(rows_of(world, COLLECTIONS[name])) for name, _ in ACTED_ON}
    for _ in range(12):
        name, action = dice.choice(ACTED_ON)
        collection = COLLECTIONS[name]
        kinds = action_of(collection, action)
        values: Wire = {}
        for field, kind in kinds.values.items():
            if field not in kinds.required and dice.random() < 0.4:
                continue
            if field in collection.parents:
                parent = collection.parents[field]
                known = sorted(seen.ids(parent))
                values[field] = dice.choice(known if known and dice.random() < 0.9 else everything[parent])
            else:
                values[field] = random_value(dice, field, kind, user_id=world.users[who])
        rows = sorted(seen.ids(name)) if dice.random() < 0.9 else everything[name]
        if action == "create":
            queue.create(name, **values)
        elif rows:
            queue.add(name, action, dice.choice(rows), values, base=dice.randrange(3))
    decisions = world.push(who).decisions
    for each in decisions:
        assert each.code is None or (CATALOGUE.get(each.code) is not None and each.code != "core.internal"), each
    return sum(each.verdict.accepted for each in decisions)


def _manage(world: World, dice: random.Random) -> None:
    with world.working("dora") as uow:
        customers = [row.id for row in uow.find(Customer)]
        if customers:
            chosen = dice.sample(customers, min(2, len(customers)))
            hand_over_customers(uow, chosen, world.users[dice.choice(("anna", "carl", "dan"))], "because")
        for row in uow.find(Customer)[:1]:
            uow.change(row, project_id=dice.choice((None, world.projects["pier"])))
        uow.commit()
    if dice.random() < 0.5:
        world.give_roles("ben", dice.choice(("salesperson", "supervisor", "department lead", "finance")))
    if dice.random() < 0.5:
        world.move("wei", dice.choice(("west", "east", "service")))


Key = tuple[str, str]


def _rows_where_the_feed_says(world: World) -> tuple[dict[Key, Row], dict[Key, set[str]]]:
    """All synced rows and the buckets they are put into: exactly those of their scope, at their version."""
    f = tables.FEED.c
    with world.database.read(world.org_id) as connection:
        feed = connection.execute(
            select(f.bucket, f.collection, f.row_id, f.row_version).where(f.org_id == world.org_id, f.put)
        ).all()
    placed: dict[Key, set[str]] = {}
    told: dict[Key, set[int]] = {}
    for bucket, name, row_id, version in feed:
        placed.setdefault((name, row_id), set()).add(bucket)
        told.setdefault((name, row_id), set()).add(version)
    rows = {(name, row.id): row for name, each in COLLECTIONS.items() for row in rows_of(world, each).values()}
    assert placed == {(name, row_id): set(COLLECTIONS[name].scope.of(row)) for (name, row_id), row in rows.items()}
    assert told == {key: {row.version} for key, row in rows.items()}
    return rows, placed


def _all_agree(world: World, devices: dict[str, Held]) -> None:
    rows, placed = _rows_where_the_feed_says(world)
    for who in world.users:
        actor, fresh = world.device(who), world.pull_all(who)
        for name, collection in COLLECTIONS.items():
            of_this = {row_id: row for (kind, row_id), row in rows.items() if kind == name}
            buckets = set(collection.scope.subscribed(actor))
            expected = {row_id for row_id in of_this if placed[name, row_id] & buckets}
            if isinstance(collection.scope, OwnedScope):
                reach = actor.reach(collection.scope.function)
                columns = c(collection.row)
                with world.database.read(world.org_id) as connection:
                    found = connection.execute(
                        select(columns.id).where(columns.org_id == world.org_id, reach.condition(collection.row))
                    ).scalars()
                    assert set(found) == expected, (who, name)
                assert {row_id for row_id, row in of_this.items() if reach.covers(row)} == expected, (who, name)
            assert fresh.ids(name) == expected, (who, name)
            for held in fresh.of(name).values() if who == "dora" else ():
                _same(collection, held, wire_row(collection, of_this[held["id"]]))
            if who in devices:
                devices[who].read(world.database, actor)
                assert devices[who].of(name) == fresh.of(name), (who, name)
