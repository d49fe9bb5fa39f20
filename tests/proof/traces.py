"""Known orders of deeds and faults, as steps of the state machine: each passes, unless the bug it is pinned to is planted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.proof.invariants import Invariant, check_server
from tests.proof.machine import FleetMachine

Step = tuple[str, Mapping[str, Any]]
"""(rule of FleetMachine, its arguments)"""


class Trace(NamedTuple):
    """invariant: the one that the planted bug breaks on these steps."""

    invariant: Invariant
    steps: tuple[Step, ...]


def do(rule: str, **arguments: Any) -> Step:
    """One step."""
    return rule, arguments


def play(machine: FleetMachine, trace: Trace) -> None:
    """Do the steps as Hypothesis would: invariants after each, healing at the end. Raises Broken."""
    machine.found()
    try:
        for rule, arguments in trace.steps:
            getattr(machine, rule)(**arguments)
            check_server(machine.fleet)
    except BaseException:
        machine.closing.close()
        raise
    machine.teardown()


def _synced(*names: str) -> tuple[Step, ...]:
    return tuple(do("exchange_often", name=name, times=40) for name in names)


TRACES: dict[str, Trace] = {
    # The answer is lost twice, so the device sends A again after B had been taken.
    "no_ledger": Trace(
        Invariant.ONCE,
        (
            do("create_customer", name="wang"),
            *_synced("wang"),
            do("edit_grade", name="wang", which=0, grade="A"),
            do("exchange", name="wang", fate="answer-lost"),
            do("edit_grade", name="wang", which=0, grade="B"),
            do("exchange", name="wang", fate="answer-lost"),
            do("exchange", name="wang", fate="good"),
        ),
    ),
    "no_departure_entry": Trace(
        Invariant.SCOPE,
        (
            do("create_customer", name="wang"),
            *_synced("wang", "boss"),
            do("hand_over", which=0, to="na"),
            *_synced("wang"),
        ),
    ),
    "keys_left_behind": Trace(
        Invariant.FOUND,
        (do("create_customer", name="wang"), *_synced("wang", "boss"), do("hand_over", which=0, to="na")),
    ),
    "outbox_cleared_on_send": Trace(
        Invariant.DURABLE, (do("create_customer", name="wang"), do("exchange", name="wang", fate="cut"))
    ),
    "cursor_before_rows": Trace(
        Invariant.MIRROR,
        (
            *_synced("jie"),
            do("create_customer", name="wang"),
            *_synced("wang"),
            do("power_cut", name="jie", write=0, when="after"),
            *_synced("jie"),
        ),
    ),
    "stale_answer_adopted": Trace(
        Invariant.FORWARD,
        (
            do("create_customer", name="wang"),
            *_synced("wang", "jie"),
            do("edit_grade", name="wang", which=0, grade="A"),
            *_synced("wang"),
            do("exchange", name="jie", fate="late"),
            do("edit_grade", name="wang", which=0, grade="B"),
            *_synced("wang", "jie"),
            do("late_answer", which=0),
        ),
    ),
    "last_write_wins": Trace(
        Invariant.NO_VALUE_LOST,
        (
            do("create_customer", name="wang"),
            *_synced("wang", "jie"),
            do("edit_grade", name="wang", which=0, grade="A"),
            do("edit_grade", name="jie", which=0, grade="B"),
            *_synced("wang", "jie"),
        ),
    ),
    "rights_remembered": Trace(
        Invariant.MIRROR,
        (
            do("create_customer", name="zhao"),
            *_synced("zhao", "wang"),
            do("change_role", name="wang", role="supervisor"),
            *_synced("wang"),
        ),
    ),
    "old_rows_not_sent": Trace(
        Invariant.MIRROR,
        (
            do("create_customer", name="zhao"),
            *_synced("zhao", "wang"),
            do("change_role", name="wang", role="supervisor"),
            *_synced("wang"),
        ),
    ),
    "removals_purged": Trace(
        Invariant.BURIED,
        (
            do("create_customer", name="wang"),
            do("follow_up", name="wang", which=0, then=False),
            *_synced("wang", "jie"),
            do("follow_up", name="wang", which=0, then=True),
            *_synced("wang", "jie"),
        ),
    ),
    "own_write_vanishes": Trace(
        Invariant.ON_SHOW, (do("create_customer", name="wang"), do("exchange", name="wang", fate="good"))
    ),
    "bad_row_blocks_queue": Trace(
        Invariant.ALIVE, (do("something_wrong", name="wang"), do("create_customer", name="wang"), *_synced("wang"))
    ),
    "bad_row_fails_batch": Trace(
        Invariant.ALIVE, (do("something_wrong", name="wang"), do("create_customer", name="wang"), *_synced("wang"))
    ),
    # He writes for two customers without a network, of whom one goes into the other, who is then deleted.
    "restored_in_part": Trace(
        Invariant.DURABLE,
        (
            do("create_customer", name="wang"),
            do("create_customer", name="wang"),
            *_synced("wang", "boss"),
            do("add_note", name="wang", which=0),
            do("edit_grade", name="wang", which=0, grade="A"),
            do("plan_visit", name="wang", which=1),
            do("part_with", which=0, into=1, how="merge"),
            *_synced("boss"),
            do("part_with", which=0, into=0, how="delete"),
            *_synced("wang"),
            do("bring_back", which=0),
            *_synced("wang"),
            do("send_again", name="wang"),
            *_synced("wang"),
        ),
    ),
}
"""Planted bug → the trace that finds it."""


def _restored(*between: Step) -> Trace:
    """A device put back to a backup sends a row again that was deleted since. between: creating it and deleting it."""
    return Trace(
        Invariant.BURIED,
        (
            do("create_customer", name="wang"),
            *_synced("wang"),
            do("follow_up", name="wang", which=0, then=False),
            do("back_up", name="wang"),
            *between,
            do("follow_up", name="wang", which=0, then=True),
            *_synced("wang"),
            do("restore", which=0),
            *_synced("wang"),
        ),
    )


RESTORED = {"deleted later": _restored(*_synced("wang")), "deleted in the same push": _restored()}
"""What is deleted stays deleted. Both find `removals_purged` too."""

BY_HAND = {
    "deleted on one device, restored on another, worked for on a third": Trace(
        Invariant.DURABLE,
        (
            do("create_customer", name="wang"),
            do("create_customer", name="wang"),
            *_synced("wang", "jie", "boss"),
            do("add_note", name="wang", which=0),
            do("edit_grade", name="wang", which=0, grade="A"),
            do("part_with_by_hand", name="jie", which=0, back=False),
            do("part_with_by_hand", name="boss", which=0, back=False),
            do("part_with_by_hand", name="boss", which=0, back=True),
            do("part_with_by_hand", name="boss", which=1, back=False),
            *_synced("jie", "wang", "boss", "jie"),
            do("part_with_by_hand", name="jie", which=0, back=True),
            do("send_again", name="wang"),
            *_synced("wang", "jie"),
            do("part_with_by_hand", name="boss", which=0, back=True),
            *_synced("boss", "wang", "jie"),
        ),
    )
}
"""Deletions and restores without a network, in whatever order they arrive. No planted bug is looked for with it."""
