"""What a person does on the device: one transaction of local edits, checked and queued with the rows they show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync_protocol.collections import CollectionShape
from sync_protocol.operations import MAX_OPERATION_BYTES, MAX_OPERATIONS
from sync_protocol.phone.entries import Entry
from sync_protocol.phone.store import Draft, Store

MAX_TRANSACTION_BYTES = 1_000_000
"""Below what a server takes as one request, since a transaction is never split."""


class NotSendable(ValueError):
    """The edit can never be pushed as it is, so it is refused before it enters the queue."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of the open transaction. effect: what it shows until the server's row is there."""

    collection: str
    action: str
    row: str
    base: int
    values: Mapping[str, Any]
    effect: Mapping[str, Any]
    made_at: int


def checked(shape: CollectionShape | None, collection: str, action: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they will be sent. Raises WireError or NotSendable where a server would refuse them unseen.

    shape: None when the device knows no shapes; then only what no server can read is refused.
    """
    if shape is None:
        for name, value in values.items():
            if type(value) not in (str, int, bool, type(None)):
                raise NotSendable(f"{collection}.{name}: {type(value).__name__} has no place on the wire")
            if type(value) is str and any("\ud800" <= character <= "\udfff" for character in value):
                raise NotSendable(f"{collection}.{name}: a lone surrogate can not be encoded")
        return dict(values)
    taken = shape.action(action)
    if taken is None:
        raise NotSendable(f"{collection} has no action {action}")
    unknown = values.keys() - taken.values.keys()
    missing = taken.required - values.keys()
    if unknown or missing:
        raise NotSendable(f"{collection}.{action}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    return {name: taken.values[name].check(value) for name, value in values.items()}


def queue(store: Store, edits: list[Edit]) -> None:
    """Put a transaction into the queue as one group, with the rows it shows: one durable write."""
    counters = store.counters
    if len(edits) > MAX_OPERATIONS:
        raise NotSendable(f"a transaction of more than {MAX_OPERATIONS} operations can not be sent in one piece")
    draft = Draft(store)
    size = 0
    for place, edit in enumerate(edits):
        entry = Entry(
            serial=counters.next_serial + place,
            enrolment=counters.enrolment or "",
            n=counters.next_n + place,
            group=counters.next_group,
            collection=edit.collection,
            action=edit.action,
            row=edit.row,
            base=edit.base,
            values=edit.values,
            effect=edit.effect,
            made_at=edit.made_at,
        )
        length = len(json.dumps(entry.to_wire()))
        size += length
        if length > MAX_OPERATION_BYTES or size > MAX_TRANSACTION_BYTES:
            raise NotSendable("the transaction is larger than a server takes in one piece")
        draft.put_entry(entry)
    draft.number(
        replace(
            counters,
            next_n=counters.next_n + len(edits),
            next_group=counters.next_group + 1,
            next_serial=counters.next_serial + len(edits),
        )
    )
    draft.commit()
