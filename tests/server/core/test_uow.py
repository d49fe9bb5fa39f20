"""The unit of work: what it keeps of rows, how it undoes an attempt, what it tells the feed at commit."""

from __future__ import annotations

import copy
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.core import tables
from server.core.access import system_actor
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.uow import UnitOfWork, unit_of_work
from server.core.working_set import FlushedInAttempt
from sync_protocol.ids import new_id
from tests.support.syncing import clock_of, count_statements, pull_all
from tests.support.toys import READ, THINGS, Part, Thing, ThingMade, Town, give_thing


def thing(uow: UnitOfWork, town: Town, **values: Any) -> Thing:
    return uow.add(Thing(**{"name": "thing", "owner_id": uow.actor.user_id, "unit_id": town.units["east"], **values}))


def state(uow: UnitOfWork) -> dict[str, Any]:
    """All a unit of work will write, by value."""
    return {
        key[1]: None if tracked is None else (
            {each.name: copy.deepcopy(getattr(tracked.row, each.name)) for each in fields(tracked.row)},
            tracked.is_new, tracked.removed, sorted(tracked.was),
        )
        for key, tracked in uow._set.items()
    } | {"events": len(uow._events), "jobs": len(uow._jobs)}  # fmt: skip


# -- rows -------------------------------------------------------------------------------------------------------------


def test_rows_that_devices_are_sent_are_added_and_never_ensured(town: Town) -> None:
    with town.working("sue") as uow, pytest.raises(ValueError, match="Thing is sent to devices"):
        uow.ensure(Thing(name="thing", owner_id=uow.actor.user_id, unit_id=town.units["east"]))


