"""Who may see and do what: role × data scope. The one permission function of lists, get, search, export, sync, sums.

Pure but for `Reach.condition`, which says the same in SQL. Semantics: docs/rules/access.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, or_, true

from server.core.problems import Refused, problem_type
from server.core.rows import Row, c

FORBIDDEN_FUNCTION = problem_type(
    "core.function-missing",
    status=403,
    zh="您的角色没有“{function}”权限。",
    en="Your role does not include the permission “{function}”.",
)


@dataclass(frozen=True, slots=True)
class Function:
    """One thing a role can be allowed to do; `code` is `<realm>.<verb>`.

    roles: codes of the system roles that have it from the start; the administrator has every function anyway.
    """

    code: str
    zh: str
    en: str
    roles: frozenset[str] = frozenset()


FUNCTIONS: dict[str, Function] = {}
"""All function permissions, declared by the areas."""


def function(code: str, *, zh: str, en: str, roles: Iterable[str] = ()) -> str:
    """Declare a function permission and return its code. Raises ValueError when it is declared twice."""
    if code in FUNCTIONS:
        raise ValueError(f"{code} is declared twice")
    FUNCTIONS[code] = Function(code, zh, en, frozenset(roles))
    return code


@cache
def realm_of(function_code: str) -> str:
    """The part of a function's code that names its buckets: `customers.read` → `customers`."""
    return function_code.partition(".")[0]


_UNITS = ("unit_id", "department_id")
"""Columns of a scoped row that name a unit it is seen through: its own, and the department it was passed to."""


class Columns(Protocol):
    """Columns by name: those of a row, or some of them by the names that every scoped row has them under."""

    def __getitem__(self, name: str, /) -> ColumnElement[Any]: ...

    def __contains__(self, name: str, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows one person reaches with one function: the union over the roles that grant it.

    own: rows he owns or wrote; all else that he reaches brings them with it. units: rows of these units (already with the
    units below), and rows that were passed to one of them (`department_id`). projects: rows of these projects. everything:
    all rows of the organisation.
    """

    user_id: str
    own: bool = False
    units: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.own or self.everything or bool(self.units) or bool(self.projects)

    def covers(self, row: Any) -> bool:
        """Whether a scoped row is within reach. A row's author goes on reaching what he wrote."""
        return self.holds(row) or (bool(self) and getattr(row, "author_id", None) == self.user_id)

    def holds(self, row: Any) -> bool:
        """Whether it is within reach by owner, unit or project, and not only because he wrote it."""
        return (
            self.everything
            or (row.owner_id == self.user_id and bool(self))
            or row.unit_id in self.units
            or getattr(row, "department_id", None) in self.units
            or (row.project_id is not None and row.project_id in self.projects)
        )

    def condition(self, row: type[Row]) -> ColumnElement[bool]:
        """The same as `covers`, as SQL over the columns of `row`."""
        columns = c(row)
        if self.everything:
            return true()
        if not self:
            return false()
        parts: list[ColumnElement[bool]] = [columns.owner_id == self.user_id]
        if self.units:
            parts += [columns[name].in_(sorted(self.units)) for name in _UNITS if name in columns]
        if self.projects:
            parts.append(columns.project_id.in_(sorted(self.projects)))
        if "author_id" in columns:
            parts.append(columns.author_id == self.user_id)
        return or_(*parts)

    def ways(self, columns: Columns) -> list[ColumnElement[bool]]:
        """The ways in which a row may be reached, one of which is enough: each a range of an index. None when all are, or none."""
        if self.everything or not self:
            return []
        found: list[ColumnElement[bool]] = [columns["owner_id"] == self.user_id]
        found += [columns[name] == unit for name in _UNITS if name in columns for unit in sorted(self.units)]
        found += [columns["project_id"] == project for project in sorted(self.projects)]
        if "author_id" in columns:
            found.append(columns["author_id"] == self.user_id)
        return found

    def buckets(self, realm: str) -> tuple[str, ...]:
        """The same as `covers`, as the feed's buckets of `realm`."""
        if not self:
            return ()
        own = f"{realm}:own:{self.user_id}"
        if self.everything:
            return (own, f"{realm}:all")
        return (
            own,
            *(f"{realm}:unit:{unit}" for unit in sorted(self.units)),
            *(f"{realm}:proj:{project}" for project in sorted(self.projects)),
        )


def scoped_buckets(realm: str, row: Any) -> tuple[str, ...]:
    """The buckets a scoped row lives in; `Reach.buckets` of whoever reaches it names one of them at least."""
    found = [f"{realm}:own:{row.owner_id}", f"{realm}:unit:{row.unit_id}", f"{realm}:all"]
    if row.project_id is not None:
        found.append(f"{realm}:proj:{row.project_id}")
    department = getattr(row, "department_id", None)
    if department is not None and department != row.unit_id:
        found.append(f"{realm}:unit:{department}")
    author = getattr(row, "author_id", None)
    if author is not None and author != row.owner_id:
        found.append(f"{realm}:own:{author}")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with what he reaches. Built by accounts from the session; values only.

    zone: IANA zone of the organisation's business days. writer: names the hand in `marks` (see sync_protocol.merge).
    """

    org_id: str
    user_id: str
    name: str
    unit_id: str
    zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    locale: str = "zh"
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    session_id: str | None = None
    device_id: str | None = None
    enrolment_id: str | None = None
    is_system: bool = False

    def reach(self, function_code: str) -> Reach:
        """What he reaches with a function; an empty reach when no role grants it. Raises KeyError on a typo."""
        FUNCTIONS[function_code]
        if self.is_system:
            return Reach(self.user_id, own=True, everything=True)
        return self.reaches.get(function_code) or Reach(self.user_id)

    def may(self, function_code: str) -> bool:
        """Whether any role grants the function, whatever its scope."""
        return bool(self.reach(function_code))

    def must(self, function_code: str) -> Reach:
        """The reach of a function he has. Raises Refused FORBIDDEN_FUNCTION otherwise."""
        found = self.reach(function_code)
        if not found:
            raise Refused(FORBIDDEN_FUNCTION, function=function_code)
        return found

    @property
    def timezone(self) -> ZoneInfo:
        """The zone of the organisation's business days."""
        return ZoneInfo(self.zone)

    @property
    def writer(self) -> str:
        """The hand that writes: the enrolment of a device, else the office of this person."""
        return self.enrolment_id or f"office:{self.user_id}"

    def on_device(self, enrolment_id: str) -> Actor:
        """The same person, writing through one enrolment."""
        return replace(self, enrolment_id=enrolment_id)


SYSTEM_USER = "00000000-0000-7000-8000-000000000000"
"""The author of what the server does by itself."""


def system_actor(org_id: str, *, zone: str = "Asia/Shanghai", currency: str = "CNY") -> Actor:
    """The server itself, at work for one organisation: worker, command line, migrations."""
    return Actor(
        org_id=org_id, user_id=SYSTEM_USER, name="Doorstep", unit_id=SYSTEM_USER, zone=zone, currency=currency,
        is_system=True,
    )  # fmt: skip


def all_functions(codes: Iterable[str]) -> frozenset[str]:
    """The given codes, checked. Raises KeyError for one that nobody declared."""
    return frozenset(FUNCTIONS[code].code for code in codes)
