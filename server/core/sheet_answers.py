"""Answering with a table as CSV or XLSX, whichever the caller wants: a view says what its columns are and how rows are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from flask.wrappers import Response
from sqlalchemy import Connection

from server.core.auth import current_actor, services
from server.core.fields import CodeField, Schema
from server.core.http import language, wanted
from server.core.sheets import MEDIA_TYPES, Columns, SheetKind, sheet_chunks

R = TypeVar("R")

SHEET: dict[str, Any] = {
    "200": {
        "description": "The file. Of CSV: UTF-8 with BOM.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()},
    }
}
"""What such a view answers: `@blp.doc(responses=SHEET)`."""


class SheetQuery(Schema):
    """Which kind of file."""

    format = CodeField(
        tuple(kind.value for kind in SheetKind), metadata={"description": "What `Accept` prefers, else `csv`."}
    )


def sheet_kind(asked: str | None) -> SheetKind:
    """The kind of file that was asked for by name, else by `Accept`, else CSV."""
    if asked is not None:
        return SheetKind(asked)
    best = wanted(*MEDIA_TYPES.values())
    return next(kind for kind, media_type in MEDIA_TYPES.items() if media_type == best)


def sheet_answer(
    asked: str | None, name: str, columns: Columns[R], read: Callable[[Connection], Iterable[R]]
) -> Response:
    """The rows that `read` finds, in the caller's language. They are read while they are sent.

    asked: `format` of the query. name: of the file, without its ending.
    """
    kind, shown_in, shared, org_id = sheet_kind(asked), language(), services(), current_actor().org_id

    def chunks() -> Iterator[bytes]:
        with shared.reading(org_id) as connection:
            yield from sheet_chunks(kind, columns, read(connection), shown_in)

    return file_answer(kind, name, chunks())


def file_answer(kind: SheetKind, name: str, chunks: Iterator[bytes]) -> Response:
    """A file whose parts are there already. name: of the file, without its ending."""
    charset = "; charset=utf-8" if kind is SheetKind.CSV else ""
    response = Response(
        chunks,
        content_type=MEDIA_TYPES[kind] + charset,
        headers={"Content-Disposition": f'attachment; filename="{name}.{kind.value}"'},
    )
    response.vary.add("Accept")
    return response
