"""A device that dies before or after any durable write comes to the same end as one that never dies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sync_protocol.phone import MemoryStorage, Phone, Step
from sync_protocol.phone.ports import Change
from tests.sync_protocol.devices import Died, device, fuse_at, state
from tests.sync_protocol.model_server import REFUSED_NAME, ModelServer


def row_id(number: int) -> str:
    return f"0199c1a0-0000-7000-8000-{number:012d}"


FIRST, SECOND = row_id(900), row_id(901)


class Life:
    """A day of one device on one server. After a crash a step is done again, unless its trace is there already."""

    def __init__(self, fuse: Callable[[str, Sequence[Change]], None] | None = None) -> None:
        self.storage = MemoryStorage(fuse)
        self.server = ModelServer(page=3)
        for enrolment in (FIRST, SECOND):
            self.server.people[enrolment] = "li"
            self.server.subscribed[enrolment] = ["own:li"]
        self.crashes = 0
        self.phone = self.start()

    def start(self) -> Phone:
        while True:
            try:
                phone = device(self.server, None, storage=self.storage, batch=2)
                if phone.enrolment is None:
                    phone.reenrol(FIRST)
            except Died:
                self.crashes += 1
            else:
                return phone

    def do(self, step: Callable[[Phone], object], done: Callable[[Phone], bool] = lambda _: False) -> None:
        while True:
            try:
                step(self.phone)
            except Died:
                self.crashes += 1
                self.phone = self.start()
                if not done(self.phone):
                    continue
            return

    def make(self, number: int, name: str) -> None:
        def step(phone: Phone) -> None:
            with phone.transaction():
                phone.create("customers", {"name": name}, row_id(number))
                phone.create("notes", {"customer": row_id(number), "text": "hi"}, row_id(number + 100))

        self.do(step, lambda phone: row_id(number) in phone.rows("customers"))

    def sync(self) -> None:
        def step(phone: Phone) -> None:
            if phone.sync().step == Step.ENROL:
                phone.reenrol(SECOND)
            assert phone.sync().step == Step.DONE

        self.do(step)

    def live(self) -> dict[str, Any]:
        server, wang = self.server, {"grade": "A"}
        for number in range(500, 507):
            server.put("customers", "li", row_id(number), name=f"c{number}")
        self.make(1, "Wang")
        self.sync()
        server.put("customers", "li", row_id(500), name="changed")
        server.remove("customers", row_id(501))
        server.put("customers", "wang", row_id(502))
        self.make(2, REFUSED_NAME)
        self.do(
            lambda phone: phone.update("customers", row_id(500), wang),
            lambda phone: phone.rows("customers")[row_id(500)]["grade"] == "A",
        )
        self.do(
            lambda phone: phone.delete("customers", row_id(503)),
            lambda phone: row_id(503) not in phone.rows("customers"),
        )
        self.sync()
        backup = server.backup()
        self.make(3, "Li")
        self.sync()
        server.restore(backup)
        self.sync()
        self.make(4, "Zhao")
        self.sync()
        self.do(
            lambda phone: phone.forget(phone.mend[0]),
            lambda phone: len(phone.mend) == 1,
        )
        return {**state(self.phone), "enrolment": self.phone.enrolment, "effects": server.effects}


def writes_of_a_life() -> int:
    count = 0

    def fuse(when: str, changes: Sequence[Change]) -> None:
        nonlocal count
        count += when == "before"

    Life(fuse).live()
    return count


WRITES = writes_of_a_life()


def test_an_undisturbed_life_is_worth_disturbing() -> None:
    life = Life()
    end = life.live()
    assert sorted(row["name"] for row in end["customers"].values()) == [
        "Wang", "Zhao", "c504", "c505", "c506", "changed",
    ]  # fmt: skip
    assert end["adopted"]["customers"] == end["customers"] == life.server.visible(SECOND, "customers")
    assert [mend[1] for mend in end["mend"]] == ["skipped"]
    assert (end["queue"], end["settled"], end["enrolment"]) == ([], 0, SECOND)
    assert WRITES > 20


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("place", range(WRITES))
def test_dying_at_any_write_changes_nothing_in_the_end(place: int, when: str) -> None:
    """CRASH: every place × before and after."""
    life = Life(fuse_at(place, when))
    assert life.live() == Life().live()
    assert life.crashes == 1
