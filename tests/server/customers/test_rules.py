"""Rules of customers, at their edges. No database."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.problems import Refused
from server.core.types import IdNumber
from server.customers import rules
from server.customers.settling import settle_customer, settle_phone
from tests.server.customers.office import refused

TODAY = date(2025, 3, 3)
ID_NUMBERS = json.loads((Path(__file__).parent / "cases/id_numbers.json").read_text())


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("138-0013 8000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("＋８６１３８００１３８０００", "+8613800138000"),
        ("0086 138 0013 8000", "+8613800138000"),
        ("（+86）138 0013 8000", "+8613800138000"),
        ("\u202d13800138000\u202c", "+8613800138000"),
        ("138\u200b00138000", "+8613800138000"),
        ("١٣٨٠٠١٣٨٠٠٠", "+8613800138000"),
        ("(010) 8888-8888", "+861088888888"),
        ("17911 010 8888 8888", "+861088888888"),
        ("+86 0 10 8888 8888", "+861088888888"),
        ("400-800-1234", "+864008001234"),
        ("+1 202 555 0123", "+12025550123"),
    ],
)
def test_a_phone_is_kept_in_e164(typed: str, stored: str) -> None:
    assert rules.check_phone(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "1", "95588", "88888888", "138001380001234567", "010-88888888 ext. 12", "010-88888888转801", "1-800-FLOWERS",
     "tel:+8613800138000", "+8613800138000;ext=1", "²³¹⁴", "1" * 4000, "\x00", "=13800138000", "13800138000\n1"],
)  # fmt: skip
def test_what_cannot_be_dialled_is_no_phone(typed: str) -> None:
    with pytest.raises(Refused, match=refused("customers.phone-invalid")):
        rules.check_phone(typed)


def test_the_tail_is_the_last_four_digits() -> None:
    assert rules.tail_of("+8613800138000") == "8000"


@pytest.mark.parametrize("case", ID_NUMBERS, ids=lambda case: f"{case['kind']} {case['typed']}")
def test_an_id_number_is_kept_narrow_and_upper_or_cannot_be(case: dict[str, str | None]) -> None:
    """Cases that the handheld's form reads too: handheld/tests/app/known.test.ts."""
    typed, kind = str(case["typed"]), str(case["kind"])
    if case["stored"] is None:
        with pytest.raises(Refused, match=refused("customers.id-number-invalid")):
            rules.check_id_number(rules.check_id_form(typed), kind=kind)
        return
    stored = rules.check_id_form(typed)
    rules.check_id_number(stored, kind=kind)
    assert (stored, IdNumber().mask(stored)) == (case["stored"], case["mask"])
    assert rules.check_id_form(stored) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  王  小明 ", "王 小明"),
        ("王\u202e小明\u200b", "王小明"),
        ("Müller", "Müller"),
        ("علي\u200cرضا", "علي\u200cرضا"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("𠮷野家", "𠮷野家"),
        ("\U00031350", "\U00031350"),
        ("王\x00\x1b[31m", "王[31m"),
        ("x" * 200, "x" * 120),
        ("x" * 119 + " y", "x" * 119),
    ],
)
def test_a_name_is_kept_without_what_cannot_be_seen(typed: str, stored: str) -> None:
    assert rules.check_name(typed) == stored


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u200d", "\u202e", "???", "。", "\u0301", "\x00"])
def test_a_name_needs_something_to_read(typed: str) -> None:
    with pytest.raises(Refused, match=refused("customers.name-required")):
        rules.check_name(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＡＢＣ公司", "abc公司"), ("Straße", "STRASSE"), ("é", "e\u0301"), ("王\u200b明", "王明"), ("ﬁrma", "FIRMA")],
)
def test_names_are_found_whatever_their_width_and_case(one: str, other: str) -> None:
    assert rules.name_key(one) == rules.name_key(other)


@given(st.text(max_size=200))
def test_any_text_becomes_a_name_that_stays_the_same_or_is_refused(text: str) -> None:
    try:
        name = rules.check_name(text)
    except Refused:
        return
    assert rules.check_name(name) == name
    assert len(name) <= rules.NAME_MOST
    assert len(rules.name_key(name)) <= rules.KEY_MOST
    assert "\x00" not in rules.name_key(name)


@given(st.text(max_size=60))
def test_any_text_is_a_phone_that_stays_the_same_or_is_refused(text: str) -> None:
    try:
        number = rules.check_phone(text)
    except Refused:
        return
    assert number.startswith("+")
    assert number[1:].isascii()
    assert rules.check_phone(number) == number


@given(st.text(max_size=120))
def test_any_text_can_be_searched_for(text: str) -> None:
    sought = rules.read_search(text)
    assert sought is None or sought.name
    assert sought is None or sought.digits is None or (sought.digits.isascii() and len(sought.digits) >= 4)


@pytest.mark.parametrize(
    ("text", "digits", "number"),
    [
        ("8000", "8000", None),
        ("８０００", "8000", None),
        ("138-0013-8000", "13800138000", "+8613800138000"),
        ("+8613800138000", "8613800138000", "+8613800138000"),
        ("800", None, None),
        ("1688公司", None, None),
        ("1" * 16, None, None),
    ],
)
def test_a_search_text_is_a_phone_when_it_looks_like_one(text: str, digits: str | None, number: str | None) -> None:
    sought = rules.read_search(text)
    assert sought is not None
    assert (sought.digits, sought.number) == (digits, number)


def test_an_empty_search_finds_all() -> None:
    assert rules.read_search(" \u200b ") is None


@pytest.mark.parametrize("after", rules.STAGES)
def test_a_dead_customer_comes_back_before_he_buys(after: str) -> None:
    if after in ("won", "lost"):
        with pytest.raises(Refused, match=refused("customers.stage-from-dead")):
            rules.check_stage("dead", after)
    else:
        rules.check_stage("dead", after)
    rules.check_stage("prospect", after)


def test_a_first_contact_tomorrow_is_refused_in_the_office_and_mended_for_a_device() -> None:
    tomorrow = {"first_contact_on": date(2025, 3, 4)}
    with pytest.raises(Refused, match=refused("customers.day-in-future")):
        rules.check_values(tomorrow, before={"kind": "person"}, today=TODAY)
    mended = rules.check_values(tomorrow, before={"kind": "person"}, today=TODAY, from_device=True)
    assert mended == {"first_contact_on": TODAY}


def test_nobody_is_born_tomorrow() -> None:
    with pytest.raises(Refused, match=refused("customers.day-in-future")):
        rules.check_values({"born_on": date(2025, 3, 4)}, before={"kind": "person"}, today=TODAY, from_device=True)


def test_a_company_that_becomes_a_person_needs_a_number_that_holds() -> None:
    before = {"kind": "company", "id_number": "110105194912310021"}
    with pytest.raises(Refused, match=refused("customers.id-number-invalid")):
        rules.check_values({"kind": "person"}, before=before, today=TODAY)


def test_blank_texts_are_none() -> None:
    values = {"address": " ", "needs": "", "remark": None, "id_number": "  "}
    assert settle_customer(values) == dict.fromkeys(values)
    assert settle_phone({"label": " "}) == {"label": None}


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\u0301"])
def test_a_note_and_a_reason_need_something_to_read(text: str) -> None:
    with pytest.raises(Refused, match=refused("customers.text-required")):
        rules.check_text(text)
    with pytest.raises(Refused, match=refused("customers.reason-required")):
        rules.check_reason(text)


def test_a_note_keeps_its_lines_and_smileys() -> None:
    assert rules.check_text(" 一\n二 👍 ") == "一\n二 👍"
