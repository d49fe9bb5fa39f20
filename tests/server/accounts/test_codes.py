"""One-time codes: how they are spelled and read, and what one try means, at every limit. No database."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.codes import (
    CODE_LIFE,
    CODE_REFUSED,
    CODE_TRIES,
    CodeAccepted,
    CodeClosed,
    CodePurpose,
    CodeState,
    CodeWrong,
    code_from,
    code_hash,
    judge_code,
    spell_code,
)
from server.core.problems import Refused

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
KEY = b"C" * 32
RIGHT = code_hash(KEY, CodePurpose.RESET, "org", "user", "0123ABCZ")
WRONG = code_hash(KEY, CodePurpose.RESET, "org", "user", "0123ABCY")
STATE = CodeState(RIGHT, NOW)


@pytest.mark.parametrize(
    ("entropy", "code"),
    [
        (bytes(5), "00000000"),
        (b"\xff" * 5, "ZZZZZZZZ"),
        (b"\x00\x44\x32\x14\xc7", "01234567"),
        (b"\x08" + bytes(4), "10000000"),
        (b"\x00\x00\x00\x00\x1f", "0000000Z"),
    ],
)
def test_a_code_spells_forty_bits(entropy: bytes, code: str) -> None:
    assert code_from(entropy) == code


@pytest.mark.parametrize("size", [0, 4, 6])
def test_a_code_is_made_of_five_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="5 bytes"):
        code_from(bytes(size))


@given(entropy=st.binary(min_size=5, max_size=5))
def test_a_code_is_read_as_it_was_issued_however_it_is_typed(entropy: bytes) -> None:
    code = code_from(entropy)
    typed = f" {code[:4]}-{code[4:]} ".lower().replace("1", "l").replace("0", "o")
    assert (
        spell_code(code) == spell_code(typed) == spell_code(typed.upper()) == spell_code(code.replace("1", "i")) == code
    )
    assert not set(code) & set("ILOU")


def test_a_chinese_input_method_spoils_no_code() -> None:
    assert spell_code("０１２３－ａｂｃｄ　") == "0123ABCD"


@pytest.mark.parametrize(
    "typed", ["", "0123ABC", "0123ABCDE", "0123ABCU", "0123ABC!", "0123ABC\n", "ß" * 4, "0123ABCD" + " " * 33]
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert spell_code(typed) is None


def test_a_hash_is_good_for_one_purpose_organisation_subject_and_code() -> None:
    hashes = {
        RIGHT,
        WRONG,
        code_hash(b"D" * 32, CodePurpose.RESET, "org", "user", "0123ABCZ"),
        code_hash(KEY, CodePurpose.ENROL, "org", "user", "0123ABCZ"),
        code_hash(KEY, CodePurpose.RESET, "rival", "user", "0123ABCZ"),
        code_hash(KEY, CodePurpose.RESET, "org", "other", "0123ABCZ"),
    }
    assert len(hashes) == 6
    assert {len(each) for each in hashes} == {64}
    assert "0123ABCZ" not in RIGHT.upper()


@pytest.mark.parametrize(
    ("state", "presented", "now", "verdict"),
    [
        (STATE, RIGHT, NOW, CodeAccepted()),
        (STATE, RIGHT, NOW + CODE_LIFE - timedelta(seconds=1), CodeAccepted()),
        (STATE, RIGHT, NOW + CODE_LIFE, CodeClosed("expired")),
        (STATE, WRONG, NOW, CodeWrong(4)),
        (STATE, None, NOW, CodeWrong(4)),
        (STATE, "", NOW, CodeWrong(4)),
        (dataclasses.replace(STATE, tries=4), RIGHT, NOW, CodeAccepted()),
        (dataclasses.replace(STATE, tries=4), WRONG, NOW, CodeWrong(0)),
        (dataclasses.replace(STATE, tries=5), RIGHT, NOW, CodeClosed("tries")),
        (dataclasses.replace(STATE, used=True), RIGHT, NOW, CodeClosed("used")),
        (dataclasses.replace(STATE, used=True, tries=5), WRONG, NOW + CODE_LIFE, CodeClosed("used")),
    ],
)
def test_what_one_try_means(
    state: CodeState, presented: str | None, now: datetime, verdict: CodeAccepted | CodeWrong | CodeClosed
) -> None:
    assert judge_code(state, presented, now) == verdict


def test_the_sixth_try_is_in_vain_and_so_is_the_second_use() -> None:
    state = STATE
    for _ in range(CODE_TRIES):
        assert isinstance(judge_code(state, WRONG, NOW), CodeWrong)
        state = dataclasses.replace(state, tries=state.tries + 1)
    assert judge_code(state, RIGHT, NOW) == CodeClosed("tries")
    assert judge_code(STATE, RIGHT, NOW) == CodeAccepted()
    assert judge_code(dataclasses.replace(STATE, used=True), RIGHT, NOW) == CodeClosed("used")


def test_the_design_s_figures() -> None:
    assert CODE_LIFE.total_seconds() == 600
    assert CODE_TRIES == 5


def test_one_answer_for_every_refused_code() -> None:
    refused = Refused(CODE_REFUSED)
    assert (refused.code, refused.status, refused.params) == ("accounts.code-refused", 403, {})
