"""What a check-in proves, at the edges of every limit. No database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.fieldwork.check_in import (
    Fix,
    LocationVerdict,
    Place,
    distance_m,
    fix_of,
    is_on_earth,
    judge_check_in,
    place_of,
)

# People's Square, Shanghai. On the meridian 1 m is 90 units of 1e-7 degree (89.93).
HERE = Place(312_304_000, 1_214_737_000, 200)
GOOD = Fix(312_304_000, 1_214_737_000, accuracy_m=20, age_s=5)
UNIT = 10_000_000 / 111_195.08


def north(metres: int, **given: Any) -> Fix:
    return replace(GOOD, latitude_e7=HERE.latitude_e7 + round(metres * UNIT), **given)


@pytest.mark.parametrize(
    ("here", "there", "metres", "within"),
    [
        # Known distances: one degree of a meridian and of the equator on the mean sphere, then cities (±0.5 %).
        ((0, 0), (10_000_000, 0), 111_195, 1),
        ((0, 1_795_000_000), (0, -1_795_000_000), 111_195, 1),  # across the date line
        ((0, 900_000_000), (0, -900_000_000), 20_015_115, 1),  # half round the earth
        ((900_000_000, 0), (900_000_000, 1_700_000_000), 0, 0),  # all meridians meet at the pole
        ((312_304_000, 1_214_737_000), (399_042_000, 1_164_074_000), 1_067_000, 5_000),  # Shanghai, Beijing
        ((515_074_000, -1_278_000), (488_566_000, 23_522_000), 343_500, 1_500),  # London, Paris
    ],
)
def test_known_distances(here: tuple[int, int], there: tuple[int, int], metres: int, within: int) -> None:
    assert abs(distance_m(Fix(*here), Place(*there)) - metres) <= within
    assert distance_m(Fix(*here), Place(*there)) == distance_m(Fix(*there), Place(*here))


@pytest.mark.parametrize(
    ("fix", "verdict", "reason", "distance"),
    [
        (None, "unverified", "no_fix", None),
        (GOOD, "verified", "inside", 0),
        # the circles touch at 200 + 20 m
        (north(220), "verified", "inside", 220),
        (north(221), "outside", "outside", 221),
        (north(50_000), "outside", "outside", 50_000),
        # a coarse fix proves nothing unless it is away for certain
        (north(0, accuracy_m=200), "verified", "inside", 0),
        (north(0, accuracy_m=201), "unverified", "coarse", 0),
        (north(400, accuracy_m=200), "verified", "inside", 400),
        (north(401, accuracy_m=200), "outside", "outside", 401),
        (north(401, accuracy_m=201), "unverified", "coarse", 401),
        (north(50_000, accuracy_m=3_000), "outside", "outside", 50_000),
        (north(0, accuracy_m=2**53 - 1), "unverified", "coarse", 0),
        # no receiver is exact
        (replace(GOOD, accuracy_m=None), "unverified", "no_accuracy", 0),
        (replace(GOOD, accuracy_m=0), "unverified", "no_accuracy", 0),
        (replace(GOOD, accuracy_m=-5), "unverified", "no_accuracy", 0),
        (replace(GOOD, accuracy_m=1), "verified", "inside", 0),
        # ten minutes, the last second included; a fix from the future is none
        (replace(GOOD, age_s=600), "verified", "inside", 0),
        (replace(GOOD, age_s=601), "unverified", "stale", 0),
        (replace(GOOD, age_s=0), "verified", "inside", 0),
        (replace(GOOD, age_s=-1), "unverified", "stale", 0),
        (replace(GOOD, age_s=None), "unverified", "stale", 0),
        (replace(GOOD, is_mock=True), "unverified", "mock", 0),
        (north(50_000, is_mock=True), "unverified", "mock", 50_000),
        # what a failed or made-up fix looks like
        (replace(GOOD, latitude_e7=0, longitude_e7=0), "unverified", "impossible", None),
        (replace(GOOD, latitude_e7=900_000_001), "unverified", "impossible", None),
        (replace(GOOD, latitude_e7=-900_000_001), "unverified", "impossible", None),
        (replace(GOOD, longitude_e7=1_800_000_001), "unverified", "impossible", None),
        (replace(GOOD, longitude_e7=-(2**53)), "unverified", "impossible", None),
        (replace(GOOD, latitude_e7=0, longitude_e7=0, is_mock=True), "unverified", "impossible", None),
    ],
)
def test_judging(fix: Fix | None, verdict: str, reason: str, distance: int | None) -> None:
    judged = judge_check_in(fix, HERE)
    assert (judged.verdict.value, judged.reason.value) == (verdict, reason)
    if distance is None:
        assert judged.distance_m is None
    else:
        assert judged.distance_m is not None
        assert abs(judged.distance_m - distance) <= distance // 2_000


def test_a_place_that_is_not_known_verifies_nothing() -> None:
    judged = judge_check_in(GOOD, None)
    assert (judged.verdict.value, judged.reason.value, judged.distance_m) == ("unverified", "no_place", None)
    assert judge_check_in(replace(GOOD, is_mock=True), None).reason == "mock"


def test_a_radius_of_the_place_counts() -> None:
    assert judge_check_in(north(100), replace(HERE, radius_m=50)).verdict is LocationVerdict.OUTSIDE
    assert judge_check_in(north(2_000), replace(HERE, radius_m=5_000)).verdict is LocationVerdict.VERIFIED


def test_halves_of_a_point_are_no_point() -> None:
    assert fix_of(None, 5, 1, 1, is_mock=False) is None
    assert fix_of(5, None, 1, 1, is_mock=False) is None
    assert fix_of(5, 6, None, None, is_mock=True) == Fix(5, 6, is_mock=True)
    assert place_of(None, 5, 100) is None
    assert place_of(5, None, 100) is None
    assert place_of(0, 0, 100) is None
    assert place_of(5, 6, None) == Place(5, 6, 200)
    assert place_of(5, 6, 70) == Place(5, 6, 70)


@pytest.mark.parametrize("point", [(900_000_000, 1_800_000_000), (-900_000_000, -1_800_000_000), (0, 1), (1, 0)])
def test_the_corners_of_the_grid_are_on_earth(point: tuple[int, int]) -> None:
    assert is_on_earth(*point)


anything = st.one_of(st.none(), st.integers(-(2**53) + 1, 2**53 - 1))


@given(anything, anything, anything, anything, st.booleans(), st.booleans())
def test_whatever_a_device_says_gets_a_verdict(
    latitude: int | None, longitude: int | None, accuracy: int | None, age: int | None, is_mock: bool, known: bool
) -> None:
    judged = judge_check_in(fix_of(latitude, longitude, accuracy, age, is_mock=is_mock), HERE if known else None)
    assert judged.verdict is not LocationVerdict.NONE
    assert judged.distance_m is None or 0 <= judged.distance_m <= 20_015_116
    if judged.verdict is LocationVerdict.VERIFIED:
        assert not is_mock
        assert judged.distance_m is not None
        assert judged.distance_m <= 400
