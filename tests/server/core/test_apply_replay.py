"""When a batch cannot be decided in memory: constraints, faults of ours, looking at the database. Replay under savepoints."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.core import tables
from server.core.rows import c
from server.core.sync_issues import SyncIssue
from sync_protocol import codes
from sync_protocol.verdicts import Verdict
from tests.support.syncing import Queue, count_statements, pull_all, told, verdicts
from tests.support.toys import Thing, Town

APPLIED = ("applied", None)


def chain_of(town: Town, queue: Queue, kept: str, moved: str, *, bad: bool) -> list[dict[str, Any]]:
    """Operations around one that a unique constraint refuses, or a plain create in its place."""
    queue.create("toy_things", "01890000-0000-7000-8000-000000000001", name="before", label="one")
    queue.update("toy_things", kept, size=1, name="first")
    with queue.together():
        queue.update("toy_things", kept, size=2, is_old=True)
        queue.act("toy_things", "delete", moved)
        if bad:
            queue.create("toy_things", "01890000-0000-7000-8000-000000000002", name="bad", label="taken")
    queue.update("toy_things", kept, made_on="2025-03-01")
    queue.create("toy_parts", "01890000-0000-7000-8000-000000000003", thing_id=moved, text="part")
    queue.create("toy_things", "01890000-0000-7000-8000-000000000004", name="refuse")
    return queue.take()


def test_a_constraint_is_the_fault_of_one_transaction_and_the_others_come_out_as_without_it(
    town: Town, lines: Any
) -> None:
    town.make("ben", label="taken")
    kept, moved = town.make("anna", name="kept"), town.make("anna", name="moved")
    operations = chain_of(town, town.queues["anna"], kept, moved, bad=True)
    with count_statements(town.database) as seen:
        applied = town.push("anna", operations)

    assert [each for each in seen if "SAVEPOINT" in each]
    said = [(line["part"], line["error"]) for line in lines() if line["event"] == "push replayed under savepoints"]
    assert said == [("apply", "IntegrityError")], "said where lines are written as a running server writes them"
    assert [told(each) for each in applied.decisions] == [
        APPLIED, APPLIED, ("skipped", codes.GROUP_FAILED), ("skipped", codes.GROUP_FAILED), ("rejected", "core.conflict"),
        APPLIED, APPLIED, ("rejected", "toys.refused"),
    ]  # fmt: skip
    assert [each.version for each in applied.decisions[:2] + applied.decisions[5:7]] == [1, 2, 3, 1]
    with town.working("dirk") as uow:
        row = uow.must(Thing, kept)
        assert (row.version, row.name, row.size, row.is_old) == (3, "first", 1, False)
        writer = town.enrolments["anna"]
        assert row.marks == {"size": [2, writer], "name": [2, writer], "made_on": [3, writer]}
        assert uow.get(Thing, moved) is not None
    held = pull_all(town.database, town.device("anna"))
    assert held.rows["toy_things", kept]["version"] == 3
    assert held.ids("toy_parts") == {"01890000-0000-7000-8000-000000000003"}


def test_the_feed_of_a_replayed_batch_does_not_know_what_was_rolled_back(town: Town) -> None:
    """The row changes, commits its group, changes again in a group that fails, and is not touched any more."""
    town.make("ben", label="taken")
    kept = town.make("anna", name="kept")
    queue = town.queues["anna"]
    queue.update("toy_things", kept, size=1)
    with queue.together():
        queue.update("toy_things", kept, size=2)
        queue.create("toy_things", name="bad", label="taken")
    town.push("anna")

    f = tables.FEED.c
    with town.database.read(town.org_id) as connection:
        versions = connection.execute(select(f.row_version).where(f.org_id == town.org_id, f.row_id == kept)).scalars()
        assert set(versions) == {2}
    with town.working("dirk") as uow:
        assert uow.must(Thing, kept).version == 2


def test_in_a_replayed_batch_the_culprit_is_named_and_not_the_last_of_its_transaction(town: Town) -> None:
    town.make("ben", label="taken")
    queue = town.queues["anna"]
    with queue.together():
        queue.create("toy_things", name="bad", label="taken")
        queue.create("toy_things", name="good")
    applied = town.push("anna")
    assert [told(each) for each in applied.decisions] == [
        ("rejected", "core.conflict"),
        ("skipped", codes.GROUP_FAILED),
    ]
    assert applied.decisions[1].params == {"n": 1}


def test_two_of_one_batch_that_exclude_each_other_leave_the_first(town: Town) -> None:
    queue = town.queues["anna"]
    first = queue.create("toy_things", name="thing", label="same")
    queue.create("toy_things", name="thing", label="same")
    assert [told(each) for each in town.push("anna").decisions] == [APPLIED, ("rejected", "core.conflict")]
    assert pull_all(town.database, town.device("anna")).ids("toy_things") == {first}


@pytest.mark.pg
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_value_the_database_does_not_take_is_refused_and_does_not_block_the_queue(town: Town) -> None:
    queue = town.queues["anna"]
    queue.create("toy_things", name="bad", label="x" * 60)
    queue.create("toy_things", name="good")
    applied = town.push("anna")
    assert [told(each) for each in applied.decisions] == [("rejected", "core.conflict"), APPLIED]


def test_a_fault_of_ours_rejects_its_operation_and_is_kept_to_be_sent_again(town: Town) -> None:
    queue = town.queues["anna"]
    with queue.together():
        queue.create("toy_things", name="good")
        queue.create("toy_things", name="break")
    thing = queue.create("toy_things", name="good")
    applied = town.push("anna")

    assert [told(each) for each in applied.decisions] == [
        ("skipped", codes.GROUP_FAILED), ("rejected", "core.internal"), APPLIED,
    ]  # fmt: skip
    assert pull_all(town.database, town.device("anna")).ids("toy_things") == {thing}
    with town.working("dirk") as uow:
        assert [each.n for each in uow.find(SyncIssue, c(SyncIssue).code == "core.internal")] == [2]


def test_an_operation_that_asks_the_database_is_still_applied(town: Town) -> None:
    queue = town.queues["anna"]
    queue.create("toy_things", name="good")
    queue.create("toy_things", name="look")
    queue.create("toy_things", name="refuse")
    applied = town.push("anna")
    assert verdicts(applied) == [Verdict.APPLIED, Verdict.APPLIED, Verdict.REJECTED]
    assert len(pull_all(town.database, town.device("anna")).ids("toy_things")) == 2


def test_a_replayed_batch_records_and_enqueues_only_what_happened(town: Town) -> None:
    town.make("ben", label="taken")
    queue = town.queues["anna"]
    for place in range(5):
        with queue.together():
            queue.create("toy_things", name=f"good {place}")
            if place % 2:
                queue.create("toy_things", name="bad", label="taken")
    assert verdicts(town.push("anna")).count(Verdict.APPLIED) == 3

    e, j = tables.EVENTS.c, tables.JOBS.c
    with town.database.read(town.org_id) as connection:
        bodies = connection.execute(select(e.body).where(e.org_id == town.org_id).order_by(e.n)).scalars().all()
        payloads = connection.execute(select(j.payload).where(j.org_id == town.org_id)).scalars().all()
    assert [body.split('"name":')[1].split('"')[1] for body in bodies] == ["thing", "good 0", "good 2", "good 4"]
    assert len(payloads) == 4
