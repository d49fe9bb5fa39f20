"""How far a person reaches: every scope over trees of units. No database."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.scope import (
    BrokenTree,
    Extent,
    Grant,
    Person,
    Scope,
    Unit,
    UnitKind,
    UnitTree,
    extents,
    is_upward,
)
from server.core.access import Reach

# firm ─┬─ sales (department) ─┬─ east (team) ── east-1 (team)
#       │                      └─ west (team) ── lab (department) ── lab-1 (team)
#       └─ desk (team) ── desk-1 (team)
# lost (team, its parent is gone) ── lost-1 (team)
ORGANISATION, DEPARTMENT, TEAM = UnitKind.ORGANISATION, UnitKind.DEPARTMENT, UnitKind.TEAM
UNITS = (
    Unit("lost-1", "lost", TEAM),
    Unit("lost", "gone", TEAM),
    Unit("firm", None, ORGANISATION),
    Unit("sales", "firm", DEPARTMENT),
    Unit("east", "sales", TEAM),
    Unit("east-1", "east", TEAM),
    Unit("west", "sales", TEAM),
    Unit("lab", "west", DEPARTMENT),
    Unit("lab-1", "lab", TEAM),
    Unit("desk", "firm", TEAM),
    Unit("desk-1", "desk", TEAM),
)
TREE = UnitTree(UNITS)
SALES = {"sales", "east", "east-1", "west", "lab", "lab-1"}
READ = "customers.read"


def reached(scopes: Collection[Scope], unit: str, *further: str, projects: Collection[str] = ()) -> Extent:
    person = Person("me", unit, frozenset(further), frozenset(projects))
    return extents(TREE, person, [Grant(READ, scope) for scope in scopes])[READ]


@pytest.mark.parametrize(
    ("scope", "unit", "further", "units"),
    [
        (Scope.OWN, "east", (), set()),
        (Scope.TEAM, "east", (), {"east", "east-1"}),
        (Scope.TEAM, "east-1", (), {"east-1"}),
        (Scope.TEAM, "west", (), {"west", "lab", "lab-1"}),
        (Scope.TEAM, "sales", (), SALES),
        (Scope.TEAM, "firm", (), {unit.id for unit in UNITS} - {"lost", "lost-1"}),
        (Scope.TEAM, "east", ("desk",), {"east", "east-1", "desk", "desk-1"}),
        (Scope.TEAM, "east", ("east-1", "east"), {"east", "east-1"}),
        (Scope.TEAM, "lost", (), {"lost", "lost-1"}),
        (Scope.TEAM, "gone", (), set()),
        (Scope.TEAM, "gone", ("east-1",), {"east-1"}),
        (Scope.DEPARTMENT, "east-1", (), SALES),
        (Scope.DEPARTMENT, "sales", (), SALES),
        (Scope.DEPARTMENT, "lab", (), {"lab", "lab-1"}),
        (Scope.DEPARTMENT, "lab-1", (), {"lab", "lab-1"}),
        (Scope.DEPARTMENT, "west", (), SALES),
        (Scope.DEPARTMENT, "desk", (), {"desk", "desk-1"}),
        (Scope.DEPARTMENT, "desk-1", (), {"desk-1"}),
        (Scope.DEPARTMENT, "firm", (), {unit.id for unit in UNITS} - {"lost", "lost-1"}),
        (Scope.DEPARTMENT, "lab-1", ("desk",), {"lab", "lab-1", "desk", "desk-1"}),
        (Scope.DEPARTMENT, "desk-1", ("lab-1",), {"lab", "lab-1", "desk-1"}),
        (Scope.DEPARTMENT, "lost-1", (), {"lost-1"}),
        (Scope.DEPARTMENT, "gone", (), set()),
        (Scope.PROJECT, "east", (), set()),
    ],
)
def test_which_units_a_word_reaches(scope: Scope, unit: str, further: tuple[str, ...], units: set[str]) -> None:
    assert reached([scope], unit, *further) == Extent("me", own=True, units=frozenset(units))


def test_projects_come_by_their_own_word_only() -> None:
    for scope in (Scope.OWN, Scope.TEAM, Scope.DEPARTMENT):
        assert reached([scope], "east", projects=["p1"]).projects == frozenset()
    found = reached([Scope.PROJECT], "east", projects=["p1", "p2"])
    assert found == Extent("me", own=True, projects=frozenset(("p1", "p2")))


def test_all_is_all_and_nothing_besides() -> None:
    found = reached([Scope.ALL, Scope.DEPARTMENT, Scope.PROJECT], "east", projects=["p1"])
    assert found == Extent("me", own=True, everything=True)


def test_the_words_of_several_roles_add_up_by_function() -> None:
    person = Person("me", "east", frozenset(["desk"]), frozenset(["p1"]))
    roles = [
        [Grant(READ, Scope.OWN), Grant("customers.write", Scope.OWN)],
        [Grant(READ, Scope.TEAM), Grant("expenses.approve", Scope.DEPARTMENT)],
        [Grant(READ, Scope.PROJECT), Grant(READ, Scope.TEAM)],
    ]
    found = extents(TREE, person, [grant for role in roles for grant in role])
    assert found == {
        READ: Extent("me", own=True, units=frozenset(("east", "east-1", "desk", "desk-1")), projects=frozenset(["p1"])),
        "customers.write": Extent("me", own=True),
        "expenses.approve": Extent("me", own=True, units=frozenset({*SALES, "desk", "desk-1"})),
    }
    assert extents(TREE, person, []) == {}


def test_functions_of_the_same_words_share_one_walk_over_the_tree() -> None:
    found = extents(TREE, Person("me", "firm"), [Grant(READ, Scope.TEAM), Grant("customers.write", Scope.TEAM)])
    assert found[READ] is found["customers.write"]


def test_a_word_nobody_knows_is_no_scope() -> None:
    with pytest.raises(ValueError, match="galaxy"):
        Scope("galaxy")


def test_an_extent_is_what_the_permission_function_takes() -> None:
    found = reached([Scope.TEAM, Scope.PROJECT], "east", projects=["p1"])
    reach = Reach(**{name: getattr(found, name) for name in Extent.__dataclass_fields__})
    assert (reach.own, reach.units, reach.projects, reach.everything) == (True, found.units, found.projects, False)
    assert Reach.__dataclass_fields__.keys() == Extent.__dataclass_fields__.keys()


@pytest.mark.parametrize(
    "units",
    [
        [Unit("a", "a", TEAM)],
        [Unit("a", "b", TEAM), Unit("b", "a", TEAM)],
        [Unit("firm", None, ORGANISATION), Unit("a", "c", TEAM), Unit("b", "a", TEAM), Unit("c", "b", TEAM)],
        [Unit("a", None, TEAM), Unit("a", None, TEAM)],
    ],
)
def test_units_in_a_circle_are_no_tree(units: list[Unit]) -> None:
    with pytest.raises(BrokenTree):
        UnitTree(units)


def test_a_tree_may_be_a_thousand_deep() -> None:
    line = [Unit("0", None, DEPARTMENT), *(Unit(str(n), str(n - 1), TEAM) for n in range(1, 1001))]
    tree = UnitTree(reversed(line))
    assert len(tree.below(["0"])) == 1001
    assert tree.department_of("1000") == "0"
    found = extents(tree, Person("me", "1000"), [Grant(READ, Scope.DEPARTMENT)])[READ]
    assert len(found.units) == 1001
    assert tree.tops(found.units) == {"0"}


def test_the_tree_answers_for_what_is_not_in_it() -> None:
    assert "east" in TREE
    assert "gone" not in TREE
    assert TREE.unit("gone") is None
    assert TREE.unit("east") == Unit("east", "sales", TEAM)
    assert TREE.children("sales") == ("east", "west")
    assert TREE.children("gone") == ("lost",)
    assert TREE.children("east-1") == ()
    assert TREE.roots == {"firm", "lost"}
    assert [unit.id for unit in TREE.upwards("lost-1")] == ["lost-1", "lost"]
    assert TREE.tops(["gone", "east", "desk-1", "east-1"]) == {"east", "desk-1"}


def extent(units: Collection[str] = (), projects: Collection[str] = (), *, everything: bool = False) -> Extent:
    return Extent("x", own=True, units=frozenset(units), projects=frozenset(projects), everything=everything)


@pytest.mark.parametrize(
    ("less", "more", "expected"),
    [
        (extent(), extent(), True),
        (extent(["a"]), extent(["a", "b"]), True),
        (extent(["a", "b"]), extent(["a"]), False),
        (extent(projects=["p"]), extent(["a"], ["p", "q"]), True),
        (extent(["a"], ["p"]), extent(["a"], ["q"]), False),
        (extent(everything=True), extent(["a"], ["p"]), False),
        (extent(["a"], ["p"]), extent(everything=True), True),
        (extent(everything=True), extent(everything=True), True),
    ],
)
def test_an_extent_lies_within_another_or_not(less: Extent, more: Extent, expected: bool) -> None:
    assert less.is_within(more) is expected
    assert is_upward({READ: less}, {READ: more}) is not expected


def test_a_function_one_lacks_is_upward_whatever_its_extent() -> None:
    everything = {READ: extent(everything=True)}
    assert is_upward({READ: extent(), "expenses.approve": extent()}, everything)
    assert not is_upward({}, everything)
    assert is_upward(everything, {})


@st.composite
def trees(draw: st.DrawFn) -> list[Unit]:
    """Any forest: unit n hangs below a smaller one, below nothing, or below one that is gone."""
    size = draw(st.integers(1, 12))
    parents = [draw(st.sampled_from([None, "gone", *map(str, range(n))])) for n in range(size)]
    units = [Unit(str(n), parent, draw(st.sampled_from(UnitKind))) for n, parent in enumerate(parents)]
    return draw(st.permutations(units))


def ancestors(units: list[Unit], unit_id: str) -> list[str]:
    """The unit and all above it, the slow and plain way."""
    by_id = {unit.id: unit for unit in units}
    found = []
    while unit_id in by_id:
        found.append(unit_id)
        unit_id = by_id[unit_id].parent_id or ""
    return found


@given(units=trees(), data=st.data())
def test_reach_agrees_with_the_definition_unit_by_unit(units: list[Unit], data: st.DataObject) -> None:
    tree = UnitTree(units)
    ids = st.sampled_from([unit.id for unit in units])
    person = Person("me", data.draw(ids), data.draw(st.frozensets(ids, max_size=3)))
    scopes = data.draw(st.sets(st.sampled_from([Scope.OWN, Scope.TEAM, Scope.DEPARTMENT]), min_size=1))
    found = extents(tree, person, [Grant(READ, scope) for scope in scopes])[READ]
    kinds = {unit.id: unit.kind for unit in units}
    starts = set()
    for home in {person.unit_id, *person.further_units}:
        if Scope.TEAM in scopes:
            starts.add(home)
        if Scope.DEPARTMENT in scopes:
            starts.add(next((up for up in ancestors(units, home) if kinds[up] is DEPARTMENT), home))
    for unit in units:
        assert (unit.id in found.units) == (not starts.isdisjoint(ancestors(units, unit.id)))
    tops = tree.tops(found.units)
    assert tree.below(tops) == found.units
    assert all(tree.below(tops - {top}) != found.units for top in tops)


@given(units=trees(), data=st.data())
def test_a_wider_word_never_reaches_less(units: list[Unit], data: st.DataObject) -> None:
    tree = UnitTree(units)
    person = Person("me", data.draw(st.sampled_from([unit.id for unit in units])))
    own, team, department, everything = (
        extents(tree, person, [Grant(READ, scope)])[READ]
        for scope in (Scope.OWN, Scope.TEAM, Scope.DEPARTMENT, Scope.ALL)
    )
    assert own.is_within(team)
    assert team.is_within(department)
    assert department.is_within(everything)
