"""The choice of language, and texts with values in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.i18n import Language, Text, choose_language, field_text, printable


@pytest.mark.parametrize(
    ("header", "default", "chosen"),
    [
        (None, "zh", "zh"),
        (None, "en", "en"),
        ("", "en", "en"),
        ("en", "zh", "en"),
        ("zh", "en", "zh"),
        ("zh-Hant-TW", "en", "zh"),
        ("EN-gb", "zh", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "en", "zh"),
        ("en;q=0.5, zh;q=0.9", "en", "zh"),
        ("en;q=0.9, zh;q=0.5", "zh", "en"),
        ("zh,en", "en", "zh"),
        ("fr, de;q=0.5", "zh", "zh"),
        ("fr, en;q=0.1", "zh", "en"),
        ("*", "en", "en"),
        ("*;q=0.5, zh;q=0.1", "en", "en"),
        ("zh;q=0", "en", "en"),
        ("en;q=0, zh", "en", "zh"),
        ("zh;q=nan", "en", "en"),
        ("zh;q=-1", "en", "en"),
        ("zh;q=１", "en", "en"),
        ("zh;level=1", "en", "en"),
        ("zh;q=7, en;q=1", "en", "zh"),
        ("zhx, english", "en", "en"),
        ("x," * 100_000 + "en", "zh", "zh"),
    ],
)
def test_the_language_is_the_best_of_ours_that_is_asked_for(header: str, default: Language, chosen: Language) -> None:
    assert choose_language(header, default) == chosen


@given(header=st.text(), default=st.sampled_from(["zh", "en"]))
def test_no_header_is_too_odd(header: str, default: Language) -> None:
    assert choose_language(header, default) in ("zh", "en")


def test_a_list_is_joined_as_the_language_does() -> None:
    text = Text("缺 {what}", "Missing {what}")
    assert text.fill("zh", {"what": ["a", "b"]}) == "缺 a、b"
    assert text.fill("en", {"what": ["a", "b"]}) == "Missing a, b"


def test_a_missing_value_does_not_fail_the_answer() -> None:
    assert field_text("too-long", "en", {}) == "The length must be at most …."


def test_an_unknown_code_is_merely_invalid() -> None:
    assert field_text("Missing data for required field.", "zh", {}) == "无效。"


@given(st.text(st.characters(), max_size=300))
def test_printable_text_can_stand_anywhere(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown) <= 201
    shown.encode("utf-8")


def test_what_just_fits_is_not_cut() -> None:
    assert printable("a" * 200) == "a" * 200
    assert printable("a" * 201) == "a" * 200 + "…"
