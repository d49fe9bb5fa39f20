"""The per-field three-way rule: what of an update is taken, and where two hands clash. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Mark = tuple[int, str]
"""(version that last set the field, the writer that did). A writer is an enrolment id, or a name for an office session."""
Marks = Mapping[str, Mark | list[Any]]  # a list when it comes from JSON


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that another writer changed since this one looked. theirs stays; both are kept for a person to see."""

    field: str
    mine: Any
    theirs: Any
    version: int
    writer: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What the rule decided.

    accepted: field → value to write; only values that differ from the row's, so empty means nothing to do.
    marks: the row's marks after writing accepted at new_version.
    """

    accepted: Mapping[str, Any]
    clashes: tuple[Clash, ...]
    marks: Mapping[str, Mark]


def merge_fields(
    current: Mapping[str, Any],
    incoming: Mapping[str, Any],
    marks: Marks,
    *,
    base: int,
    version: int,
    writer: str,
    new_version: int | None = None,
) -> Merged:
    """Decide an update field by field.

    current: the row's fields now. incoming: the fields the update sets. base: the version its writer had adopted.
    version: the row's version now. new_version: what it will be after this; version + 1 unless told.

    A field clashes when another writer set it after base, and to something else. A writer never clashes with itself,
    so a chain of edits made offline on one base goes through whole. Equal values never clash, and leave the mark
    where it is: nothing changed for anyone.
    """
    # A base the row never reached was seen on a server that has since been restored: its history is not this one's.
    seen = base if base <= version else 0
    after = version + 1 if new_version is None else new_version
    accepted: dict[str, Any] = {}
    clashes: list[Clash] = []
    merged = {name: (mark[0], mark[1]) for name, mark in marks.items()}
    for name, value in incoming.items():
        theirs = current.get(name)
        if theirs == value and type(theirs) is type(value):
            continue
        mark = merged.get(name)
        if mark is not None and mark[0] > seen and mark[1] != writer:
            clashes.append(Clash(name, value, theirs, mark[0], mark[1]))
        else:
            accepted[name] = value
    merged.update(mark_fields(accepted, version=after, writer=writer))
    return Merged(accepted, tuple(clashes), merged)


def mark_fields(names: Iterable[str], *, version: int, writer: str) -> dict[str, Mark]:
    """The marks of fields set at this version by this writer; for edits that need no merging, such as the office's."""
    return dict.fromkeys(names, (version, writer))
