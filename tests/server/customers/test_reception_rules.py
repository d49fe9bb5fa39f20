"""When somebody was received, as far as clocks can say, and who is proposed: cases at the edges. No database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.core.clock import DeviceClock
from server.core.problems import Refused
from server.customers.lead_conflicts.rules import Because, Chosen, Met, check_open, propose, shares_of
from server.customers.receptions.rules import CLOCK_DOUBT, check_received, place

NOW = datetime(2025, 3, 3, 10, 0, tzinfo=UTC)
MORNING = NOW - timedelta(hours=10)
"""The exchange before: at eight in Shanghai, of a day whose queue arrives at six in the evening."""
LAST_WEEK = NOW - timedelta(days=7)
ZERO, MINUTE, HOUR = timedelta(0), timedelta(minutes=1), timedelta(hours=1)
TICK = timedelta(milliseconds=1)


def _clock(
    behind: timedelta | None = ZERO, before: timedelta | None = ZERO, at: datetime | None = MORNING
) -> DeviceClock:
    return DeviceClock(LAST_WEEK, behind, at, before)


MET = NOW - 8 * HOUR
PLACED = [
    # a clock that is right: it was as it says, give or take
    ("right", MET, MET, _clock(), Met(MET, CLOCK_DOUBT)),
    # a clock that was wrong in the morning and still is, by as much: corrected
    ("slow", MET - HOUR, MET - HOUR, _clock(HOUR, HOUR), Met(MET, CLOCK_DOUBT)),
    ("fast by two days", MET + 48 * HOUR, MET + 48 * HOUR, _clock(-48 * HOUR, -48 * HOUR), Met(MET, CLOCK_DOUBT)),
    # set meanwhile: the morning's difference counts, and nobody knows when it changed
    ("set by 30 minutes", MET, MET, _clock(30 * MINUTE, ZERO), Met(MET, CLOCK_DOUBT + 30 * MINUTE)),
    # written down later than it was: from memory
    ("remembered", MET, MET + 50 * MINUTE, _clock(), Met(MET, CLOCK_DOUBT + 50 * MINUTE)),
    ("written before it was", MET + MINUTE, MET, _clock(), Met(MET + MINUTE, CLOCK_DOUBT)),
    # bounded by the last exchange and the arrival
    ("at the last exchange", MORNING, MORNING, _clock(), Met(MORNING, CLOCK_DOUBT)),
    ("just before it", MORNING - CLOCK_DOUBT, MORNING - CLOCK_DOUBT, _clock(), Met(MORNING - CLOCK_DOUBT, CLOCK_DOUBT)),
    ("before it", MORNING - CLOCK_DOUBT - TICK, MORNING - CLOCK_DOUBT - TICK, _clock(), Met(None)),
    (
        "begun before it",
        MORNING - 9 * MINUTE,
        MORNING + MINUTE,
        _clock(),
        Met(MORNING - 9 * MINUTE, CLOCK_DOUBT + 10 * MINUTE),
    ),
    ("at arrival", NOW, NOW, _clock(), Met(NOW, CLOCK_DOUBT)),
    ("a little after", NOW + CLOCK_DOUBT, NOW + CLOCK_DOUBT, _clock(), Met(NOW, CLOCK_DOUBT)),
    ("written after arrival", NOW, NOW + CLOCK_DOUBT + TICK, _clock(), Met(None)),
    ("after arrival", NOW + CLOCK_DOUBT + TICK, NOW, _clock(), Met(None)),
    # a device that was never heard before: since it was enrolled, with the difference of today
    ("first contact", MET - HOUR, MET - HOUR, _clock(HOUR, None, None), Met(MET, CLOCK_DOUBT)),
    ("before it was enrolled", LAST_WEEK - HOUR, LAST_WEEK - HOUR, _clock(ZERO, None, None), Met(None)),
    # heard in the morning without a word of its clock
    ("nothing to compare with", MET, MET, _clock(ZERO, None), Met(MET, CLOCK_DOUBT)),
    ("no word now", MET, MET, _clock(None), Met(None)),
    # the office
    ("office, now", NOW, NOW, None, Met(NOW, ZERO)),
    ("office, from memory", MET, NOW, None, Met(MET, 8 * HOUR)),
    ("office, in future", NOW + TICK, NOW, None, Met(None)),
]


@pytest.mark.parametrize(
    ("claimed", "made_at", "clock", "expected"), [each[1:] for each in PLACED], ids=[each[0] for each in PLACED]
)
def test_when_it_was(claimed: datetime, made_at: datetime, clock: DeviceClock | None, expected: Met) -> None:
    assert place(claimed, made_at=made_at, clock=clock, now=NOW) == expected


@pytest.mark.parametrize(
    ("first", "second", "side", "because"),
    [
        (Met(MET, 2 * MINUTE), Met(MET + 35 * MINUTE, 2 * MINUTE), Chosen.FIRST, Because.EARLIER),
        (Met(MET + 35 * MINUTE, 2 * MINUTE), Met(MET, 2 * MINUTE), Chosen.SECOND, Because.EARLIER),
        (Met(MET, 2 * MINUTE), Met(MET + 4 * MINUTE, 2 * MINUTE), None, Because.TOO_NEAR),
        (Met(MET, 2 * MINUTE), Met(MET + 4 * MINUTE + TICK, 2 * MINUTE), Chosen.FIRST, Because.EARLIER),
        (Met(MET, 40 * MINUTE), Met(MET + 35 * MINUTE), None, Because.TOO_NEAR),
        (Met(MET), Met(MET), None, Because.TOO_NEAR),
        (Met(MET), Met(MET + TICK), Chosen.FIRST, Because.EARLIER),
        (Met(None), Met(MET), None, Because.UNPLACED),
        (Met(MET), Met(None), None, Because.UNPLACED),
        (Met(None), Met(None), None, Because.UNPLACED),
    ],
)  # fmt: skip
def test_who_is_proposed(first: Met, second: Met, side: Chosen | None, because: Because) -> None:
    found = propose(first, second)
    assert (found.side, found.because) == (side, because)


@pytest.mark.parametrize(("other", "both"), [(None, (100, 0)), (1, (99, 1)), (40, (60, 40)), (99, (1, 99))])
def test_shares_sum_to_a_hundred(other: int | None, both: tuple[int, int]) -> None:
    assert shares_of(other) == both
    assert sum(both) == 100


def test_what_is_settled_says_what_holds() -> None:
    check_open("open", None)
    for state in ("ruled", "dismissed", "closed"):
        with pytest.raises(Refused) as refused:
            check_open(state, "x")
        assert (refused.value.code, dict(refused.value.params)) == (
            "customers.conflict-settled", {"state": state, "owner_id": "x"},
        )  # fmt: skip


def test_the_office_receives_nobody_in_the_future() -> None:
    assert check_received(NOW, NOW) == NOW
    with pytest.raises(Refused, match=r"customers\.received-in-future"):
        check_received(NOW + TICK, NOW)
