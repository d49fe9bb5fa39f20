"""Printed cards: byte for byte what another COSE library makes, and nothing else is one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from server.membership.cards import base45, printed
from server.membership.cards.reading import Reading, Unreadable
from tests.server.membership.cards.hostile import HOSTILE, flipped, other_bits

ORG = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
CARD_REF = bytes(range(0xA0, 0xB0))
DAY = date(2026, 3, 1)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEYS = {printed.key_id(key.public_key()): key.public_key() for key in (KEY, OTHER_KEY)}

# Made with pycose 1.1.0, cbor2 6.2.1 and base45 0.4.4 from the values above and external_aad = b"DS1:" + ORG.bytes.
FOREIGN = (
    "DS1:RRQT 9P60GO0$+AWKB3UAR098CK$A3WY0/FDWGGR-0 DKAPKT K33LMEL-PLF$LY3M27B7 6%:AHX9YKR--DN:K3SRVHP1YG6IF6YEEV09W5"
    "QHBM4TF6UJZOM:HW 6%1EEIQWCN:KJ17SZTMI7EI UVYLKHSU:MOJO0+0"
)
RAW = base45.decode(FOREIGN[4:])


def refused(text: str, *, org_id: UUID = ORG) -> str:
    """Why a text is no card; fails when it is one."""
    with pytest.raises(Unreadable) as found:
        printed.verify(text, org_id=org_id, keys=KEYS)
    return found.value.reason


def respelt(mend: Callable[[bytes], bytes]) -> str:
    """A card whose bytes were changed and whose issuer signed it for a reader that takes them."""
    raw = mend(RAW)
    if len(raw) == len(RAW):
        raw = raw[:46] + KEY.sign(b"\x84\x6aSignature1" + raw[2:16] + b"\x54DS1:" + ORG.bytes + raw[17:44])
    return "DS1:" + base45.encode(raw)


def test_another_cose_library_makes_the_same_card() -> None:
    assert printed.issue(CARD_REF, org_id=ORG, issued_on=DAY, key=KEY) == FOREIGN
    assert printed.verify(FOREIGN, org_id=ORG, keys=KEYS) == Reading("printed", CARD_REF, issued_on=DAY)


def test_it_fits_a_code_of_45_modules() -> None:
    """Version 7-M of ISO/IEC 18004 takes 178 alphanumeric characters."""
    assert len(FOREIGN) == printed.TEXT_LENGTH <= 178
    assert set(FOREIGN) <= set(base45.ALPHABET)


@given(
    card_ref=st.binary(min_size=16, max_size=16),
    org_id=st.uuids(),
    day=st.dates(date(1970, 1, 2), date(2106, 2, 7)),
    seed=st.binary(min_size=32, max_size=32),
)
def test_what_is_issued_is_read(card_ref: bytes, org_id: UUID, day: date, seed: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    text = printed.issue(card_ref, org_id=org_id, issued_on=day, key=key)
    keys = {printed.key_id(key.public_key()): key.public_key()}
    assert printed.verify(text, org_id=org_id, keys=keys) == Reading("printed", card_ref, issued_on=day)
    assert org_id.bytes not in base45.decode(text[4:])


def test_no_bit_of_it_can_be_flipped() -> None:
    reasons = [refused("DS1:" + base45.encode(raw)) for raw in flipped(RAW)]
    assert len(reasons) == 880
    assert set(reasons) == {"shape", "key", "signature"}
    for text in other_bits(FOREIGN):
        refused(text)


def test_a_key_it_does_not_name_is_not_tried() -> None:
    stranger = Ed25519PrivateKey.generate()
    assert refused(printed.issue(CARD_REF, org_id=ORG, issued_on=DAY, key=stranger)) == "key"
    kid = printed.key_id(OTHER_KEY.public_key())
    assert refused("DS1:" + base45.encode(RAW[:8] + kid + RAW[16:])) == "signature"


def test_another_organisation_with_the_same_key_is_another_issuer() -> None:
    assert refused(FOREIGN, org_id=UUID("01890a5d-ac96-774b-bcce-b302099a8058")) == "signature"


def test_the_prefix_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later kind of card cannot be passed off as this one, nor this as that."""
    assert refused("DS2:" + FOREIGN[4:]) == "shape"
    monkeypatch.setattr(printed, "PREFIX", "DS9:")
    assert refused("DS9:" + FOREIGN[4:]) == "signature"


@pytest.mark.parametrize(
    ("what", "mend"),
    [
        ("alg ES256", lambda raw: raw.replace(b"\xa2\x01\x27", b"\xa2\x01\x26")),
        ("kid before alg", lambda raw: raw[:4] + raw[6:16] + raw[4:6] + raw[16:]),
        ("card_ref before issued", lambda raw: raw[:20] + raw[26:44] + raw[20:26] + raw[44:]),
        ("another tag", lambda raw: b"\xd1" + raw[1:]),
        ("no tag", lambda raw: raw[1:]),
        ("a tag of two bytes", lambda raw: b"\xd8\x12" + raw[1:]),
        ("an array of no stated length", lambda raw: b"\xd2\x9f" + raw[2:]),
        ("a longer length", lambda raw: raw.replace(b"\x4d", b"\x58\x0d", 1)),
        ("something unprotected", lambda raw: raw[:16] + b"\xa1\x04\x00" + raw[17:]),
        ("a longer issued", lambda raw: raw.replace(b"\x06\x1a", b"\x06\x1b\x00\x00\x00\x00")),
    ],
)
def test_another_spelling_is_refused_though_its_issuer_signed_what_it_says(
    what: str, mend: Callable[[bytes], bytes]
) -> None:
    assert respelt(lambda raw: raw) == FOREIGN
    assert respelt(mend) != FOREIGN
    assert refused(respelt(mend)) == "shape"


@pytest.mark.parametrize("issued", [1772323201, 1772323199, 0, 2**32 - 1])
def test_a_signed_hour_is_no_day(issued: int) -> None:
    assert refused(respelt(lambda raw: raw[:22] + issued.to_bytes(4) + raw[26:])) == "shape"


@pytest.mark.parametrize("more", ["0", "00", "000", " ", "\n", "\r\n", "\x00"])
def test_nothing_may_follow_or_precede(more: str) -> None:
    assert {refused(text) for text in (FOREIGN + more, more + FOREIGN, FOREIGN[: -len(more)])} == {"shape"}


@pytest.mark.parametrize("text", [*HOSTILE, FOREIGN.lower(), "HC1:" + FOREIGN[4:]], ids=lambda text: ascii(text[:20]))
def test_hostile_texts(text: str) -> None:
    assert refused(text) in ("shape", "key")


@given(st.text() | st.text(base45.ALPHABET, min_size=165, max_size=165).map(lambda text: "DS1:" + text))
def test_no_text_raises_anything_else(text: str) -> None:
    refused(text)


@pytest.mark.parametrize(
    ("card_ref", "day"),
    [(bytes(15), DAY), (bytes(17), DAY), (CARD_REF, date(1970, 1, 1)), (CARD_REF, date(2106, 2, 8))],
)
def test_what_cannot_be_written_is_not_issued(card_ref: bytes, day: date) -> None:
    with pytest.raises(ValueError):
        printed.issue(card_ref, org_id=ORG, issued_on=day, key=KEY)


def test_a_refusal_tells_nothing_of_the_card() -> None:
    with pytest.raises(Unreadable) as found:
        printed.verify(FOREIGN, org_id=ORG, keys={})
    assert str(found.value) == "key"
    assert {field.name for field in dataclasses.fields(Reading)} == {"kind", "card", "counter", "issued_on", "file"}
