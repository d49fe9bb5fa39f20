"""Applying a push: each operation once, each local transaction whole, a bad one in nobody's way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from server.core import tables
from server.core.access import Reach
from server.core.rows import Row, c
from server.core.sync_issues import SyncIssue
from sync_protocol import codes
from sync_protocol.codes import ProtocolError
from sync_protocol.ids import new_id
from sync_protocol.operations import MAX_OPERATIONS
from sync_protocol.verdicts import Verdict
from tests.support.syncing import Queue, Wire, count_statements, told, verdicts
from tests.support.toys import Part, Thing, Town

APPLIED, REJECTED, SKIPPED = ("applied", None), Verdict.REJECTED, Verdict.SKIPPED


def stored(town: Town, row: type[Row]) -> dict[str, Any]:
    with town.working("dirk") as uow:
        return {each.id: each for each in uow.find(row)}


def counted(town: Town) -> dict[str, int]:
    """How many rows there are of what an operation leaves behind."""
    found = {}
    with town.database.read(town.org_id) as connection:
        for table in (Thing.__table__, tables.FEED, tables.EVENTS, tables.JOBS, tables.LEDGER, SyncIssue.__table__):
            statement = select(func.count()).select_from(table).where(table.c.org_id == town.org_id)
            found[table.name] = connection.execute(statement).scalar_one()
    return found


def issues(town: Town) -> list[SyncIssue]:
    with town.working("dirk") as uow:
        return uow.find(SyncIssue, order_by=c(SyncIssue).n)


# -- one bad operation is in nobody's way ----------------------------------------------------------------------------


def test_500_operations_with_5_bad_ones_apply_495(town: Town) -> None:
    queue = town.queues["anna"]
    bad: dict[int, Any] = {
        0: lambda: queue.create("toy_things", name="first", colour="red"),
        100: lambda: queue.create("toy_things", name="refuse"),
        101: lambda: queue.create("toy_things", "no-id", name="thing"),
        250: lambda: queue.update("toy_things", new_id(), name="nowhere"),
        499: lambda: queue.create("toy_fairies", name="none such"),
    }
    for place in range(500):
        bad.get(place, lambda: queue.create("toy_things", name="good"))()
    with count_statements(town.database) as seen:
        applied = town.push("anna")

    assert applied.acknowledged == 500
    assert Counter(verdicts(applied)) == {Verdict.APPLIED: 495, Verdict.REJECTED: 5}
    assert {each.n - 1: each.code for each in applied.decisions if each.verdict == REJECTED} == {
        0: codes.UNKNOWN_FIELD, 100: "toys.refused", 101: codes.BAD_ROW_ID, 250: "core.not-found",
        499: codes.UNKNOWN_COLLECTION,
    }  # fmt: skip
    assert not [each for each in seen if "SAVEPOINT" in each]
    # Each thing lies in three buckets, each issue in one.
    assert counted(town) == {
        "toy_things": 495, "events": 495, "jobs": 495, "ledger": 500, "sync_issues": 5, "feed": 495 * 3 + 5,
    }  # fmt: skip


def test_what_was_refused_is_kept_for_its_author_with_the_reason(town: Town) -> None:
    queue = town.queues["anna"]
    queue.create("toy_things", name="refuse", size=7)
    queue.add("toy_things", "create", new_id(), {"name": "\ud800 half", "size": 2.5})
    town.push("anna")

    first, second = issues(town)
    assert (first.n, first.verdict, first.code, first.owner_id) == (1, "rejected", "toys.refused", town.users["anna"])
    assert first.attempted == {"name": "refuse", "size": 7}
    assert first.params == {"field": "/values/name"}
    assert second.attempted == {"name": "\ufffd half", "size": "2.5"}
    phone, other = town.phone("anna"), town.phone("ben")
    phone.sync()
    other.sync()
    assert sorted(row["n"] for row in phone.rows("sync_issues").values()) == [1, 2]
    assert not other.rows("sync_issues")


@pytest.mark.parametrize("names", [("refuse", "good"), ("good", "refuse"), ("good", "refuse", "good")])
def test_a_local_transaction_is_applied_whole_or_not_at_all(town: Town, names: tuple[str, ...]) -> None:
    kept = town.make("anna", name="kept")
    before = counted(town)
    queue = town.queues["anna"]
    with queue.together():
        queue.update("toy_things", kept, name="changed", size=3)
        made = [queue.create("toy_things", name=name) for name in names]
        queue.update("toy_things", made[0], name="again")
    after = queue.create("toy_things", name="after")
    applied = town.push("anna")

    culprit = 3 + names.index("refuse")
    for each in applied.decisions[:-1]:
        expected = ("rejected", "toys.refused") if each.n == culprit else ("skipped", codes.GROUP_FAILED)
        assert told(each) == expected
        assert each.n == culprit or each.params == {"n": culprit}
    assert told(applied.decisions[-1]) == APPLIED
    things = stored(town, Thing)
    assert set(things) == {kept, after}
    assert (things[kept].name, things[kept].size, things[kept].version) == ("kept", None, 1)
    assert things[kept].marks == {}
    now = counted(town)
    assert (now["events"], now["jobs"]) == (before["events"] + 1, before["jobs"] + 1)


def test_after_a_refused_transaction_the_next_one_counts_versions_and_marks_as_if_it_had_never_been(town: Town) -> None:
    kept = town.make("anna", name="kept", size=1)
    queue = town.queues["anna"]
    with queue.together():
        queue.update("toy_things", kept, name="lost", size=9)
        queue.create("toy_things", name="refuse")
    queue.update("toy_things", kept, size=2)
    applied = town.push("anna")

    assert applied.decisions[-1].version == 2
    row = stored(town, Thing)[kept]
    assert (row.version, row.name, row.size) == (2, "kept", 2)
    assert row.marks == {"size": [2, town.enrolments["anna"]]}


# -- what hangs on something refused ----------------------------------------------------------------------------------


def test_what_belongs_to_a_refused_row_is_skipped(town: Town) -> None:
    queue = town.queues["anna"]
    thing = queue.create("toy_things", name="refuse")
    queue.create("toy_parts", thing_id=thing, text="its part")
    queue.update("toy_things", thing, base=0, size=4)
    other = queue.create("toy_things", name="other")
    queue.create("toy_parts", thing_id=other, text="part of the other")
    applied = town.push("anna")

    assert [told(each) for each in applied.decisions] == [
        ("rejected", "toys.refused"), ("skipped", codes.PARENT_FAILED), ("skipped", codes.PARENT_FAILED), APPLIED, APPLIED,
    ]  # fmt: skip
    assert applied.decisions[1].params == applied.decisions[2].params == {"n": 1}
    assert [each.n for each in issues(town)] == [1, 2, 3]


def test_what_belongs_to_a_row_refused_in_an_earlier_push_is_skipped(town: Town) -> None:
    queue = town.queues["anna"]
    with queue.together():
        skipped = queue.create("toy_things", name="good")
        thing = queue.create("toy_things", name="refuse")
    town.push("anna")
    queue.create("toy_parts", thing_id=thing, text="its part")
    queue.update("toy_things", skipped, base=0, size=4)
    queue.create("toy_parts", thing_id=new_id(), text="of a thing nobody knows")
    with count_statements(town.database) as seen:
        applied = town.push("anna")

    assert [told(each) for each in applied.decisions] == [
        ("skipped", codes.PARENT_FAILED), ("skipped", codes.PARENT_FAILED), ("rejected", "core.not-found"),
    ]  # fmt: skip
    assert [each.params.get("n") for each in applied.decisions] == [2, 1, None]
    assert len([each for each in seen if "FROM sync_issues" in each]) == 1

    # Somebody else's refusals are no reason, and without a missing row nobody asks.
    town.queues["ben"].create("toy_parts", thing_id=thing, text="not mine")
    assert told(town.push("ben").decisions[0]) == ("rejected", "core.not-found")
    town.make("anna")
    with count_statements(town.database) as seen:
        town.make("anna")
    assert not [each for each in seen if "FROM sync_issues" in each]


def test_a_refused_edit_of_a_row_does_not_hold_back_what_belongs_to_it(town: Town) -> None:
    thing = town.make("anna")
    queue = town.queues["anna"]
    queue.update("toy_things", thing, name="refuse")
    queue.create("toy_parts", thing_id=thing, text="independent")
    queue.update("toy_things", thing, size=5)
    applied = town.push("anna")

    assert [told(each) for each in applied.decisions] == [("rejected", "toys.refused"), APPLIED, APPLIED]


def test_a_row_whose_create_was_mended_takes_its_parts_again(town: Town) -> None:
    queue = town.queues["anna"]
    thing = queue.create("toy_things", name="refuse")
    queue.create("toy_things", thing, name="mended")
    queue.create("toy_parts", thing_id=thing, text="its part")
    applied = town.push("anna")

    assert verdicts(applied) == [Verdict.REJECTED, Verdict.APPLIED, Verdict.APPLIED]
    queue.create("toy_parts", thing_id=thing, text="another")
    assert verdicts(town.push("anna")) == [Verdict.APPLIED]


# -- each operation once ----------------------------------------------------------------------------------------------


def mixed(queue: Queue) -> list[Wire]:
    thing = queue.create("toy_things", name="thing")
    queue.create("toy_things", name="refuse")
    queue.update("toy_things", thing, base=0, size=1)
    queue.create("toy_parts", thing_id=thing, text="part")
    return queue.take()


def test_a_resent_push_gets_the_verdicts_it_got_first_and_changes_nothing(town: Town) -> None:
    operations = mixed(town.queues["anna"])
    first = town.push("anna", operations)
    before = counted(town)
    again = town.push("anna", operations)

    assert again.decisions == first.decisions
    assert (again.acknowledged, again.head) == (4, -1)
    assert first.head > 0
    assert all(each.visible_at == first.head for each in first.decisions)
    assert counted(town) == before


def test_a_push_that_overlaps_with_an_earlier_one_applies_only_what_is_new(town: Town) -> None:
    queue = town.queues["anna"]
    operations = mixed(queue)
    first = town.push("anna", operations[:3])
    second = town.push("anna", [*operations[1:], *mixed(queue)])

    assert second.decisions[:2] == first.decisions[1:]
    assert verdicts(second)[2:] == [
        Verdict.APPLIED,
        Verdict.APPLIED,
        Verdict.REJECTED,
        Verdict.APPLIED,
        Verdict.APPLIED,
    ]
    assert len(stored(town, Thing)) == len(stored(town, Part)) == 2
    assert town.push("anna", operations[:1]).acknowledged == 8


@pytest.mark.parametrize("name", ["name", "row", "base", "made_at", "action"])
def test_a_number_used_before_for_something_else_refuses_the_request(town: Town, name: str) -> None:
    operations = mixed(town.queues["anna"])
    town.push("anna", operations[:2])
    before = counted(town)
    forged = [dict(each) for each in operations]
    other = {"name": {"name": "other"}, "row": new_id(), "base": 1, "made_at": operations[0]["made_at"] + 1}
    forged[0]["values" if name == "name" else name] = other.get(name, "update")
    with pytest.raises(ProtocolError) as refused:
        town.push("anna", forged)

    assert (refused.value.code, refused.value.params) == (codes.REUSED_N, {"n": 1})
    assert counted(town) == before


def test_a_gap_refuses_the_request_and_says_what_is_missing(town: Town) -> None:
    operations = mixed(town.queues["anna"])
    town.push("anna", operations[:1])
    before = counted(town)
    with pytest.raises(ProtocolError) as refused:
        town.push("anna", operations[2:])

    assert (refused.value.code, refused.value.params) == (codes.GAP, {"expected": 2})
    assert counted(town) == before


def test_an_enrolment_of_somebody_else_is_refused(town: Town) -> None:
    operations = mixed(town.queues["anna"])
    town.enrolments["ben"] = town.enrolments["anna"]
    with pytest.raises(ProtocolError) as refused:
        town.push("ben", operations)
    assert refused.value.code == codes.WRONG_ENROLMENT


def test_a_push_without_operations_says_where_the_enrolment_stands(town: Town) -> None:
    assert town.push("anna", []).acknowledged == 0
    town.push("anna", mixed(town.queues["anna"]))
    applied = town.push("anna", [])
    assert (applied.acknowledged, applied.decisions, applied.head) == (4, (), -1)


def test_a_create_that_comes_again_under_a_new_enrolment_is_a_duplicate(town: Town) -> None:
    thing = town.make("anna", name="thing", size=4, made_on="2025-03-01")
    town.enrol("anna")
    queue = town.queues["anna"]
    queue.create("toy_things", thing, name="thing", size=4, made_on="2025-03-01")
    queue.create("toy_parts", thing_id=thing, text="part")
    queue.create("toy_things", thing, name="something else")
    applied = town.push("anna")

    assert [told(each) for each in applied.decisions] == [
        ("duplicate", None), APPLIED, ("rejected", codes.REUSED_ROW_ID),
    ]  # fmt: skip
    assert applied.decisions[0].version == 1
    assert stored(town, Thing)[thing].name == "thing"


def test_a_create_that_comes_again_is_compared_as_it_is_stored(town: Town) -> None:
    thing = town.make("anna", name=" thing ", size=4)
    town.enrol("anna")
    queue = town.queues["anna"]
    queue.create("toy_things", thing, name=" thing ", size=4)
    queue.create("toy_things", thing, name="thing")
    queue.create("toy_things", thing, name=" thing ", size=5)
    queue.create("toy_things", thing, name="unfit")
    applied = town.push("anna")

    assert [told(each) for each in applied.decisions] == [
        *[("duplicate", None)] * 2, *[("rejected", codes.REUSED_ROW_ID)] * 2,
    ]  # fmt: skip
    assert stored(town, Thing)[thing].name == "thing"


def test_a_row_of_somebody_else_cannot_be_taken_by_its_id(town: Town) -> None:
    thing = town.make("carl", name="thing")
    queue = town.queues["anna"]
    queue.create("toy_things", thing, name="thing")
    queue.create("toy_things", thing, name="other")
    queue.update("toy_things", thing, name="mine now")
    queue.act("toy_things", "delete", thing)
    queue.create("toy_parts", thing_id=thing, text="part")
    applied = town.push("anna")

    # The same answer whether the content was guessed or not, so that nothing can be found out by guessing.
    assert [told(each) for each in applied.decisions] == [
        ("rejected", codes.REUSED_ROW_ID), ("rejected", codes.REUSED_ROW_ID), *[("rejected", "core.not-found")] * 3,
    ]  # fmt: skip
    assert stored(town, Thing)[thing].name == "thing"


@pytest.mark.parametrize("pushes", [1, 2])
def test_a_deleted_id_never_lives_again(town: Town, pushes: int) -> None:
    thing = town.make("anna")
    queue = town.queues["anna"]
    queue.act("toy_things", "delete", thing)
    if pushes == 2:
        town.push("anna")
    queue.create("toy_things", thing, name="back again")
    queue.create("toy_things", name="other")
    applied = town.push("anna")

    assert [told(each) for each in applied.decisions[-2:]] == [("rejected", codes.REUSED_ROW_ID), APPLIED]
    assert thing not in stored(town, Thing)


def test_without_the_function_nothing_is_done(town: Town) -> None:
    thing = town.make("anna")
    town.reaches["anna"] = Reach(town.users["anna"])
    queue = town.queues["anna"]
    queue.create("toy_things", name="thing")
    queue.update("toy_things", thing, size=1)
    applied = town.push("anna")
    assert [told(each) for each in applied.decisions] == [("rejected", "core.function-missing")] * 2


# -- merging ----------------------------------------------------------------------------------------------------------


def test_different_fields_merge_and_the_same_field_keeps_both_values(town: Town) -> None:
    thing = town.make("anna", name="start", size=1)
    town.queues["sue"].update("toy_things", thing, size=2)
    assert [told(each) for each in town.push("sue").decisions] == [APPLIED]

    queue = town.queues["anna"]
    queue.update("toy_things", thing, base=1, name="mine")
    queue.update("toy_things", thing, base=1, size=3, label="both")
    queue.update("toy_things", thing, base=1, size=2)
    applied = town.push("anna")
    merged, clashed, same = applied.decisions

    assert (told(merged), merged.version) == (("merged", None), 3)
    assert (told(clashed), clashed.version, clashed.params) == (("conflict", "sync.clash"), 4, {"fields": ["size"]})
    assert clashed.row is not None
    assert (clashed.row["size"], clashed.row["label"], clashed.row["name"]) == (2, "both", "mine")
    assert (same.verdict, same.version) == (Verdict.MERGED, 4)
    row = stored(town, Thing)[thing]
    assert (row.name, row.size, row.label) == ("mine", 2, "both")
    (issue,) = issues(town)
    assert (issue.verdict, issue.code, issue.row_id) == ("conflict", "sync.clash", thing)
    assert (issue.attempted, issue.kept) == ({"size": 3, "label": "both"}, {"size": 2})


def test_the_same_value_spelt_differently_is_no_clash(town: Town) -> None:
    thing = town.make("anna", name="start")
    town.queues["sue"].update("toy_things", thing, base=1, name="agreed")
    town.push("sue")
    queue = town.queues["anna"]
    queue.update("toy_things", thing, base=1, name=" agreed ")
    queue.update("toy_things", thing, base=1, name=" other ")
    queue.update("toy_things", thing, base=1, name="unfit")
    applied = town.push("anna")

    assert [told(each) for each in applied.decisions] == [
        ("merged", None), ("conflict", "sync.clash"), ("rejected", "toys.refused"),
    ]  # fmt: skip
    assert applied.decisions[2].params == {"field": "/values/name"}
    assert (stored(town, Thing)[thing].name, stored(town, Thing)[thing].version) == ("agreed", 2)
    assert [each.attempted for each in issues(town)] == [{"name": " other "}, {"name": "unfit"}], "as they were sent"


def test_a_chain_made_offline_never_clashes_with_itself(town: Town) -> None:
    queue = town.queues["anna"]
    thing = queue.create("toy_things", name="one")
    for name in ("two", "three"):
        queue.update("toy_things", thing, base=0, name=name)
    queue.act("toy_things", "close", thing, base=0, closed_at=1_760_000_000_000)
    queue.act("toy_things", "close", thing, base=0, closed_at=1_760_000_000_000)
    applied = town.push("anna")

    assert [(told(each), each.version) for each in applied.decisions] == [
        (APPLIED, 1), (APPLIED, 2), (APPLIED, 3), (APPLIED, 4), (("rejected", "toys.closed"), None),
    ]  # fmt: skip
    assert stored(town, Thing)[thing].name == "three"


def test_the_office_is_another_hand_than_the_same_persons_device(town: Town) -> None:
    thing = town.make("anna", name="start")
    with town.working("anna") as uow:
        uow.change(uow.must(Thing, thing), name="from the office")
        uow.commit()
    town.queues["anna"].update("toy_things", thing, base=1, name="from the phone")
    assert told(town.push("anna").decisions[0]) == ("conflict", "sync.clash")
    assert stored(town, Thing)[thing].name == "from the office"


# -- cost -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["creates", "updates", "mixed", "refusals"])
def test_the_statements_of_a_batch_do_not_depend_on_its_size(
    town: Town, kind: str, record_property: Callable[[str, object], None]
) -> None:
    """Also of one that has refusals, parents and missing rows in it."""
    counts: dict[int, int] = {}
    queue = town.queues["anna"]
    for size in (10, 100, MAX_OPERATIONS):
        known = [queue.create("toy_things", name="known") for _ in range(size)]
        town.push("anna")
        for place in range(size):
            match kind, place % 4:
                case ("creates", _) | ("mixed", 0):
                    queue.create("toy_things", name="new")
                case ("updates", _) | ("mixed", 1):
                    queue.update("toy_things", known[place], name="changed", size=place)
                case "mixed", 2:
                    queue.create("toy_parts", thing_id=known[place], text="part")
                case "mixed", _:
                    queue.act("toy_things", "delete", known[place])
                case _:
                    queue.create("toy_parts", thing_id=new_id(), text="of nothing")
        with count_statements(town.database) as seen:
            town.push("anna")
        counts[size] = len(seen)
    record_property("statements", f"{kind} {town.database.engine.dialect.name}: {counts}")
    assert len(set(counts.values())) == 1, counts
    assert counts[10] <= 22
