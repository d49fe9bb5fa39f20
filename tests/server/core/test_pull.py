"""Reading for devices: exactly one's scope, in pages of any size, stopped and gone on with anywhere, at little cost."""

from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest

from server.core.collections import COLLECTIONS, Column
from server.core.rows import c
from sync_protocol import wire
from sync_protocol.cursors import Cursor
from sync_protocol.ids import new_id
from sync_protocol.phone import MemoryStorage
from sync_protocol.phone.answers import Step
from tests.server.core.test_bulk import ODD
from tests.support.syncing import Held, clock_of, count_statements, pull_all, read_page
from tests.support.toys import THINGS, WORDS, Part, Thing, Town, Word, give_thing

SIZES = [1, 700, 3000, 40_000, 1 << 20]


def fill(town: Town, count: int, *, seed: int = 1) -> None:
    """Things and parts of several people, some moved and some removed."""
    dice = random.Random(seed)
    with town.working("dirk") as uow:
        uow.add(Word(word=f"word {seed}"))
        for place in range(count):
            unit = dice.choice(("east", "west", "north"))
            owner = town.users[dice.choice(("anna", "ben", "carl", "sue"))]
            where: dict[str, Any] = {
                "owner_id": owner,
                "unit_id": town.units[unit],
                "project_id": dice.choice((None, town.project)),
            }
            made = uow.add(Thing(name=f"thing {place} 一二三", size=place, **where))
            if dice.random() < 0.5:
                author = town.users[dice.choice(("anna", "carl"))]
                uow.add(Part(thing_id=made.id, text="part " * dice.randrange(30), author_id=author, **where))
        uow.commit()


def stir(town: Town, dice: random.Random) -> None:
    """One change of something by somebody."""
    with town.working("dirk") as uow:
        things = uow.find(Thing)
        row = dice.choice(things)
        match dice.randrange(4):
            case 0:
                uow.change(row, size=dice.randrange(1000))
            case 1:
                give_thing(uow, row, town.office(dice.choice(("anna", "carl", "sue"))))
            case 2:
                for part in uow.find(Part, c(Part).thing_id == row.id):
                    uow.remove(part)
                uow.remove(row)
            case _:
                uow.add(Thing(name="new", owner_id=town.users["anna"], unit_id=town.units["east"]))
        uow.commit()


def oracle(town: Town, who: str) -> dict[tuple[str, str], int]:
    """What somebody has to hold, asked of the tables: key → version."""
    reach = town.reaches[who]
    with town.working("dirk") as uow:
        found: dict[tuple[str, str], int] = {("toy_words", row.id): row.version for row in uow.find(Word)}
        for name, kind in (("toy_things", Thing), ("toy_parts", Part)):
            found |= {(name, row.id): row.version for row in uow.find(kind) if reach.covers(row)}
    return found


def versions(held: Held) -> dict[tuple[str, str], int]:
    return {key: row["version"] for key, row in held.rows.items()}


EVERYBODY = ("anna", "carl", "sue", "dora", "priya", "dirk", "gus")


# -- exactly one's scope ----------------------------------------------------------------------------------------------


def test_everybody_gets_what_he_reaches_and_nothing_else(town: Town) -> None:
    fill(town, 60)
    for who in EVERYBODY:
        assert versions(pull_all(town.database, town.device(who))) == oracle(town, who), who


def test_values_go_out_as_they_are_declared(town: Town) -> None:
    at = 1_740_787_200_123
    made = town.make("anna", name="一", size=-5, is_old=True, made_on="2025-03-01", seen_at=at, label=None)
    row = pull_all(town.database, town.device("anna")).rows["toy_things", made]
    assert row == {
        "id": made, "version": 1, "name": "一", "size": -5, "is_old": True, "made_on": "2025-03-01", "seen_at": at,
        "label": None, "state": "open", "owner_id": town.users["anna"],
    }  # fmt: skip
    assert [type(row[name]) for name in ("is_old", "size", "seen_at")] == [bool, int, int]


