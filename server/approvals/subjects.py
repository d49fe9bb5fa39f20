"""What can be asked for: each area that has something to approve registers its kind. Part of what the root wires.

Approvals calls these in its own transaction: what a decision does and the decision itself are made together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from server.approvals.transitions import Answer
from server.core.problems import problem_type
from server.core.uow import UnitOfWork

TOPIC_UNKNOWN = problem_type(
    "approvals.topic-unknown",
    422,
    zh="没有这种审批主题。",
    en="There is no such topic of approval.",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The last decision about a request. answer: approved, returned or rejected. for_id: whom its maker stood in for."""

    answer: Answer
    decided_by: str
    for_id: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing that is approved. kind: of its rows. topic: of its routes.

    decided: called with the subject's id when the last step is decided. must_be_ready: raises Refused as long as it may
    not be approved. preload: loads, at once, the subjects of a batch of decisions.
    """

    kind: str
    topic: str
    decided: Callable[[UnitOfWork, str, Outcome], Any]
    must_be_ready: Callable[[UnitOfWork, str], None] = lambda _uow, _subject_id: None
    preload: Callable[[UnitOfWork, Iterable[str]], None] = lambda _uow, _ids: None


SUBJECTS: dict[str, Subject] = {}
"""Kind → what is done with it."""


def register(subject: Subject) -> Subject:
    """Make a kind known; the composition root does it once for each. Registering again changes nothing."""
    if SUBJECTS.setdefault(subject.kind, subject) is not subject:
        raise ValueError(f"two subjects are called {subject.kind}")
    return subject


def topics() -> list[str]:
    """The topics that routes can be made for."""
    return sorted({each.topic for each in SUBJECTS.values()})
