"""A reader that advances its cursor never misses a row that commits later: the order of numbers is the order of commits."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, select, text, update

from server.core import feed, tables, uow
from server.core.access import Reach
from server.core.db import commit
from server.core.types import Id
from server.core.uow import UnitOfWork, unit_of_work
from sync_protocol.ids import new_id
from tests.support.syncing import Held
from tests.support.toys import Thing, Town

PATIENCE = 20.0


def thing(work: UnitOfWork, unit: str) -> Thing:
    return work.add(Thing(name="thing", owner_id=new_id(), unit_id=unit))


class Schedule:
    """Two writers and a reader. The first writer stops at a place of its transaction until the reader has been by.

    number_early: planted fault, the writer takes its numbers when it begins, as a sequence would give them.
    """

    def __init__(self, town: Town, *, number_early: bool = False) -> None:
        self.town = town
        self.number_early = number_early
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.numbers = threading.local()
        self.reader = Held()

    def stop_here(self) -> None:
        self.reached.set()
        assert self.go_on.wait(PATIENCE)

    def write(self, *, stops_at: str) -> str:
        """One transaction, begun to committed. stops_at: begin, number or commit; "" for none."""
        if self.number_early:
            self.numbers.taken = self._take_number()
        self.numbers.stops_at = stops_at
        if stops_at == "begin":
            self.stop_here()
        with unit_of_work(self.town.database, self.town.office("anna")) as work:
            made = thing(work, self.town.units["east"])
            work.commit()
        return made.id

    def _take_number(self) -> int:
        t = tables.ORG_CLOCKS
        with self.town.database.write(self.town.org_id) as connection:
            where = t.c.org_id == self.town.org_id
            statement = update(t).where(where).values(feed_head=t.c.feed_head + 1).returning(t.c.feed_head)
            taken = connection.execute(statement).scalar_one()
            commit(connection)
        return taken

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        honest_number, honest_commit = feed.number, commit

        def number(*args: Any, **kwargs: Any) -> feed.Numbered:
            if getattr(self.numbers, "stops_at", "") == "number":
                self.stop_here()
            if not self.number_early:
                return honest_number(*args, **kwargs)
            given = text(
                f"UPDATE org_clocks SET event_n = event_n + :events + 0 * (:rows + :access) WHERE org_id = :org "  # noqa: S608
                f"RETURNING {self.numbers.taken}, event_n, event_hash"
            )
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(feed, "_TICK", given.bindparams(bindparam("org", type_=Id())))
                return honest_number(*args, **kwargs)

        def commit_(connection: Connection) -> None:
            if getattr(self.numbers, "stops_at", "") == "commit":
                self.stop_here()
            honest_commit(connection)

        monkeypatch.setattr(feed, "number", number)
        monkeypatch.setattr(uow, "commit", commit_)

    def run(self, stops_at: str) -> tuple[set[str], set[str]]:
        """Returns what was written and what the reader missed."""
        device = self.town.device("sue")
        self.reader.read(self.town.database, device)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(self.write, stops_at=stops_at)
            assert self.reached.wait(PATIENCE)
            second = pool.submit(self.write, stops_at="")
            # Where the first one holds a lock the second has to wait for it; the reader then comes by while both are open.
            threading.Event().wait(0.3)
            self.reader.read(self.town.database, device)
            self.go_on.set()
            written = {first.result(PATIENCE), second.result(PATIENCE)}
        self.reader.read(self.town.database, device)
        return written, written - self.reader.ids("toy_things")


@pytest.mark.parametrize("stops_at", ["begin", "number", "commit"])
def test_no_row_is_missed_wherever_a_writer_is_overtaken(
    town: Town, stops_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = Schedule(town)
    schedule.patch(monkeypatch)
    written, missed = schedule.run(stops_at)
    assert len(written) == 2
    assert not missed


def test_the_schedule_finds_numbers_that_are_taken_at_the_beginning(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault this file is about, planted: if this test fails, the one above proves nothing."""
    schedule = Schedule(town, number_early=True)
    schedule.patch(monkeypatch)
    _, missed = schedule.run("begin")
    assert len(missed) == 1


def test_the_numbers_of_a_transaction_are_the_highest_when_it_commits(town: Town) -> None:
    """Asked of the table: in the order of commits, each transaction's numbers lie above all that were committed before."""
    heads = []
    for place in range(5):
        with town.working("anna") as work:
            for _ in range(place + 1):
                thing(work, town.units["east"])
            heads.append(work.commit())
    f = tables.FEED.c
    with town.database.read(town.org_id) as connection:
        numbers = connection.execute(select(f.seq).where(f.org_id == town.org_id).distinct().order_by(f.seq)).scalars()
        assert list(numbers) == list(range(1, 16))
    assert heads == [1, 3, 6, 10, 15]


WRITERS, COMMITS = 8, 200


def test_a_reader_among_eight_writers_ends_with_exactly_all_rows_of_its_scope(town: Town) -> None:
    """Rows are made, edited, removed and moved in and out of the reader's unit, while he reads in small pages."""
    town.reaches["anna"] = Reach(town.users["anna"], own=True, everything=True)
    done = threading.Event()
    reader = Held()

    def write(seed: int) -> int:
        dice = random.Random(seed)
        mine: list[str] = []
        for _ in range(COMMITS):
            with unit_of_work(town.database, town.office("anna")) as work:
                if len(mine) < 3 or dice.random() < 0.4:
                    mine.append(thing(work, town.units[dice.choice(("east", "west"))]).id)
                else:
                    row = work.must(Thing, dice.choice(mine))
                    if dice.random() < 0.2:
                        work.remove(row)
                        mine.remove(row.id)
                    else:
                        work.change(row, size=dice.randrange(99), unit_id=town.units[dice.choice(("east", "west"))])
                work.commit()
        return len(mine)

    def read() -> Iterator[int]:
        while not done.is_set():
            yield len(reader.read(town.database, town.device("sue"), max_bytes=4000).pages)

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading: Any = pool.submit(lambda: list(read()))
        writing = [pool.submit(write, seed) for seed in range(WRITERS)]
        kept = sum(each.result(100) for each in writing)
        done.set()
        assert sum(reading.result(PATIENCE)) > 3
    reader.read(town.database, town.device("sue"))

    with town.working("anna") as work:
        everything = work.find(Thing)
    assert len(everything) == kept
    expected = {each.id: each.version for each in everything if each.unit_id == town.units["east"]}
    assert {row: values["version"] for row, values in reader.of("toy_things").items()} == expected
