"""The ledger: what was acknowledged once is known for ever, under one enrolment's own numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.core import ledger
from server.core.clock import DeviceClock
from server.core.db import commit
from sync_protocol.verdicts import Decision
from tests.support.syncing import parsed
from tests.support.toys import Town


def test_a_verdict_is_kept_as_it_went_out(town: Town) -> None:
    queue = town.queues["anna"]
    queue.create("toy_things", name="一二三")
    queue.create("toy_things", name="refuse")
    operations = queue.take()
    applied = town.push("anna", operations)
    with town.database.read(town.org_id) as connection:
        found = ledger.entries(connection, town.org_id, town.enrolments["anna"], 1, 9)
    assert [found[n].content_hash for n in (1, 2)] == [each.content_hash for each in parsed(operations)]
    assert tuple(Decision.from_wire(found[n].verdict) for n in (1, 2)) == applied.decisions


def test_entries_are_those_of_one_enrolment_and_range(town: Town) -> None:
    for who in ("anna", "ben"):
        for _ in range(4):
            town.queues[who].create("toy_things", name="thing")
        town.push(who)
    with town.database.read(town.org_id) as connection:
        assert sorted(ledger.entries(connection, town.org_id, town.enrolments["ben"], 2, 3)) == [2, 3]
        assert ledger.entries(connection, town.org_id, town.enrolments["carl"], 1, 9) == {}


def test_an_enrolment_starts_at_nothing_and_remembers_its_highest_number(town: Town) -> None:
    def highest() -> int:
        with town.database.read(town.org_id) as connection:
            return ledger.highest(connection, town.org_id, town.enrolments["anna"])

    assert highest() == 0
    town.make("anna")
    town.make("anna")
    assert highest() == 2
    town.enrol("anna")
    assert highest() == 0


def test_only_its_person_can_lock_an_enrolment(town: Town) -> None:
    town.make("anna")
    with town.database.write(town.org_id) as connection:
        mine = (connection, town.org_id, town.enrolments["anna"])
        locked = ledger.lock_enrolment(*mine, town.users["anna"])
        assert locked is not None
        assert locked.last_n == 1
        assert ledger.lock_enrolment(*mine, town.users["ben"]) is None
        ledger.advance(*mine, 7, locked)
        assert ledger.highest(*mine) == 7
        commit(connection)


NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
FAST, SLOW = timedelta(minutes=-3), timedelta(minutes=5)


@pytest.mark.parametrize(
    ("exchanges", "before"),
    [
        ([], (None, None)),
        ([(0, FAST)], (None, None)),  # the first one that is known of: nothing to compare with
        ([(0, FAST), (600, SLOW)], (None, None)),  # a queue that comes in parts is one contact
        ([(0, FAST), (601, SLOW)], (0, FAST)),
        ([(0, FAST), (601, SLOW), (602, FAST), (1000, FAST)], (0, FAST)),
        ([(0, FAST), (601, SLOW), (9000, FAST)], (601, SLOW)),
        ([(0, None), (601, SLOW)], (0, None)),  # heard, but its clock was not said
    ],
)
def test_a_device_s_clock_is_compared_with_what_it_was_in_the_contact_before(
    exchanges: list[tuple[int, timedelta | None]], before: tuple[int | None, timedelta | None]
) -> None:
    enrolment = ledger.Enrolment(0, NOON - timedelta(days=1))
    for seconds, behind in exchanges:
        enrolment = enrolment.at(NOON + timedelta(seconds=seconds), behind)
    clock = enrolment.clock(SLOW)
    at = None if before[0] is None else NOON + timedelta(seconds=before[0])
    assert clock == DeviceClock(NOON - timedelta(days=1), SLOW, at, before[1])


def test_what_an_exchange_said_is_kept_with_the_enrolment(town: Town) -> None:
    town.make("anna")
    key, user = (town.org_id, town.enrolments["anna"]), town.users["anna"]
    for seconds in (0, 3600):
        with town.database.write(town.org_id) as connection:
            ledger.note_exchange(connection, *key, user, now=NOON + timedelta(seconds=seconds), behind=SLOW)
            commit(connection)
    with town.database.write(town.org_id) as connection:
        locked = ledger.lock_enrolment(connection, *key, user)
    assert locked is not None
    assert (locked.last_n, locked.exchanged_at, locked.contact_at) == (1, NOON + timedelta(hours=1), NOON)
    assert (locked.clock_behind_ms, locked.contact_behind_ms) == (300_000, 300_000)
