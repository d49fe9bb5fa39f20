"""Rows: from annotations to a table whose every key leads with the organisation."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Annotated, Any

import pytest
from sqlalchemy import CheckConstraint, String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from server.core import rows
from server.core.rows import Authored, Code, Marks, Row, Scoped, c, index, metadata, refers, table, unique
from server.core.types import Id, Json, PhoneNumber
from sync_protocol.ids import is_id
from tests.support.toys import Part, Thing


@pytest.fixture
def _scratch() -> Any:
    """Tables declared in a test are gone after it."""
    known = set(metadata.tables)
    yield
    for name in set(metadata.tables) - known:
        metadata.remove(metadata.tables[name])
        del rows.ROWS[name]


@pytest.mark.usefixtures("_scratch")
def test_a_table_is_built_from_annotations() -> None:
    @table(
        "scratch",
        refers("thing_id", "sync_issues"),
        unique("code", "thing_id"),
        index("name"),
        CheckConstraint("number > 0", name="number"),
    )
    class Scratch(Scoped):
        name: str
        thing_id: Annotated[str | None, Id()] = None
        code: Annotated[str, Code]
        number: int = 1
        is_good: bool = False
        made_on: date | None = None
        seen_at: datetime | None = None
        phone: Annotated[str | None, PhoneNumber()] = None
        short: Annotated[str, String(3)] = ""
        marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)
        words: list[str] = dataclasses.field(default_factory=list)

    postgres = str(CreateTable(Scratch.__table__).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    for line in (
        "org_id UUID NOT NULL", "id UUID NOT NULL", "version BIGINT NOT NULL", "created_at BIGINT NOT NULL",
        "owner_id UUID NOT NULL", "project_id UUID", "name TEXT NOT NULL", "thing_id UUID", "code VARCHAR(40) NOT NULL",
        "number BIGINT NOT NULL", "is_good BOOLEAN NOT NULL", "made_on CHAR(10)", "seen_at BIGINT", "phone VARCHAR(20)",
        "short VARCHAR(3) NOT NULL", "marks TEXT NOT NULL", "words TEXT NOT NULL",
        "CONSTRAINT pk_scratch PRIMARY KEY (org_id, id)",
        "CONSTRAINT fk_scratch_org_id_thing_id FOREIGN KEY(org_id, thing_id) REFERENCES sync_issues (org_id, id)",
        "CONSTRAINT uq_scratch_org_id_code_thing_id UNIQUE (org_id, code, thing_id)",
        "CONSTRAINT ck_scratch_number CHECK (number > 0)",
    ):  # fmt: skip
        assert line in postgres, line
    assert "CHAR(36) NOT NULL" in str(CreateTable(Scratch.__table__).compile(dialect=sqlite.dialect()))
    (found,) = Scratch.__table__.indexes
    assert (found.name, [column.name for column in found.columns]) == ("ix_scratch_name", ["org_id", "name"])


def test_a_row_is_a_slotted_value_with_an_id_of_its_own() -> None:
    made = Thing(name="thing", owner_id="o", unit_id="u")
    with pytest.raises(AttributeError):
        made.colour = "red"  # type: ignore[attr-defined]
    assert is_id(made.id)
    assert made.id != Thing(name="thing", owner_id="o", unit_id="u").id
    assert Thing.__names__[:5] == ("org_id", "id", "version", "created_at", "updated_at")
    assert tuple(c(Part).keys()) == Part.__names__


def test_scoped_and_authored_bring_their_columns() -> None:
    assert {"owner_id", "unit_id", "project_id"} <= set(Thing.__names__)
    assert "author_id" not in Thing.__names__
    assert issubclass(Part, Authored)
    assert "author_id" in Part.__names__
    assert issubclass(Thing, Row)
