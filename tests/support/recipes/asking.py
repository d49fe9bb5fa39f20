"""What a recipe is, and the bodies that many of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.scene import COLLEAGUES, Ids, Scene
from tests.support.scene_rows import Rows

ELSEWHERE = "elsewhere"
"""In place of a kind: what is pushed and pulled has a table of its own, in test_rights_sync.py; what a kiosk says of itself is
tried in tests/kiosk and test_kiosk_rights.py."""


@dataclass(frozen=True)
class Asking:
    """Who asks, and of which row. ids: of the row in the address. trying: the reference whose row is about to be changed."""

    scene: Scene
    rows: Rows
    caller: str
    ids: Ids
    trying: str = ""

    @property
    def colleague(self) -> str:
        """The id of the colleague of his unit."""
        return self.scene.acme.users[COLLEAGUES[self.caller]]

    @property
    def parts(self) -> dict[str, str]:
        """What he signs in with."""
        return self.scene.acme.parts(self.caller)

    def own(self, kind: str) -> Ids:
        """A row of his."""
        return self.rows.of(kind, "own", self.caller)


Body = Callable[[Asking], Any]
Head = Callable[[Asking], dict[str, str]]


@dataclass(frozen=True)
class Recipe:
    """How to ask one operation.

    row: the kind of the row in its address. body: what to send. references: pointer or ?parameter → kind, or `kind:member`
    where it is not the row's own id. query: what the query says besides; in an address without a row, what stands in it.
    fits: references that are right as the body has them for the caller's own row. base: whose row stands in the address
    while something else is tried. headers: beside the token. disturbs: it may change any row. ends: the caller's sessions.
    """

    row: str | None = None
    body: Body | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    fits: frozenset[str] = frozenset()
    base: str = "own"
    headers: Head | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    disturbs: bool = False
    ends: bool = False


def body_of(**values: Any) -> Body:
    """The same for everybody."""
    return lambda _asking: dict(values)


def own(of: str, *members: str, **values: Any) -> Body:
    """A body that names a row of the caller's."""
    return lambda asking: {**{name: asking.own(of)[name] for name in members}, **values}


def named(**values: Any) -> Body:
    """A body with a name that nobody has yet."""
    return lambda asking: {"name": asking.scene.word(), **values}


REASON = body_of(reason="seen")
