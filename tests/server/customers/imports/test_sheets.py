"""Files as people have them: encodings, marks, quotes, formulas, merged cells, and what is no list at all."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from server.core.problems import Refused
from server.customers.imports import sheets
from server.customers.imports.columns import Field
from server.customers.imports.merged_areas import MAX_COLUMNS, Area, Merges
from server.customers.imports.reading import read_day, read_line
from server.customers.imports.sheets import Odd, Oddity, count_lines, encoding_of, read_lines, top_lines

CHINESE = "姓名,电话\n王小明,13800138000\n李雷,13900139000\n"


def csv_file(folder: Path, data: bytes | str, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


def book_file(
    folder: Path,
    rows: Sequence[Sequence[Any]],
    *,
    merge: str | None = None,
    epoch: datetime = WINDOWS_EPOCH,
    days: str | None = None,
) -> Path:
    """days: a cell whose number is shown as a day."""
    book = Workbook()
    book.epoch = epoch
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if merge is not None:
        sheet.merge_cells(merge)
        sheet["A1"].alignment = Alignment(horizontal="center")
    if days is not None:
        sheet[days].number_format = "yyyy-mm-dd"
    book.save(folder / "list.xlsx")
    return folder / "list.xlsx"


def cells(path: Path) -> list[tuple[Any, ...]]:
    return [line.cells for line in read_lines(path)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_chinese_is_read_in_whatever_encoding_a_spreadsheet_wrote_it(tmp_path: Path, encoding: str) -> None:
    assert cells(csv_file(tmp_path, CHINESE, encoding))[1] == ("王小明", "13800138000")


def test_one_broken_character_does_not_make_utf_8_anything_else(tmp_path: Path) -> None:
    broken = CHINESE.encode().replace("雷".encode(), b"\xe9\x9b")
    path = csv_file(tmp_path, broken)
    assert encoding_of(path) == "utf-8"
    assert cells(path)[1:] == [("王小明", "13800138000"), (Odd(Oddity.ENCODING), "13900139000")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_title_row_shows_what_separates(tmp_path: Path, delimiter: str) -> None:
    path = csv_file(tmp_path, f'name{delimiter}phone\n"Wang{delimiter}Li"{delimiter}138\n')
    assert cells(path)[1] == (f"Wang{delimiter}Li", "138")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("  王 ", "王"),
        ("", None),
        ('="00138"', "00138"),
        ("=A1&B1", Odd(Oddity.FORMULA)),
        ("#REF!", Odd(Oddity.ERROR)),
        ("#1 Lake Road", "#1 Lake Road"),
        ("+86 138", "+86 138"),
        ("a\x00b", Odd(Oddity.ENCODING)),
        ("x" * (sheets.CELL_MOST + 1), Odd(Oddity.LONG)),
    ],
)
def test_a_cell_is_its_text_or_says_why_it_is_none(tmp_path: Path, text: str, cell: object) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    assert cells(csv_file(tmp_path, f"a,b\n{quoted},x\n"))[1] == (cell, "x")


def test_a_quote_that_is_never_closed_costs_the_rows_it_swallows_and_no_more(tmp_path: Path) -> None:
    swallowed = "".join(f"{number},b\n" for number in range(30_000))
    found = cells(csv_file(tmp_path, f'a,b\n1,"open\n{swallowed}last,row\n'))
    assert found[1] == (Odd(Oddity.LONG),)
    assert found[-1] == ("last", "row")


def test_a_sheet_gives_days_numbers_and_texts(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["name", "phone", "day", "n"],
        ["王", 13800138000, datetime(2025, 3, 4, 9), 1.5],  # noqa: DTZ001 (a cell of a sheet has no zone)
        [None, True, date(2025, 1, 2), "=A1"],
    ]
    assert cells(book_file(tmp_path, rows))[1:] == [
        ("王", "13800138000", date(2025, 3, 4), "1.5"),
        (None, "1", date(2025, 1, 2), Odd(Oddity.FORMULA)),
    ]


@pytest.mark.parametrize("epoch", [WINDOWS_EPOCH, MAC_EPOCH])
def test_days_are_the_same_whether_a_workbook_counts_them_from_1900_or_from_1904(
    tmp_path: Path, epoch: datetime
) -> None:
    """Formatted as a day, or left as the number that a day is."""
    day = date(2025, 3, 4)
    path = book_file(tmp_path, [["name", "a", "b"], ["王", day, (day - epoch.date()).days]], epoch=epoch)
    line = list(read_lines(path))[1]
    assert [read_day(cell, line.days_since) for cell in line.cells[1:]] == [day, day]


@pytest.mark.filterwarnings("ignore:Cell")
@pytest.mark.parametrize("number", [-1, 0, 0.5, 2_958_466, 1e300])
def test_a_number_that_is_no_day_is_answered_and_the_rows_after_it_are_read(tmp_path: Path, number: float) -> None:
    path = book_file(tmp_path, [["name", "born"], ["王", number], ["李", date(2025, 3, 4)]], days="B2")
    odd, good = (read_line(line, {0: Field.NAME, 1: Field.BORN_ON}) for line in list(read_lines(path))[1:])
    assert {each.code for each in odd.faults} & {"customers.import-day", "customers.import-cell-error"}
    assert good.values["born_on"] == date(2025, 3, 4)


def test_what_lies_under_a_merged_cell_is_said_to_be_merged(tmp_path: Path) -> None:
    found = cells(book_file(tmp_path, [["name", "x"], ["王", 1], ["", 2], ["李", 3]], merge="A2:A3"))
    assert found[1:] == [("王", "1"), (Odd(Oddity.MERGED), "2"), ("李", "3")]


def test_merged_cells_as_high_as_a_sheet_take_no_memory_and_on_top_of_each_other_are_no_sheet(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["name", "x"], *([None, str(number)] for number in range(50))]
    path = tmp_path / "high.xlsx"
    with zipfile.ZipFile(book_file(tmp_path, rows, merge="A1:A51")) as old, zipfile.ZipFile(path, "w") as new:
        for each in old.infolist():
            new.writestr(each.filename, old.read(each).replace(b'ref="A1:A51"', b'ref="A1:A1048576"'))
    tracemalloc.start()
    found = cells(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {row[0] for row in found[1:]} == {Odd(Oddity.MERGED)}
    assert most < 20_000_000
    areas = [Area(1, 9, 0, 0)] * (MAX_COLUMNS + 1)
    with pytest.raises(ValueError, match="on top"):
        Merges(areas).under(1)


def test_the_first_rows_are_given_before_the_last_ones_are_read(tmp_path: Path) -> None:
    """Also of a sheet that does not say how large it is; that it breaks off is found out at its end."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(3000):
        sheet.append([f"客户{number}", "喜欢喝茶"])
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(tmp_path / "list.xlsx", "w") as broken:
        for name in whole.namelist():
            content = whole.read(name)
            assert b"<dimension" not in content
            broken.writestr(name, content.split(b"</sheetData>")[0])
    assert [line.cells[0] for line in top_lines(tmp_path / "list.xlsx")][:2] == ["客户0", "客户1"]
    with pytest.raises(Refused):
        list(read_lines(tmp_path / "list.xlsx"))


