"""Cells of a sheet that were merged into one: which of a row lie under another. Knows XML and numbers, no customers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

MAX_COLUMNS = 100
"""What is read of a row."""
_AREAS_MOST = 200_000
_CHUNK = 1024 * 1024
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """Cells that were merged into their upper left. Rows from 1, columns from 0."""

    top: int
    bottom: int
    left: int
    right: int


class Merges:
    """Which cells lie under a merged one, row by row from the first: areas may be a million rows high."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._below = sorted(areas, reverse=True)
        self._here: list[Area] = []

    def under(self, number: int) -> set[int]:
        """The columns of the next row. Raises ValueError when more areas meet there than there are columns."""
        while self._below and self._below[-1].top <= number:
            self._here.append(self._below.pop())
        self._here = [each for each in self._here if each.bottom >= number]
        if len(self._here) > MAX_COLUMNS:
            raise ValueError("areas on top of each other")
        return {
            column
            for each in self._here
            for column in range(each.left, each.right + 1)
            if (number, column) != (each.top, each.left)
        }


def areas_of(file: IO[bytes]) -> list[Area]:
    """The merged areas of a sheet's XML, at whose end they stand. Raises ValueError when nobody can have made so many."""
    found: list[Area] = []
    rest = b""
    while chunk := file.read(_CHUNK):
        seen = rest + chunk
        for match in _MERGED.finditer(seen):
            right = min(_column(match[3]), MAX_COLUMNS - 1)
            found.append(Area(int(match[2]), int(match[4]), _column(match[1]), right))
        if len(found) > _AREAS_MOST:
            raise ValueError("too many merged areas")
        cut = seen.rfind(b"<")
        rest = seen[cut:] if cut >= 0 and len(seen) - cut < 200 else b""
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number - 1
