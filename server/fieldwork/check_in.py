"""What the point of a check-in proves: judged when it arrives, never a reason to refuse. Pure: values in, values out.

Coordinates are integers in units of 1e-7 degree, lengths whole metres. Source: docs/rules/fieldwork.md, F7.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

DEFAULT_RADIUS_M = 200
"""The circle around a place that names none: a sales site with its car park, and a city's scatter of fixes."""
MAX_ACCURACY_M = 200
"""A fix coarser than this (a cell tower, not a satellite) proves no presence, though it may prove absence."""
MAX_FIX_AGE_S = 600
"""A fix may be this old when the visit starts; the last of these seconds still counts."""
EARTH_RADIUS_M = 6_371_009
"""Mean radius, IUGG."""
_DEGREE = 10_000_000


class LocationVerdict(StrEnum):
    """What is thought of where a visit began. none: it has not begun."""

    NONE = "none"
    VERIFIED = "verified"
    OUTSIDE = "outside"
    UNVERIFIED = "unverified"


class LocationReason(StrEnum):
    """Why. The order is the order of judging: the first that holds is kept."""

    NO_CHECK_IN = "no_check_in"
    NO_FIX = "no_fix"
    IMPOSSIBLE = "impossible"
    MOCK = "mock"
    STALE = "stale"
    NO_ACCURACY = "no_accuracy"
    NO_PLACE = "no_place"
    OUTSIDE = "outside"
    COARSE = "coarse"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Fix:
    """A point as a device claims it. accuracy_m: radius of 68 % confidence. age_s: seconds between fix and check-in.

    is_mock: the system says that an app supplied the point. That is a hint, no proof: external receivers look the same.
    """

    latitude_e7: int
    longitude_e7: int
    accuracy_m: int | None = None
    age_s: int | None = None
    is_mock: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the visit was to be."""

    latitude_e7: int
    longitude_e7: int
    radius_m: int = DEFAULT_RADIUS_M


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with its reason. distance_m: from place to fix, where both are points on the earth; shown, not proven."""

    verdict: LocationVerdict
    reason: LocationReason
    distance_m: int | None = None


def is_on_earth(latitude_e7: int, longitude_e7: int) -> bool:
    """Whether a device can have been there: within the grid, and not 0,0, which is what a failed fix looks like."""
    within = abs(latitude_e7) <= 90 * _DEGREE and abs(longitude_e7) <= 180 * _DEGREE
    return within and (latitude_e7, longitude_e7) != (0, 0)


def fix_of(
    latitude_e7: int | None, longitude_e7: int | None, accuracy_m: int | None, age_s: int | None, *, is_mock: bool
) -> Fix | None:
    """The fix that a device's values make; None when a coordinate is missing."""
    if latitude_e7 is None or longitude_e7 is None:
        return None
    return Fix(latitude_e7, longitude_e7, accuracy_m, age_s, is_mock)


def place_of(latitude_e7: int | None, longitude_e7: int | None, radius_m: int | None) -> Place | None:
    """The place that a visit's values make; None when it is not known or cannot be."""
    if latitude_e7 is None or longitude_e7 is None or not is_on_earth(latitude_e7, longitude_e7):
        return None
    return Place(latitude_e7, longitude_e7, DEFAULT_RADIUS_M if radius_m is None else radius_m)


def judge_check_in(fix: Fix | None, place: Place | None) -> Judgement:
    """Decide what a check-in proves.

    Outside needs the whole circle of uncertainty outside the place's circle; inside, that they touch and the fix is no
    coarser than MAX_ACCURACY_M. Everything else is unverified, with the first reason that holds.
    """
    if fix is None:
        return Judgement(LocationVerdict.UNVERIFIED, LocationReason.NO_FIX)
    if not is_on_earth(fix.latitude_e7, fix.longitude_e7):
        return Judgement(LocationVerdict.UNVERIFIED, LocationReason.IMPOSSIBLE)
    distance = None if place is None else distance_m(fix, place)
    if (doubt := _doubt(fix)) is not None:
        return Judgement(LocationVerdict.UNVERIFIED, doubt, distance)
    if place is None or distance is None:
        return Judgement(LocationVerdict.UNVERIFIED, LocationReason.NO_PLACE)
    accuracy = fix.accuracy_m or 0
    if distance - accuracy > place.radius_m:
        return Judgement(LocationVerdict.OUTSIDE, LocationReason.OUTSIDE, distance)
    if accuracy > MAX_ACCURACY_M:
        return Judgement(LocationVerdict.UNVERIFIED, LocationReason.COARSE, distance)
    return Judgement(LocationVerdict.VERIFIED, LocationReason.INSIDE, distance)


def _doubt(fix: Fix) -> LocationReason | None:
    """Why the fix proves nothing, wherever the place is."""
    if fix.is_mock:
        return LocationReason.MOCK
    if fix.age_s is None or not 0 <= fix.age_s <= MAX_FIX_AGE_S:
        return LocationReason.STALE
    # No receiver is exact: 0 is what made-up fixes say.
    if fix.accuracy_m is None or fix.accuracy_m <= 0:
        return LocationReason.NO_ACCURACY
    return None


def distance_m(fix: Fix, place: Place) -> int:
    """Great-circle distance in whole metres (haversine; up to 0.5 % off the ellipsoid)."""
    here, there = radians(fix.latitude_e7 / _DEGREE), radians(place.latitude_e7 / _DEGREE)
    east = radians((fix.longitude_e7 - place.longitude_e7) / _DEGREE)
    half = sin((here - there) / 2) ** 2 + cos(here) * cos(there) * sin(east / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half))))
