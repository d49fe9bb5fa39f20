"""What the device does with the pull part of an answer: keep it aside, and adopt all of it once it is complete."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sync_protocol.cursors import Cursor
from sync_protocol.envelope import ExchangeAnswer, PullAnswer
from sync_protocol.pages import Fold, fold, parse_changes
from sync_protocol.phone.store import Checkpoint, Draft, Staging, Store

_CHANGES = ("left", "pages", "bucket_names", "removals")


def goes_back(store: Store, asked: Cursor | None, answer: ExchangeAnswer, pull: PullAnswer) -> bool:
    """True for an answer that no server gives to this question: an older answer on a newer request's line."""
    if pull.cursor.epoch == store.checkpoint.epoch and answer.head < store.checkpoint.head:
        return True
    if pull.reset:
        return False
    if asked is None or asked.epoch != pull.cursor.epoch:
        return True
    after = pull.cursor.buckets
    return any(
        name not in pull.changes.left and after.get(name, -1) < position for name, position in asked.buckets.items()
    )


def take(store: Store, wire: Mapping[str, Any], pull: PullAnswer, head: int) -> bool:
    """Stage an answer or, when it is the last, adopt everything staged with it: one durable write.

    wire: the pull member as it came. Returns False when it changed nothing.
    """
    draft = Draft(store)
    reset = pull.reset or (store.staging is not None and store.staging.reset)
    if pull.complete:
        earlier = () if pull.reset else store.staged()
        _adopt(store, draft, fold([*(parse_changes(each) for each in earlier), pull.changes]), pull.cursor, head, reset)
        return draft.commit()
    answers = store.staging.answers if store.staging else 0
    if pull.reset:
        draft.clear_staging()
        answers = 0
    if not pull.reset and pull.cursor == store.pull_cursor and pull.changes.empty:
        return False
    answer = None if pull.changes.empty else {name: wire[name] for name in _CHANGES}
    draft.stage(Staging(pull.cursor, reset, answers), answer)
    return draft.commit()


def let_go(store: Store, buckets: Iterable[str]) -> None:
    """Read these buckets again from their beginning. Their rows stay on show until the new reading is complete."""
    cursor = store.pull_cursor
    names = sorted(buckets)
    if cursor is None or not names:
        return
    kept = Cursor(cursor.epoch, {name: after for name, after in cursor.buckets.items() if name not in names})
    staging = store.staging or Staging(cursor, reset=False, answers=0)
    draft = Draft(store)
    draft.stage(replace(staging, cursor=kept), {"left": names, "pages": [], "bucket_names": [], "removals": []})
    draft.commit()


def _adopt(store: Store, draft: Draft, changes: Fold, cursor: Cursor, head: int, reset: bool) -> None:
    if reset or changes.dropped:
        for key, row in store.all_adopted():
            kept = frozenset() if reset else row.buckets - changes.dropped
            if key not in changes.moves and kept != row.buckets:
                draft.hold(key, replace(row, buckets=kept) if kept else None)
    for key in changes.moves:
        held = store.adopted(key)
        buckets = changes.buckets_after(key, () if reset or held is None else held.buckets)
        pulled = changes.rows.get(key)
        if not buckets:
            if held is not None:
                draft.hold(key, None)
        elif pulled is not None:
            draft.put_row(pulled, buckets)
        elif held is not None and buckets != held.buckets:
            draft.hold(key, replace(held, buckets=buckets))
    _release_seen(store, draft, cursor.epoch, head)
    draft.clear_staging()
    if store.checkpoint != Checkpoint(cursor, head):
        draft.adopt(Checkpoint(cursor, head))


def _release_seen(store: Store, draft: Draft, epoch: str, head: int) -> None:
    """Drop settled entries the new checkpoint shows. One settled in a history that is gone is sent again: the server
    answers from its ledger if it still has it, and takes it now if it lost it.
    """
    for entry in store.entries.values():
        if entry.pending:
            continue
        if entry.seen_in(epoch, head):
            draft.drop_entry(entry)
        elif entry.epoch not in (None, epoch):
            if entry.enrolment == store.counters.enrolment:
                draft.put_entry(replace(entry, verdict=None, visible_at=None, epoch=None, server_row=None))
            else:
                draft.drop_entry(entry)
