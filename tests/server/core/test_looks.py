"""Looks and their bands: nothing within the promised distance is missed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.core import looks

LOOKS = st.integers(0, (1 << 64) - 1)


def flipped(look: int, places: set[int]) -> int:
    for place in places:
        look ^= 1 << place
    return look


@given(LOOKS, st.sets(st.integers(0, 63), max_size=looks.MOST))
def test_a_look_within_reach_shares_a_band_or_one_beside_it(look: int, places: set[int]) -> None:
    other = flipped(look, places)
    assert looks.distance(look, other) == len(places)
    near = zip(looks.bands(look), looks.bands(other), strict=True)
    assert any(theirs in looks.beside(ours) for ours, theirs in near)


def test_one_bit_more_can_be_missed() -> None:
    """Two in each band: so MOST is no smaller than it has to be."""
    other = flipped(0, {0, 1, 16, 17, 32, 33, 48, 49})
    assert looks.distance(0, other) == looks.MOST + 1
    assert not any(b in looks.beside(a) for a, b in zip(looks.bands(0), looks.bands(other), strict=True))


@given(LOOKS)
def test_what_a_database_keeps_is_the_same_look(look: int) -> None:
    kept = looks.signed(look)
    assert -(1 << 63) <= kept < 1 << 63
    assert looks.bands(kept) == looks.bands(look)
    assert looks.distance(kept, look) == 0
