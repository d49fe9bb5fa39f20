"""The code on a phone, `DS2:`, another one every 30 seconds. Whoever holds the card's secret can make and check it. Pure.

    base45(card_ref || step || code)      16 + 4 + 10 bytes, 49 characters with the prefix
    step = floor(seconds since 1970-01-01 UTC / 30)
    code = first 10 bytes of HMAC-SHA-256(secret, org_id || card_ref || step as 8 bytes)

Numbers are big-endian. Steps and their 8 bytes are those of RFC 6238 (T0 = 0, X = 30 s) and RFC 4226. The text carries the
step, not the second, so that one code has one text. Source: security design §2.4 B; RFC 2104; RFC 9285.

It proves that the secret's holder made the code for this half minute, not that it was not passed on: docs/rules/cards.md, K3.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from server.membership.cards import base45
from server.membership.cards.reading import CARD_REF_BYTES, Reading, Unreadable

PREFIX = "DS2:"
TEXT_LENGTH = 49
SECRET_BYTES = 32
STEP = timedelta(seconds=30)
DRIFT = 1
"""How many steps before or after its own a code is still taken."""

_CODE_BYTES, _STEP_BYTES = 10, 4
_NOBODYS_SECRET = bytes(SECRET_BYTES)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a text claims; nothing of it is proved. card_ref says whose secret to load for `verify`."""

    card_ref: bytes
    step: int
    code: bytes


def step_of(at: datetime) -> int:
    """The number of the half minute that an aware moment lies in."""
    if at.tzinfo is None:
        raise ValueError("a naive time says no moment")
    return (at - _EPOCH) // STEP


def show(card_ref: bytes, *, org_id: UUID, secret: bytes, at: datetime) -> str:
    """The text that a phone shows as a QR code at this moment."""
    step = step_of(at)
    code = _code(secret, org_id, card_ref, step)
    return PREFIX + base45.encode(card_ref + step.to_bytes(_STEP_BYTES) + code)


def read(text: str) -> Shown:
    """Take a text apart. Raises Unreadable when it is none of ours by shape."""
    if len(text) != TEXT_LENGTH or not text.startswith(PREFIX):
        raise Unreadable("shape")
    try:
        raw = base45.decode(text[len(PREFIX) :])
    except ValueError:
        raise Unreadable("shape") from None
    card_ref, rest = raw[:CARD_REF_BYTES], raw[CARD_REF_BYTES:]
    return Shown(card_ref, int.from_bytes(rest[:_STEP_BYTES]), rest[_STEP_BYTES:])


def verify(shown: Shown, *, org_id: UUID, secret: bytes | None, at: datetime) -> Reading:
    """Judge a code. Its counter is the step: the caller takes each (card, step) once, over all kiosks.

    secret: 32 bytes, or None when the organisation has no such card, which costs the same time.
    at: now, or the signed time of the reading for one that waited in a kiosk's queue.
    Raises Unreadable.
    """
    expected = _code(_NOBODYS_SECRET if secret is None else secret, org_id, shown.card_ref, shown.step)
    genuine = hmac.compare_digest(expected, shown.code)
    if secret is None:
        raise Unreadable("key")
    if not genuine:
        raise Unreadable("code")
    if abs(shown.step - step_of(at)) > DRIFT:
        raise Unreadable("window")
    return Reading("rotating", shown.card_ref, counter=shown.step)


def _code(secret: bytes, org_id: UUID, card_ref: bytes, step: int) -> bytes:
    if len(secret) != SECRET_BYTES or len(card_ref) != CARD_REF_BYTES:
        raise ValueError("secret or card_ref has the wrong length")
    return hmac.digest(secret, org_id.bytes + card_ref + step.to_bytes(8), "sha256")[:_CODE_BYTES]
