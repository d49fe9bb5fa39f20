"""Several devices, an office and a bad line, in any order: what a person sees never jumps back, and all ends alike."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync_protocol.phone import MemoryStorage, Phone, Request, Step
from sync_protocol.phone.entries import overlay
from tests.sync_protocol.devices import Died, device
from tests.sync_protocol.model_server import REFUSED_NAME, SHAPES, ModelServer

PEOPLE = ("li", "wang", "boss")
which = st.integers(0, len(PEOPLE) - 1)
anything = st.integers(0, 10**6)
Flight = tuple[Request, tuple[int, Any, bytes]]


class Fleet(RuleBasedStateMachine):
    """Each person has one device; the boss sees both teams. Rows are picked by number among those there are."""

    @initialize(page=st.integers(1, 4), batch=st.integers(1, 4))
    def begin(self, page: int, batch: int) -> None:
        self.server = ModelServer(page=page)
        self.batch = batch
        self.storages = [MemoryStorage() for _ in PEOPLE]
        self.phones = [self.boot(number, self.enrol(number)) for number in range(len(PEOPLE))]
        self.backup: dict[str, Any] | None = None
        self.flights: list[list[Flight]] = [[] for _ in PEOPLE]
        self.made: set[tuple[str, str]] = set()
        self.last: list[tuple[str | None, int, dict[str, int]]] = [(None, 0, {})] * len(PEOPLE)

    def enrol(self, number: int) -> str:
        person = PEOPLE[number]
        return self.server.enrol(person, *(["own:li", "own:wang", "own:boss"] if person == "boss" else []))

    def boot(self, number: int, enrolment: str | None = None) -> Phone:
        return device(self.server, enrolment, storage=self.storages[number], batch=self.batch)

    def pick(self, phone: Phone, chance: int) -> str | None:
        rows = sorted(phone.rows("customers"))
        return rows[chance % len(rows)] if rows else None

    # -- people ----------------------------------------------------------------------------------------------------

    @rule(who=which, name=st.sampled_from(["a", "b", "c", REFUSED_NAME]), with_note=st.booleans())
    def create(self, who: int, name: str, with_note: bool) -> None:
        phone = self.phones[who]
        with phone.transaction():
            row = phone.create("customers", {"name": name})
            if with_note:
                phone.create("notes", {"customer": row, "text": "hi"})
        self.made.add((PEOPLE[who], row))

    @rule(
        who=which,
        chance=anything,
        values=st.fixed_dictionaries(
            {}, optional={"grade": st.sampled_from("ABC"), "remark": st.sampled_from(["x", "y", None])}
        ),
    )
    def update(self, who: int, chance: int, values: dict[str, Any]) -> None:
        row = self.pick(self.phones[who], chance)
        if row:
            self.phones[who].update("customers", row, values)

    @rule(who=which, chance=anything)
    def delete(self, who: int, chance: int) -> None:
        row = self.pick(self.phones[who], chance)
        if row:
            self.phones[who].delete("customers", row)

    # -- the line --------------------------------------------------------------------------------------------------

    @rule(who=which)
    def exchange(self, who: int) -> None:
        self.meet(who, self.phones[who].exchange_once().step)

    @rule(who=which)
    def send(self, who: int) -> None:
        """A request arrives; its answer is on its way, or lost."""
        request = self.phones[who].prepare()
        body = json.dumps(request.body).encode()
        self.flights[who].append(
            (request, self.server.send("POST", "/mobile/v1/exchange", {"authorization": ""}, body))
        )

    @rule(who=which, chance=anything, keep=st.booleans())
    def hear(self, who: int, chance: int, keep: bool) -> None:
        """Some answer comes, in any order, perhaps not for the last time."""
        flights = self.flights[who]
        if flights:
            place = chance % len(flights)
            request, answer = flights[place] if keep else flights.pop(place)
            self.meet(who, self.phones[who].receive(request, *answer).step)

    def meet(self, who: int, step: Step) -> None:
        assert step in (Step.DONE, Step.MORE, Step.LATER, Step.ENROL), step
        if step == Step.ENROL:
            self.phones[who].reenrol(self.enrol(who))

    @rule(who=which, when=st.sampled_from(["before", "after"]))
    def crash(self, who: int, when: str) -> None:
        """The device dies at its next durable write in an exchange."""

        def fuse(moment: str, changes: object) -> None:
            if moment == when:
                raise Died

        self.storages[who].fuse = fuse
        with contextlib.suppress(Died):
            self.meet(who, self.phones[who].exchange_once().step)
        self.storages[who].fuse = None
        self.phones[who] = self.boot(who)

    # -- the office ------------------------------------------------------------------------------------------------

    def row(self, chance: int) -> str | None:
        rows = sorted(row for name, row in self.server.rows if name == "customers")
        return rows[chance % len(rows)] if rows else None

    @rule(owner=st.sampled_from(PEOPLE), name=st.sampled_from("xyz"))
    def office_create(self, owner: str, name: str) -> None:
        self.server.put("customers", owner, name=name)

    @rule(chance=anything, grade=st.sampled_from("ABC"))
    def office_edit(self, chance: int, grade: str) -> None:
        row = self.row(chance)
        if row:
            self.server.put("customers", self.server.rows["customers", row].values["owner"], row, grade=grade)

    @rule(chance=anything, owner=st.sampled_from(PEOPLE))
    def hand_over(self, chance: int, owner: str) -> None:
        row = self.row(chance)
        if row:
            self.server.put("customers", owner, row)

    @rule(chance=anything)
    def office_delete(self, chance: int) -> None:
        row = self.row(chance)
        if row:
            self.server.remove("customers", row)

    @rule(who=st.sampled_from([0, 1]), more=st.booleans())
    def change_scope(self, who: int, more: bool) -> None:
        own, other = f"own:{PEOPLE[who]}", f"own:{PEOPLE[1 - who]}"
        self.server.subscribed[self.phones[who].enrolment or ""] = [own, other] if more else [own]

    @rule(who=which)
    def slow_down(self, who: int) -> None:
        self.server.busy_from = None if self.server.busy_from else 1 + len(self.phones[who].queue)

    # -- what always holds -----------------------------------------------------------------------------------------

    @invariant()
    def what_is_shown_is_the_adopted_rows_with_the_queue_on_top(self) -> None:
        for phone in self.phones:
            for name in SHAPES:
                entries = [each for each in phone._store.entries.values() if each.collection == name]
                adopted = phone.adopted(name)
                shown = {}
                for row in adopted.keys() | {each.row for each in entries}:
                    values = overlay(adopted.get(row), [each for each in entries if each.row == row])
                    if values is not None:
                        shown[row] = {"id": row, "version": adopted.get(row, {"version": 0})["version"], **values}
                assert phone.rows(name) == shown

    @invariant()
    def positions_and_versions_never_go_back(self) -> None:
        for number, phone in enumerate(self.phones):
            epoch, head, versions = self.last[number]
            now = {row: held["version"] for row, held in phone.adopted("customers").items()}
            if phone.cursor is not None:
                if phone.cursor.epoch == epoch:
                    assert phone.head >= head
                    assert all(now[row] >= versions[row] for row in now.keys() & versions.keys())
                self.last[number] = (phone.cursor.epoch, phone.head, {**versions, **now})

    @invariant()
    def an_own_new_row_is_on_show_from_the_first_moment_until_it_is_refused_deleted_or_handed_over(self) -> None:
        for person, row in self.made:
            phone = self.phones[PEOPLE.index(person)]
            entries = [entry for entry in phone._store.entries.values() if entry.row == row]
            if entries and entries[0].action == "create" and all(entry.action != "delete" for entry in entries):
                assert row in phone.rows("customers")

    @invariant()
    def numbers_are_whole(self) -> None:
        for phone in self.phones:
            numbers = [entry.n for entry in phone.queue]
            assert numbers == sorted(set(numbers))
            assert all(entry.enrolment == phone.enrolment for entry in phone.queue)

    def teardown(self) -> None:
        """The line heals; everyone comes to rest at exactly his scope, and nothing is unaccounted for."""
        if not hasattr(self, "server"):
            return
        self.server.busy_from = None
        for _ in range(2):
            for who in range(len(self.phones)):
                while True:
                    exchanged = self.phones[who].sync()
                    if exchanged.step != Step.ENROL:
                        break
                    self.phones[who].reenrol(self.enrol(who))
                assert exchanged.step == Step.DONE, exchanged
        for phone in self.phones:
            assert (phone.queue, phone.settled) == ([], [])
            for name in SHAPES:
                assert phone.rows(name) == phone.adopted(name) == self.server.visible(phone.enrolment or "", name)
            assert phone.verify() == []
        refused = {mend.entry.row for phone in self.phones for mend in phone.mend}
        known = {row for _, row in self.server.rows} | {row for _, row in self.server.deleted}
        assert {row for _, row in self.made} <= refused | known


class RestoredFleet(Fleet):
    """The same with backups put back: of the server (which loses what came after, but not the queues) and of devices."""

    @rule()
    def back_up(self) -> None:
        self.backup = self.server.backup()

    @rule()
    def restore_the_server(self) -> None:
        if self.backup is None:
            return
        people, subscribed = self.server.people, self.server.subscribed
        self.server.restore(self.backup)
        self.server.people, self.server.subscribed = people, subscribed
        lost = {row for _, row in self.server.rows} | {row for _, row in self.server.deleted}
        waiting = {entry.row for phone in self.phones for entry in phone._store.entries.values()}
        self.made = {(person, row) for person, row in self.made if row in lost | waiting}

    @rule(who=which)
    def restore_a_device(self, who: int) -> None:
        """A phone put back as it was when it was last backed up, with its queue of then."""
        kept = self.kept.pop(who, None) if hasattr(self, "kept") else None
        if kept is not None:
            self.storages[who] = kept
            self.phones[who] = self.boot(who)
            self.flights[who] = []
            self.last[who] = (None, 0, {})
            waiting = {entry.row for entry in self.phones[who]._store.entries.values()}
            known = {row for _, row in self.server.rows} | {row for _, row in self.server.deleted}
            person = PEOPLE[who]
            self.made = {(name, row) for name, row in self.made if name != person or row in waiting | known}

    @rule(who=which)
    def back_up_a_device(self, who: int) -> None:
        self.kept: dict[int, MemoryStorage] = {**getattr(self, "kept", {}), who: self.storages[who].snapshot()}


Fleet.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
RestoredFleet.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestFleet = Fleet.TestCase
TestRestoredFleet = RestoredFleet.TestCase
