"""Titles to fields, cells to values, and every fault of a row at once. Rules: docs/rules/imports.md."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.core.problems import Refused
from server.customers.imports.columns import Field, guess, title_line
from server.customers.imports.reading import read_day, read_line
from server.customers.imports.sheets import Cell, Line, Odd, Oddity


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("客户姓名", Field.NAME),
        ("姓 名", Field.NAME),
        ("Customer Name", Field.NAME),
        ("手机（必填）", Field.PHONE),
        ("电话2", Field.PHONE),
        ("Mobile number", Field.PHONE),
        ("身份证号", Field.ID_NUMBER),
        ("置业顾问", Field.OWNER),
        ("首访日期", Field.FIRST_CONTACT_ON),
        ("意向等级", Field.GRADE),
        ("颜色", None),
        (None, None),
    ],
)
def test_a_title_says_what_its_column_is(title: str | None, field: Field | None) -> None:
    assert guess([title]) == [field]


def test_of_two_columns_of_one_kind_the_first_counts_but_phones_all_do() -> None:
    assert guess(["姓名", "客户", "手机", "电话"]) == [Field.NAME, None, Field.PHONE, Field.PHONE]


def test_the_titles_are_the_row_with_most_that_are_known() -> None:
    top = [Line(1, ("2025 年客户名单", None)), Line(3, ("姓名", "电话")), Line(4, ("王小明", "138"))]
    assert title_line(top).number == 3


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2025-03-04", date(2025, 3, 4)),
        ("2025/3/4", date(2025, 3, 4)),
        ("2025.3.4", date(2025, 3, 4)),
        ("2025年3月4日", date(2025, 3, 4)),
        ("20250304", date(2025, 3, 4)),
        ("2025-03-04 09:30", date(2025, 3, 4)),
        ("45720", date(2025, 3, 4)),
        (date(2025, 3, 4), date(2025, 3, 4)),
    ],
)
def test_a_day_is_read_however_it_is_written(cell: Cell, day: date) -> None:
    assert read_day(cell) == day


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2025",
        "4.3.25",
        "2025-02-30",
        "31.02.2025",
        "25-03-04",
        "25年3月4日",
        "2025-13-01",
        "20250230",
        "soon",
        "1",
    ],
)
def test_what_could_be_two_days_or_none_is_no_day(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_day(text)
    assert (refused.value.code, refused.value.params) == ("customers.import-day", {"text": text})


def read(mapping: list[Field], *row: Cell) -> Any:
    return read_line(Line(7, row), dict(enumerate(mapping)))


def test_a_row_becomes_what_a_customer_is_made_of() -> None:
    fields = [Field.NAME, Field.PHONE, Field.PHONE, Field.STAGE, Field.GRADE, Field.SOURCE, Field.BORN_ON, Field.OWNER]
    found = read(
        fields,
        " 王 小明",
        "13800138000 / 010-62345678",
        "138 0013 8000",
        "已来访",
        "b级",
        "老带新",
        "1990-5-6",
        "na.sun",
    )
    assert found.faults == ()
    assert found.numbers == ("+8613800138000", "+861062345678")
    assert found.owner == "na.sun"
    assert found.values == {
        "name": "王 小明", "stage": "visited", "grade": "B", "source": "referral", "born_on": date(1990, 5, 6),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        (Field.PHONE, "12345", "customers.phone-invalid"),
        (Field.PHONE, "1.38E+10", "customers.import-number-damaged"),
        (Field.ID_NUMBER, "1.10105E+17", "customers.import-number-damaged"),
        (Field.ID_NUMBER, "没有", "customers.id-number-invalid"),
        (Field.BORN_ON, "5/6/90", "customers.import-day"),
        (Field.STAGE, "考虑中", "customers.import-word"),
        (Field.ADDRESS, "路" * 301, "customers.import-too-long"),
        (Field.ADDRESS, Odd(Oddity.FORMULA), "customers.import-formula"),
        (Field.ADDRESS, Odd(Oddity.MERGED), "customers.import-merged"),
        (Field.ADDRESS, Odd(Oddity.ENCODING), "customers.import-encoding"),
        (Field.ADDRESS, Odd(Oddity.ERROR), "customers.import-cell-error"),
    ],
)
def test_what_is_wrong_is_said_at_its_column(field: Field, cell: Cell, code: str) -> None:
    found = read([Field.NAME, field], "王小明", cell)
    assert [(each.code, each.column) for each in found.faults] == [(code, 1)]


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    found = read([Field.NAME, Field.PHONE, Field.BORN_ON], None, "1", "x")
    assert [(each.code, each.column) for each in found.faults] == [
        ("customers.phone-invalid", 1),
        ("customers.import-day", 2),
        ("customers.name-required", 0),
    ]


def test_a_short_row_has_nothing_in_its_last_columns() -> None:
    assert read([Field.NAME, Field.REMARK], "王小明").faults == ()
