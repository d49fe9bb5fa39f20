"""The feed: which row is in which bucket, one entry a bucket and row, numbered in the order of commits."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import func, select

from server.core import tables
from server.core.pull import digests
from server.core.uow import UnitOfWork
from sync_protocol.digests import Digest
from sync_protocol.ids import new_id
from tests.support.syncing import clock_of, count_statements
from tests.support.toys import Part, Thing, ThingMade, Town


def entries(town: Town) -> dict[tuple[str, str], tuple[bool, int, int]]:
    """(bucket, row) → put, version, seq."""
    f = tables.FEED.c
    with town.database.read(town.org_id) as connection:
        rows = connection.execute(
            select(f.bucket, f.row_id, f.put, f.row_version, f.seq).where(f.org_id == town.org_id)
        ).all()
    return {(bucket, row): (put, version, seq) for bucket, row, put, version, seq in rows}


def bucket(town: Town, name: str) -> str:
    """The bucket of a person, a unit, the project or all."""
    if name in town.users:
        return f"toys:own:{town.users[name]}"
    if name in town.units:
        return f"toys:unit:{town.units[name]}"
    return f"toys:proj:{town.project}" if name == "project" else "toys:all"


def thing(uow: UnitOfWork, town: Town, *, owner: str = "anna", unit: str = "east", project: bool = False) -> Thing:
    project_id = town.project if project else None
    return uow.add(Thing(name="thing", owner_id=town.users[owner], unit_id=town.units[unit], project_id=project_id))


@pytest.mark.parametrize(
    ("change", "entered", "left"),
    [
        ({"size": 3}, {"anna", "east", "all"}, set()),
        ({"owner_id": "ben"}, {"ben", "east", "all"}, {"anna"}),
        ({"owner_id": "carl", "unit_id": "west"}, {"carl", "west", "all"}, {"anna", "east"}),
        ({"project_id": "project"}, {"anna", "east", "all", "project"}, set()),
    ],
)
def test_a_row_is_put_where_it_is_and_removed_where_it_was(
    town: Town, change: dict[str, Any], entered: set[str], left: set[str]
) -> None:
    with town.working("anna") as uow:
        made = thing(uow, town)
        uow.commit()
    ids = {**town.users, **town.units, "project": town.project}
    with town.working("anna") as uow:
        uow.change(uow.must(Thing, made.id), **{name: ids.get(str(value), value) for name, value in change.items()})
        head = uow.commit()
    assert entries(town) == {
        **{(bucket(town, name), made.id): (True, 2, head) for name in entered},
        **{(bucket(town, name), made.id): (False, 2, head) for name in left},
    }


def test_a_removed_row_leaves_a_removal_in_each_of_its_buckets(town: Town) -> None:
    with town.working("anna") as uow:
        made = thing(uow, town, project=True)
        uow.commit()
    with town.working("anna") as uow:
        uow.remove(uow.must(Thing, made.id))
        uow.commit()
    found = entries(town)
    assert {name for name, _ in found} == {bucket(town, name) for name in ("anna", "east", "project", "all")}
    assert {put for put, *_ in found.values()} == {False}


def test_a_row_that_comes_back_is_put_again(town: Town) -> None:
    with town.working("anna") as uow:
        made = thing(uow, town)
        uow.commit()
    head = 0
    for unit in ("west", "east"):
        with town.working("anna") as uow:
            uow.change(uow.must(Thing, made.id), unit_id=town.units[unit])
            head = uow.commit()
    found = entries(town)
    assert found[bucket(town, "east"), made.id] == (True, 3, head)
    assert found[bucket(town, "west"), made.id] == (False, 3, head)


def test_a_row_that_moves_twice_in_one_transaction_is_only_told_where_it_was_and_is(town: Town) -> None:
    with town.working("anna") as uow:
        made = thing(uow, town)
        uow.commit()
    with town.working("anna") as uow:
        for unit in ("west", "north"):
            uow.change(uow.must(Thing, made.id), unit_id=town.units[unit])
            uow.flush()
        uow.commit()
    found = entries(town)
    assert bucket(town, "west") not in {name for name, _ in found}
    assert found[bucket(town, "east"), made.id][0] is False
    assert found[bucket(town, "north"), made.id][0] is True


def test_an_author_keeps_his_bucket_and_an_owner_who_wrote_it_has_one(town: Town) -> None:
    made = town.make("anna")
    with town.working("anna") as uow:
        where: dict[str, Any] = {"thing_id": made, "text": "part", "unit_id": town.units["east"]}
        by_other = uow.add(Part(owner_id=town.users["anna"], author_id=town.users["ben"], **where))
        by_owner = uow.add(Part(owner_id=town.users["anna"], author_id=town.users["anna"], **where))
        uow.commit()
    found = entries(town)
    assert {name for name, row in found if row == by_other.id} == {
        bucket(town, n) for n in ("anna", "ben", "east", "all")
    }
    assert {name for name, row in found if row == by_owner.id} == {bucket(town, n) for n in ("anna", "east", "all")}


def test_fifty_edits_are_one_entry_a_bucket(town: Town) -> None:
    made = town.make("anna")
    for size in range(50):
        with town.working("anna") as uow:
            uow.change(uow.must(Thing, made), size=size)
            uow.commit()
    found = entries(town)
    assert len(found) == 3
    assert {version for _, version, _ in found.values()} == {51}


def test_nothing_to_tell_takes_no_number_and_no_lock(town: Town) -> None:
    before = clock_of(town.database, town.org_id)
    with town.working("anna") as uow, count_statements(town.database) as seen:
        assert uow.commit() == -1
    assert seen == ["COMMIT"]
    assert clock_of(town.database, town.org_id) == before


def test_an_event_without_a_row_moves_no_number_of_the_feed(town: Town) -> None:
    head, _ = clock_of(town.database, town.org_id)
    with town.working("anna") as uow:
        uow.record(ThingMade(new_id(), "thing"))
        assert uow.commit() == head


def test_after_any_changes_the_feed_says_what_the_rows_say(town: Town) -> None:
    """Buckets and versions, and so the digests that devices compare theirs with."""
    dice = random.Random(7)
    for _ in range(60):
        with town.working("anna") as uow:
            rows = uow.find(Thing)
            for _ in range(dice.randrange(1, 4)):
                step = dice.random()
                if not rows or step < 0.4:
                    people, units = ("anna", "ben", "carl"), ("east", "west", "north")
                    thing(uow, town, owner=dice.choice(people), unit=dice.choice(units), project=dice.random() < 0.3)
                elif step < 0.5:
                    uow.remove(rows.pop(dice.randrange(len(rows))))
                else:
                    row = dice.choice(rows)
                    uow.change(row, unit_id=town.units[dice.choice(("east", "west", "north"))], size=dice.randrange(9))
                    uow.change(row, project_id=dice.choice((None, town.project)))
                    if dice.random() < 0.3:
                        uow.flush()
            uow.commit()

    expected: dict[str, Digest] = {}
    with town.working("anna") as uow:
        for row in uow.find(Thing):
            names = [f"toys:own:{row.owner_id}", f"toys:unit:{row.unit_id}", "toys:all"]
            for name in names + ([f"toys:proj:{row.project_id}"] if row.project_id else []):
                expected[name] = expected.get(name, Digest()).add("toy_things", row.id, row.version)
    for who in ("anna", "sue", "dora", "priya", "dirk"):
        with town.database.read(town.org_id) as connection:
            found = digests(connection, town.device(who))
        assert {name: found[name] for name in found if name.startswith("toys:")} == {
            name: expected.get(name, Digest()) for name in found if name.startswith("toys:")
        }
    f, t = tables.FEED.c, tables.ORG_CLOCKS.c
    with town.database.read(town.org_id) as connection:
        highest = connection.execute(select(func.max(f.seq)).where(f.org_id == town.org_id)).scalar_one()
        assert connection.execute(select(t.feed_head).where(t.org_id == town.org_id)).scalar_one() >= highest
