"""How far a person reaches: role × data scope over the tree of units. Pure: values in, values out.

The words a role grants a function with, each for the primary unit and for every further unit of the person:

    own         rows he owns (or wrote)
    team        rows of his unit and of all units below it
    department  the same, beginning at the nearest unit of kind department at or above his; without one, as team
    project     rows of the projects he belongs to
    all         every row of the organisation

Every word includes own: what someone owns stays in reach though its unit is a former one of his. Several roles add up, per
function. A function that no role grants is absent, and nothing is in reach with it. Source: domain rows 128, 142;
docs/protocol, “Buckets”.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """The words of data scope, as stored."""

    OWN = "own"
    TEAM = "team"
    DEPARTMENT = "department"
    PROJECT = "project"
    ALL = "all"


class UnitKind(StrEnum):
    """What a unit is."""

    ORGANISATION = "organisation"
    DEPARTMENT = "department"
    TEAM = "team"


class BrokenTree(Exception):
    """Units that are no tree: two of one id, or a unit above itself. Nobody's reach may be computed from such units."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as the tree needs it. parent_id: None for the root."""

    id: str
    parent_id: str | None
    kind: UnitKind


class UnitTree:
    """The units of one organisation. Raises BrokenTree when they are none.

    A unit whose parent is missing counts as a root: its people reach it and what is below, nobody reaches it from above.
    Built once for many questions: O(units); each question costs what it returns, at any depth.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units: dict[str, Unit] = {}
        self._children: dict[str | None, list[str]] = {}
        for unit in units:
            if unit.id in self._units:
                raise BrokenTree(f"unit {unit.id} stands there twice")
            self._units[unit.id] = unit
        for unit in self._units.values():
            self._children.setdefault(unit.parent_id, []).append(unit.id)
        self.roots = frozenset(unit.id for unit in self._units.values() if unit.parent_id not in self._units)
        if len(self.below(self.roots)) != len(self._units):  # what no root reaches goes round in a circle
            raise BrokenTree("a unit is above itself")

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._units

    def unit(self, unit_id: str) -> Unit | None:
        """The unit of this id, if there is one."""
        return self._units.get(unit_id)

    def children(self, unit_id: str) -> tuple[str, ...]:
        """The ids directly below a unit."""
        return tuple(self._children.get(unit_id, ()))

    def below(self, unit_ids: Iterable[str]) -> frozenset[str]:
        """These units and all below them. Ids that are no unit are left out."""
        found: set[str] = set()
        waiting = [unit_id for unit_id in unit_ids if unit_id in self._units]
        while waiting:
            unit_id = waiting.pop()
            found.add(unit_id)
            waiting += self._children.get(unit_id, ())
        return frozenset(found)

    def upwards(self, unit_id: str) -> Iterator[Unit]:
        """The unit and all above it, nearest first; nothing for an id that is no unit."""
        unit = self._units.get(unit_id)
        while unit is not None:
            yield unit
            unit = self._units.get(unit.parent_id or "")

    def department_of(self, unit_id: str) -> str:
        """The nearest unit of kind department at or above a unit; the unit itself when there is none."""
        return next((unit.id for unit in self.upwards(unit_id) if unit.kind is UnitKind.DEPARTMENT), unit_id)

    def tops(self, unit_ids: Collection[str]) -> frozenset[str]:
        """The minimal cover: those of the units that have none of the others directly above them.

        For a set that `below` made, `below(tops(units)) == units`, and no smaller set does it.
        """
        return frozenset(
            unit.id for unit in map(self._units.get, unit_ids) if unit is not None and unit.parent_id not in unit_ids
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Whose reach is asked for. further_units: any number, the primary one may be among them."""

    user_id: str
    unit_id: str
    further_units: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of a role: a function and how far it goes."""

    function: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Extent:
    """The rows one person reaches with one function: those that match any field. The fields of server.core.access.Reach.

    own: rows of `user_id`. units: every unit in reach, those below included, for a row lives in one unit and in none above.
    everything: all rows; units and projects are then empty, as they would add nothing.
    """

    user_id: str
    own: bool = False
    units: frozenset[str] = field(default=frozenset())
    projects: frozenset[str] = field(default=frozenset())
    everything: bool = False

    def is_within(self, other: Extent) -> bool:
        """Whether everything reached here, one's own rows aside, is reached there too."""
        if other.everything:
            return True
        return not self.everything and self.units <= other.units and self.projects <= other.projects


def extents(tree: UnitTree, person: Person, grants: Iterable[Grant]) -> dict[str, Extent]:
    """What a person reaches, by function: the union over all `grants` of all his enabled roles.

    Unknown or deleted units of the person give nothing; he keeps what is his own.
    """
    words: dict[str, set[Scope]] = {}
    for grant in grants:
        words.setdefault(grant.function, set()).add(grant.scope)
    homes = {person.unit_id, *person.further_units}
    by_words: dict[frozenset[Scope], Extent] = {}  # functions share few combinations of words
    found: dict[str, Extent] = {}
    for function, scopes in words.items():
        key = frozenset(scopes)
        if key not in by_words:
            by_words[key] = _extent(tree, person, homes, key)
        found[function] = by_words[key]
    return found


def is_upward(of: Mapping[str, Extent], against: Mapping[str, Extent]) -> bool:
    """Whether someone (`of`) may do something, or reaches rows with it, that another (`against`) does not."""
    return any(function not in against or not extent.is_within(against[function]) for function, extent in of.items())


def _extent(tree: UnitTree, person: Person, homes: Iterable[str], scopes: frozenset[Scope]) -> Extent:
    if Scope.ALL in scopes:
        return Extent(person.user_id, own=True, everything=True)
    starts: set[str] = set()
    if Scope.TEAM in scopes:
        starts.update(homes)
    if Scope.DEPARTMENT in scopes:
        starts.update(map(tree.department_of, homes))
    projects = person.projects if Scope.PROJECT in scopes else frozenset[str]()
    return Extent(person.user_id, own=True, units=tree.below(starts), projects=projects)
