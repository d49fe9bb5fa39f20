"""Patterns of the OpenAPI document beside the judges they stand for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from server.core.field_patterns import DAY, INSTANT, typed_pattern
from server.core.fields import DayField, InstantField


def takes(field: fields.Field[Any], text: str) -> bool:
    try:
        field.deserialize(text)
    except ValidationError:
        return False
    return True


@given(st.dates().map(lambda day: day.isoformat()))
def test_a_day_that_fits_is_one_that_is_taken(text: str) -> None:
    assert (re.search(DAY, text) is not None) == takes(DayField(), text)


@given(st.datetimes().map(lambda instant: f"{instant.isoformat()}Z"))
def test_an_instant_that_fits_is_one_that_is_taken(text: str) -> None:
    assert (re.search(INSTANT, text) is not None) == takes(InstantField(), text)


@pytest.mark.parametrize(
    ("text", "fits"),
    [("a-1", True), ("ａ-１", True), ("A-1", False), ("a_1", False), ("a-1\n", False), ("xa-1", False), ("", False)],
)
def test_what_is_typed_in_full_width_fits_too(text: str, fits: bool) -> None:
    # ECMA-262's $, unlike Python's, matches at the very end only.
    pattern = typed_pattern("[a-z]-[0-9]").replace("$", r"\Z")
    assert (re.search(pattern, text) is not None) == fits
