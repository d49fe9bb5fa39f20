"""Phone codes: RFC 6238's steps, one text for one half minute, and nothing but the secret makes it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.membership.cards import base45, rotating
from server.membership.cards.reading import Reading, Unreadable
from tests.server.membership.cards.hostile import HOSTILE, flipped, other_bits

ORG = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
CARD_REF = bytes(range(0xA0, 0xB0))
SECRET = bytes(range(32))
NOW = datetime(2026, 3, 1, 9, 30, 15, tzinfo=UTC)
TEXT = rotating.show(CARD_REF, org_id=ORG, secret=SECRET, at=NOW)


def refused(text: str, *, org_id: UUID = ORG, secret: bytes | None = SECRET, at: datetime = NOW) -> str:
    """Why a text is no code of this moment; fails when it is one."""
    with pytest.raises(Unreadable) as found:
        rotating.verify(rotating.read(text), org_id=org_id, secret=secret, at=at)
    return found.value.reason


@pytest.mark.parametrize(
    ("digest", "secret", "seconds", "expected"),
    [
        ("sha1", b"12345678901234567890", 59, "94287082"),
        ("sha1", b"12345678901234567890", 1111111109, "07081804"),
        ("sha1", b"12345678901234567890", 20000000000, "65353130"),
        ("sha256", b"12345678901234567890123456789012", 59, "46119246"),
    ],
)
def test_steps_are_those_of_rfc_6238(digest: str, secret: bytes, seconds: int, expected: str) -> None:
    step = rotating.step_of(datetime.fromtimestamp(seconds, UTC))
    mac = hmac.digest(secret, step.to_bytes(8), digest)
    at = mac[-1] & 0xF
    assert f"{(int.from_bytes(mac[at : at + 4]) & 0x7FFFFFFF) % 10**8:08}" == expected


def test_the_text_is_what_the_paper_says() -> None:
    step = int(NOW.timestamp()) // 30
    code = hmac.new(SECRET, ORG.bytes + CARD_REF + step.to_bytes(8), hashlib.sha256).digest()[:10]
    assert base45.decode(TEXT.removeprefix("DS2:")) == CARD_REF + step.to_bytes(4) + code
    assert rotating.read(TEXT) == rotating.Shown(CARD_REF, step, code)
    assert TEXT == "DS2: DKAPKT K33LMEL-PLF$LY3M1K0:5F9TC2QA31NW7G65C"  # its base45 by the package base45 0.4.4


def test_it_fits_a_code_of_29_modules() -> None:
    """Version 3-M of ISO/IEC 18004 takes 61 alphanumeric characters."""
    assert len(TEXT) == rotating.TEXT_LENGTH <= 61


@given(st.integers(0, 29), st.integers(0, 2**32 - 2))
def test_a_code_is_taken_one_step_around_its_own_and_names_its_own(second: int, step: int) -> None:
    begin = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=30) * min(step, 8_000_000_000)
    step = rotating.step_of(begin)
    text = rotating.show(CARD_REF, org_id=ORG, secret=SECRET, at=begin + timedelta(seconds=second))
    assert text == rotating.show(CARD_REF, org_id=ORG, secret=SECRET, at=begin)
    for seconds in (-30, 0, 29, 30, 59):
        at = begin + timedelta(seconds=seconds)
        reading = rotating.verify(rotating.read(text), org_id=ORG, secret=SECRET, at=at)
        assert reading == Reading("rotating", CARD_REF, counter=step)
    for seconds in (-86400, -31, 60, 86400):
        assert refused(text, at=begin + timedelta(seconds=seconds)) == "window"


def test_the_last_moment_of_a_window_is_exact() -> None:
    begin = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    last = begin + timedelta(seconds=60) - timedelta(microseconds=1)
    assert rotating.verify(rotating.read(TEXT), org_id=ORG, secret=SECRET, at=last).card == CARD_REF
    assert refused(TEXT, at=begin + timedelta(seconds=60)) == "window"
    assert refused(TEXT, at=begin - timedelta(seconds=30, microseconds=1)) == "window"


def test_no_bit_of_it_can_be_flipped() -> None:
    raw = base45.decode(TEXT[4:])
    assert {refused("DS2:" + base45.encode(other)) for other in flipped(raw)} == {"code"}
    assert {refused(text) for text in other_bits(TEXT)} == {"shape", "code"}
    assert {refused(TEXT, secret=other) for other in flipped(SECRET)} == {"code"}
    assert {refused(TEXT, org_id=UUID(bytes=other)) for other in flipped(ORG.bytes)} == {"code"}


def test_a_genuine_code_moved_to_another_step_is_none() -> None:
    raw = base45.decode(TEXT[4:])
    step = int.from_bytes(raw[16:20]) + 1
    assert refused("DS2:" + base45.encode(raw[:16] + step.to_bytes(4) + raw[20:])) == "code"


def test_a_card_that_does_not_exist_costs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the secret that stands in for its own opens nothing."""
    made: list[bytes] = []
    compute = rotating._code

    def counted(secret: bytes, org_id: UUID, card_ref: bytes, step: int) -> bytes:
        made.append(secret)
        return compute(secret, org_id, card_ref, step)

    nobodys = rotating.show(CARD_REF, org_id=ORG, secret=bytes(32), at=NOW)
    monkeypatch.setattr(rotating, "_code", counted)
    assert refused(nobodys, secret=None) == "key"
    assert refused(TEXT, secret=None) == "key"
    assert len(made) == 2


@pytest.mark.parametrize("text", [*HOSTILE, TEXT.lower(), "DS1:" + TEXT[4:], TEXT + "0", TEXT[:-1], TEXT + "\n", " " + TEXT],
                         ids=lambda text: ascii(text[:20]))  # fmt: skip
def test_hostile_texts(text: str) -> None:
    assert refused(text) == "shape"


@given(st.text() | st.text(base45.ALPHABET, min_size=45, max_size=45).map(lambda text: "DS2:" + text))
def test_no_text_raises_anything_else(text: str) -> None:
    refused(text)


@pytest.mark.parametrize(("secret", "card_ref"), [(b"", CARD_REF), (bytes(31), CARD_REF), (SECRET, bytes(15))])
def test_wrong_lengths_are_the_callers_mistake(secret: bytes, card_ref: bytes) -> None:
    with pytest.raises(ValueError):
        rotating.show(card_ref, org_id=ORG, secret=secret, at=NOW)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError):
        rotating.step_of(NOW.replace(tzinfo=None))
