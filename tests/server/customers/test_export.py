"""The columns of a file of customers. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from server.core.i18n import Text
from server.core.sheets import SheetKind, sheet_chunks
from server.customers import rules
from server.customers.export import (
    _CATEGORIES,
    _DEALS,
    _IMPORTANCES,
    _KINDS,
    _NEEDS,
    _SOURCES,
    _STAGES,
    COLUMNS,
    LOSS_WORDS,
)
from server.customers.imports.columns import CODE_OF, Field, word_key
from server.customers.profile import rules as profile
from server.customers.queries import Card, Phone

NOW = datetime(2025, 3, 3, tzinfo=UTC)


def _card(name: str = "王小明", **values: object) -> Card:
    given = {
        "id": "1", "version": 1, "kind": "person", "name": name, "stage": "won", "lost_reason": "price", "grade": None, "source": "walk_in",
        "id_number": None, "address": None, "born_on": None, "needs": None, "remark": None,
        "first_contact_on": date(2025, 3, 1), "owner_id": "2", "unit_id": "3", "project_id": None, "created_at": NOW,
        "updated_at": NOW, "owner_name": "Wang", "phones": (Phone("4", 1, "138****8000", None, True),),
        "deal": "won", "need_level": "clear", "expected_close_on": date(2025, 4, 1), "importance": "key", "hobbies": None,
        "wishes": None, "industry": "finance", "category": "agency", "expected_amount_minor": None, "is_enabled": True,
    }  # fmt: skip
    return Card(**{**given, **values})  # type: ignore[arg-type]


def test_a_line_is_in_the_callers_language() -> None:
    zh = b"".join(sheet_chunks(SheetKind.CSV, COLUMNS, [_card()], "zh"))
    en = b"".join(sheet_chunks(SheetKind.CSV, COLUMNS, [_card()], "en"))
    assert "王小明,个人,138****8000,成交" in zh.decode()
    assert "person,138****8000,won" in en.decode()
    assert "2025-03-01" in en.decode()
    assert "price" not in en.decode()  # he came back: it says nothing
    lost = b"".join(sheet_chunks(SheetKind.CSV, COLUMNS, [_card(stage="lost")], "zh"))
    assert "流失,价格," in lost.decode()


def test_every_code_has_its_word() -> None:
    assert (set(_KINDS), set(_STAGES), set(_SOURCES)) == (set(rules.KINDS), set(rules.STAGES), set(rules.SOURCES))
    assert (set(_DEALS), set(_NEEDS)) == (set(profile.DEALS), set(profile.NEEDS))
    assert set(LOSS_WORDS) == set(rules.LOSS_REASONS)
    assert (set(_IMPORTANCES), set(_CATEGORIES)) == (set(profile.IMPORTANCES), set(profile.CATEGORIES))


@pytest.mark.parametrize(
    ("field", "words"),
    [(Field.STAGE, _STAGES), (Field.LOST_REASON, LOSS_WORDS), (Field.SOURCE, _SOURCES), (Field.KIND, _KINDS)],
)
def test_what_stands_in_our_file_is_understood_in_one_that_is_taken_in(field: Field, words: dict[str, Text]) -> None:
    for code, said in words.items():
        assert [CODE_OF[field].get(word_key(each)) for each in (said.zh, said.en)] == [code] * 2
