"""Bugs planted on purpose, each a fault that a sync engine really had. The fleet has to catch every one of them (traces.py).

Each is a context in which the product is broken in one place; nothing of it touches the product's files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete

import server.core.apply as apply_room
import server.core.apply_deciding as deciding_room
import server.core.feed as feed_room
import server.core.pull as pull_room
import sync_protocol.phone.answers as answers_room
from server.accounts.queries.actors import load_actor
from server.core import bulk, tables
from server.customers import ownership
from server.customers.deleting import taking
from server.customers.models import Note
from sync_protocol import codes
from sync_protocol.codes import ProtocolError
from sync_protocol.cursors import plan_read
from sync_protocol.merge import Merged
from sync_protocol.phone import Phone
from sync_protocol.phone.pushing import settle
from sync_protocol.phone.store import Draft


@contextmanager
def no_ledger() -> Iterator[None]:
    """A resent operation is applied again: the retry after a lost answer doubles the record."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apply_room._Batch, "_seen_before", lambda batch, _last, _enrolment: list(batch.operations))
        insert = bulk.insert

        def lenient(connection: Any, table: Any, names: Any, rows: Any) -> None:
            (bulk.insert_or_skip if table.name == "ledger" else insert)(connection, table, names, rows)

        patch.setattr(bulk, "insert", lenient)
        yield


@contextmanager
def no_departure_entry() -> Iterator[None]:
    """A row that leaves somebody's scope stays on his device."""
    with pytest.MonkeyPatch.context() as patch:
        number = feed_room.number

        def without(connection: Any, org_id: str, touched: Sequence[Any], *rest: Any, **more: Any) -> Any:
            return number(connection, org_id, [each._replace(before=each.after) for each in touched], *rest, **more)

        patch.setattr(feed_room, "number", without)
        yield


@contextmanager
def outbox_cleared_on_send() -> Iterator[None]:
    """The queue is emptied when it is sent, not when a verdict came: a cut line loses it."""
    with pytest.MonkeyPatch.context() as patch:
        prepare = Phone.prepare

        def forgetful(phone: Phone) -> Any:
            request = prepare(phone)
            draft = Draft(phone._store)
            for entry in phone.queue:
                if entry.n in request.numbers:
                    draft.drop_entry(entry)
            draft.commit()
            return request

        patch.setattr(Phone, "prepare", forgetful)
        yield


@contextmanager
def cursor_before_rows() -> Iterator[None]:
    """The cursor is saved in one write and the rows in the next: power lost between them loses the rows."""
    with pytest.MonkeyPatch.context() as patch:
        commit = Draft.commit

        def in_two(draft: Draft) -> bool:
            storage = draft._store.storage
            write = storage.write

            def split(changes: Sequence[Any]) -> None:
                meta = [each for each in changes if each[0] == "meta"]
                rows = [each for each in changes if each[0] != "meta"]
                for part in (meta, rows):
                    if part:
                        write(part)

            object.__setattr__(storage, "write", split)
            try:
                return commit(draft)
            finally:
                object.__delattr__(storage, "write")

        patch.setattr(Draft, "commit", in_two)
        yield


@contextmanager
def stale_answer_adopted() -> Iterator[None]:
    """An answer that comes late is taken like any other: older rows over newer ones."""
    with pytest.MonkeyPatch.context() as patch:

        class Blind:
            """A cursor that equals all others."""

            def __eq__(self, other: object) -> bool:
                return True

            def __ne__(self, other: object) -> bool:
                return False

            __hash__ = None  # type: ignore[assignment]

        take = answers_room._take_rows

        def trusting(store: Any, asked: Any, answer: Any, document: Any) -> Any:
            return take(store, _Asked(asked.enrolment, asked.numbers, Blind()), answer, document)

        patch.setattr(answers_room, "_take_rows", trusting)
        patch.setattr(answers_room, "goes_back", lambda *_: False)
        yield


class _Asked:
    def __init__(self, enrolment: str, numbers: tuple[int, ...], cursor: Any) -> None:
        self.enrolment, self.numbers, self.cursor = enrolment, numbers, cursor


