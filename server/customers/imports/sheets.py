"""The rows of a CSV or XLSX file, one after the other, however large it is. Knows files, no customers.

A cell that cannot be read as it stands is an `Odd` with its reason, so that the row can be answered; the rows after it are
read all the same.
"""

from __future__ import annotations

import codecs
import csv
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

from defusedxml import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet import _reader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from server.core.problems import Refused, problem_type
from server.core.sheets import safe_text
from server.customers.imports.merged_areas import MAX_COLUMNS, Merges, areas_of

FILE_UNREADABLE = problem_type(
    "customers.import-unreadable",
    422,
    zh="无法读取该文件。请用 XLSX 或 CSV（UTF-8 或 GB18030）重新保存后再试。",
    en="This file cannot be read. Save it again as XLSX or CSV (UTF-8 or GB18030) and try once more.",
)
FILE_EMPTY = problem_type(
    "customers.import-empty",
    422,
    zh="文件中没有数据行。第一行应为列名，其后每行一位客户。",
    en="There is no row in this file. The first row names the columns, each row after it is a customer.",
)

MAX_ROWS = 1_048_576
"""As many as a sheet of a spreadsheet has."""
CELL_MOST = 4000
_UNPACKED_MOST = 1024 * 1024 * 1024
_TEXTS_MOST = 256 * 1024 * 1024
"""Of an XLSX: all its parts, and the texts that its cells share, which are held in memory."""
_LOOKED_AT = 10
"""Rows at the top among which the names of the columns are."""
_CHUNK = 1024 * 1024
# Such a cell is answered as an error; what stood in it belongs into no log.
warnings.filterwarnings("ignore", r"Cell \w+ is marked as a date", UserWarning)
# What a file says of its own size need not be true, and where it says nothing, openpyxl reads the sheet to its end for it,
# holding a piece of each row, before it gives the first one.
ReadOnlyWorksheet._get_size = lambda _sheet: None  # type: ignore[attr-defined]
_ERROR = re.compile(r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)")
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')
_ROW = re.compile(rb"<(?:\w+:)?row[ >]")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")


class Oddity(StrEnum):
    """Why a cell cannot be taken as it stands."""

    FORMULA = "formula"
    ERROR = "error"
    MERGED = "merged"
    ENCODING = "encoding"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell whose value nobody can tell."""

    why: Oddity


Cell = str | date | Odd | None
"""None: empty. Numbers are texts: whole ones without a point."""


class Numbered(Protocol):
    """Anything about a row of the file."""

    @property
    def number(self) -> int:
        """Its number, as a spreadsheet counts."""
        ...


DAYS_SINCE = date(1899, 12, 30)
"""From where nearly all spreadsheets count days: day 60 and those before it, which some misplace by one, nobody was born on."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file. number: as a spreadsheet counts, from 1. days_since: from where its numbers count days."""

    number: int
    cells: tuple[Cell, ...]
    days_since: date = DAYS_SINCE

    @property
    def is_blank(self) -> bool:
        """Nothing in it."""
        return all(cell is None for cell in self.cells)


