"""A table as a file for spreadsheets, CSV or XLSX: made as its rows come, so that its size does not matter. Pure.

A column is a title and how a row's cell is found. A cell is a text, a number (int, Decimal), a day, an instant in the zone of
whoever reads it, or None. Source: security design §2.8: numbers are written as numbers, and a text stays a text: in CSV, where a
spreadsheet would run one that looks like a formula, an apostrophe goes in front; in XLSX cells have types, and nothing is needed.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from xml.sax.saxutils import escape

from server.core.i18n import Language, Text

Cell = str | int | Decimal | date | None
R = TypeVar("R")
Columns = Sequence[tuple[Text, Callable[[R, Language], Cell]]]
"""Title and how a row's cell is found, from left to right."""

BOM = "\ufeff"
"""Without it, spreadsheets read UTF-8 as the local code page."""
SHEET_ROWS = 1_048_576
"""As many as a sheet has, the titles among them; what does not fit goes on in another one."""
_LINES = 500
_CELL_MOST = 32_767
_FIRST_DAY = date(1900, 3, 1)
"""Spreadsheets count the days before it wrongly."""
_DAY_ZERO = date(1899, 12, 30)
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")


class SheetKind(StrEnum):
    """What the file is."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    SheetKind.CSV: "text/csv",
    SheetKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def sheet_chunks(kind: SheetKind, columns: Columns[R], rows: Iterable[R], language: Language) -> Iterator[bytes]:
    """The file, some hundred rows at a time, with the titles in its first row."""
    titles: list[Cell] = [title.fill(language, {}) for title, _ in columns]
    lines = ([value(row, language) for _, value in columns] for row in rows)
    return line_chunks(kind, titles, lines)


def line_chunks(kind: SheetKind, titles: Sequence[Cell], lines: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """As sheet_chunks, of cells that are there already."""
    return _csv(titles, lines) if kind is SheetKind.CSV else _xlsx(titles, lines)


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula in CSV: an apostrophe goes in front where one would."""
    return f"'{text}" if _FORMULA.match(text) else text


# -- CSV ---------------------------------------------------------------------------------------------------------------


def _csv(titles: Sequence[Cell], lines: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """UTF-8 with BOM."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(map(_csv_cell, titles))
    for number, line in enumerate(lines, 1):
        writer.writerow(map(_csv_cell, line))
        if number % _LINES == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _csv_cell(value: Cell) -> object:
    if isinstance(value, str):
        return safe_text(value)
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


# -- XLSX --------------------------------------------------------------------------------------------------------------

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKED_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = f"""{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>\
<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>\
<cellXfs count="4"><xf xfId="0"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/>\
<xf xfId="0" numFmtId="165" applyNumberFormat="1"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
_DAY_STYLE, _INSTANT_STYLE, _TITLE_STYLE = 1, 2, 3
_SHEET_HEAD = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_SHEET_FOOT = "</sheetData></worksheet>"


class _Pipe(io.RawIOBase):
    """What a ZIP is written into: it gives on what it has got, and cannot go back."""

    def __init__(self) -> None:
        self._got: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self._got.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        got, self._got = b"".join(self._got), []
        return got


def _xlsx(titles: Sequence[Cell], lines: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    pipe, left = _Pipe(), iter(lines)
    with zipfile.ZipFile(pipe, "w") as packed:
        sheets = 0
        while True:
            sheets += 1
            name = f"xl/worksheets/sheet{sheets}.xml"
            is_full = False
            with packed.open(_part(name), "w", force_zip64=True) as sheet:
                sheet.write((_SHEET_HEAD + _xml_row(titles, _TITLE_STYLE)).encode())
                for part, number in _xml_parts(left):
                    sheet.write(part)
                    yield pipe.taken()
                    is_full = number == SHEET_ROWS - 1
                sheet.write(_SHEET_FOOT.encode())
            if not is_full:
                break
        for place, text in _parts_around(sheets):
            packed.writestr(_part(place), text)
    yield pipe.taken()


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name)  # without the time, so that the same rows are the same bytes
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _xml_parts(lines: Iterator[Sequence[Cell]]) -> Iterator[tuple[bytes, int]]:
    """The rows of one sheet in parts, each with how many there were by then."""
    part: list[str] = []
    number = 0
    for number, line in enumerate(lines, 1):
        part.append(_xml_row(line))
        if number % _LINES == 0 or number == SHEET_ROWS - 1:
            yield "".join(part).encode(), number
            part = []
        if number == SHEET_ROWS - 1:
            return
    yield "".join(part).encode(), number


def _xml_row(line: Sequence[Cell], text_style: int = 0) -> str:
    return f"<row>{''.join(_xml_cell(value, text_style) for value in line)}</row>"


def _xml_cell(value: Cell, text_style: int) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return _xml_text(value, text_style)
    if isinstance(value, datetime):
        if value.date() < _FIRST_DAY:
            return _xml_text(f"{value:%Y-%m-%d %H:%M}", 0)
        minutes = Decimal(value.hour * 60 + value.minute) / 1440
        return f'<c s="{_INSTANT_STYLE}"><v>{(value.date() - _DAY_ZERO).days + minutes:.10f}</v></c>'
    if isinstance(value, date):
        if value < _FIRST_DAY:
            return _xml_text(value.isoformat(), 0)
        return f'<c s="{_DAY_STYLE}"><v>{(value - _DAY_ZERO).days}</v></c>'
    return f"<c><v>{value}</v></c>"


def _xml_text(text: str, style: int) -> str:
    said = _LOOKS_ESCAPED.sub("_x005F_", _NOT_XML.sub("\ufffd", text[:_CELL_MOST]))
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{escape(said, _LINE_ENDS)}</t></is></c>'


_LINE_ENDS = {"\r": "_x000D_"}
"""XML would read them as \\n."""


def _parts_around(sheets: int) -> Iterator[tuple[str, str]]:
    """Place → text of all that an XLSX has beside its sheets."""
    numbers = range(1, sheets + 1)
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    yield "xl/styles.xml", _STYLES
    listed = "".join(f'<sheet name="{number}" sheetId="{number}" r:id="r{number}"/>' for number in numbers)
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
    )
    related = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKED_RELATIONS}">{related}'
        f'<Relationship Id="styles" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    )
    yield (
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKED_RELATIONS}">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{types}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{types}.styles+xml"/>{overrides}</Types>',
    )
