"""The chain of readings alone, without a server."""

from __future__ import annotations

import pytest

from kiosk.chain import Link, Order, genesis, judge_order
from sync_protocol.ids import new_id


def link(n: int, previous: str, digest: str) -> Link:
    return Link(new_id(), n, previous, digest)


ENROLMENT = "01933b6a-0000-7000-8000-00000000e001"
G = genesis(ENROLMENT)


@pytest.mark.parametrize(
    ("known", "given", "expected"),
    [
        ([], (1, G, "a"), Order.NEXT),
        ([], (1, "x", "a"), Order.BROKEN),
        ([], (2, "x", "b"), Order.GAP),
        ([(1, G, "a")], (2, "a", "b"), Order.NEXT),
        ([(1, G, "a")], (2, "x", "b"), Order.BROKEN),
        ([(1, G, "a")], (3, "b", "c"), Order.GAP),
        ([(1, G, "a")], (1, G, "z"), Order.FORK),
        ([(1, G, "a"), (3, "b", "c")], (2, "a", "b"), Order.LATE),
        ([(1, G, "a"), (3, "b", "c")], (2, "a", "z"), Order.BROKEN),
        ([(1, G, "a"), (3, "b", "c")], (2, "z", "b"), Order.BROKEN),
        ([(5, "d", "e")], (2, "a", "b"), Order.LATE),
        ([(5, "d", "e")], (4, "c", "z"), Order.BROKEN),
    ],
)
def test_a_place_in_the_chain_is_judged_by_the_neighbours_that_are_known(
    known: list[tuple[int, str, str]], given: tuple[int, str, str], expected: Order
) -> None:
    there = {n: link(n, previous, digest) for n, previous, digest in known}
    newest = max(there, default=0)
    assert judge_order(link(*given), there, newest=newest, enrolment_id=ENROLMENT) == expected
