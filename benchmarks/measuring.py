"""Measuring two sides in turn, and what is kept and printed of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from threading import Event, Thread
from typing import Any, Self

import psutil

LIMIT = 3.0
"""How much slower than its peer the product may be."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One comparison. product, raw: medians in `unit`, smaller is better. limit: of product / raw; None is only told."""

    name: str
    unit: str
    product: float
    raw: float
    limit: float | None = LIMIT

    @property
    def ratio(self) -> float:
        """How many times what the peer takes."""
        return self.product / self.raw

    @property
    def is_kept(self) -> bool:
        """Whether the limit is kept."""
        return self.limit is None or self.ratio <= self.limit

    def to_json(self) -> dict[str, Any]:
        """As it stands in the results."""
        return {**asdict(self), "ratio": round(self.ratio, 3)}


@dataclass(frozen=True, slots=True)
class Told:
    """A size or count beside the ratios. limit: the most it may be; None is only told."""

    name: str
    unit: str
    value: float
    limit: float | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the limit is kept."""
        return self.limit is None or self.value <= self.limit

    def to_json(self) -> dict[str, Any]:
        """As it stands in the results."""
        return asdict(self)


def milliseconds(work: Callable[[], object]) -> float:
    """How long `work` takes, on the clock of the wall."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


class Watch:
    """The highest resident size of a process while it is watched."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._done = process, Event()
        self._thread = Thread(target=self._look, daemon=True)
        self.before = self.highest = process.memory_info().rss

    def _look(self) -> None:
        while not self._done.wait(0.01):
            self.highest = max(self.highest, self._process.memory_info().rss)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def in_turn(rounds: int, *sides: Callable[[], float]) -> list[float]:
    """The median of each side's figures. The sides take turns, and each round begins with another one.

    Whatever else the machine does falls on all sides alike. One turn each before that warms up and is not counted.
    """
    found: list[list[float]] = [[] for _ in sides]
    for turn in range(rounds + 1):
        places = list(range(len(sides)))
        for place in places[turn % len(sides) :] + places[: turn % len(sides)]:
            figure = sides[place]()
            if turn:
                found[place].append(figure)
    return [median(figures) for figures in found]


def lines(results: list[Figure | Told]) -> list[str]:
    """The table that is printed."""
    rows = [("", "product", "raw", "ratio", "limit", "")]
    for each in results:
        kept = "" if each.limit is None else ("kept" if each.is_kept else "BROKEN")
        limit = "" if each.limit is None else f"{each.limit:g}"
        if isinstance(each, Figure):
            rows.append(
                (
                    f"{each.name} ({each.unit})",
                    f"{each.product:.2f}",
                    f"{each.raw:.2f}",
                    f"{each.ratio:.2f}",
                    limit,
                    kept,
                )
            )
        else:
            rows.append((f"{each.name} ({each.unit})", f"{each.value:.1f}", "", "", limit, kept))
    widths = [max(len(row[place]) for row in rows) for place in range(6)]
    return [
        "  ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
