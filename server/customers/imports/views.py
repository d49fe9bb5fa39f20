"""/api/v1/customer-imports: lists of customers as CSV or XLSX, tried and taken in row by row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from flask import request
from flask.wrappers import Response
from werkzeug.exceptions import ClientDisconnected

from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services, writing
from server.core.blob_store import STORAGE_FULL, BlobStore, new_place
from server.core.declare import requires
from server.core.http import language, limit
from server.core.i18n import Language, Text
from server.core.limits import rate
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, BAD_REQUEST, CATALOGUE, NOT_FOUND, TOO_LARGE, Refused
from server.core.sheet_answers import SHEET, file_answer, sheet_kind
from server.core.sheets import Cell, line_chunks
from server.customers.functions import IMPORT
from server.customers.imports import operations, queries
from server.customers.imports.columns import Field
from server.customers.imports.events import ImportOwnersTold
from server.customers.imports.schemas import (
    ImportAnswerOut,
    ImportAnswerQuery,
    ImportFileQuery,
    ImportName,
    ImportOut,
    ImportStart,
)
from server.customers.imports.sheets import FILE_EMPTY, FILE_UNREADABLE, Odd, encoding_of, top_lines, with_lines
from server.customers.ownership import NEW_OWNER_UNFIT
from server.customers.views.blueprint import cursors
from sync_protocol.ids import new_id

MAX_BYTES = 64 * 1024 * 1024
"""Of a list: a sheet that is full to its last row has about fifty."""
FILES_PER_PERSON = rate("customer-import", 30, 3600, per="user")
OWNERS_TOLD = rate("import-owners-told", 120, 3600, per="user")
_CHUNK = 256 * 1024
_NUMBER = Text("行号", "row number")
_REASON = Text("导入结果", "why")

IMPORTS = Blueprint(
    "customer_imports", __name__, url_prefix="/api/v1/customer-imports", description="Customers from a list."
)
_FILE: dict[str, Any] = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


@IMPORTS.route("", methods=["GET"])
@requires(IMPORT)
@IMPORTS.arguments(PageQuery, location="query")
@IMPORTS.response(200, page_of(ImportOut))
@IMPORTS.refuses(BAD_CURSOR)
def list_imports(query: dict[str, Any]) -> dict[str, Any]:
    """One's own imports, newest first."""
    actor = current_actor()
    scope = ["customer_imports", actor.org_id]
    after = cursors().decode(scope, query.get("cursor"), int, str)
    with reading() as connection:
        items, key = queries.list_imports(connection, actor, after=after, limit=query["limit"])
    return {"items": items, "next": None if key is None else cursors().encode(scope, key)}


@IMPORTS.route("", methods=["POST"])
@requires(IMPORT)
@IMPORTS.doc(requestBody=_FILE)
@IMPORTS.arguments(ImportName, location="query")
@IMPORTS.response(201, ImportOut)
@IMPORTS.refuses(FILE_UNREADABLE, FILE_EMPTY, TOO_LARGE, STORAGE_FULL, BAD_REQUEST)
def hand_in(query: dict[str, Any]) -> queries.ImportCard:
    """Hand in a list: XLSX, or CSV in UTF-8, UTF-16 or GB18030. Nothing is taken in yet; the answer says what its columns are."""
    actor = current_actor()
    limit(FILES_PER_PERSON, actor.org_id, actor.user_id)
    import_id, place = new_id(), new_place()
    with writing() as uow:
        operations.hand_in(uow, import_id, query["name"], place)
        uow.commit()
    store = BlobStore(services().settings.blob_dir)
    try:
        size = _receive(store, actor.org_id, place)
        path = store.kept(actor.org_id, place)
        top, encoding = top_lines(path), encoding_of(path)
        with writing() as uow:
            operations.look_at(uow, import_id, size, encoding, top)
            uow.commit()
    except Refused:
        store.forget(actor.org_id, place)
        with writing() as uow:
            operations.drop(uow, import_id)
            uow.commit()
        raise
    return _card(import_id)


@IMPORTS.route("/<id:import_id>", methods=["GET"])
@requires(IMPORT)
@IMPORTS.response(200, ImportOut)
def get_import(import_id: str) -> queries.ImportCard:
    """One import: how far it is, and what became of its rows so far."""
    return _card(import_id)


@IMPORTS.route("/<id:import_id>", methods=["DELETE"])
@requires(IMPORT)
@IMPORTS.response(204)
@IMPORTS.refuses(operations.IMPORT_BUSY)
def drop_import(import_id: str) -> None:
    """Forget the file and what became of its rows. Customers that it made stay."""
    with writing() as uow:
        place = operations.drop(uow, import_id)
        uow.commit()
    if place is not None:
        BlobStore(services().settings.blob_dir).forget(current_actor().org_id, place)


@IMPORTS.route("/<id:import_id>/start", methods=["POST"])
@requires(IMPORT)
@IMPORTS.arguments(ImportStart)
@IMPORTS.response(202, ImportOut)
@IMPORTS.refuses(
    operations.IMPORT_BUSY, operations.IMPORT_OVER, operations.IMPORT_NAME_COLUMN, operations.IMPORT_COLUMN_TWICE,
    NEW_OWNER_UNFIT,
)  # fmt: skip
def start_import(values: dict[str, Any], import_id: str) -> queries.ImportCard:
    """Have it tried, or taken in. The work goes on in the background; `POST /jobs/{job_id}/cancel` stops it."""
    mapping: dict[int, Field] = {}
    for column in values["columns"]:
        if column["place"] in mapping:
            raise Refused(operations.IMPORT_COLUMN_TWICE, field="/columns", name=column["field"])
        mapping[column["place"]] = Field(column["field"])
    with writing() as uow:
        operations.begin(
            uow,
            import_id,
            mapping=mapping,
            is_trial=values["is_trial"],
            new_owner_id=values.get("new_owner_id"),
            source=values.get("source"),
        )
        uow.commit()
    return _card(import_id)


