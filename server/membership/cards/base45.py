"""Bytes as text for a QR code's alphanumeric mode (RFC 9285), where there is one text for the same bytes. Pure.

Neither end of such a text is a space (the first character may be one, but card texts have a prefix), so trimming what a
reader typed does no harm; collapsing spaces inside it does.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def encode(raw: bytes) -> str:
    """Two bytes become three characters, a last single one two; least significant character first."""
    text = []
    for at in range(0, len(raw), 2):
        pair = raw[at : at + 2]
        number = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            text.append(ALPHABET[digit])
    return "".join(text)


def decode(text: str) -> bytes:
    """The inverse of `encode`, in time linear in the text. Raises ValueError for a text that `encode` never gives."""
    if len(text) % 3 == 1:
        raise ValueError("no base45 text has this length")
    raw = bytearray()
    for at in range(0, len(text), 3):
        number, weight = 0, 1
        group = text[at : at + 3]
        for character in group:
            if character not in _VALUES:
                raise ValueError("a character outside base45")
            number += _VALUES[character] * weight
            weight *= 45
        if number >= 256 ** (len(group) - 1):
            raise ValueError("a group beyond its bytes")
        raw += number.to_bytes(len(group) - 1)
    return bytes(raw)
