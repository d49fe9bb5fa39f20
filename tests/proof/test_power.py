"""The reference device against the real application, losing power before or after each of its durable writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.core.db import Database as Engine
from server.core.rows import c
from server.core.sync_issues import SyncIssue
from server.customers.models import Customer, CustomerPhone, Note
from server.fieldwork.models import FollowUp, Visit
from sync_protocol.phone import Phone, Step
from sync_protocol.phone.ports import Change
from sync_protocol.phone.storage import Fuse
from tests.proof.fleet import NOON, Died, Fleet
from tests.support import databases

DEEP = bool(os.environ.get("DOORSTEP_TEST_DEEP"))
_TOLD = {
    Customer: ("name", "grade", "needs"),
    CustomerPhone: ("number",),
    Note: ("text",),
    Visit: ("purpose", "result", "state"),
    FollowUp: ("text",),
    SyncIssue: ("verdict", "code"),
}


class Life:
    """A day of one device. After a death a step is done again, unless its trace is there already."""

    def __init__(self, fleet: Fleet, fuse: Fuse | None = None) -> None:
        self.fleet, self.fuse = fleet, fuse
        self.device = fleet.devices["wang"]
        self.device.storage.fuse = fuse
        self.deaths = 0

    def do(self, step: Callable[[Phone], object], done: Callable[[Phone], bool] = lambda _: False) -> None:
        while True:
            try:
                step(self.device.phone)
            except Died:
                self.deaths += 1
                self.fleet.crash(self.device)
                self.device.storage.fuse = self.fuse
                if not done(self.device.phone):
                    continue
            return

    def sync(self) -> None:
        def step(_phone: Phone) -> None:
            while (taken := self.fleet.exchange(self.device, "good")) == Step.MORE:
                pass
            assert taken == Step.DONE

        self.do(step)

    def named(self, collection: str, field: str, value: str) -> str | None:
        found = [row for row, values in self.device.phone.rows(collection).items() if values[field] == value]
        return found[0] if found else None

    def create(self, collection: str, event: str, field: str, values: dict[str, Any]) -> str:
        self.do(
            lambda phone: phone.create(collection, values),
            lambda _: self.named(collection, field, values[field]) is not None,
        )
        row = self.named(collection, field, values[field])
        assert row is not None
        self.fleet.means("wang", event, values["customer_id"] if collection == "notes" else row)
        return row

    def customer(self, name: str, number: str) -> str:
        def step(phone: Phone) -> None:
            with phone.transaction():
                made = phone.create("customers", {"name": name, "grade": "C"})
                phone.create("customer_phones", {"customer_id": made, "number": number})

        self.do(step, lambda _: self.named("customers", "name", name) is not None)
        row = self.named("customers", "name", name)
        assert row is not None
        self.fleet.means("wang", "customers.customer-created", row)
        self.fleet.means("wang", "customers.phone-added", row)
        return row

    def live(self) -> dict[str, list[Any]]:
        fleet, device = self.fleet, self.device
        zhao = fleet.devices["zhao"]
        theirs = fleet.create_customer(zhao)
        while fleet.exchange(zhao, "good") == Step.MORE:
            pass
        self.sync()
        mine, given = self.customer("Li", "+8613800138001"), self.customer("Wu", "+8613800138002")
        self.do(
            lambda phone: phone.update("customers", mine, {"grade": "A"}),
            lambda phone: phone.rows("customers")[mine]["grade"] == "A",
        )
        fleet.means("wang", "customers.customer-changed", mine)
        self.customer("refused", "12")
        self.create("notes", "customers.note-added", "text", {"customer_id": mine, "text": "first"})
        self.sync()

        fleet.hand_over(given, "na")
        fleet.hand_over(theirs, "wang")
        fleet.office_edit(mine, "B")
        values = {"customer_id": mine, "planned_on": "2025-03-03", "purpose": "look"}
        visit = self.create("visits", "fieldwork.visit-created", "purpose", values)
        self.do(
            lambda phone: phone.act(
                "visits", "finish", visit, {"ended_at": NOON, "result": "seen"}, effect={"state": "done"}
            ),
            lambda phone: phone.rows("visits")[visit].get("state") == "done",
        )
        self.create("notes", "customers.note-added", "text", {"customer_id": given, "text": "late"})
        values = {"customer_id": mine, "due_on": "2025-03-10", "text": "call"}
        task = self.create("follow_ups", "fieldwork.follow-up-created", "text", values)
        self.do(lambda phone: phone.delete("follow_ups", task), lambda phone: task not in phone.rows("follow_ups"))
        fleet.means("wang", "fieldwork.follow-up-deleted", task)
        device.handset.signed_in("wang", incarnation=2)
        device.enrolments.append(device.handset.answer["enrolment"])
        self.do(lambda phone: phone.reenrol(device.enrolments[-1]))
        self.sync()
        self.do(
            lambda phone: phone.forget(phone.mend[0]),
            lambda phone: len(phone.mend) == 1,
        )
        assert [*device.phone.queue, *device.phone.settled] == []
        mend = [(each.entry.collection, each.verdict, each.code) for each in device.phone.mend]
        fleet.heal()
        return {**_portrait(fleet), "mend": mend}


def _portrait(fleet: Fleet) -> dict[str, list[Any]]:
    """What is on the server in the end, without the ids that differ from life to life."""
    found: dict[str, list[Any]] = {}
    with fleet.database.read(fleet.company.org) as connection:
        for kind, names in _TOLD.items():
            columns = c(kind)
            statement = select(*(columns[name] for name in names)).where(columns.org_id == fleet.company.org)
            found[kind.__name__] = sorted(tuple(map(str, row)) for row in connection.execute(statement))
    return found


def _once(place: int, when: str) -> Fuse:
    seen = count()
    now = -1

    def fuse(moment: str, _changes: Sequence[Change]) -> None:
        nonlocal now
        if moment == "before":
            now = next(seen)
        if (now, moment) == (place, when):
            raise Died

    return fuse


def _each() -> Fuse:
    """Dies before each write and, when it is tried again, after it."""
    due = "before"

    def fuse(moment: str, _changes: Sequence[Change]) -> None:
        nonlocal due
        if moment == due:
            due = "after" if due == "before" else "before"
            raise Died

    return fuse


def _fleet(kind: databases.Kind, folder: Path) -> Iterator[Fleet]:
    with databases.database(kind) as made:
        engine = Engine(made.app_url, pool_size=4)
        try:
            yield Fleet(engine, folder, page=6000, batch=3)
        finally:
            engine.close()


def _lived(kind: databases.Kind, folder: Path, fuse: Fuse | None = None) -> tuple[dict[str, list[Any]], int]:
    for fleet in _fleet(kind, folder):
        life = Life(fleet, fuse)
        return life.live(), life.deaths
    raise AssertionError


def test_an_undisturbed_day_is_worth_disturbing(database_kind: databases.Kind, tmp_path: Path) -> None:
    end, _ = _lived(database_kind, tmp_path)
    assert end["Customer"] == [("Li", "B", "None"), ("Wu", "C", "None"), ("w1", "C", "None")]
    assert end["Visit"] == [("look", "seen", "done")]
    assert ("late",) in end["Note"]
    assert (end["FollowUp"], len(end["SyncIssue"])) == ([], 2)


@pytest.mark.timeout(600)
def test_dying_at_every_write_changes_nothing_in_the_end(database_kind: databases.Kind, tmp_path: Path) -> None:
    end, deaths = _lived(database_kind, tmp_path, _each())
    assert end == _lived(database_kind, tmp_path)[0]
    assert deaths >= 40


@pytest.mark.sqlite
@pytest.mark.timeout(600)
@pytest.mark.parametrize("when", ["before", "after"])
def test_dying_at_any_one_write_changes_nothing_in_the_end(when: str, tmp_path: Path) -> None:
    """Which database the server has makes no difference to the device: SQLite, for the time it takes.

    In CI at every second write: before every fourth one and after those half-way between.
    """
    undisturbed, _ = _lived("sqlite", tmp_path)
    for place in count() if DEEP else count(2 * (when == "after"), 4):
        end, deaths = _lived("sqlite", tmp_path, _once(place, when))
        assert end == undisturbed, place
        if not deaths:
            assert place >= 20
            return