def is_workbook(path: Path) -> bool:
    """XLSX by its first bytes, whatever it is called."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def read_lines(path: Path) -> Iterator[Line]:
    """All rows from the first, blank ones too. Raises Refused FILE_UNREADABLE as soon as that is found out."""
    try:
        yield from islice(_workbook_lines(path) if is_workbook(path) else _csv_lines(path), MAX_ROWS)
    except (
        zipfile.BadZipFile, InvalidFileException, DefusedXmlException, zlib.error, SyntaxError, KeyError, ValueError,
        TypeError, IndexError, AttributeError, EOFError, NotImplementedError, csv.Error,
    ):  # fmt: skip
        # What openpyxl raises for a damaged file is whatever its code stumbles over.
        raise Refused(FILE_UNREADABLE) from None


A = TypeVar("A", bound=Numbered)


def with_lines(answers: Iterable[A], path: Path) -> Iterator[tuple[Line, A]]:
    """Each row that was answered, with its answer. answers: in order of their rows. Ends with the last answer."""
    lines = read_lines(path)
    for answer in answers:
        line = next((each for each in lines if each.number == answer.number), None)
        if line is None:
            return
        yield line, answer


def top_lines(path: Path) -> list[Line]:
    """The first rows that are not blank. Raises Refused FILE_UNREADABLE, FILE_EMPTY when there are less than two."""
    found = list(islice((line for line in read_lines(path) if not line.is_blank), _LOOKED_AT))
    if len(found) < 2:
        raise Refused(FILE_EMPTY)
    return found


def count_lines(path: Path) -> int:
    """About how many rows there are, for showing how far the work is: without reading any cell of an XLSX."""
    if not is_workbook(path):
        return sum(1 for _ in read_lines(path))
    try:
        with zipfile.ZipFile(path) as packed, packed.open(_first_sheet(packed)) as file:
            found, rest = 0, b""
            while chunk := file.read(_CHUNK):
                found += len(_ROW.findall(rest + chunk)) - len(_ROW.findall(rest))
                rest = chunk[-5:]
            return found
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError):
        raise Refused(FILE_UNREADABLE) from None


# -- CSV ---------------------------------------------------------------------------------------------------------------


def encoding_of(path: Path) -> str:
    """The encoding of a CSV: by its mark, else UTF-8 unless more of it is broken than whole, else GB18030. Else `xlsx`."""
    if is_workbook(path):
        return "xlsx"
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        broken = whole = 0
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            broken += text.count("\ufffd")
            whole += sum(each > "\x7f" for each in text) if not text.isascii() else 0
    return "utf-8" if broken * 2 <= whole - broken else "gb18030"


def _csv_lines(path: Path) -> Iterator[Line]:
    encoding = encoding_of(path)
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        delimiter = _delimiter(file)
        file.seek(0)
        rows = csv.reader(file, delimiter=delimiter)
        number = 0
        while True:
            number += 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:  # a quote that nobody closed has swallowed the lines after it
                yield Line(number, (Odd(Oddity.LONG),))
                continue
            yield Line(number, tuple(_text_cell(each) for each in row[:MAX_COLUMNS]))


def _delimiter(file: TextIOWrapper | IO[str]) -> str:
    first = file.readline(100_000)
    return max(",;\t", key=first.count) if any(each in first for each in ",;\t") else ","


def _text_cell(text: str) -> Cell:
    shown = text.strip()
    if shown.startswith("'") and safe_text(shown[1:]) == shown:
        return shown[1:]  # how our own files keep a spreadsheet from running a text
    if not shown:
        return None
    if len(shown) > CELL_MOST:
        return Odd(Oddity.LONG)
    if "\ufffd" in shown or "\x00" in shown:
        return Odd(Oddity.ENCODING)
    if kept := _QUOTED_FORMULA.fullmatch(shown):
        return kept[1].strip() or None  # how a number is kept from losing its first zeros
    if shown.startswith("="):
        return Odd(Oddity.FORMULA)
    if _ERROR.fullmatch(shown):
        return Odd(Oddity.ERROR)
    return shown


# -- XLSX --------------------------------------------------------------------------------------------------------------


def _workbook_lines(path: Path) -> Iterator[Line]:
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        texts = sum(each.file_size for each in parts if each.filename.endswith("sharedStrings.xml"))
        if sum(each.file_size for each in parts) > _UNPACKED_MOST or texts > _TEXTS_MOST:
            raise Refused(FILE_UNREADABLE)
        with packed.open(_first_sheet(packed)) as file:
            merges = Merges(areas_of(file))
    with path.open("rb") as file:  # of a path openpyxl wants to know the ending, and what is kept here has none
        book = load_workbook(file, read_only=True, keep_links=False)
        try:
            sheet: Any = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
            if sheet is None:
                raise Refused(FILE_EMPTY)
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = tuple(_sheet_cell(each) for each in values[:MAX_COLUMNS])
                yield Line(number, _with_merged(cells, merges.under(number)), book.epoch.date())
        finally:
            book.close()


_parse: Any = _reader.iterparse  # type: ignore[attr-defined]


def _parse_and_let_go(source: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """What openpyxl asks of a sheet, without the rows that were read staying in memory until its end."""
    rows: Any = None
    for kind, element in _parse(source, ("start", "end")):
        if kind == "end":
            yield kind, element
            if rows is not None and element.tag == _reader.ROW_TAG:
                rows.clear()
        elif element.tag == _reader.DATA_TAG:
            rows = element


_reader.iterparse = _parse_and_let_go  # type: ignore[attr-defined]


def _sheet_cell(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return None if value is None else _text_cell(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date() if value.date() > DAYS_SINCE else Odd(Oddity.ERROR)
    if isinstance(value, date):
        return value
    return str(value) if isinstance(value, time) else Odd(Oddity.FORMULA)


def _first_sheet(packed: zipfile.ZipFile) -> str:
    """The name of the part that is read, but where the first sheets are hidden. Raises KeyError without any."""
    names = [each.filename for each in packed.infolist() if _SHEET.fullmatch(each.filename)]
    if not names:
        raise KeyError("no sheet")
    return names[0]


def _with_merged(cells: tuple[Cell, ...], under: set[int]) -> tuple[Cell, ...]:
    if not under:
        return cells
    return tuple(Odd(Oddity.MERGED) if cell is None and place in under else cell for place, cell in enumerate(cells))
