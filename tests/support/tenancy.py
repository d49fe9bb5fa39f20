"""The net under tenancy while tests run: a statement that touches a tenant table binds org_id, on both databases.

PostgreSQL has row-level security beneath; SQLite has nothing but this and the habit it enforces. Loaded as a plugin by
tests/conftest.py, so that it is on in every test of the process; a server that a test starts is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import pytest
from sqlalchemy import Engine, event

from server.core.rows import metadata

_OFF: ContextVar[bool] = ContextVar("tenancy_guard_off", default=False)

_NOT_ROWS = re.compile(
    r"\s*(CREATE|ALTER|DROP|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|GRANT|DO|ANALYZE|VACUUM|EXPLAIN)\b",
    re.IGNORECASE,
)
_INNER = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_TABLE = re.compile(
    r"(?:\b(?P<how>FROM|JOIN|UPDATE|INTO|USING)\s+|,\s*)(?:ONLY\s+)?(?P<table>\w+)\b(?!\.|::)"
    r"(?:\s+(?:AS\s+)?(?!(?:WHERE|JOIN|LEFT|INNER|OUTER|CROSS|ON|SET|ORDER|GROUP|LIMIT|FOR|USING|VALUES|SELECT|RETURNING|"
    r"UNION|HAVING|DEFAULT|AND|OR|FROM)\b)(?P<alias>\w+))?",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"\bWHERE\s+(?:0 = 1|false)\s*(?:$|ORDER|LIMIT|FOR|GROUP)", re.IGNORECASE)
"""What SQLAlchemy makes of an empty reach."""
_BOUND = re.compile(r"\borg_id\s*=\s*(?:\?|%s|%\(\w+\)s|:\w+|\$\d+|''|v\.org_id|NULLIF)", re.IGNORECASE)


WATCHED = [metadata]
"""Where the tables are declared."""


class UnboundTenant(AssertionError):
    """A statement could have touched rows of several organisations."""


@contextmanager
def across_organisations(reason: str) -> Iterator[None]:
    """Let statements of this block look at all organisations; the reason is for the reader."""
    assert reason
    token = _OFF.set(True)
    try:
        yield
    finally:
        _OFF.reset(token)


def check_statement(statement: str) -> None:
    """Raise UnboundTenant unless each tenant table of the statement is held to one organisation, by a bound value."""
    if _NOT_ROWS.match(statement) or "_alembic_tmp_" in statement:
        return
    touched, plain = False, re.sub(r"'[^']*'", "''", statement)
    for scope in _scopes(plain):
        if _NOTHING.search(scope):
            continue
        found = [match for match in _TABLE.finditer(scope) if _is_tenant(match["table"])]
        for match in found:
            touched = True
            if not _is_held(scope, match, alone=len(found) == 1):
                raise UnboundTenant(f"{match['table']} without org_id in: {statement}")
    if touched and not (_BOUND.search(plain) or re.match(r"\s*INSERT\b", plain, re.IGNORECASE)):
        raise UnboundTenant(f"org_id is compared with no bound value in: {statement}")


def _is_tenant(name: str) -> bool:
    found = (each.tables[name] for each in WATCHED if name in each.tables)
    return any("org_id" in table.c and "global" not in table.info for table in found)


def _is_held(scope: str, match: re.Match[str], *, alone: bool) -> bool:
    table = match["table"]
    if (match["how"] or "").upper() == "INTO":
        columns = re.match(r"\s*\(([^()]*)\)", scope[match.end("table") :])
        return columns is not None and re.search(r"\borg_id\b", columns[1]) is not None
    name = rf"(?:{re.escape(match['alias'] or table)}|{re.escape(table)})"
    if re.search(rf"\b{name}\.org_id\s*(?:=|IN\b)|=\s*{name}\.org_id\b", scope, re.IGNORECASE):
        return True
    return alone and re.search(r"(?<![.\w])org_id\s*(?:=|IN\b)", scope, re.IGNORECASE) is not None


def _scopes(sql: str) -> list[str]:
    """Each query of a statement by itself, without those in its parentheses; parts of a UNION apart."""
    found: list[str] = []
    stack: list[list[str]] = [[]]
    for token in re.findall(r"[()]|[^()]+", sql):
        if token == "(":
            stack.append([])
        elif token == ")":
            inner = "".join(stack.pop())
            if _INNER.match(inner):
                found.append(inner)
                stack[-1].append("()")
            else:
                stack[-1].append(f"({inner})")
        else:
            stack[-1].append(token)
    found.append("".join(stack[0]))
    return [
        part
        for each in found
        for part in re.split(r"\b(?:UNION(?:\s+ALL)?|EXCEPT|INTERSECT)\b", each, flags=re.IGNORECASE)
    ]


@lru_cache(maxsize=8192)
def _check_once(statement: str, _watched: int) -> None:
    """One text is looked at once: most statements of a test were sent before."""
    check_statement(statement)


def _guard(_connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
    if not _OFF.get():
        _check_once(statement, len(WATCHED))


@pytest.fixture(scope="session", autouse=True)
def _tenancy_guard() -> Iterator[None]:
    event.listen(Engine, "before_cursor_execute", _guard)
    yield
    event.remove(Engine, "before_cursor_execute", _guard)
