"""Reach: one person, one function, told three ways that have to agree: a row judged, a condition in SQL, buckets."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from server.core.access import FORBIDDEN_FUNCTION, Actor, Reach, all_functions, realm_of, scoped_buckets, system_actor
from server.core.problems import Refused
from server.core.rows import c
from tests.support.toys import READ, Part, Town

ME, OTHER, EAST, WEST, PROJECT = "me", "other", "east", "west", "project"


@dataclass
class Where:
    """The columns a reach looks at."""

    owner_id: str
    unit_id: str
    project_id: str | None = None


@dataclass
class Written(Where):
    """The same of a row with an author."""

    author_id: str = OTHER


MINE, THEIRS = Where(ME, WEST), Where(OTHER, WEST)
IN_EAST, OF_PROJECT = Where(OTHER, EAST), Where(OTHER, WEST, PROJECT)
BY_ME = Written(OTHER, WEST, author_id=ME)
OWN = Reach(ME, own=True)
UNIT = Reach(ME, own=True, units=frozenset({EAST}))
OF_A_PROJECT = Reach(ME, own=True, projects=frozenset({PROJECT}))
ALL = Reach(ME, own=True, everything=True)
NOTHING = Reach(ME)


@pytest.mark.parametrize(
    ("reach", "holds", "covers"),
    [
        (NOTHING, [], []),
        (OWN, [MINE], [MINE, BY_ME]),
        (UNIT, [MINE, IN_EAST], [MINE, IN_EAST, BY_ME]),
        (Reach(ME, units=frozenset({EAST})), [MINE, IN_EAST], [MINE, IN_EAST, BY_ME]),
        (OF_A_PROJECT, [MINE, OF_PROJECT], [MINE, OF_PROJECT, BY_ME]),
        (Reach(ME, projects=frozenset({PROJECT})), [MINE, OF_PROJECT], [MINE, OF_PROJECT, BY_ME]),
        (ALL, [MINE, THEIRS, IN_EAST, OF_PROJECT, BY_ME], [MINE, THEIRS, IN_EAST, OF_PROJECT, BY_ME]),
        (
            Reach(ME, everything=True),
            [MINE, THEIRS, IN_EAST, OF_PROJECT, BY_ME],
            [MINE, THEIRS, IN_EAST, OF_PROJECT, BY_ME],
        ),
    ],
)
def test_which_rows_a_reach_holds_and_covers(reach: Reach, holds: list[Where], covers: list[Where]) -> None:
    rows = [MINE, THEIRS, IN_EAST, OF_PROJECT, BY_ME]
    assert [row for row in rows if reach.holds(row)] == holds
    assert [row for row in rows if reach.covers(row)] == covers
    assert bool(reach) == bool(covers)


REACHES = [
    Reach(ME, own, units, projects, everything)
    for own, units, projects, everything in itertools.product(
        (False, True), (frozenset(), frozenset({EAST})), (frozenset(), frozenset({PROJECT})), (False, True)
    )
]
ROWS = [
    Written(owner, unit, project, author)
    for owner, unit, project, author in itertools.product((ME, OTHER), (EAST, WEST), (None, PROJECT), (ME, OTHER))
]


def test_a_row_is_covered_exactly_when_it_lies_in_a_bucket_of_the_reach() -> None:
    for reach, row in itertools.product(REACHES, ROWS):
        assert reach.covers(row) == bool(set(reach.buckets("r")) & set(scoped_buckets("r", row))), (reach, row)


def test_a_row_is_covered_exactly_when_the_condition_finds_it(town: Town) -> None:
    """The same over all combinations, in each database."""
    made = town.make("anna")
    ids = {ME: town.users["anna"], OTHER: town.users["ben"], EAST: town.units["east"], WEST: town.units["west"]}
    ids[PROJECT] = town.project
    with town.working("anna") as uow:
        rows = [
            uow.add(
                Part(
                    thing_id=made, text="part", owner_id=ids[row.owner_id], unit_id=ids[row.unit_id],
                    project_id=None if row.project_id is None else town.project, author_id=ids[row.author_id],
                )
            )
            for row in ROWS
        ]  # fmt: skip
        uow.commit()
    with town.database.read(town.org_id) as connection:
        for reach in REACHES:
            real = Reach(
                ids[ME],
                reach.own,
                frozenset(ids[each] for each in reach.units),
                frozenset(ids[each] for each in reach.projects),
                reach.everything,
            )
            found = connection.execute(select(c(Part).id).where(c(Part).org_id == town.org_id, real.condition(Part)))
            assert set(found.scalars()) == {row.id for row in rows if real.covers(row)}, reach


@pytest.mark.parametrize(
    ("reach", "buckets"),
    [
        (NOTHING, ()),
        (OWN, ("r:own:me",)),
        (UNIT, ("r:own:me", "r:unit:east")),
        (OF_A_PROJECT, ("r:own:me", "r:proj:project")),
        (ALL, ("r:own:me", "r:all")),
        (Reach(ME, own=True, units=frozenset({EAST}), everything=True), ("r:own:me", "r:all")),
    ],
)
def test_the_buckets_are_the_fewest_that_do(reach: Reach, buckets: tuple[str, ...]) -> None:
    assert reach.buckets("r") == buckets


@pytest.mark.parametrize(("code", "realm"), [("customers.read", "customers"), ("accounts.users.read", "accounts")])
def test_the_realm_of_a_function(code: str, realm: str) -> None:
    assert realm_of(code) == realm


def test_what_no_role_grants_is_not_reached_and_a_typo_is_a_fault(town: Town) -> None:
    actor = town.office("gus")
    assert not actor.may(READ)
    with pytest.raises(Refused) as refused:
        actor.must(READ)
    assert (refused.value.problem, refused.value.params) == (FORBIDDEN_FUNCTION, {"function": READ})
    with pytest.raises(KeyError):
        actor.reach("toys.reed")
    with pytest.raises(KeyError):
        all_functions([READ, "toys.reed"])
    assert all_functions([READ]) == {READ}


def test_the_server_itself_reaches_everything_of_one_organisation(town: Town) -> None:
    actor = system_actor(town.org_id)
    assert actor.must(READ).everything
    assert actor.writer == f"office:{actor.user_id}"


def test_a_person_writes_with_one_hand_for_each_enrolment_and_one_for_the_office() -> None:
    actor = Actor(org_id="o", user_id="u", name="n", unit_id="e")
    assert (actor.writer, actor.on_device("d").writer) == ("office:u", "d")
