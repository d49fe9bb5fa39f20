"""The CSV file. No database."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from server.customers import rules
from server.customers.export import (
    _CATEGORIES,
    _DEALS,
    _IMPORTANCES,
    _KINDS,
    _NEEDS,
    _SOURCES,
    _STAGES,
    csv_chunks,
    safe_text,
)
from server.customers.profile import rules as profile
from server.customers.queries import Card, Phone

NOW = datetime(2025, 3, 3, tzinfo=UTC)


def _card(name: str = "王小明", **values: object) -> Card:
    given = {
        "id": "1", "version": 1, "kind": "person", "name": name, "stage": "won", "grade": None, "source": "walk_in",
        "id_number": None, "address": None, "born_on": None, "needs": None, "remark": None,
        "first_contact_on": date(2025, 3, 1), "owner_id": "2", "unit_id": "3", "project_id": None, "created_at": NOW,
        "updated_at": NOW, "owner_name": "Wang", "phones": (Phone("4", 1, "138****8000", None, True),),
        "deal": "won", "need_level": "clear", "expected_close_on": date(2025, 4, 1), "importance": "key", "hobbies": None,
        "wishes": None, "industry": "finance", "category": "agency", "expected_amount_minor": None, "is_enabled": True,
    }  # fmt: skip
    return Card(**{**given, **values})  # type: ignore[arg-type]


def test_the_file_is_utf8_with_bom_in_the_callers_language() -> None:
    zh = b"".join(csv_chunks([_card()], "zh"))
    en = b"".join(csv_chunks([_card()], "en"))
    assert zh.startswith(b"\xef\xbb\xbf")
    assert "王小明,个人,138****8000,成交" in zh.decode()
    assert "person,138****8000,won" in en.decode()
    assert "2025-03-01" in en.decode()


def test_every_code_has_its_word() -> None:
    assert (set(_KINDS), set(_STAGES), set(_SOURCES)) == (set(rules.KINDS), set(rules.STAGES), set(rules.SOURCES))
    assert (set(_DEALS), set(_NEEDS)) == (set(profile.DEALS), set(profile.NEEDS))
    assert (set(_IMPORTANCES), set(_CATEGORIES)) == (set(profile.IMPORTANCES), set(profile.CATEGORIES))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", " =1", "\n=1", "=cmd|' /C calc'!A0"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe_text(text) == f"'{text}"
    written = b"".join(csv_chunks([_card(text, remark=text)], "zh")).decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(written, newline="")))[1]
    assert row[1] == f"'{text}"
    assert row.count(f"'{text}") == 2


@pytest.mark.parametrize("text", ["王小明", "1-2", "a=b", "", "12.50"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_lines_and_quotes_inside_a_cell_survive() -> None:
    written = b"".join(csv_chunks([_card('a "b", c', needs="一\n二")], "zh")).decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(written, newline="")))[1]
    assert row[1] == 'a "b", c'
    assert "一\n二" in row


def test_a_long_file_comes_in_chunks() -> None:
    chunks = list(csv_chunks((_card() for _ in range(1200)), "zh"))
    assert len(chunks) == 3
    assert b"".join(chunks).count(b"\r\n") == 1201
    assert max(map(len, chunks)) < 100_000
