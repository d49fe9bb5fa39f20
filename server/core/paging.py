"""Lists by pages: the cursor that continues one after its last row, and the condition for the rows after it. Pure.

A cursor is the sort key of the last row, encrypted: it goes into addresses, and a sort key may be a person's name. It is good
for one list and filter only. Decision record: docs/decisions/0012-cursors.md.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    ColumnElement,
    Select,
    Tuple,
    UnaryExpression,
    and_,
    false,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from server.core.access import Columns, Reach
from server.core.problems import BAD_CURSOR, Refused
from server.core.rows import Row, c

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
"""Rows in one page."""

MAX_CURSOR_CHARS = 2000
_WAYS_MOST = 64
_NONCE = 12

Key = str | int | None
"""One part of a sort key. Instants go in as milliseconds, days as ISO text."""


def later(columns: Sequence[ColumnElement[Any]], seen: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that come after `seen` in ascending order of `columns`, the last of which is unique."""
    return tuple_(*columns) > _literals(columns, seen)


def earlier(columns: Sequence[ColumnElement[Any]], seen: Sequence[Any]) -> ColumnElement[bool]:
    """The same in descending order."""
    return tuple_(*columns) < _literals(columns, seen)


def _literals(columns: Sequence[ColumnElement[Any]], seen: Sequence[Any]) -> Tuple:
    return tuple_(*(literal(value, column.type) for column, value in zip(columns, seen, strict=True)))


@dataclass(frozen=True, slots=True)
class Page:
    """What the statement of one page asks for, and its order."""

    where: tuple[ColumnElement[bool], ...]
    order: tuple[Any, ...]

    def of(self, statement: Select[Any], limit: int) -> Select[Any]:
        """That statement, narrowed to the page."""
        return statement.where(*self.where).order_by(*self.order).limit(limit)


def leading(
    reach: Reach,
    row: type[Row],
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
    limit: int,
    parts: Sequence[ColumnElement[bool]] = (),
    ways: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """The first so many rows that are within reach.

    Somebody's own rows, those of a team and those he wrote lie in the order of a list each; all of them together in none. So
    each of the ways in which he reaches a row gives its first ones, and the page is sorted out of those, however many there are.
    conditions: all that the page asks beside the reach, the organisation and the cursor's place too. parts: one of which holds of
    every row, where the indexes are in the order of the list within each of them only. ways: to what alone is asked for, somebody's
    rows or a team's. Then they are the ways, and each row is asked whether it is within reach.
    """
    holds = or_(*ways) if ways else reach.condition(row)
    if ways:
        conditions = (*conditions, unindexed(reach.condition(row).self_group()))
    else:
        ways = reach.ways(c(row))
    if not ways or len(ways) > _WAYS_MOST:
        return Page((*conditions, holds), tuple(order))
    found = select(c(row).id).where(*conditions)
    return chosen(row, union_all(*_firsts(ways, found, order, limit, parts)), order)


def by_each_way(
    reach: Reach, columns: Columns, found: Select[Any], order: Sequence[Any], limit: int
) -> list[Select[Any]]:
    """What each way in which rows are reached has of `found`, the first so many; of very many ways all at once.

    columns: owner, unit and project of what is found. A row may come by several ways.
    """
    ways = reach.ways(columns) or [true() if reach else false()]
    return _firsts(ways if len(ways) <= _WAYS_MOST else [or_(*ways)], found, order, limit)


def _firsts(
    ways: Sequence[ColumnElement[bool]],
    found: Select[Any],
    order: Sequence[Any],
    limit: int,
    parts: Sequence[ColumnElement[bool]] = (),
) -> list[Select[Any]]:
    ways = [and_(way, part) for way in ways for part in parts] or ways
    firsts = (found.where(way).order_by(*order).limit(limit).subquery() for way in ways)
    return [select(each) for each in firsts]


def chosen(row: type[Row], ids: Any, order: Sequence[Any]) -> Page:
    """A page out of a few rows of one organisation, by their ids."""
    return Page((c(row).id.in_(ids),), sorted_by(order))


def sorted_by(order: Sequence[Any]) -> tuple[Any, ...]:
    """The order of rows that are found and then sorted, and not come upon in the order of an index."""
    return tuple(
        unsorted(each.element).desc() if isinstance(each, UnaryExpression) else unsorted(each) for each in order
    )


class unindexed(FunctionElement[Any]):  # noqa: N801 - reads as a function
    """A column that SQLite is to look at, and not to look up by: it knows too little to tell which index finds few."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unindexed)
def _as_it_is(element: unindexed, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


@compiles(unindexed, "sqlite")
def _hidden(element: unindexed, compiler: SQLCompiler, **more: Any) -> str:
    return f"+{compiler.process(element.clauses, **more)}"


class unsorted(unindexed):  # noqa: N801
    """A column that no index is to be read in the order of; PostgreSQL too would rather come upon few than sort them."""

    inherit_cache = True


@compiles(unsorted, "postgresql")
def _unknown(element: unsorted, compiler: SQLCompiler, **more: Any) -> str:
    return f"greatest({compiler.process(element.clauses, **more)})"


class Cursors:
    """Makes and reads cursors with one secret of the installation (`keys.secret("cursor")`)."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(secret)

    def encode(self, scope: Sequence[str], key: Sequence[Key]) -> str:
        """The cursor after the row with that sort key. scope: the list, the organisation and the filter, in fixed order."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher.encrypt(nonce, orjson.dumps(list(key)), orjson.dumps(list(scope)))
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def decode(self, scope: Sequence[str], cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
        """The sort key in a cursor made for that scope; None for no cursor: the first page.

        kinds: the type of each part (str or int); a part may be None as well. What comes back has these types, whoever made
        the cursor. Raises Refused BAD_CURSOR for every other text.
        """
        if cursor is None:
            return None
        key = self._open(scope, cursor)
        if len(key) != len(kinds) or any(
            part is not None and type(part) is not kind for part, kind in zip(key, kinds, strict=True)
        ):
            raise Refused(BAD_CURSOR)
        return tuple(key)

    def _open(self, scope: Sequence[str], cursor: str) -> list[Any]:
        if len(cursor) > MAX_CURSOR_CHARS or not cursor.isascii():
            raise Refused(BAD_CURSOR)
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            # Base64 leaves bits over at its end: only the spelling that encode() writes is taken.
            if base64.urlsafe_b64encode(raw).decode().rstrip("=") != cursor:
                raise Refused(BAD_CURSOR)
            plain = self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], orjson.dumps(list(scope)))
        except (binascii.Error, ValueError, InvalidTag):
            raise Refused(BAD_CURSOR) from None
        key: list[Any] = orjson.loads(plain)
        return key
