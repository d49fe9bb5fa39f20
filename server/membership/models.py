"""Rows of the member club: sales centres, members, their cards, what of a card was used up, and who arrived."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import CheckConstraint, String

from server.core.rows import Code, Row, Scoped, index, refers, table, unique
from server.core.types import Id
from server.customers.models import PersonName
from server.membership import rules
from server.membership.transitions import ArrivalState, CardState

Number = String(8)
"""Eight characters of Crockford's base32, for people to say and type; it opens nothing."""


def _one_of(column: str, words: type[StrEnum] | tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(word)) for word in words)})", name=column)


@table(
    "sales_centres",
    refers("owner_id", "users"),
    refers("unit_id", "units"),
    refers("project_id", "projects"),
    unique("name"),
    _one_of("state", ("open", "closed")),
)
class SalesCentre(Scoped):
    """A sales centre (案场), where kiosks stand. owner_id: its host, who gets the visitors that nobody knows (rule M10).

    unit_id: the unit whose reception and supervisor see who arrives. project_id: what is sold there, if one project.
    """

    name: Annotated[str, String(rules.NAME_MOST)]
    state: Annotated[str, Code] = "open"


@table(
    "members",
    refers("customer_id", "customers"),
    unique("customer_id"),
    unique("number"),
    index("updated_at", "id"),
    _one_of("tier", rules.TIERS),
    _one_of("state", ("active", "left")),
)
class Member(Scoped):
    """A customer's membership of the club (会员); apart from the customer, and linked to him (domain rows 122, 124).

    owner_id, unit_id, project_id: the customer's.
    """

    customer_id: Annotated[str, Id()]
    number: Annotated[str, Number]
    tier: Annotated[str, Code] = "standard"
    joined_on: date
    state: Annotated[str, Code] = "active"


@table(
    "cards",
    refers("member_id", "members"),
    refers("replaces_id", "cards"),
    unique("card_ref"),
    unique("number"),
    unique("uid"),
    index("member_id"),
    index("customer_id"),
    index("updated_at", "id"),
    index("state", "expires_on"),
    _one_of("kind", rules.CARD_KINDS),
    _one_of("state", CardState),
)
class Card(Scoped):
    """One card of a member. owner_id, unit_id, project_id: the customer's.

    number: stands on the card for people. card_ref: 16 random bytes as hex, what a code carries instead of anything about
    the customer; goes to no device. uid: of a chip, 14 hex digits. counter: a chip's highest tap so far, -1 for none.
    expires_on: its last day; None for never. replaces_id: the card it was issued for.
    """

    member_id: Annotated[str, Id()]
    customer_id: Annotated[str, Id()]
    kind: Annotated[str, Code]
    number: Annotated[str, Number]
    card_ref: Annotated[str, String(32)]
    uid: Annotated[str | None, String(14)] = None
    counter: int = -1
    label: Annotated[str | None, String(rules.LABEL_MOST)] = None
    state: Annotated[str, Code] = CardState.ACTIVE.value
    issued_on: date
    expires_on: date | None = None
    replaces_id: Annotated[str | None, Id()] = None


@table("card_uses", refers("card_id", "cards"), unique("card_id", "counter"), index("used_at"))
class CardUse(Row):
    """What of a card may be taken once and was: the half minute of a phone code, the tap of a chip (rule K6)."""

    card_id: Annotated[str, Id()]
    counter: int
    used_at: datetime


@table(
    "arrivals",
    refers("owner_id", "users"),
    refers("customer_id", "customers"),
    refers("sales_centre_id", "sales_centres"),
    index("sales_centre_id", "state", "arrived_at"),
    index("card_id", "arrived_at"),
    index("customer_id", "arrived_at"),
    index("owner_id", "arrived_at"),
    index("unit_id", "arrived_at"),
    index("arrived_at", "id"),
    _one_of("via", ("card", "registration")),
    _one_of("state", ArrivalState),
)
class Arrival(Scoped):
    """Somebody came to a sales centre: a check-in at its kiosk. One line of the reception's waiting list.

    owner_id: the customer's owner, who is told. unit_id: the sales centre's, so that its reception sees it whoever the
    owner is. customer_name: as he is to be called: of a card the customer's, of a registration what was typed.
    tier: the member's at that moment. arrived_at: as the kiosk signed it, for a live reading the server's.
    is_late: came out of the kiosk's queue. is_proved: a code or chip that cannot be copied for long, not a printed card.
    """

    customer_id: Annotated[str, Id()]
    customer_name: Annotated[str, PersonName()]
    sales_centre_id: Annotated[str, Id()]
    kiosk_id: Annotated[str, Id()]
    card_id: Annotated[str | None, Id()] = None
    tier: Annotated[str | None, Code] = None
    via: Annotated[str, Code]
    arrived_at: datetime
    is_late: bool = False
    is_proved: bool = False
    state: Annotated[str, Code] = ArrivalState.WAITING.value
    handled_by: Annotated[str | None, Id()] = None
    handled_at: datetime | None = None
