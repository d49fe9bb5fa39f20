"""What devices see of the member club, and what they may do: look after who arrives. Nothing of it opens a card.

Declarations only.
"""

from __future__ import annotations

from server.core.collections import Action, Collection, Column, OwnedScope, SharedScope
from server.customers.rules import NAME_MOST
from server.membership import events, purge, rules
from server.membership.functions import READ, SEE_ARRIVALS, SERVE
from server.membership.models import Arrival, Card, Member, SalesCentre
from server.membership.operations import arrivals
from server.membership.transitions import ArrivalState, CardState
from sync_protocol import wire

SALES_CENTRES = Collection(
    name="sales_centres",
    row=SalesCentre,
    scope=SharedScope(),
    policy="server",
    columns=(
        Column("name", wire.TEXT(rules.NAME_MOST)),
        Column("unit_id", wire.ID),
        Column("state", wire.CODE(("open", "closed"))),
    ),
)

MEMBERS = Collection(
    name="members",
    row=Member,
    scope=OwnedScope(READ),
    policy="server",
    columns=(
        Column("customer_id", wire.ID),
        Column("number", wire.TEXT(8)),
        Column("tier", wire.CODE(rules.TIERS)),
        Column("joined_on", wire.DAY),
        Column("state", wire.CODE(("active", "left"))),
        Column("owner_id", wire.ID),
    ),
    parents={"customer_id": "customers"},
)

CARDS = Collection(
    name="cards",
    row=Card,
    scope=OwnedScope(READ),
    policy="server",
    columns=(
        Column("member_id", wire.ID),
        Column("customer_id", wire.ID),
        Column("kind", wire.CODE(rules.CARD_KINDS)),
        Column("number", wire.TEXT(8)),
        Column("label", wire.TEXT(rules.LABEL_MOST).or_null()),
        Column("state", wire.CODE(CardState)),
        Column("issued_on", wire.DAY),
        Column("expires_on", wire.DAY.or_null()),
    ),
    parents={"member_id": "members"},
)

ARRIVALS = Collection(
    name="arrivals",
    row=Arrival,
    scope=OwnedScope(SEE_ARRIVALS),
    policy="machine",
    columns=(
        Column("customer_id", wire.ID),
        Column("customer_name", wire.TEXT(NAME_MOST)),
        Column("sales_centre_id", wire.ID),
        Column("tier", wire.CODE(rules.TIERS).or_null()),
        Column("via", wire.CODE(("card", "registration"))),
        Column("arrived_at", wire.INSTANT),
        Column("is_late", wire.BOOLEAN),
        Column("is_proved", wire.BOOLEAN),
        Column("state", wire.CODE(ArrivalState)),
        Column("handled_by", wire.ID.or_null()),
        Column("owner_id", wire.ID),
    ),
    actions={"serve": Action(arrivals.serve, SERVE), "leave": Action(arrivals.leave, SERVE)},
    parents={"sales_centre_id": "sales_centres"},
)

COLLECTIONS = (SALES_CENTRES, MEMBERS, CARDS, ARRIVALS)

# Importing this room makes the area's events and night work known, as server/registry.py says of all areas.
__all__ = ["COLLECTIONS", "events", "purge"]
