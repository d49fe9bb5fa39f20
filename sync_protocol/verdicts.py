"""What became of an operation, and how that is written on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """applied: done as sent. merged: done, onto a row that had changed elsewhere. duplicate: a create of a row that is
    there already with this content. conflict: some field was changed by another hand since; the server's value stays,
    the rest is done. rejected: not done, see the code. skipped: not tried, as its parent or another operation of its
    group was refused. retry: not decided; nothing is remembered of it.
    """

    APPLIED = "applied"
    MERGED = "merged"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    RETRY = "retry"

    @property
    def accepted(self) -> bool:
        """The operation had its effect, or as much of it as it could; a checkpoint will show it."""
        return self in _ACCEPTED

    @property
    def refused(self) -> bool:
        """The operation had no effect and never will under this number; a person has to look at it."""
        return self in _REFUSED


_ACCEPTED = frozenset({Verdict.APPLIED, Verdict.MERGED, Verdict.DUPLICATE, Verdict.CONFLICT})
_REFUSED = frozenset({Verdict.REJECTED, Verdict.SKIPPED})


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on operation n of an enrolment. All but retry are kept in the ledger and given again on a resend.

    version: of the row afterwards, None when it was not touched.
    visible_at: the head from which a checkpoint shows the effect; None when there is nothing to wait for.
    row: the server's values, where they differ from what was sent; field → wire value, may be partial.
    """

    n: int
    verdict: Verdict
    version: int | None = None
    visible_at: int | None = None
    code: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    row: Mapping[str, Any] | None = None

    def to_wire(self) -> dict[str, Any]:
        """As it stands in push.verdicts; row only when there is one."""
        wire: dict[str, Any] = {
            "n": self.n,
            "verdict": self.verdict.value,
            "version": self.version,
            "visible_at": self.visible_at,
            "code": self.code,
            "params": dict(self.params),
        }
        if self.row is not None:
            wire["row"] = dict(self.row)
        return wire

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Decision":
        """From push.verdicts. Raises KeyError, TypeError or ValueError when it has not that shape."""
        decision = cls(
            n=wire["n"],
            verdict=Verdict(wire["verdict"]),
            version=wire.get("version"),
            visible_at=wire.get("visible_at"),
            code=wire.get("code"),
            params=dict(wire.get("params") or {}),
            row=None if wire.get("row") is None else dict(wire["row"]),
        )
        numbers = (decision.n, decision.version or 0, decision.visible_at or 0)
        if any(type(number) is not int for number in numbers):
            raise TypeError("a verdict's numbers are integers")
        return decision