@contextmanager
def last_write_wins() -> Iterator[None]:
    """Whoever syncs last overwrites the others' values, and nobody is told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            deciding_room, "merge_fields", lambda _current, incoming, _marks, **_: Merged(dict(incoming), (), {})
        )
        yield


@contextmanager
def rights_remembered() -> Iterator[None]:
    """A person's rights are kept from his first request on: a changed role or team has no effect on his device."""
    with pytest.MonkeyPatch.context() as patch:
        known: dict[tuple[str, str], Any] = {}

        def remembering(connection: Any, org_id: str, user_id: str) -> Any:
            if (org_id, user_id) not in known:
                known[org_id, user_id] = load_actor(connection, org_id, user_id)
            return known[org_id, user_id]

        patch.setattr("server.accounts.authentication.load_actor", remembering)
        yield


@contextmanager
def old_rows_not_sent() -> Iterator[None]:
    """A person who gains access is sent what changes from now on, not what was there."""
    with pytest.MonkeyPatch.context() as patch:

        def from_now_on(cursor: Any, subscribed: Any, head: int, *, epoch: str) -> Any:
            plan = plan_read(cursor, subscribed, head, epoch=epoch)
            if cursor is None or plan.reset:
                return plan
            return replace(plan, buckets={name: cursor.buckets.get(name, head) for name in plan.buckets})

        patch.setattr(pull_room, "plan_read", from_now_on)
        yield


@contextmanager
def removals_purged() -> Iterator[None]:
    """What was deleted leaves no trace: who was away keeps the row, and who sends it again has it live again."""
    with pytest.MonkeyPatch.context() as patch:
        number = feed_room.number

        def forgetting(connection: Any, org_id: str, *rest: Any, **more: Any) -> Any:
            head = number(connection, org_id, *rest, **more)
            feed = tables.FEED.c
            connection.execute(delete(tables.FEED).where(feed.org_id == org_id, feed.put.is_(False)))
            return head

        patch.setattr(feed_room, "number", forgetting)
        yield


@contextmanager
def own_write_vanishes() -> Iterator[None]:
    """An operation leaves the queue with its verdict, before a checkpoint shows its effect."""
    with pytest.MonkeyPatch.context() as patch:

        def hasty(store: Any, enrolment: str, sent: Any, decisions: Any, epoch: Any) -> bool:
            return settle(store, enrolment, sent, [replace(each, visible_at=None) for each in decisions], epoch)

        patch.setattr(answers_room, "settle", hasty)
        yield


@contextmanager
def bad_row_blocks_queue() -> Iterator[None]:
    """A refused operation stays where it is and is sent again for ever, with all that wait behind it."""
    with pytest.MonkeyPatch.context() as patch:

        def stubborn(store: Any, enrolment: str, sent: Any, decisions: Sequence[Any], epoch: Any) -> bool:
            refused = [place for place, each in enumerate(decisions) if each.verdict.refused]
            return settle(store, enrolment, sent, decisions[: refused[0]] if refused else decisions, epoch)

        patch.setattr(answers_room, "settle", stubborn)
        yield


@contextmanager
def bad_row_fails_batch() -> Iterator[None]:
    """The server refuses the whole push for one operation it cannot take."""
    with pytest.MonkeyPatch.context() as patch:

        def refuse_all(_batch: Any, group: Sequence[Any], *_rest: Any) -> None:
            raise ProtocolError(codes.MALFORMED, pointer=f"/push/operations/{group[0].n}")

        patch.setattr(apply_room._Batch, "_refuse_group", refuse_all)
        yield


@contextmanager
def restored_in_part() -> Iterator[None]:
    """Of what went with a deleted customer, notes are not brought back."""
    with pytest.MonkeyPatch.context() as patch:
        read = taking.read
        patch.setattr(taking, "read", lambda text: [row for row in read(text) if not isinstance(row, Note)])
        yield


@contextmanager
def keys_left_behind() -> Iterator[None]:
    """A handover leaves the keys of the search with the former owner, who goes on finding, as nobody else of the team does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ownership, "move_keys", lambda _uow, _customers: None)
        yield


PLANTED: dict[str, Callable[[], AbstractContextManager[None]]] = {
    each.__name__: each
    for each in (
        no_ledger,
        no_departure_entry,
        outbox_cleared_on_send,
        cursor_before_rows,
        stale_answer_adopted,
        last_write_wins,
        rights_remembered,
        old_rows_not_sent,
        removals_purged,
        own_write_vanishes,
        bad_row_blocks_queue,
        bad_row_fails_batch,
        restored_in_part,
        keys_left_behind,
    )
}
"""Name → the bug. Numbers given at the begin of a transaction are planted in tests/server/core/test_commit_order.py, where
two writers run at once."""
