"""Rows of imports: the file with what its columns mean, and what became of each of its rows."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, String

from server.core.rows import Code, Row, index, refers, table, unique
from server.core.types import Id, Json

NAME_MOST = 200
OUTCOMES = ("created", "duplicate", "refused")


@table("customer_imports", refers("owner_id", "users"), index("owner_id", "created_at", "id"))
class CustomerImport(Row):
    """A list that somebody handed in, and how far it has been taken in.

    owner_id: who handed it in; nobody else sees it. place: where its bytes lie (blob_store.py), None once they are gone.
    encoding: of a CSV, as it was found out; `xlsx`; None until the file has been looked at. titles: of its columns; empty until the file has been looked at. title_number: the row they stand in. mapping: column
    (from 0, as text) → field. new_owner_id, source: for rows that name none. is_trial: nothing but the answers is kept.
    job_id: the work on it. is_finished: that work came to its end. next_number: rows before it have been answered.
    total: about how many rows it has. created, duplicates, refused: answers so far.
    """

    owner_id: Annotated[str, Id()]
    name: Annotated[str, String(NAME_MOST)]
    size: int
    place: Annotated[str | None, String(32)]
    encoding: Annotated[str | None, Code] = None
    titles: Annotated[list[Any], Json()] = dataclasses.field(default_factory=list)
    samples: Annotated[list[Any], Json()] = dataclasses.field(default_factory=list)
    title_number: int = 1
    mapping: Annotated[dict[str, Any], Json()] = dataclasses.field(default_factory=dict)
    new_owner_id: Annotated[str | None, Id()] = None
    source: Annotated[str | None, Code] = None
    is_trial: bool = False
    job_id: Annotated[str | None, Id()] = None
    is_finished: bool = False
    next_number: int = 0
    total: int | None = None
    created: int = 0
    duplicates: int = 0
    refused: int = 0


@table(
    "customer_import_rows",
    refers("import_id", "customer_imports"),
    unique("import_id", "number"),
    index("import_id", "outcome", "number"),
    index("fingerprint"),
    CheckConstraint(f"outcome IN ({', '.join(repr(each) for each in OUTCOMES)})", name="outcome"),
)
class ImportedRow(Row):
    """What became of a row. number: as a spreadsheet counts. made_id: the customer it made, or who was there already.

    fingerprint: keyed, of what the row said, where it made a customer: the same row makes no second one. faults:
    [{code, column, params}].
    """

    import_id: Annotated[str, Id()]
    number: int
    outcome: Annotated[str, Code]
    made_id: Annotated[str | None, Id()] = None
    fingerprint: Annotated[str | None, String(64)] = None
    faults: Annotated[list[Any], Json()] = dataclasses.field(default_factory=list)
