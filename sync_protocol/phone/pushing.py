"""What the device does with the push part of an answer, with refused numbers, and with a new enrolment."""

from collections.abc import Iterable
from dataclasses import replace

from sync_protocol.phone.store import Counters, Draft, Store
from sync_protocol.verdicts import Decision, Verdict


def settle(store: Store, enrolment: str, sent: Iterable[int], decisions: Iterable[Decision], epoch: str | None) -> bool:
    """Take the verdicts on what was sent under this enrolment: one durable write. Returns False when it changed nothing.

    Only a verdict takes an entry out of the queue. One that comes twice, or late, is the same as the first time.
    """
    asked = set(sent)
    waiting = {entry.n: entry for entry in store.pending if entry.enrolment == enrolment and entry.n in asked}
    draft = Draft(store)
    for decision in decisions:
        entry = waiting.pop(decision.n, None)
        if entry is None or decision.verdict == Verdict.RETRY:
            continue
        if decision.verdict.refused:
            draft.refuse(entry, decision)
            continue
        settled = replace(
            entry,
            verdict=decision.verdict.value,
            visible_at=decision.visible_at,
            epoch=epoch,
            server_row=decision.row,
        )
        if settled.seen_in(store.checkpoint.epoch, store.checkpoint.head):
            draft.drop_entry(entry)
        else:
            draft.put_entry(settled)
    return draft.commit()


def reopen(store: Store, expected: int) -> bool:
    """The server has nothing from this number on: what was settled there is pending again.

    Returns False when the device does not have that number any more, so that it can not go on under this enrolment.
    """
    draft = Draft(store)
    for entry in store.entries.values():
        if not entry.pending and entry.enrolment == store.counters.enrolment and entry.n >= expected:
            draft.put_entry(replace(entry, verdict=None, visible_at=None, epoch=None, server_row=None))
    draft.commit()
    pending = store.pending
    return bool(pending) and pending[0].n <= expected


def renumber(store: Store, enrolment: str) -> None:
    """Go on under a new enrolment: the pending entries are numbered from 1, in the order their author made them."""
    draft = Draft(store)
    n = group = last = 0
    for entry in store.pending:
        if group == 0 or entry.group != last:
            group, last = group + 1, entry.group
        n += 1
        draft.put_entry(replace(entry, enrolment=enrolment, n=n, group=group))
    draft.number(Counters(enrolment, n + 1, group + 1, store.counters.next_serial))
    draft.commit()
