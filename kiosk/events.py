"""Facts about kiosks. What was read is not told; why it opened nothing is, for the office."""

from __future__ import annotations

from server.core.events import Event, event


@event("kiosk.kiosk-created")
class KioskCreated(Event):
    """Subject: the kiosk."""

    number: int
    sales_centre_id: str


@event("kiosk.code-issued")
class KioskCodeIssued(Event):
    """Subject: the kiosk."""


@event("kiosk.kiosk-enrolled")
class KioskEnrolled(Event):
    """It has another key from now on. Subject: the kiosk."""

    enrolment_id: str
    key_thumbprint: str


@event("kiosk.kiosk-revoked")
class KioskRevoked(Event):
    """Subject: the kiosk."""


@event("kiosk.reading-refused")
class ReadingRefused(Event):
    """A card was shown that opened nothing. Subject: the reading. card_id: the card it speaks of, where there is one."""

    kiosk_id: str
    reason: str
    card_id: str | None


@event("kiosk.chain-broken")
class ChainBroken(Event):
    """A kiosk's readings did not follow each other. Subject: the kiosk. chain: gap, late, broken or fork; at reading n."""

    enrolment_id: str
    n: int
    chain: str
