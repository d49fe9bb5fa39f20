"""The catalogue of problems: what one way to be refused is, and where all of them are listed. Pure: no Flask.

Areas import `problem_type` from server.core.problems, where the general problems stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from server.core.i18n import STATUS_TITLES, Text

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9]*(-[a-z0-9]+)*)+")
PROBLEMS_PATH = "/api/v1/problems"
"""Where the catalogue is served; the `type` of a problem points into it."""


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One way to be refused.

    code: `area.kebab`, stable for ever. status: HTTP. text: for people. doc: English, for docs/problems.md: when it comes
    and what a client does about it. params: all names that may go with it, those in the text and those for machines only.
    """

    code: str
    status: int
    text: Text
    doc: str = ""
    params: frozenset[str] = frozenset()

    @property
    def uri(self) -> str:
        """The `type` of RFC 9457: a place in the catalogue of the server that answered."""
        return f"{PROBLEMS_PATH}#{self.code}"


class Catalogue:
    """Problem types by code. The product has one, CATALOGUE; tests make their own."""

    def __init__(self) -> None:
        self._types: dict[str, ProblemType] = {}

    def add(self, problem: ProblemType) -> ProblemType:
        """Raises ValueError for a code that is taken or misspelt, or a status that is no refusal."""
        if not _CODE.fullmatch(problem.code):
            raise ValueError(f"{problem.code!r} is not a problem code")
        if problem.code in self._types:
            raise ValueError(f"the problem {problem.code} is declared twice")
        if problem.status not in STATUS_TITLES:
            raise ValueError(f"{problem.code}: {problem.status} is no status of a refusal")
        self._types[problem.code] = problem
        return problem

    def get(self, code: str) -> ProblemType | None:
        """The type of that code."""
        return self._types.get(code)

    def __iter__(self) -> Iterator[ProblemType]:
        return iter(sorted(self._types.values(), key=lambda each: each.code))

    def __len__(self) -> int:
        return len(self._types)


CATALOGUE = Catalogue()


def problem_type(
    code: str,
    status: int,
    *,
    zh: str,
    en: str,
    doc: str = "",
    extra: Iterable[str] = (),
    catalogue: Catalogue = CATALOGUE,
) -> ProblemType:
    """Declare a problem, at import and once.

    zh, en: the message, `{name}` where a param goes in. extra: names of params that machines read and no text shows.
    Raises ValueError when the code is taken, a language is missing, or the texts fill in different names.
    """
    text = Text(zh, en)
    params = text.names | frozenset(extra)
    if {"problem", "field"} & params:
        raise ValueError(f"{code}: `problem` and `field` are no names of params")
    return catalogue.add(ProblemType(code, status, text, doc, params))
