"""Base45: the examples of RFC 9285, and that no two texts mean the same bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.membership.cards import base45


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"\xff\xff", "FGW"),
        (b"\xff", "U5"),
        (b"", ""),
    ],
)
def test_the_examples_of_rfc_9285(raw: bytes, text: str) -> None:
    assert base45.encode(raw) == text
    assert base45.decode(text) == raw


@pytest.mark.parametrize(
    "text", ["A", "AAAA", "GGW", ":::", "V5", "::", "aB8", "BB8\n", "BB８", "BB,", "é00", "\x00" * 3]
)
def test_what_encode_never_gives_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        base45.decode(text)


@given(st.binary(max_size=300))
def test_bytes_come_back_and_no_end_can_be_trimmed(raw: bytes) -> None:
    text = base45.encode(raw)
    assert base45.decode(text) == raw
    assert text == text.rstrip()


@given(st.text(base45.ALPHABET, max_size=30) | st.text(max_size=12))
def test_a_text_that_is_taken_is_the_only_one_for_its_bytes(text: str) -> None:
    try:
        raw = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(raw) == text