def test_rows_that_were_read_take_no_memory(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(8000):
        sheet.append([f"客户{number}"])
    book.save(tmp_path / "list.xlsx")
    tracemalloc.start()
    lines = read_lines(tmp_path / "list.xlsx")
    next(lines)
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    assert sum(1 for _ in lines) == 7999
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert highest - before < 300_000


def test_blank_rows_keep_their_numbers(tmp_path: Path) -> None:
    for path in (csv_file(tmp_path, "a,b\n\n,\nx,y\n"), book_file(tmp_path, [["a", "b"], [], [], ["x", "y"]])):
        found = [line for line in read_lines(path) if not line.is_blank]
        assert [line.number for line in found] == [1, 4]


@pytest.mark.parametrize("data", [b"", b"name,phone\n", b"\n\n\n"])
def test_a_file_without_a_row_is_empty(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        top_lines(csv_file(tmp_path, data))
    assert refused.value.code == "customers.import-empty"


def damaged(folder: Path) -> list[Path]:
    """Files that call themselves a workbook and are none."""
    good = book_file(folder, [["name"], ["王"]])
    raw = good.read_bytes()
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
    found = []
    for name, data in {"cut": raw[: len(raw) // 2], "garbage": b"PK\x03\x04" + b"\x00" * 100}.items():
        (folder / name).write_bytes(data)
        found.append(folder / name)
    for name, part in {"bomb": bomb, "no-xml": b"\x00\x01", "half": b"<worksheet><sheetData><row>"}.items():
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(folder / name, "w") as new:
            for each in old.infolist():
                is_sheet = each.filename.startswith("xl/worksheets/")
                new.writestr(each.filename, part if is_sheet else old.read(each))
        found.append(folder / name)
    with zipfile.ZipFile(folder / "other", "w") as packed:
        packed.writestr("hello.txt", "hello")
    return [*found, folder / "other"]


def test_a_damaged_workbook_is_refused_as_unreadable(tmp_path: Path) -> None:
    for path in damaged(tmp_path):
        with pytest.raises(Refused) as refused:
            list(read_lines(path))
        assert refused.value.code == "customers.import-unreadable", path.name


def test_a_workbook_that_would_unpack_to_more_than_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book_file(tmp_path, [["name"], ["王"]])
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("xl/sharedStrings.xml", "<sst>" + "x" * 100 + "</sst>")
    monkeypatch.setattr(sheets, "_TEXTS_MOST", 10)
    with pytest.raises(Refused):
        list(read_lines(path))


def test_rows_are_counted_without_reading_cells(tmp_path: Path) -> None:
    rows = [["name"], *([f"客户{number}"] for number in range(3000))]
    assert count_lines(book_file(tmp_path, rows)) == 3001
    assert count_lines(csv_file(tmp_path, "a\nb\nc\n")) == 3
