"""docs/coverage.md names tests that are there, and each row of the domain's list, scenario and sentence once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"\| ([SUZ]?\d+) \| .+ \| (.+) \|")
NAMED = re.compile(r"`((?:tests|handheld)/[^`:]+)(?:::([^`\[]+))?[^`]*`")
LINES = [
    (found[1], found[2]) for found in map(LINE.fullmatch, (ROOT / "docs/coverage.md").read_text().splitlines()) if found
]


@pytest.mark.parametrize(("row", "shown"), LINES, ids=[row for row, _ in LINES])
def test_what_a_row_names_is_there(row: str, shown: str) -> None:
    named = NAMED.findall(shown)
    assert named, f"row {row} names no test"
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert not name or re.search(
            rf"\b(?:def {re.escape(name)}|class {re.escape(name)})\b", (ROOT / path).read_text()
        ), name


def test_a_row_stands_once() -> None:
    assert LINES
    assert [row for row, times in Counter(row for row, _ in LINES).items() if times > 1] == []
