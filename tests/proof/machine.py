"""The state machine over the fleet: which deeds and faults there are to choose from. Hypothesis chooses, or a pinned trace."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.core.db import Database
from sync_protocol.phone import Step
from tests.proof.fleet import CREW, GRADES, Device, Fleet
from tests.proof.invariants import check_server
from tests.support import databases

SALES = ("wang", "zhao", "na")
FATES = ("good", "good", "good", "cut", "answer-lost", "twice", "late")


class FleetMachine(RuleBasedStateMachine):
    """Hypothesis decides who does what when; Fleet says what must hold."""

    kind: databases.Kind = "sqlite"

    @initialize()
    def found(self) -> None:
        """A company of its own for each run."""
        self.closing = ExitStack()
        made = self.closing.enter_context(databases.database(self.kind))
        folder = Path(tempfile.mkdtemp())
        self.closing.callback(shutil.rmtree, folder, ignore_errors=True)
        database = Database(made.app_url, pool_size=4)
        self.closing.callback(database.close)
        self.fleet = Fleet(database, folder)

    def teardown(self) -> None:
        if hasattr(self, "fleet"):
            try:
                self.fleet.heal()
            finally:
                self.closing.close()

    def _some(self, device: Device, collection: str, which: int) -> str | None:
        rows = sorted(device.phone.rows(collection))
        return rows[which % len(rows)] if rows else None

    @rule(name=st.sampled_from(SALES))
    def create_customer(self, name: str) -> None:
        self.fleet.create_customer(self.fleet.devices[name])

    @rule(name=st.sampled_from(CREW), which=st.integers(0, 9), grade=st.sampled_from(GRADES))
    def edit_grade(self, name: str, which: int, grade: str) -> None:
        device = self.fleet.devices[name]
        if (customer := self._some(device, "customers", which)) is not None:
            self.fleet.edit_customer(device, customer, "grade", grade)

    @rule(name=st.sampled_from(CREW), which=st.integers(0, 9))
    def edit_needs(self, name: str, which: int) -> None:
        device = self.fleet.devices[name]
        if (customer := self._some(device, "customers", which)) is not None:
            self.fleet.edit_customer(device, customer, "needs", self.fleet.word())

    @rule(name=st.sampled_from(CREW), which=st.integers(0, 9))
    def add_note(self, name: str, which: int) -> None:
        device = self.fleet.devices[name]
        if (customer := self._some(device, "customers", which)) is not None:
            self.fleet.add_note(device, customer)

    @rule(name=st.sampled_from(SALES), which=st.integers(0, 9))
    def plan_visit(self, name: str, which: int) -> None:
        device = self.fleet.devices[name]
        if (customer := self._some(device, "customers", which)) is not None:
            self.fleet.plan_visit(device, customer)

    @rule(name=st.sampled_from(CREW), which=st.integers(0, 9))
    def finish_visit(self, name: str, which: int) -> None:
        device = self.fleet.devices[name]
        if (visit := self._some(device, "visits", which)) is not None:
            self.fleet.finish_visit(device, visit)

    @rule(name=st.sampled_from(SALES), which=st.integers(0, 9), then=st.booleans())
    def follow_up(self, name: str, which: int, then: bool) -> None:
        device = self.fleet.devices[name]
        if then and (row := self._some(device, "follow_ups", which)) is not None:
            self.fleet.delete_follow_up(device, row)
        elif (customer := self._some(device, "customers", which)) is not None:
            self.fleet.follow_up(device, customer)

    @rule(name=st.sampled_from(SALES))
    def something_wrong(self, name: str) -> None:
        self.fleet.bad_operation(self.fleet.devices[name])

    @rule(name=st.sampled_from(CREW), fate=st.sampled_from(FATES))
    def exchange(self, name: str, fate: Any) -> None:
        self.fleet.exchange(self.fleet.devices[name], fate)

    @rule(name=st.sampled_from(CREW), times=st.integers(2, 6))
    def exchange_often(self, name: str, times: int) -> None:
        for _ in range(times):
            if self.fleet.exchange(self.fleet.devices[name], "good") != Step.MORE:
                break

    @precondition(lambda self: any(device.late for device in self.fleet.devices.values()))
    @rule(which=st.integers(0, 9))
    def late_answer(self, which: int) -> None:
        waiting = [device for device in self.fleet.devices.values() if device.late]
        self.fleet.deliver_late(waiting[which % len(waiting)], which)

    @rule(name=st.sampled_from(CREW), write=st.integers(0, 2), when=st.sampled_from(("before", "after")))
    def power_cut(self, name: str, write: int, when: str) -> None:
        self.fleet.exchange_and_die(self.fleet.devices[name], write, when)

    @rule(which=st.integers(0, 9), to=st.sampled_from(SALES))
    def hand_over(self, which: int, to: str) -> None:
        if (customer := self._some(self.fleet.devices["boss"], "customers", which)) is not None:
            self.fleet.hand_over(customer, to)

    @rule(which=st.integers(0, 9), into=st.integers(0, 9), how=st.sampled_from(("merge", "delete")))
    def part_with(self, which: int, into: int, how: str) -> None:
        boss = self.fleet.devices["boss"]
        if (customer := self._some(boss, "customers", which)) is None:
            return
        if how == "delete":
            self.fleet.delete(customer)
        elif (other := self._some(boss, "customers", into)) is not None and other != customer:
            self.fleet.merge(other, customer)

    @rule(name=st.sampled_from(("jie", "boss")), which=st.integers(0, 9), back=st.booleans())
    def part_with_by_hand(self, name: str, which: int, back: bool) -> None:
        device = self.fleet.devices[name]
        if back and (gone := self.fleet.restorable_on(device)):
            self.fleet.restore_on(device, gone[which % len(gone)])
        elif not back and (customer := self._some(device, "customers", which)) is not None:
            self.fleet.delete_on(device, customer)

    @precondition(lambda self: self.fleet.away)
    @rule(which=st.integers(0, 9))
    def bring_back(self, which: int) -> None:
        gone = sorted(self.fleet.away)
        self.fleet.bring_back(gone[which % len(gone)])

    @rule(name=st.sampled_from(CREW))
    def send_again(self, name: str) -> None:
        self.fleet.send_again(self.fleet.devices[name])

    @rule(which=st.integers(0, 9), grade=st.sampled_from(GRADES))
    def office_edit(self, which: int, grade: str) -> None:
        if (customer := self._some(self.fleet.devices["boss"], "customers", which)) is not None:
            self.fleet.office_edit(customer, grade)

    @rule(name=st.sampled_from(SALES), role=st.sampled_from(("salesperson", "supervisor", "director")))
    def change_role(self, name: str, role: str) -> None:
        self.fleet.change_role(name, role)

    @rule(name=st.sampled_from(SALES), unit=st.sampled_from(("east", "west")))
    def move_team(self, name: str, unit: str) -> None:
        self.fleet.move_team(name, unit)

    @rule(name=st.sampled_from(SALES))
    def back_up(self, name: str) -> None:
        self.fleet.back_up(self.fleet.devices[name])

    @precondition(lambda self: any(device.backup for device in self.fleet.devices.values()))
    @rule(which=st.integers(0, 9))
    def restore(self, which: int) -> None:
        kept = [device for device in self.fleet.devices.values() if device.backup]
        self.fleet.restore(kept[which % len(kept)])

    @invariant()
    def server_keeps_its_word(self) -> None:
        if hasattr(self, "fleet"):
            check_server(self.fleet)
