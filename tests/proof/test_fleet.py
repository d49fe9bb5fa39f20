"""The fleet: any order of deeds, faults and repairs must leave every device with exactly what its person may see."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.core.db import Database
from tests.proof.fleet import CREW, GRADES, Broken, Device, Fleet
from tests.proof.planted import PLANTED
from tests.support import databases

DEEP = bool(os.environ.get("DOORSTEP_TEST_DEEP"))
SALES = ("wang", "zhao", "na")
SLOW_TO_FIND = ("no_ledger", "rights_remembered", "stale_answer_adopted")
"""Bugs that need rarer interleavings: caught by `make test-deep`, which has minutes for each."""
FATES = ("good", "good", "good", "cut", "answer-lost", "twice", "late")


class FleetMachine(RuleBasedStateMachine):
    """Hypothesis decides who does what when; Fleet says what must hold."""

    kind: databases.Kind = "sqlite"

    @initialize()
    def found(self) -> None:
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
            self.fleet.exchange(self.fleet.devices[name], "good")

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

    @invariant()
    def server_keeps_its_word(self) -> None:
        if hasattr(self, "fleet"):
            self.fleet.check_server()


def budget(examples: int, steps: int) -> settings:
    """How long to search. Fixed seeds in the suite that has to pass; `make test-deep` looks further each time."""
    return settings(
        max_examples=examples * (20 if DEEP else 1),
        stateful_step_count=steps,
        deadline=None,
        derandomize=not DEEP,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink) if DEEP else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def machine(database_kind: databases.Kind) -> type[FleetMachine]:
    """The machine on one of the two databases."""

    class OnThis(FleetMachine):
        kind = database_kind

    return OnThis


@pytest.mark.timeout(7200 if DEEP else 600)
def test_any_order_of_deeds_and_faults_ends_in_agreement(machine: type[FleetMachine]) -> None:
    run_state_machine_as_test(machine, settings=budget(12, 40))


@pytest.mark.timeout(7200 if DEEP else 600)
@pytest.mark.parametrize(
    "bug", [pytest.param(bug, marks=pytest.mark.deep if bug in SLOW_TO_FIND else ()) for bug in sorted(PLANTED)]
)
def test_the_machine_catches_each_planted_bug(machine: type[FleetMachine], bug: str) -> None:
    """A checker that finds nothing proves nothing: with each of these bugs in the product it has to find something."""
    with PLANTED[bug](), pytest.raises(Broken):
        run_state_machine_as_test(machine, settings=budget(60, 40))
