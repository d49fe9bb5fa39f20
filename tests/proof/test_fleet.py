"""The fleet: any order of deeds, faults and repairs must leave every device with exactly what its person may see."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.invariants import Broken
from tests.proof.machine import FleetMachine
from tests.proof.planted import PLANTED
from tests.proof.traces import BY_HAND, RESTORED, TRACES, Trace, play
from tests.support import databases

DEEP = bool(os.environ.get("DOORSTEP_TEST_DEEP"))
KNOWN = {**TRACES, **RESTORED, **BY_HAND}
RARE = {"removals_purged", "stale_answer_adopted", "restored_in_part"}
"""Bugs whose order of deeds is too rare to be searched for within minutes: pinned only."""


@pytest.fixture
def machine(database_kind: databases.Kind) -> type[FleetMachine]:
    """The machine on one of the two databases."""

    class OnThis(FleetMachine):
        kind = database_kind

    return OnThis


# -- pinned -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trace", KNOWN.values(), ids=KNOWN)
def test_the_product_passes_each_known_trace(machine: type[FleetMachine], trace: Trace) -> None:
    play(machine(), trace)


@pytest.mark.parametrize("bug", sorted(PLANTED))
def test_each_planted_bug_breaks_its_promise_on_its_trace(machine: type[FleetMachine], bug: str) -> None:
    """A checker that finds nothing proves nothing."""
    with PLANTED[bug](), pytest.raises(Broken) as broken:
        play(machine(), TRACES[bug])
    assert broken.value.invariant == TRACES[bug].invariant


@pytest.mark.parametrize("trace", RESTORED.values(), ids=RESTORED)
def test_a_restored_device_finds_purged_removals(machine: type[FleetMachine], trace: Trace) -> None:
    with PLANTED["removals_purged"](), pytest.raises(Broken) as broken:
        play(machine(), trace)
    assert broken.value.invariant == trace.invariant


# -- searched ---------------------------------------------------------------------------------------------------------


def budget(examples: int, *, shrink: bool) -> settings:
    """How long to search. Fixed seeds in the suite that has to pass; `make test-deep` looks elsewhere each time."""
    return settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        derandomize=not DEEP,
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.timeout(7200 if DEEP else 600)
def test_any_order_of_deeds_and_faults_ends_in_agreement(machine: type[FleetMachine]) -> None:
    run_state_machine_as_test(machine, settings=budget(120 if DEEP else 7, shrink=DEEP))


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("bug", sorted(PLANTED.keys() - RARE))
def test_the_search_finds_each_planted_bug(machine: type[FleetMachine], bug: str) -> None:
    with PLANTED[bug](), pytest.raises(Broken):
        run_state_machine_as_test(machine, settings=budget(1200, shrink=False))
