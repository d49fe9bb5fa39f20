"""What a camera, a keyboard-wedge reader or a joker may hand in instead of a card's text."""

from __future__ import annotations

HOSTILE = (
    "",
    " ",
    "\x00",
    "DS1:",
    "DS2:",
    "ds1:",
    "DS3:" + "0" * 165,
    "DS1:" + "0" * 165,
    "DS1:" + ":" * 165,
    "DS1:" + "0" * 1_000_000,
    "DS2:" + "0" * 1_000_000,
    "DS2:" + ":" * 45,
    "DS1:" + "é" * 165,
    "DS1:" + "０" * 165,
    "DS2:" + "０" * 45,
    "DS2:" + "\ud800" * 45,
    "卡" * 169,
    "\U0001f0cf" * 49,
    "\u202eDS1:" + "A" * 164,
    "picc_data=" + "０" * 32 + "&cmac=" + "0" * 16,
    "picc_data=" + "0" * 1_000_000,
    "picc_data=%00&cmac=%00",
    "https://example.org/?picc_data=" + "0" * 32 + "&cmac=" + "0" * 16,
)


def other_bits(text: str) -> list[str]:
    """Every text that differs from this one in one of the seven bits of one ASCII character."""
    return [
        text[:at] + chr(ord(character) ^ 1 << bit) + text[at + 1 :]
        for at, character in enumerate(text)
        for bit in range(7)
    ]


def flipped(raw: bytes) -> list[bytes]:
    """Every bytes that differ from these in one bit."""
    number = int.from_bytes(raw)
    return [(number ^ 1 << bit).to_bytes(len(raw)) for bit in range(8 * len(raw))]