class At:
    """A clock that stands still."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant


def test_a_row_is_stamped_when_it_is_added_and_when_it_changes(town: Town) -> None:
    first, later = datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 3, 2, tzinfo=UTC)
    with unit_of_work(town.database, town.office("anna"), clock=At(first)) as uow:
        made = thing(uow, town, version=9, org_id=new_id())
        uow.commit()
    with unit_of_work(town.database, town.office("anna"), clock=At(later)) as uow:
        row = uow.must(Thing, made.id)
        assert (row.org_id, row.version, row.created_at, row.updated_at) == (town.org_id, 1, first, first)
        uow.change(row, size=4)
        uow.commit()
    with town.working("anna") as uow:
        row = uow.must(Thing, made.id)
        assert (row.version, row.created_at, row.updated_at, row.size) == (2, first, later, 4)


def test_an_operation_is_one_version_however_often_it_changes_the_row(town: Town) -> None:
    made = town.make("anna", name="thing")
    with town.working("anna") as uow:
        row = uow.must(Thing, made)
        uow.change(row, size=1)
        uow.change(row, name="other")
        assert row.version == 2
        uow.begin_operation()
        uow.change(row, size=1, name="other")
        assert row.version == 2
        uow.change(row, size=2)
        assert row.version == 3
        uow.commit()
    assert pull_all(town.database, town.device("anna")).rows["toy_things", made]["version"] == 3


def test_a_change_that_changes_nothing_writes_nothing(town: Town) -> None:
    made = town.make("anna", name="thing")
    head, _ = clock_of(town.database, town.org_id)
    with town.working("anna") as uow:
        uow.change(uow.must(Thing, made), name="thing", size=None)
        with count_statements(town.database) as seen:
            assert uow.commit() == -1
    assert seen == ["COMMIT"]
    assert clock_of(town.database, town.org_id)[0] == head


def test_marks_name_the_hand_that_set_each_field_last(town: Town) -> None:
    made = town.make("anna", name="thing", size=1, is_old=True)
    town.queues["anna"].update("toy_things", made, name="other", size=2)
    town.push("anna")
    with town.working("anna") as uow:
        uow.change(uow.must(Thing, made), size=3, owner_id=town.users["ben"])
        uow.commit()
    with town.working("dirk") as uow:
        # None of what came with the row, and none of what no device can write: nobody can clash over those.
        assert uow.must(Thing, made).marks == {
            "name": [2, town.enrolments["anna"]],
            "size": [3, f"office:{town.users['anna']}"],
        }


def test_a_row_out_of_reach_looks_like_one_that_is_not_there(town: Town) -> None:
    of_carl = town.make("carl")
    with town.working("anna") as uow:
        for row_id in (of_carl, new_id()):
            with pytest.raises(Refused) as refused:
                uow.must(Thing, row_id, READ)
            assert refused.value.problem is NOT_FOUND
        assert uow.must(Thing, of_carl).owner_id == town.users["carl"]


def test_rows_of_another_organisation_are_not_there(town: Town) -> None:
    made = town.make("anna")
    with unit_of_work(town.database, system_actor(new_id())) as uow:
        assert uow.get(Thing, made) is None
        assert uow.find(Thing) == []


def test_rows_are_loaded_once_and_missing_ones_remembered(town: Town) -> None:
    made = [town.make("anna") for _ in range(3)]
    absent = new_id()
    with town.working("anna") as uow, count_statements(town.database) as seen:
        uow.preload(Thing, [*made, absent])
        uow.preload(Thing, [*made, absent])
        assert uow.get(Thing, absent) is None
        assert [uow.must(Thing, each).id for each in made] == made
        assert len(seen) == 1


def test_find_sees_what_this_unit_of_work_has_changed(town: Town) -> None:
    made = town.make("anna", name="thing")
    with town.working("anna") as uow:
        uow.change(uow.must(Thing, made), name="found")
        added = thing(uow, town, name="found")
        found = uow.find(Thing, c(Thing).name == "found")
        assert {each.id for each in found} == {made, added.id}
        assert found[0] is uow.get(Thing, found[0].id)


def test_writers_of_one_row_wait_for_each_other(town: Town) -> None:
    made = town.make("anna", size=0)

    def count(_: int) -> None:
        for _ in range(10):
            with town.working("anna") as uow:
                row = uow.must(Thing, made)
                uow.change(row, size=(row.size or 0) + 1)
                uow.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    with town.working("anna") as uow:
        row = uow.must(Thing, made)
    assert (row.size, row.version) == (40, 41)


def test_without_commit_nothing_happened(town: Town) -> None:
    before = clock_of(town.database, town.org_id)
    with town.working("anna") as uow:
        thing(uow, town)
        uow.record(ThingMade(new_id(), "thing"))
        uow.flush()
    assert not pull_all(town.database, town.device("anna")).rows
    assert clock_of(town.database, town.org_id) == before


# -- removing ---------------------------------------------------------------------------------------------------------


def test_a_removed_row_leaves_the_devices_and_parts_go_before_their_thing(town: Town) -> None:
    made = town.make("anna")
    part = town.queues["anna"].create("toy_parts", thing_id=made, text="part")
    town.push("anna")
    held = pull_all(town.database, town.device("sue"))
    assert held.ids("toy_things") | held.ids("toy_parts") == {made, part}
    with town.working("anna") as uow:
        uow.remove(uow.must(Thing, made))
        uow.remove(uow.must(Part, part))
        assert uow.get(Thing, made) is None
        assert uow.is_removed(Thing, made)
        uow.flush()
        assert uow.is_removed(Thing, made)
        uow.commit()
    assert not held.read(town.database, town.device("sue")).rows


@pytest.mark.parametrize("flushed", [False, True])
def test_a_row_that_came_and_went_in_one_unit_of_work_leaves_only_that_it_went(town: Town, flushed: bool) -> None:
    """A device put back to a backup may send the create again, and a deleted id never lives again."""
    with town.working("anna") as uow:
        made = thing(uow, town)
        if flushed:
            uow.flush()
        uow.remove(made)
        uow.commit()
    f = tables.FEED.c
    with town.database.read(town.org_id) as connection:
        left = connection.execute(select(f.row_id, f.bucket, f.put).where(f.org_id == town.org_id)).all()
    assert sorted(left) == sorted((made.id, bucket, False) for bucket in THINGS.scope.of(made))


def test_an_id_of_the_working_set_cannot_be_added_again(town: Town) -> None:
    made = town.make("anna")
    with town.working("anna") as uow:
        row = uow.must(Thing, made)
        for _ in range(2):
            with pytest.raises(ValueError, match="working set"):
                thing(uow, town, id=made)
            uow.remove(row)


# -- attempts ---------------------------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(st.sampled_from(["add", "change", "remove", "record", "enqueue", "again"]), st.integers(0, 3)), max_size=8
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=steps, attempted=steps, after=steps)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_attempt_that_fails_leaves_the_working_set_as_it_was(
    town: Town, before: list[tuple[str, int]], attempted: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    """And what comes after it is the same as if it had never been tried."""
    ids = [new_id() for _ in range(8)]
    with town.working("anna") as uow:
        for each in ids[:2]:
            thing(uow, town, id=each)
        uow.commit()

    def play(uow: UnitOfWork, played: list[tuple[str, int]]) -> None:
        uow.begin_operation()
        known = [row for each in ids if (row := uow.get(Thing, each)) is not None]
        for step, place in played:
            if step == "add":
                free = [each for each in ids if uow.get(Thing, each) is None and not uow.is_removed(Thing, each)]
                if free:
                    known.append(thing(uow, town, id=free[0], size=place))
            elif step == "record":
                uow.record(ThingMade(ids[0], "thing"))
            elif step == "enqueue":
                uow.enqueue("toys.made", {})
            elif step == "again":
                uow.begin_operation()
            elif known:
                row = known[place % len(known)]
                if step == "change":
                    uow.change(row, size=place, name=f"name {place % 2}")
                else:
                    uow.remove(row)
                    known.remove(row)

    outcomes = []
    for tries in (True, False):
        with town.working("anna") as uow:
            uow.preload(Thing, ids)
            play(uow, before)
            was = state(uow)
            if tries:
                with pytest.raises(ZeroDivisionError), uow.attempt():  # noqa: PT012
                    play(uow, attempted)
                    raise ZeroDivisionError
                assert state(uow) == was
            play(uow, after)
            outcomes.append(state(uow))
            for row in outcomes[-1].values():
                if isinstance(row, tuple):
                    row[0].pop("created_at"), row[0].pop("updated_at")
    assert outcomes[0] == outcomes[1]


def test_a_change_after_an_attempt_that_failed_is_a_new_version(town: Town) -> None:
    made = town.make("anna")
    with town.working("anna") as uow:
        row = uow.must(Thing, made)
        with pytest.raises(ZeroDivisionError), uow.attempt():  # noqa: PT012
            uow.change(row, size=1)
            raise ZeroDivisionError
        uow.change(row, size=2)
        assert (row.version, row.size) == (2, 2)


def test_an_attempt_that_succeeds_stays(town: Town) -> None:
    with town.working("anna") as uow:
        with uow.attempt():
            made = thing(uow, town)
        uow.commit()
    assert pull_all(town.database, town.device("anna")).ids("toy_things") == {made.id}


def test_an_attempt_may_look_but_not_write_unless_it_stands_on_a_savepoint(town: Town) -> None:
    made = town.make("anna", name="thing")
    with town.working("anna") as uow:
        with uow.attempt():
            assert len(uow.find(Thing)) == 1
        with pytest.raises(FlushedInAttempt), uow.attempt():  # noqa: PT012
            uow.change(uow.must(Thing, made), name="changed")
            uow.find(Thing)
        assert uow.must(Thing, made).name == "thing"
        uow.open_savepoint("here")
        with uow.attempt(may_flush=True):
            uow.change(uow.must(Thing, made), name="changed")
            assert uow.find(Thing, c(Thing).name == "changed")
        uow.back_to_savepoint("here")
        assert uow.must(Thing, made).name == "thing"
        assert uow.commit() == -1


# -- what goes with the rows -------------------------------------------------------------------------------------------


def test_a_handover_moves_a_row_with_its_parts_in_one_step(town: Town) -> None:
    made = town.make("anna")
    town.queues["anna"].create("toy_parts", thing_id=made, text="part")
    town.push("anna")
    mine, theirs = pull_all(town.database, town.device("anna")), pull_all(town.database, town.device("carl"))
    with town.working("dirk") as uow:
        give_thing(uow, uow.must(Thing, made), town.office("carl"))
        uow.commit()
    assert mine.read(town.database, town.device("anna")).ids("toy_things") == set()
    assert len(mine.ids("toy_parts")) == 1  # what she wrote stays with her
    theirs.read(town.database, town.device("carl"))
    assert (theirs.ids("toy_things"), len(theirs.ids("toy_parts"))) == ({made}, 1)


def test_a_job_of_a_known_key_is_left_once(town: Town) -> None:
    for _ in range(2):
        with town.working("anna") as uow:
            uow.enqueue("toys.made", {"a": 1}, dedupe_key="one", valid_for=timedelta(hours=1))
            uow.enqueue("toys.made", {"a": 2}, dedupe_key="one")
            uow.enqueue("toys.made", {"a": 3})
            uow.record(ThingMade(new_id(), "thing"))
            uow.commit()
    j = tables.JOBS.c
    with town.database.read(town.org_id) as connection:
        found = connection.execute(
            select(j.payload, j.owner_id, j.valid_until - j.due_at).where(j.org_id == town.org_id).order_by(j.payload)
        ).all()
    assert [payload for payload, *_ in found] == ['{"a":1}', '{"a":3}', '{"a":3}']
    assert found[0][1] == town.users["anna"]


def test_changed_rights_wake_the_devices(town: Town) -> None:
    head, _ = clock_of(town.database, town.org_id)
    with town.working("anna") as uow:
        uow.access_changed()
        assert uow.commit() == head + 1
    t = tables.ORG_CLOCKS.c
    with town.database.read(town.org_id) as connection:
        assert connection.execute(select(t.access_version).where(t.org_id == town.org_id)).scalar_one() == 2


def test_today_is_the_organisations_day(town: Town) -> None:
    late = datetime(2025, 3, 1, 17, 30, tzinfo=UTC)  # 01:30 of the next day in Shanghai
    with unit_of_work(town.database, town.office("anna"), clock=At(late)) as uow:
        assert uow.actor.timezone == ZoneInfo("Asia/Shanghai")
        assert uow.today() == date(2025, 3, 2)


def test_the_numbers_of_waiting_writers_are_taken_one_after_the_other(town: Town) -> None:
    """Events too: two that commit at once never take the same number."""
    ready = threading.Barrier(4)

    def work(_: int) -> list[int]:
        ready.wait(10)
        heads = []
        for _ in range(10):
            with town.working("anna") as uow:
                thing(uow, town)
                uow.record(ThingMade(new_id(), "thing"))
                heads.append(uow.commit())
        return heads

    with ThreadPoolExecutor(4) as pool:
        heads = [head for found in pool.map(work, range(4)) for head in found]
    assert sorted(heads) == list(range(1, 41))


# -- in turn ----------------------------------------------------------------------------------------------------------


def test_what_is_done_in_turn_is_done_once_with_all_it_was_asked_for_and_kept_with_the_rest(town: Town) -> None:
    done: list[list[str]] = []

    def act(uow: UnitOfWork, ids: list[str]) -> None:
        done.append(ids)
        uow.record(ThingMade(thing(uow, town).id, "thing"))

    with town.working("anna") as uow:
        for each in ("b", "a", "b"):
            uow.in_turn(act, each)
        with pytest.raises(LookupError), uow.attempt():  # noqa: PT012
            uow.in_turn(act, "c")
            raise LookupError
        assert done == []
        head = uow.commit()
    assert done == [["b", "a", "c"]]
    assert clock_of(town.database, town.org_id)[0] == head


def test_nobody_commits_between_what_is_looked_at_in_turn_and_the_commit(town: Town) -> None:
    seen: list[int] = []
    looked, other_done = threading.Event(), threading.Event()

    def act(uow: UnitOfWork, _ids: list[str]) -> None:
        t = c(Thing)
        seen.append(len(uow.connection.execute(select(t.id).where(t.org_id == uow.org_id)).all()))
        looked.set()
        other_done.wait(0.3)  # in vain

    def write() -> None:
        with town.working("anna") as uow:
            uow.in_turn(act, thing(uow, town).id)
            uow.commit()

    before = len(pull_all(town.database, town.office("anna")).ids("toy_things"))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(write)
        looked.wait(5)
        second = pool.submit(write)
        second.add_done_callback(lambda _: other_done.set())
        first.result(10)
        second.result(10)
    assert seen == [before + 1, before + 2]
