"""Lists by pages: the cursor that continues one after its last row, and the condition for the rows after it. Pure.

A cursor is the sort key of the last row, encrypted: it goes into addresses, and a sort key may be a person's name. It is good
for one list and filter only. Decision record: docs/decisions/0012-cursors.md.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, ColumnElement, Select, Tuple, false, literal, or_, select, true, tuple_, union_all

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


def later(columns: Sequence[Column[Any]], seen: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that come after `seen` in ascending order of `columns`, the last of which is unique."""
    return tuple_(*columns) > _literals(columns, seen)


def earlier(columns: Sequence[Column[Any]], seen: Sequence[Any]) -> ColumnElement[bool]:
    """The same in descending order."""
    return tuple_(*columns) < _literals(columns, seen)


def _literals(columns: Sequence[Column[Any]], seen: Sequence[Any]) -> Tuple:
    return tuple_(*(literal(value, column.type) for column, value in zip(columns, seen, strict=True)))


def leading(
    reach: Reach,
    row: type[Row],
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
    limit: int,
) -> ColumnElement[bool]:
    """Whether a row is within reach, and among the first so many: for a page alone, in place of `Reach.condition`.

    Somebody's own rows, those of a team and those he wrote lie in the order of a list each; all of them together in none. So
    each of the ways in which he reaches a row gives its first ones, and the page is sorted out of those, however many there are.
    conditions: all that the page asks beside the reach, the organisation and the cursor's place too.
    """
    if not 1 < len(reach.ways(c(row))) <= _WAYS_MOST:
        return reach.condition(row)
    row_id = c(row).id
    return row_id.in_(union_all(*by_each_way(reach, c(row), select(row_id).where(*conditions), order, limit)))


def by_each_way(
    reach: Reach, columns: Columns, found: Select[Any], order: Sequence[Any], limit: int
) -> list[Select[Any]]:
    """What each way in which rows are reached has of `found`, the first so many; of very many ways all at once.

    columns: owner, unit and project of what is found. A row may come by several ways.
    """
    ways = reach.ways(columns) or [true() if reach else false()]
    parts = ways if len(ways) <= _WAYS_MOST else [or_(*ways)]
    firsts = (found.where(way).order_by(*order).limit(limit).subquery() for way in parts)
    return [select(each) for each in firsts]


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
