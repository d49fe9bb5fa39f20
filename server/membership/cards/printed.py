"""The printed card, `DS1:`: an issuer's signature over a random card_ref. Read with public keys alone, offline too. Pure.

A COSE_Sign1 (RFC 9052 §4.2) with CWT claims (RFC 8392), EdDSA over Ed25519 (RFC 9053 §2.2), in base45 (RFC 9285):

    18([<< {1: -8, 4: kid} >>, {}, << {6: issued, 7: card_ref} >>, signature])
    external_aad = "DS1:" || org_id

kid is 8 bytes, issued a day as 0:00 UTC in seconds, card_ref 16 bytes, org_id the 16 bytes of the UUID. Organisation and
version (the prefix) are signed without being carried: a verifier knows both, and 24 bytes fewer keep the code at 45 modules.
Everything has a fixed length, so a text is read by position and has to be what `issue` would have written, byte for byte:
there is no CBOR to be read in two ways.

It proves who issued the card, not who holds it: docs/rules/cards.md, K1 and K2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.membership.cards import base45
from server.membership.cards.reading import CARD_REF_BYTES, Reading, Unreadable

PREFIX = "DS1:"
TEXT_LENGTH = 169
KID_BYTES = 8

_KID, _ISSUED, _CARD_REF, _SIGNATURE = slice(8, 16), slice(22, 26), slice(28, 44), slice(46, 110)
_FIRST_DAY, _LAST_DAY = date(1970, 1, 2), date(2106, 2, 7)
"""Days whose seconds take four bytes in CBOR's shortest form."""


def key_id(key: Ed25519PublicKey) -> bytes:
    """The kid of an issuer's key: the start of the SHA-256 of its 32 bytes, so that no list of numbers has to be kept."""
    return hashlib.sha256(key.public_bytes_raw()).digest()[:KID_BYTES]


def issue(card_ref: bytes, *, org_id: UUID, issued_on: date, key: Ed25519PrivateKey) -> str:
    """The text to be printed as a QR code. The same arguments give the same text.

    card_ref: 16 random bytes, never an id of the customer. issued_on: the organisation's calendar day.
    """
    if len(card_ref) != CARD_REF_BYTES or not _FIRST_DAY <= issued_on <= _LAST_DAY:
        raise ValueError("card_ref or day out of range")
    midnight = datetime(issued_on.year, issued_on.month, issued_on.day, tzinfo=UTC)
    kid, issued = key_id(key.public_key()), int(midnight.timestamp()).to_bytes(4)
    signature = key.sign(_to_be_signed(kid, issued, card_ref, org_id))
    return PREFIX + base45.encode(_token(kid, issued, card_ref, signature))


def verify(text: str, *, org_id: UUID, keys: Mapping[bytes, Ed25519PublicKey]) -> Reading:
    """The card that this organisation issued. keys: its issuers' public keys by `key_id`, those out of use included.

    Raises Unreadable. Does not know whether the card is lost or its day believable.
    """
    if len(text) != TEXT_LENGTH or not text.startswith(PREFIX):
        raise Unreadable("shape")
    try:
        raw = base45.decode(text[len(PREFIX) :])
    except ValueError:
        raise Unreadable("shape") from None
    kid, issued, card_ref, signature = raw[_KID], raw[_ISSUED], raw[_CARD_REF], raw[_SIGNATURE]
    if raw != _token(kid, issued, card_ref, signature):
        raise Unreadable("shape")
    if (key := keys.get(kid)) is None:
        raise Unreadable("key")
    try:
        key.verify(signature, _to_be_signed(kid, issued, card_ref, org_id))
    except InvalidSignature:
        raise Unreadable("signature") from None
    days, rest = divmod(int.from_bytes(issued), 86400)
    issued_on = date(1970, 1, 1) + timedelta(days=days)
    if rest or not _FIRST_DAY <= issued_on <= _LAST_DAY:
        raise Unreadable("shape")
    return Reading("printed", card_ref, issued_on=issued_on)


def _protected(kid: bytes) -> bytes:
    return b"\xa2\x01\x27\x04\x48" + kid  # {1: -8, 4: kid}


def _payload(issued: bytes, card_ref: bytes) -> bytes:
    return b"\xa2\x06\x1a" + issued + b"\x07\x50" + card_ref  # {6: issued, 7: card_ref}


def _token(kid: bytes, issued: bytes, card_ref: bytes, signature: bytes) -> bytes:
    """Tag 18 and an array of four: protected (13 bytes), an empty map, the payload (25), the signature (64)."""
    return b"\xd2\x84\x4d" + _protected(kid) + b"\xa0\x58\x19" + _payload(issued, card_ref) + b"\x58\x40" + signature


def _to_be_signed(kid: bytes, issued: bytes, card_ref: bytes, org_id: UUID) -> bytes:
    """Sig_structure (RFC 9052 §4.4): ["Signature1", protected, external_aad (20 bytes), payload]."""
    aad = PREFIX.encode() + org_id.bytes
    return b"\x84\x6aSignature1\x4d" + _protected(kid) + b"\x54" + aad + b"\x58\x19" + _payload(issued, card_ref)
