"""Cursors: how far a device has read each bucket, and what that means for its next answer."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sync_protocol.ids import is_id
from sync_protocol.wire import SAFE_INTEGER

MAX_BUCKETS = 2000
is_bucket_name = re.compile(r"[a-z][a-z0-9_:.-]{0,119}").fullmatch


@dataclass(frozen=True, slots=True)
class Cursor:
    """epoch: id of the server's history; a restored server takes a new one. buckets: name → last seq read of it.

    remaining: entries that were still to come when a run was counted; None when it is complete or was never counted.
    """

    epoch: str
    buckets: Mapping[str, int]
    remaining: int | None = None

    def to_wire(self) -> dict[str, Any]:
        """As the device echoes it back."""
        wire: dict[str, Any] = {"epoch": self.epoch, "buckets": dict(self.buckets)}
        return wire if self.remaining is None else {**wire, "remaining": self.remaining}


def parse_cursor(value: object) -> Cursor | None:
    """Read what a device sent. None for null and for anything a server did not make.

    Never raises: a device whose cursor is damaged reads from the beginning, instead of being refused for ever.
    """
    if type(value) is not dict or not is_id(value.get("epoch")):
        return None
    buckets = value.get("buckets")
    if type(buckets) is not dict or len(buckets) > MAX_BUCKETS:
        return None
    for name, after in buckets.items():
        if not is_bucket_name(name) or type(after) is not int or not 0 <= after <= SAFE_INTEGER:
            return None
    remaining = value.get("remaining")
    if type(remaining) is not int or not 0 <= remaining <= SAFE_INTEGER:
        remaining = None
    return Cursor(value["epoch"], MappingProxyType(dict(buckets)), remaining)


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What one answer reads.

    buckets: bucket → seq to read after, in the order of subscription.
    left: buckets in the cursor that are not subscribed any more; the device lets go of them.
    reset: the device starts from nothing.
    """

    buckets: Mapping[str, int]
    left: tuple[str, ...]
    reset: bool


def plan_read(cursor: Cursor | None, subscribed: Iterable[str], head: int, *, epoch: str) -> ReadPlan:
    """Decide what to read. Names in the cursor grant nothing: only subscribed buckets are read.

    subscribed: the buckets the server decided on, most urgent first. head: the last seq of this snapshot.
    epoch: of the server's history.
    """
    wanted = tuple(dict.fromkeys(subscribed))
    # A position above the head was read from a history that is gone, so the positions below it are not trusted either.
    if cursor is None or cursor.epoch != epoch or any(after > head for after in cursor.buckets.values()):
        return ReadPlan(dict.fromkeys(wanted, 0), (), reset=True)
    left = tuple(sorted(set(cursor.buckets) - set(wanted)))
    return ReadPlan({name: cursor.buckets.get(name, 0) for name in wanted}, left, reset=False)
