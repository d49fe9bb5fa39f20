"""The ledger: what was acknowledged once is known for ever, under one enrolment's own numbers."""

from __future__ import annotations

from server.core import ledger
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
        assert ledger.lock_enrolment(*mine, town.users["anna"]) == 1
        assert ledger.lock_enrolment(*mine, town.users["ben"]) is None
        ledger.advance(*mine, 7)
        assert ledger.lock_enrolment(*mine, town.users["anna"]) == 7
        commit(connection)
