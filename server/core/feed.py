"""The feed: which rows changed in which bucket, in commit order, without their data.

Written only from `UnitOfWork.commit`. Devices are answered from it by pull.py; apply_loading.py asks it for deleted ids, and
audit.py compares it with the rows. One row per bucket and row, so that it is
compacted as it is written and nothing has to be purged while somebody reads. Decision record: docs/decisions/0003.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, text

from server.core import bulk, tables
from server.core.events import Recorded, chain
from server.core.types import Id

_NAMES = ("org_id", "bucket", "collection", "row_id", "seq", "put", "row_version")
_KEY = ("org_id", "bucket", "collection", "row_id")
_EVENT_NAMES = ("org_id", "n", "at", "actor_id", "name", "subject_id", "body", "previous_hash", "hash")
_LEDGER_NAMES = ("org_id", "enrolment_id", "n", "content_hash", "verdict")

_TICK = text(
    "UPDATE org_clocks SET feed_head = feed_head + :rows, event_n = event_n + :events, "
    "access_version = access_version + :access WHERE org_id = :org RETURNING feed_head, event_n, event_hash"
).bindparams(bindparam("org", type_=Id()))
_SET_HASH = text("UPDATE org_clocks SET event_hash = :hash WHERE org_id = :org").bindparams(
    bindparam("org", type_=Id())
)


_TURN = (
    select(tables.ORG_CLOCKS.c.feed_head)
    .where(tables.ORG_CLOCKS.c.org_id == bindparam("org", type_=Id()))
    .with_for_update(key_share=True)
)


class Touched(NamedTuple):
    """A written row with the buckets it was in and is in; no bucket after means it was removed."""

    collection: str
    row_id: str
    version: int
    before: tuple[str, ...]
    after: tuple[str, ...]


class Numbered(NamedTuple):
    """The heads after a transaction: of the feed (-1 when there was nothing to number) and of the events."""

    head: int
    event_n: int


def take_turn(connection: Connection, org_id: str) -> None:
    """Lock the organisation's clock row before `number` does: nobody commits between what is looked at now and the commit."""
    connection.execute(_TURN, {"org": org_id})


def number(
    connection: Connection,
    org_id: str,
    touched: Sequence[Touched],
    events: Sequence[Recorded],
    *,
    access_changed: bool,
    ledger: Callable[[int], Sequence[tuple[Any, ...]]] | None,
) -> Numbered:
    """Number touched rows and events under the organisation's clock row; the last thing before commit.

    The clock row stays locked until the commit, so the order of numbers is the order of commits and no reader can
    see a number whose predecessors are not yet visible.
    """
    access = 1 if access_changed else 0
    if not (touched or events or access or ledger):
        return Numbered(-1, -1)
    head, event_n, event_hash = connection.execute(
        _TICK,
        {"rows": len(touched) + access, "events": len(events), "access": access, "org": org_id},
    ).one()
    entries: list[tuple[Any, ...]] = []
    for seq, each in enumerate(touched, head - access - len(touched) + 1):
        collection, row_id, version = each.collection, each.row_id, each.version
        entries += [(org_id, bucket, collection, row_id, seq, True, version) for bucket in each.after]
        if each.before != each.after:
            gone = set(each.before).difference(each.after)
            entries += [(org_id, bucket, collection, row_id, seq, False, version) for bucket in sorted(gone)]
    bulk.upsert(connection, tables.FEED, _NAMES, entries, _KEY)
    if events:
        rows, digest = chain(org_id, event_n - len(events) + 1, event_hash, events)
        bulk.insert(connection, tables.EVENTS, _EVENT_NAMES, rows)
        connection.execute(_SET_HASH, {"hash": digest, "org": org_id})
    if ledger is not None:
        bulk.insert(connection, tables.LEDGER, _LEDGER_NAMES, ledger(int(head)))
    return Numbered(int(head), int(event_n))