def test_odd_texts_go_out_as_they_were_written(town: Town) -> None:
    """The database writes them into the answer's JSON, not Python."""
    with town.working("dirk") as uow:
        where: dict[str, Any] = {"owner_id": town.users["anna"], "unit_id": town.units["east"]}
        made = {uow.add(Thing(name=text, **where)).id: text for text in ODD}
        uow.commit()
    held = pull_all(town.database, town.device("anna"))
    assert {row: held.rows["toy_things", row]["name"] for row in made} == made


def test_what_a_cursor_names_is_not_what_it_gets(town: Town) -> None:
    """Buckets are the server's decision: naming those of others grants nothing, and the device is told to let go."""
    town.make("carl")
    _, epoch = clock_of(town.database, town.org_id)
    others = f"toys:own:{town.users['carl']}"
    page = read_page(town.database, town.device("anna"), Cursor(epoch, {others: 0, "toys:all": 0}))
    assert page.rows == 0
    assert page.wire["left"] == ["toys:all", others]
    assert others not in page.cursor.buckets


@pytest.mark.parametrize("kind", ["other history", "ahead of the head"])
def test_a_device_of_another_history_starts_from_nothing(town: Town, kind: str) -> None:
    fill(town, 5)
    head, epoch = clock_of(town.database, town.org_id)
    old = Cursor(new_id(), {"ref": 1}) if kind == "other history" else Cursor(epoch, {"ref": head + 1})
    page = read_page(town.database, town.device("anna"), old)
    assert page.wire["reset"]
    assert page.rows == len(oracle(town, "anna"))


# -- changes of scope -------------------------------------------------------------------------------------------------


def test_a_new_role_brings_old_rows_and_takes_what_is_out_of_reach(town: Town) -> None:
    fill(town, 40)
    held = pull_all(town.database, town.device("anna"))
    for units in (("east",), ("west", "north"), ()):
        town.reach("anna", *units)
        assert versions(held.read(town.database, town.device("anna"))) == oracle(town, "anna")
    town.reach("anna", everything=True)
    assert versions(held.read(town.database, town.device("anna"), max_bytes=2000)) == oracle(town, "anna")


def test_a_handover_is_gone_here_and_there_within_one_checkpoint(town: Town) -> None:
    made = town.make("anna")
    town.queues["anna"].create("toy_parts", thing_id=made, text="part")
    town.push("anna")
    held = {who: pull_all(town.database, town.device(who)) for who in ("anna", "carl", "sue", "wes", "dora")}
    with town.working("dirk") as uow:
        give_thing(uow, uow.must(Thing, made), town.office("carl"))
        uow.commit()
    for who, each in held.items():
        assert versions(each.read(town.database, town.device(who))) == oracle(town, who), who
    # Who sees both sides gets one update, and the row does not vanish in between.
    assert held["dora"].sent["toy_things", made] == 1
    assert held["dora"].buckets["toy_things", made] == {f"toys:unit:{town.units['west']}"}


def test_a_row_in_two_buckets_is_sent_once_and_stays_until_it_has_left_both(town: Town) -> None:
    made = town.make("sue")
    held = pull_all(town.database, town.device("sue"))
    assert held.sent["toy_things", made] == 1
    assert held.buckets["toy_things", made] == {f"toys:own:{town.users['sue']}", f"toys:unit:{town.units['east']}"}
    for change, there in (({"owner_id": town.users["ben"]}, True), ({"unit_id": town.units["west"]}, False)):
        with town.working("dirk") as uow:
            uow.change(uow.must(Thing, made), **change)
            uow.commit()
        assert (("toy_things", made) in held.read(town.database, town.device("sue")).rows) is there


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("max_bytes", SIZES)
def test_the_size_of_the_pages_makes_no_difference(town: Town, max_bytes: int) -> None:
    fill(town, 40)
    for who in ("sue", "dora", "dirk"):
        held = pull_all(town.database, town.device(who), max_bytes=max_bytes)
        assert versions(held) == oracle(town, who)
        assert held.buckets == pull_all(town.database, town.device(who)).buckets
        if max_bytes == 1:
            assert all(page.rows <= 1 for page in held.pages)
        remaining = [page.wire["remaining"] for page in held.pages]
        assert remaining == sorted(remaining, reverse=True)
        assert (remaining[-1], all(remaining[:-1])) == (0, True)


