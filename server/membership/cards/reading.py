"""What a genuine card says, and the one way in which anything else is turned away. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

CARD_REF_BYTES = 16
"""A card_ref is this many random bytes: it says nothing about the customer, nor about when the card was made."""

Kind = Literal["printed", "rotating", "ntag424"]
Reason = Literal["shape", "key", "signature", "code", "window", "tag", "mac"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A card that proved what its kind can prove; whether it is lost, foreign or used already is for the caller.

    card: card_ref (16 bytes) of a printed card or phone code, UID (7 bytes) of an NTAG 424.
    counter: what may be accepted once for this card: the 30 s step of a phone code, the tap counter of an NTAG 424. None
        for a printed card, which is the same each time.
    issued_on: day printed on the card, in the organisation's calendar. Printed cards only.
    file: decrypted file data of an NTAG 424 whose address mirrors it.
    """

    kind: Kind
    card: bytes
    counter: int | None = None
    issued_on: date | None = None
    file: bytes | None = None


class Unreadable(Exception):
    """This is no genuine card. The visitor gets one answer for all reasons; `reason` is for counting and logs.

    The message holds nothing of what was shown. Reasons: shape (not a text of this kind), key (signed by nobody we know, or
    a card that has no secret), signature, code, window (a code of another time), tag (decrypted to no card's data), mac.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
