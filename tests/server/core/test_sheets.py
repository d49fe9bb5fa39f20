"""Tables as files: what a spreadsheet makes of each cell, and what the server holds of it meanwhile. No database."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from server.core import sheets
from server.core.i18n import Language, Text
from server.core.sheets import Cell, SheetKind, line_chunks, safe_text, sheet_chunks

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\tx",
    "\rx",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "\n=1",
    "=cmd|' /C calc'!A0",
    "\u3000=1",
)
PLAIN = ("王小明", "1-2", "a=b", "", "12.50", 'a "b", c', "一\n二", "  mid  ", "<&>", "_x0041_", "😀")


def _csv(lines: Iterable[Sequence[Cell]]) -> list[list[str]]:
    data = b"".join(line_chunks(SheetKind.CSV, ["title"], lines))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _book(lines: Iterable[Sequence[Cell]], titles: Sequence[Cell] = ("title",)) -> Any:
    return load_workbook(io.BytesIO(b"".join(line_chunks(SheetKind.XLSX, titles, lines))))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_a_text(text: str) -> None:
    assert safe_text(text) == f"'{text}"
    assert _csv([[text, "b"]])[1] == [f"'{text}", "b"]
    cell = _book([[text]]).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.replace("_x000D_", "\r") == text


@pytest.mark.parametrize("text", PLAIN)
def test_any_other_text_is_what_it_was(text: str) -> None:
    assert _csv([[text, "b"]])[1] == [text, "b"]
    assert (_book([[text, "b"]]).active["A2"].value or "").replace("_x005F_", "_") == text


def test_numbers_days_and_instants_have_their_types() -> None:
    at = datetime(2025, 3, 4, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    line: list[Cell] = [-1250, Decimal("-12.50"), date(2025, 3, 4), at, None, date(1899, 5, 6)]
    assert _csv([line])[1] == ["-1250", "-12.50", "2025-03-04", "2025-03-04 23:59", "", "1899-05-06"]
    cells = _book([line]).active[2]
    assert [cell.value for cell in cells[:2]] == [-1250, -12.5]
    assert [cell.value.isoformat() for cell in cells[2:4]] == ["2025-03-04T00:00:00", "2025-03-04T23:59:00"]
    assert [cell.value for cell in cells[4:]] == [None, "1899-05-06"]
    assert cells[2].number_format.replace("\\", "") == "yyyy-mm-dd"


def test_what_xml_cannot_hold_breaks_no_file() -> None:
    assert _book([["a\x00b\x0bc\ufffe", "x" * 40_000]]).active["A2"].value == "a\ufffdb\ufffdc\ufffd"


def test_titles_are_in_the_callers_language_and_bold_above_what_scrolls() -> None:
    columns: list[tuple[Text, Callable[[str, Language], Cell]]] = [
        (Text("客户", "customer"), lambda row, _: row),
        (Text("语言", "language"), lambda _, language: language),
    ]
    book = load_workbook(io.BytesIO(b"".join(sheet_chunks(SheetKind.XLSX, columns, ["王"], "zh")))).active
    assert book is not None
    assert [[cell.value for cell in row] for row in book.rows] == [["客户", "语言"], ["王", "zh"]]
    assert (book["A1"].font.b, book.freeze_panes) == (True, "A2")
    assert b"customer,language\r\n" in b"".join(sheet_chunks(SheetKind.CSV, columns, [], "en"))


def test_what_does_not_fit_on_a_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SHEET_ROWS", 3)
    book = _book([[number] for number in range(5)])
    assert [[row[0] for row in sheet.values] for sheet in book] == [["title", 0, 1], ["title", 2, 3], ["title", 4]]


@pytest.mark.parametrize("kind", SheetKind)
def test_a_file_of_any_size_is_held_in_parts(kind: SheetKind) -> None:
    """Each part leaves before the next row is asked for, and none is large."""
    asked = 0

    def lines() -> Iterator[list[Cell]]:
        nonlocal asked
        for asked in range(1, 5_001):
            yield [f"row {asked}", asked]

    tracemalloc.start()
    seen = [(asked, len(part)) for part in line_chunks(kind, ["text", "number"], lines())]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [number for number, _ in seen[:3]] == [500, 1000, 1500]
    assert max(size for _, size in seen) < 100_000
    assert most < 2_000_000
