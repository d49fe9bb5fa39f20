"""The device's queue: one entry per operation, from the moment a person acts until a checkpoint shows the effect. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

RowKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation on the device.

    serial: order in which the person acted; never changes. enrolment, n, group: as sent; given anew under a new
    enrolment. effect: what the operation shows on the device's own row until the server's is there; for create and
    update the values themselves. verdict: None while the entry is pending; else it is settled and stays only until a
    checkpoint of visible_at or later is adopted. epoch: the server's history that visible_at counts in.
    server_row: values the server gave with the verdict.
    """

    serial: int
    enrolment: str
    n: int
    group: int
    collection: str
    action: str
    row: str
    base: int
    values: Mapping[str, Any]
    effect: Mapping[str, Any]
    made_at: int
    verdict: str | None = None
    visible_at: int | None = None
    epoch: str | None = None
    server_row: Mapping[str, Any] | None = None

    @property
    def key(self) -> RowKey:
        """The row it is about."""
        return (self.collection, self.row)

    @property
    def pending(self) -> bool:
        """No verdict has been kept for it."""
        return self.verdict is None

    def seen_in(self, epoch: str | None, head: int) -> bool:
        """True when the checkpoint at head already shows the effect."""
        return self.visible_at is None or (self.epoch in (None, epoch) and self.visible_at <= head)

    def to_wire(self) -> dict[str, Any]:
        """As it stands in push.operations; the same at each sending."""
        return {
            "n": self.n,
            "group": self.group,
            "collection": self.collection,
            "action": self.action,
            "row": self.row,
            "base": self.base,
            "values": dict(self.values),
            "made_at": self.made_at,
        }

    def to_store(self) -> dict[str, Any]:
        """As it is kept on the device."""
        return asdict(self)

    @classmethod
    def from_store(cls, kept: Mapping[str, Any]) -> "Entry":
        """From what to_store gave."""
        return cls(**kept)


def overlay(adopted: Mapping[str, Any] | None, entries: Iterable[Entry]) -> dict[str, Any] | None:
    """The row a person sees: the adopted values with the row's own entries replayed on top, in serial order.

    None: no row to show. An edit of a row that is gone does not bring it back; `restore` shows what a `delete` hid.
    """
    values = None if adopted is None else dict(adopted)
    hidden: dict[str, Any] | None = None
    for entry in entries:
        given = entry.server_row or {}
        if entry.action == "restore":
            values = hidden if values is None else values
        if entry.action == "delete":
            hidden, values = values, None
        elif entry.action == "create":
            values = {**(values or {}), **entry.effect, **given}
        elif values is not None:
            values = {**values, **entry.effect, **given}
    return values


def next_batch(pending: Sequence[Entry], *, limit: int, max_bytes: int, below: int | None = None) -> list[Entry]:
    """The entries to push next: whole groups from the front, numbers without a hole, within the limits.

    pending: in order. limit, max_bytes: operations and bytes; the first group goes even if it alone is larger.
    below: numbers from here on are held back.
    """
    batch: list[Entry] = []
    size = 0
    for _, members in groupby(pending, key=lambda each: each.group):
        group = list(members)
        size += sum(len(json.dumps(entry.to_wire())) + 1 for entry in group)
        if batch and (len(batch) + len(group) > limit or size > max_bytes or group[0].n != batch[-1].n + 1):
            break
        if below is not None and group[-1].n >= below:
            break
        batch.extend(group)
    return batch
