"""The shape of a synced collection: names, wire types, policy and actions. Nothing about tables, buckets or rights."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sync_protocol.wire import WireType


class Policy(StrEnum):
    """What happens when two hands change one row.

    append: rows are added, never edited. merge: field by field. machine: named actions move a state; plain fields
    merge. server: devices only read.
    """

    APPEND = "append"
    MERGE = "merge"
    MACHINE = "machine"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. writable: by create and update. required: a create has to carry it. since: first schema number."""

    kind: WireType
    writable: bool = False
    required: bool = False
    since: int = 1


@dataclass(frozen=True, slots=True)
class ActionShape:
    """What one action takes: values by name (its own arguments included), and which of them have to be there."""

    values: Mapping[str, WireType]
    required: frozenset[str] = frozenset()


_IMPLICIT = frozenset({"id", "version"})


@dataclass(frozen=True)
class CollectionShape:
    """One collection as both sides know it.

    fields: in wire order, without id and version, which every collection has.
    actions: what devices may do. A name mapped to None takes the default: create and update the writable fields,
    every other one (delete, named actions) no values at all.
    """

    name: str
    fields: Mapping[str, Field]
    policy: Policy = Policy.MERGE
    since: int = 1
    actions: Mapping[str, ActionShape | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if _IMPLICIT & set(self.fields):
            raise ValueError(f"{self.name}: id and version are in every collection and are not declared")
        if self.policy == Policy.SERVER and self.actions:
            raise ValueError(f"{self.name}: a collection of the server takes no actions")
        if self.policy == Policy.APPEND and "update" in self.actions:
            raise ValueError(f"{self.name}: rows of an append collection are not edited")
        unsendable = [name for name, each in self.fields.items() if each.since < self.since]
        if unsendable:
            raise ValueError(f"{self.name}: {unsendable} are older than the collection")
        object.__setattr__(self, "policy", Policy(self.policy))
        object.__setattr__(self, "actions", MappingProxyType({name: self._action(name) for name in self.actions}))

    def _action(self, name: str) -> ActionShape:
        given = self.actions[name]
        if given is not None:
            return given
        if name not in ("create", "update"):
            return ActionShape({})
        writable = {key: each.kind for key, each in self.fields.items() if each.writable}
        required = [key for key, each in self.fields.items() if each.required] if name == "create" else []
        return ActionShape(writable, frozenset(required))

    def action(self, name: str) -> ActionShape | None:
        """What this action takes, or None when the collection has no such action."""
        return self.actions.get(name)

    def known(self, schema: int) -> bool:
        """True when a device of this schema number knows the collection."""
        return self.since <= schema

    def columns(self, schema: int) -> tuple[str, ...]:
        """Column names of a page for this schema number: id, version, then the fields in declared order."""
        return ("id", "version", *(name for name, each in self.fields.items() if each.since <= schema))

    def describe(self, schema: int) -> dict[str, Any]:
        """JSON Schema of the collection for generators: the row as read, and the values of each action."""
        known = {name: each for name, each in self.fields.items() if each.since <= schema}
        return {
            "collection": self.name,
            "policy": self.policy.value,
            "since": self.since,
            "row": _object({name: each.kind for name, each in known.items()}, known),
            "actions": {
                name: _object(each.values, each.required) for name, each in self.actions.items() if each is not None
            },
        }


def _object(kinds: Mapping[str, WireType], required: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: kind.describe() for name, kind in kinds.items()},
        "required": sorted(required),
        "additionalProperties": False,
    }