@IMPORTS.route("/<id:import_id>/continue", methods=["POST"])
@requires(IMPORT)
@IMPORTS.response(202, ImportOut)
@IMPORTS.refuses(operations.IMPORT_BUSY, operations.IMPORT_NOT_BEGUN)
def continue_import(import_id: str) -> queries.ImportCard:
    """Go on behind the last row that was answered, after it was stopped or failed."""
    with writing() as uow:
        operations.go_on(uow, import_id)
        uow.commit()
    return _card(import_id)


@IMPORTS.route("/<id:import_id>/rows", methods=["GET"])
@requires(IMPORT)
@IMPORTS.arguments(ImportAnswerQuery, location="query")
@IMPORTS.response(200, page_of(ImportAnswerOut))
@IMPORTS.refuses(BAD_CURSOR)
def list_answers(query: dict[str, Any], import_id: str) -> dict[str, Any]:
    """What became of each row, in the order of the file."""
    actor, outcome = current_actor(), query.get("outcome")
    scope = ["customer_import_rows", actor.org_id, import_id, f"outcome={outcome}"]
    after = cursors().decode(scope, query.get("cursor"), int)
    with reading() as connection:
        answers, key = queries.list_answers(
            connection, actor, import_id, outcome, after=None if after is None else after[0], limit=query["limit"]
        )
    if beyond := sum(each.owner_name is not None and each.customer_name is None for each in answers):
        limit(OWNERS_TOLD, actor.org_id, actor.user_id)
        with writing() as uow:
            uow.record(ImportOwnersTold(import_id, beyond))
            uow.commit()
    items = [
        dataclasses.asdict(each)
        | {"faults": [{**fault, "detail": _detail(fault, language())} for fault in each.faults]}
        for each in answers
    ]
    return {"items": items, "next": None if key is None else cursors().encode(scope, (key,))}


@IMPORTS.route("/<id:import_id>/rows/file", methods=["GET"])
@requires(IMPORT)
@IMPORTS.arguments(ImportFileQuery, location="query")
@IMPORTS.doc(responses=SHEET)
def file_of_answers(query: dict[str, Any], import_id: str) -> Response:
    """The rows that had one answer, as they stand in the list, each with what is wrong with it: to mend and hand in again."""
    actor, shared, shown_in = current_actor(), services(), language()
    card = _card(import_id)
    limit(FILES_PER_PERSON, actor.org_id, actor.user_id)
    with reading() as connection:
        place = queries.place_of(connection, actor, import_id)
    path = BlobStore(shared.settings.blob_dir).kept(actor.org_id, place)
    if not path.is_file():
        raise Refused(NOT_FOUND)
    titles = [column.title for column in card.columns]

    def lines() -> Iterator[list[Cell]]:
        with shared.reading(actor.org_id) as connection:
            for line, answer in with_lines(queries.answers_of(connection, actor, import_id, query["outcome"]), path):
                cells = [None if isinstance(cell, Odd) else cell for cell in line.cells]
                cells += [None] * (len(titles) - len(cells))
                yield [answer.number, *cells[: len(titles)], _why(answer.faults, titles, shown_in)]

    kind = sheet_kind(query.get("format"))
    titled: list[Cell] = [_NUMBER.fill(shown_in, {}), *titles, _REASON.fill(shown_in, {})]
    return file_answer(kind, f"rows-{query['outcome']}", line_chunks(kind, titled, lines()))


def _why(faults: Sequence[dict[str, Any]], titles: Sequence[str | None], shown_in: Language) -> str:
    """All that is wrong with a row, each fault behind the title of its column."""
    said = [
        (titles[fault["column"]] if fault["column"] is not None else None, _detail(fault, shown_in)) for fault in faults
    ]
    return "\n".join(text if title is None else f"{title}: {text}" for title, text in said)


def _detail(fault: dict[str, Any], shown_in: Language) -> str:
    known = CATALOGUE.get(fault["code"])
    return "" if known is None else known.text.fill(shown_in, fault["params"])


def _receive(store: BlobStore, org_id: str, place: str) -> int:
    """Write the body of this request to its place; its size. Raises Refused TOO_LARGE, STORAGE_FULL, BAD_REQUEST."""
    # One byte more than allowed: at its maximum werkzeug's stream just ends, and a body of unsaid length would be cut off.
    request.max_content_length = MAX_BYTES + 1
    if (request.content_length or 0) > MAX_BYTES:
        raise Refused(TOO_LARGE, max_bytes=MAX_BYTES)
    size = 0
    with store.keeping(org_id, place) as file:
        try:
            while chunk := request.stream.read(_CHUNK):
                size += len(chunk)
                if size > MAX_BYTES:
                    raise Refused(TOO_LARGE, max_bytes=MAX_BYTES)
                file.write(chunk)
        except ClientDisconnected:
            raise Refused(BAD_REQUEST) from None
    return size


def _card(import_id: str) -> queries.ImportCard:
    with reading() as connection:
        return queries.get_import(connection, current_actor(), import_id)
