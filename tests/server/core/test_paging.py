"""Cursors: good for one list, readable and makeable by the server alone."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.paging import MAX_CURSOR_CHARS, Cursors
from server.core.problems import Refused

SECRET = bytes(range(32))
CURSORS = Cursors(SECRET)
SCOPE = ["customers", "018f2f2e-0000-7000-8000-000000000001", "grade=A"]

parts = st.lists(
    st.text(st.characters(codec="utf-8"), max_size=40) | st.integers(-(2**53), 2**53), min_size=1, max_size=4
)


@given(parts)
def test_a_cursor_gives_back_its_key(key: list[str | int]) -> None:
    cursor = CURSORS.encode(SCOPE, key)
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert Cursors(SECRET).decode(SCOPE, cursor, *map(type, key)) == tuple(key)


def test_an_empty_part_is_allowed() -> None:
    assert CURSORS.decode(SCOPE, CURSORS.encode(SCOPE, [None, "a"]), int, str) == (None, "a")


def test_without_a_cursor_it_is_the_first_page() -> None:
    assert CURSORS.decode(SCOPE, None, str) is None


def test_a_cursor_does_not_show_what_is_in_it() -> None:
    cursor = CURSORS.encode(SCOPE, ["wang xiaoming", 1])
    raw = base64.urlsafe_b64decode(cursor + "==")
    assert b"wang" not in raw
    assert CURSORS.encode(SCOPE, ["wang xiaoming", 1]) != cursor


@given(parts, st.data())
def test_a_cursor_that_was_touched_is_refused(key: list[str | int], data: st.DataObject) -> None:
    cursor = CURSORS.encode(SCOPE, key)
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda each: each != cursor[place]))
    for touched in (cursor[:place] + other + cursor[place + 1 :], cursor[:place], cursor + other, cursor + "="):
        with pytest.raises(Refused, match=r"core\.bad-cursor"):
            CURSORS.decode(SCOPE, touched, *map(type, key))


@pytest.mark.parametrize(
    "scope", [["visits", *SCOPE[1:]], [SCOPE[0], "018f2f2e-0000-7000-8000-000000000002", SCOPE[2]], [*SCOPE[:2], "grade=B"], [*SCOPE, ""], []]
)  # fmt: skip
def test_a_cursor_is_good_for_its_list_organisation_and_filter_only(scope: list[str]) -> None:
    with pytest.raises(Refused):
        CURSORS.decode(scope, CURSORS.encode(SCOPE, ["a"]), str)


def test_scopes_do_not_run_together() -> None:
    with pytest.raises(Refused):
        CURSORS.decode(["ab", "c"], CURSORS.encode(["a", "bc"], ["x"]), str)


def test_a_cursor_of_another_installation_is_refused() -> None:
    with pytest.raises(Refused):
        Cursors(bytes(32)).decode(SCOPE, CURSORS.encode(SCOPE, ["a"]), str)


@pytest.mark.parametrize("kinds", [(str,), (str, str), (int, str), (str, int, int), ()])
def test_what_comes_out_has_the_types_the_list_sorts_by(kinds: tuple[type, ...]) -> None:
    with pytest.raises(Refused):
        CURSORS.decode(SCOPE, CURSORS.encode(SCOPE, ["a", 1]), *kinds)


@given(st.text(st.characters(), max_size=100))
def test_no_text_does_anything_but_be_refused(text: str) -> None:
    with pytest.raises(Refused):
        CURSORS.decode(SCOPE, text, str)


def test_a_long_text_is_not_even_looked_at() -> None:
    with pytest.raises(Refused):
        CURSORS.decode(SCOPE, "A" * (MAX_CURSOR_CHARS + 1), str)