def test_what_remains_is_counted_once_a_run(town: Town) -> None:
    """Counting at every page would make a run of n pages cost n times n."""
    fill(town, 40)
    cursor, counts, pages = None, 0, 0
    while True:
        with count_statements(town.database) as seen:
            page = read_page(town.database, town.device("dirk"), cursor, max_bytes=2000)
        counts, pages, cursor = counts + sum("count(*) FROM feed" in each for each in seen), pages + 1, page.cursor
        if page.complete:
            break
    assert (counts, pages > 5) == (1, True)
    assert cursor.remaining is None


@pytest.mark.parametrize(("max_bytes", "count"), [(6000, 40), (20_000, 120), (100_000, 400)])
def test_a_page_is_not_larger_than_was_asked_for(town: Town, max_bytes: int, count: int) -> None:
    """Also of somebody with many buckets, each with a little in it; and it is not much smaller either."""
    for place in range(30):
        town.units[f"unit {place}"] = new_id()
    town.reach("dora", *[name for name in town.units if name.startswith("unit")])
    with town.working("dirk") as uow:
        for place in range(count):
            where: dict[str, Any] = {"owner_id": town.users["ben"], "unit_id": town.units[f"unit {place % 30}"]}
            made = uow.add(Thing(name="一" * 40, **where))
            uow.add(Part(thing_id=made.id, text="一" * 200, author_id=town.users["ben"], **where))
        uow.commit()
    held = pull_all(town.database, town.device("dora"), max_bytes=max_bytes)
    assert max(page.size for page in held.pages) <= max_bytes
    assert len(held.pages) <= 2 + sum(page.size for page in held.pages) / (0.6 * max_bytes)
    assert set(held.sent.values()) == {1}


@pytest.mark.parametrize("max_bytes", [600, 5000])
def test_rows_that_change_between_pages_come_out_right(town: Town, max_bytes: int) -> None:
    fill(town, 30)
    for seed in range(3):
        dice = random.Random(seed)
        held = Held()
        phone = town.phone("dora", max_bytes=max_bytes)
        for _ in range(12):
            phone.exchange_once()
            stir(town, dice)
        assert phone.sync().step == Step.DONE
        expected = oracle(town, "dora")
        found = {
            (name, row): values["version"]
            for name in ("toy_things", "toy_parts", "toy_words")
            for row, values in phone.adopted(name).items()
        }
        assert found == expected
        assert versions(held.read(town.database, town.device("dora"), max_bytes=max_bytes)) == expected
        assert phone.verify() == []


def test_a_device_can_stop_at_any_page_and_go_on(town: Town) -> None:
    fill(town, 30)
    whole = pull_all(town.database, town.device("dora"), max_bytes=1500)
    storage, exchanges = MemoryStorage(), 0
    while True:
        phone = town.phone("dora", storage, max_bytes=1500)  # nothing but what is stored survives
        exchanges += 1
        if phone.exchange_once().step == Step.DONE:
            break
        assert not phone.rows("toy_things")  # whole checkpoints only
    assert exchanges == len(whole.pages) > 5
    assert set(phone.rows("toy_things")) == whole.ids("toy_things")


# -- what it costs ----------------------------------------------------------------------------------------------------


def test_a_row_edited_fifty_times_is_sent_once(town: Town) -> None:
    made = town.make("anna")
    held = pull_all(town.database, town.device("anna"))
    for size in range(50):
        with town.working("anna") as uow:
            uow.change(uow.must(Thing, made), size=size)
            uow.commit()
    held.read(town.database, town.device("anna"))
    assert held.sent == {("toy_things", made): 1}
    assert held.rows["toy_things", made]["size"] == 49
    assert len(held.pages) == 1


def test_nothing_new_costs_no_look_at_the_feed(town: Town) -> None:
    fill(town, 10)
    held = pull_all(town.database, town.device("dora"))
    with count_statements(town.database) as seen:
        page = read_page(town.database, town.device("dora"), held.cursor)
    assert page.complete
    assert page.rows == 0
    assert len([each for each in seen if "feed " in each]) == 0
    assert len(seen) == 3  # begin, clock row, end


def test_news_of_others_cost_one_look_and_move_the_cursor(town: Town) -> None:
    held = pull_all(town.database, town.device("anna"))
    town.make("carl")
    with count_statements(town.database) as seen:
        page = read_page(town.database, town.device("anna"), held.cursor)
    assert len(seen) == 4
    assert set(page.cursor.buckets.values()) == {clock_of(town.database, town.org_id)[0]}


