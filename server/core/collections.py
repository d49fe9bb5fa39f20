"""Collections: what devices see of a table, declared once by the area that owns it.

`sync_protocol` sees only the shape (names, wire types, policy); the rest stays on this side of the wall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from server.core.access import Actor, realm_of, scoped_buckets
from server.core.problems import ProblemType, Refused
from server.core.rows import Row
from server.core.types import from_ms
from sync_protocol.collections import ActionShape, CollectionShape, Field, Policy
from sync_protocol.operations import Operation
from sync_protocol.wire import DayType, InstantType, WireType

if TYPE_CHECKING:  # the unit of work asks for a row's collection, and a collection names the unit of work
    from server.core.uow import UnitOfWork


class Scope(Protocol):
    """Which buckets a row lives in, and which of them a person subscribes to."""

    def of(self, row: Any) -> tuple[str, ...]:
        """The buckets of a row."""

    def subscribed(self, actor: Actor) -> tuple[str, ...]:
        """The buckets of a person's devices."""


@dataclass(frozen=True, slots=True)
class OwnedScope:
    """Scoped rows, reached through a read function whose first part names the buckets."""

    function: str

    def of(self, row: Any) -> tuple[str, ...]:
        return scoped_buckets(realm_of(self.function), row)

    def subscribed(self, actor: Actor) -> tuple[str, ...]:
        return actor.reach(self.function).buckets(realm_of(self.function))


@dataclass(frozen=True, slots=True)
class SharedScope:
    """Reference rows that everybody in the organisation sees."""

    def of(self, row: Any) -> tuple[str, ...]:
        return ("ref",)

    def subscribed(self, actor: Actor) -> tuple[str, ...]:
        return ("ref",)


@dataclass(frozen=True, slots=True)
class PersonalScope:
    """Rows for one person, or for all who are named. column: the one that names him. among: one with the others' ids, or one id.

    within: a function; he has a row only as long as he reaches it with that one, too.
    """

    column: str = "user_id"
    among: str | None = None
    within: str | None = None

    def people(self, row: Any) -> tuple[str, ...]:
        """The ids of whom a row is for, each once."""
        others = [] if self.among is None else getattr(row, self.among)
        return tuple(dict.fromkeys((getattr(row, self.column), *([others] if isinstance(others, str) else others))))

    def of(self, row: Any) -> tuple[str, ...]:
        if self.within is None:
            return tuple(f"me:{each}" for each in self.people(row))
        places = scoped_buckets(realm_of(self.within), row)
        return tuple(f"{place}.{each}" for each in self.people(row) for place in places)

    def subscribed(self, actor: Actor) -> tuple[str, ...]:
        if self.within is None:
            return (f"me:{actor.user_id}",)
        places = actor.reach(self.within).buckets(realm_of(self.within))
        return tuple(f"{place}.{actor.user_id}" for place in places)


