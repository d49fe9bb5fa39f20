"""What a text that a kiosk read is: which kind of card, whose, and whether it is genuine. Pure.

In two steps, because a phone code can only be judged once it is known whether its card exists: `recognise` says which card
to look for, `judge` gives the reading or the reason. Source: docs/rules/cards.md; docs/rules/membership.md, M5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.membership.card_keys import LAYOUT, CardKeys
from server.membership.cards import ntag424, printed, rotating
from server.membership.cards.reading import Reading, Unreadable

KIND_OF = {"printed": "printed", "rotating": "phone", "ntag424": "chip"}
"""Kind of a reading → kind of the card's row."""

_NOBODYS_REF = "00" * 16


@dataclass(frozen=True, slots=True)
class Recognised:
    """A text taken apart. card_ref, uid: hex, which card to look for; a reference that no card has when it is none.

    reading: of a printed card or a chip, which are judged without a row. shown: of a phone code. reason: why it is none.
    """

    card_ref: str = _NOBODYS_REF
    uid: str | None = None
    reading: Reading | None = None
    shown: rotating.Shown | None = None
    reason: str | None = None


def recognise(text: str, *, org_id: str, keys: CardKeys) -> Recognised:
    """Say which card a text speaks of. Never raises."""
    organisation = UUID(org_id)
    try:
        if text.startswith(rotating.PREFIX):
            shown = rotating.read(text)
            return Recognised(shown.card_ref.hex(), shown=shown)
        if text.startswith(printed.PREFIX):
            reading = printed.verify(text, org_id=organisation, keys=keys.public)
            return Recognised(reading.card.hex(), reading=reading)
        return _tapped(text, org_id, keys)
    except Unreadable as reason:
        return Recognised(reason=reason.reason)


def judge(found: Recognised, *, org_id: str, keys: CardKeys, is_known: bool, at: datetime) -> Reading:
    """The reading of a recognised text. is_known: the organisation has that card, of the kind that the text is of.

    at: now, or the signed time of a reading that waited in a queue. Raises Unreadable; the reason of a card that nobody
    has is `key`, at the same cost as a wrong code.
    """
    if found.shown is not None:
        secret = keys.phone_secret(org_id, found.shown.card_ref)
        return rotating.verify(found.shown, org_id=UUID(org_id), secret=secret if is_known else None, at=at)
    if found.reading is None:
        raise Unreadable(found.reason)  # type: ignore[arg-type]
    if not is_known:
        raise Unreadable("key")
    return found.reading


def _tapped(text: str, org_id: str, keys: CardKeys) -> Recognised:
    """An address that a chip wrote; only its query speaks. Which site it leads to is whatever the chip was set up with."""
    if not text.startswith("https://"):
        raise Unreadable("shape")
    query = text.partition("?")[2]  # not parsed: the MAC is over its characters as the chip wrote them
    reading = ntag424.verify(
        query, layout=LAYOUT, meta_key=keys.chip_meta_key(org_id), file_key=keys.chip_file_key(org_id)
    )
    return Recognised(uid=reading.card.hex(), reading=reading)