def test_the_cost_of_a_change_does_not_depend_on_how_much_there_is(town: Town) -> None:
    """Statements, and rows the database touches: the feed's index gives exactly those after the cursor."""
    counts: list[int] = []
    looks = ""
    for count in (5, 300):
        fill(town, count)
        held = pull_all(town.database, town.device("dora"))
        town.make("nora")
        with count_statements(town.database) as seen:
            assert read_page(town.database, town.device("dora"), held.cursor).rows == 0
        counts.append(len(seen))
        (looks,) = {each for each in seen if "FROM feed" in each}
    assert counts[0] == counts[1] == 4
    with town.database.read(town.org_id) as connection:
        marks = range(looks.count("?"))
        if town.database.is_sqlite:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {looks}", tuple(marks)).all()
            assert {row[3] for row in plan if "feed" in row[3]} == {
                "SEARCH feed USING COVERING INDEX ix_feed_seq (org_id=? AND bucket=? AND seq>?)"
            }
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            one = "SELECT seq FROM feed WHERE org_id = %s::uuid AND bucket = %s AND seq > %s ORDER BY seq LIMIT 10"
            plan = connection.exec_driver_sql(f"EXPLAIN {one}", (town.org_id, "ref", 1)).all()
            assert "using ix_feed_seq" in "\n".join(line for (line,) in plan)


def test_reading_twenty_thousand_rows_takes_the_memory_of_one_page(town: Town) -> None:
    with town.working("dirk") as uow:
        for place in range(20_000):
            uow.add(Thing(name=f"thing {place}", owner_id=town.users["ben"], unit_id=town.units["east"]))
        uow.commit()
    actor, rows, complete = town.device("sue"), 0, False
    cursor: Cursor | None = None
    peaks: list[int] = []
    while not complete:
        if looks := len(peaks) % 6 == 0:  # at some of the pages: being watched takes three times as long
            tracemalloc.start()
        page = read_page(town.database, actor, cursor, max_bytes=200_000)
        peaks.append(tracemalloc.get_traced_memory()[1] if looks else 0)
        tracemalloc.stop()
        cursor, rows, complete = page.cursor, rows + page.rows, page.complete
    assert rows == 20_000
    assert len(peaks) > 20
    assert max(peaks) < 6_000_000, peaks
    assert max(peaks[6:]) < 1.5 * peaks[0]


# -- old apps ---------------------------------------------------------------------------------------------------------


def test_a_device_is_sent_what_its_schema_knows(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    new = replace(WORDS, since=2, columns=(Column("word", wire.TEXT(20), since=2),))
    grown = replace(THINGS, columns=(*THINGS.columns[:-1], Column("owner_id", wire.ID, since=2)))
    monkeypatch.setitem(COLLECTIONS, "toy_words", new)
    monkeypatch.setitem(COLLECTIONS, "toy_things", grown)
    fill(town, 5)
    old = read_page(town.database, town.device("dirk"), None, schema=1)
    assert old.complete
    pages = {page["collection"]: page["columns"] for page in old.wire["pages"]}
    assert set(pages) == {"toy_things", "toy_parts"}
    assert "owner_id" not in pages["toy_things"]
    newer = read_page(town.database, town.device("dirk"), None, schema=2)
    assert "owner_id" in {page["collection"]: page["columns"] for page in newer.wire["pages"]}["toy_things"]
    assert {page["collection"] for page in newer.wire["pages"]} == {"toy_things", "toy_parts", "toy_words"}


def test_more_buckets_than_one_statement_takes(town: Town) -> None:
    for place in range(230):
        town.units[f"unit {place}"] = new_id()
    town.reach("dora", *[name for name in town.units if name.startswith("unit")])
    with town.working("dirk") as uow:
        for place in range(230):
            uow.add(Thing(name="thing", owner_id=town.users["ben"], unit_id=town.units[f"unit {place}"]))
        uow.commit()
    for max_bytes in (30_000, 1 << 20):
        assert versions(pull_all(town.database, town.device("dora"), max_bytes=max_bytes)) == oracle(town, "dora")