@dataclass(frozen=True, slots=True)
class Column:
    """One column on the wire.

    name: of the row's field. writable: by `create` and `update`. required: a create has to carry it. since: schema
    number.
    """

    name: str
    kind: WireType
    writable: bool = False
    required: bool = False
    since: int = 1


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a device may do to a row.

    operation: `(uow, row_id, values)` for create, `(uow, row, values)` for all others; returns the row.
    function: the permission it needs, with the row in reach; None for what is addressed to one person, who needs none: the
    row has to be one that his devices are sent. values: what it takes, by name; None for create and
    update, which take the writable columns. required: names that must be there. by_author: an author may do it
    though the row is somebody else's by now. together: rows of one local transaction of which it is asked one after the
    other are done in one go: the operation is `(uow, {row id: values})`, and judges by itself rows that are not there.
    """

    operation: Callable[..., Any]
    function: str | None
    values: Mapping[str, WireType] | None = None
    required: frozenset[str] = frozenset()
    by_author: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """Why a row that the actor reached is not there any more.

    successor: the row that stands for it now. What a device makes under the absent one (`Collection.parents`) is made under
    that one; what it does to the absent one itself is refused.
    """

    problem: ProblemType
    params: Mapping[str, str]
    successor: str | None = None

    def refused(self, field: str | None = None) -> Refused:
        """What to raise for it."""
        return Refused(self.problem, field=field, **self.params)


@dataclass(frozen=True)
class Collection:
    """A synced table.

    policy: one of sync_protocol.collections.Policy. since: the schema number that first knows it.
    parents: column → name of the collection whose row must be there first, and is loaded and locked with it.
    before: called once for a batch before any target is loaded, to lock what all who touch such rows lock first.
    prepare: called once for a batch after targets and parents are loaded, to load what else the area needs, at once.
    refuse: called for a row out of the actor's reach; may raise a better reason than NOT_FOUND.
    absent: called once for a batch with ids that are not there; those of which the actor may know why, with why.
    instead: called for an operation on a row that is not there; the one that is, where a device made a row of its own for
    what was there already. The operation is then done to that one, by somebody who has not seen it. After `prepare`.
    settle: values as the row will hold them, however they were spelt, so that apply compares like with like; the area's
    operations begin with the same function. By field name, of any of the actions; pure; settling again changes nothing.
    Raises Refused for what no row may hold. Without it values are stored as they come.
    """

    name: str
    row: type[Row]
    columns: tuple[Column, ...]
    scope: Scope
    policy: str
    since: int = 1
    actions: Mapping[str, Action] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[UnitOfWork, Sequence[Operation]], None] | None = None
    prepare: Callable[[UnitOfWork, Sequence[Operation]], None] | None = None
    refuse: Callable[[UnitOfWork, Any], None] | None = None
    absent: Callable[[UnitOfWork, Sequence[str]], Mapping[str, Absent]] | None = None
    instead: Callable[[UnitOfWork, Operation], Row | None] | None = None
    settle: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None

    @cached_property
    def writable(self) -> Mapping[str, WireType]:
        """What create and update take."""
        return {each.name: each.kind for each in self.columns if each.writable}

    @cached_property
    def decoders(self) -> Mapping[str, Callable[[Any], Any]]:
        """name → what makes a Python value of a wire value, for all values this collection takes that need one."""
        kinds = dict(self.writable)
        for action in self.actions.values():
            kinds.update(action.values or {})
        return {name: decode for name, kind in kinds.items() if (decode := _DECODERS.get(type(kind)))}

    @cached_property
    def shape(self) -> CollectionShape:
        """What `sync_protocol` needs to know."""
        return shape_of(self)


_DECODERS: Mapping[type, Callable[[Any], Any]] = {InstantType: from_ms, DayType: date.fromisoformat}


def shape_of(collection: Collection) -> CollectionShape:
    """The collection without tables, scopes and rights."""
    return CollectionShape(
        name=collection.name,
        fields={
            each.name: Field(each.kind, writable=each.writable, required=each.required, since=each.since)
            for each in collection.columns
        },
        policy=Policy(collection.policy),
        since=collection.since,
        actions={
            name: None if action.values is None else ActionShape(action.values, action.required)
            for name, action in collection.actions.items()
        },
    )


COLLECTIONS: dict[str, Collection] = {}
"""Name → collection, in the order of registration: parents before children."""
_BY_ROW: dict[type[Row], Collection] = {}


def register(collections: Iterable[Collection]) -> None:
    """Make collections known; the composition root calls it once for each area. Registering again changes nothing."""
    for each in collections:
        if COLLECTIONS.setdefault(each.name, each) is not each:
            raise ValueError(f"two collections are called {each.name}")
        unknown = set(each.parents.values()) - set(COLLECTIONS)
        if unknown:
            raise ValueError(f"{each.name} names parents that are not registered before it: {sorted(unknown)}")
        _BY_ROW[each.row] = each


def shapes() -> dict[str, CollectionShape]:
    """Name → shape of every collection."""
    return {name: each.shape for name, each in COLLECTIONS.items()}


def collection_of(row: type[Row]) -> Collection | None:
    """The collection of a row class, or None when devices do not see it."""
    return _BY_ROW.get(row)


def subscriptions(actor: Actor) -> tuple[str, ...]:
    """All buckets of a person's devices, what matters most first: me, ref, own, the rest."""
    found: dict[str, None] = {}
    for each in COLLECTIONS.values():
        for bucket in each.scope.subscribed(actor):
            found[bucket] = None
    return tuple(sorted(found, key=_rank))


def _rank(bucket: str) -> tuple[int, str]:
    if bucket.startswith("me:"):
        return 0, bucket
    if bucket == "ref":
        return 1, bucket
    return (2 if ":own:" in bucket else 3), bucket
