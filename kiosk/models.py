"""Rows of kiosks: the stations, their one-time codes, what they read, and who registered there."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, String

from kiosk.chain import Order
from server.core.rows import Code, Row, index, refers, table, unique
from server.core.types import Id, Json, PhoneNumber
from server.customers.models import PersonName

NAME_MOST = 60
Digest = String(43)
"""SHA-256 as unpadded base64url."""


def _one_of(column: str, *words: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=column)


@table(
    "kiosks",
    refers("sales_centre_id", "sales_centres"),
    unique("number"),
    index("sales_centre_id"),
    _one_of("state", "new", "active", "revoked"),
)
class Kiosk(Row):
    """A kiosk at one sales centre, and the key it has now.

    number: for people, from 1 in the organisation. enrolment_id: of the present key; another code makes another one.
    last_n, last_digest: of the newest reading of this enrolment. last_seen_at: its last session.
    """

    number: int
    name: Annotated[str, String(NAME_MOST)]
    sales_centre_id: Annotated[str, Id()]
    state: Annotated[str, Code] = "new"
    enrolment_id: Annotated[str | None, Id()] = None
    key_thumbprint: Annotated[str | None, Digest] = None
    public_jwk: Annotated[dict[str, Any], Json()] = dataclasses.field(default_factory=dict)
    app_version: Annotated[str | None, Code] = None
    enrolled_at: datetime | None = None
    last_seen_at: datetime | None = None
    last_n: int = 0
    last_digest: Annotated[str | None, Digest] = None


@table("kiosk_codes", refers("kiosk_id", "kiosks"), index("kiosk_id"))
class KioskCode(Row):
    """A one-time code that lets a kiosk enrol (server/accounts/codes.py). hash: keyed, never the code."""

    kiosk_id: Annotated[str, Id()]
    hash: Annotated[str, String(64)]
    tries: int = 0
    used_at: datetime | None = None


@table(
    "kiosk_readings",
    refers("kiosk_id", "kiosks"),
    refers("card_id", "cards"),
    refers("arrival_id", "arrivals"),
    unique("enrolment_id", "n"),
    index("kiosk_id", "created_at", "id"),
    index("card_id"),
    index("arrival_id"),
    _one_of("chain", *(each.value for each in Order)),
    _one_of("outcome", "welcome", "refused"),
)
class KioskReading(Row):
    """One signed reading as it was judged. What the card showed is not kept: some of it would open the next greeting.

    id: minted by the kiosk. n, previous, digest: its place in the chain. read_at: as signed. is_live: signed just now, by a
    nonce of the server's. reason: why it opened nothing, for the office alone. flag: taken, but to be looked at.
    """

    kiosk_id: Annotated[str, Id()]
    enrolment_id: Annotated[str, Id()]
    n: int
    previous: Annotated[str, Digest]
    digest: Annotated[str, Digest]
    read_at: datetime
    is_live: bool
    source: Annotated[str, Code]
    chain: Annotated[str, Code]
    outcome: Annotated[str, Code]
    reason: Annotated[str | None, Code] = None
    flag: Annotated[str | None, Code] = None
    card_id: Annotated[str | None, Id()] = None
    arrival_id: Annotated[str | None, Id()] = None


@table(
    "kiosk_registrations",
    refers("kiosk_id", "kiosks"),
    refers("customer_id", "customers"),
    index("customer_id"),
)
class Registration(Row):
    """A visitor who registered at a kiosk, and what he agreed to. id: minted by the kiosk.

    name, phone: only until the worker has entered him; then customer_id stands for both.
    """

    kiosk_id: Annotated[str, Id()]
    name: Annotated[str | None, PersonName()] = None
    phone: Annotated[str | None, PhoneNumber()] = None
    consent: Annotated[str, Code]
    registered_at: datetime
    customer_id: Annotated[str | None, Id()] = None
    is_new: bool = False
