"""The demo's sales centre with a kiosk, and members with cards. What is there already is left as it is."""

from __future__ import annotations

from kiosk.operations.stations import create_kiosk
from server.accounts.models import User
from server.cli.demo_load.inventing import demo_id, draw_for
from server.core.access import Actor, system_actor
from server.core.rows import c
from server.core.services import Services
from server.customers.models import Customer
from server.membership.models import SalesCentre
from server.membership.operations.cards import issue_card, lose_card
from server.membership.operations.centres import create_centre
from server.membership.operations.members import join
from server.membership.rules import TIERS

CENTRE_NAME, KIOSK_NAME = "湖畔花园售楼处 Lakeside", "大门 Door"
MEMBERS = 12
"""Members of each named salesperson."""


def load_club(services: Services, host: Actor, sellers: list[Actor], seed: int) -> int:
    """Make the sales centre of team East with kiosk 1, and members with cards for each seller. How many were made."""
    with services.writing(system_actor(host.org_id, zone=host.zone, currency=host.currency)) as uow:
        if uow.get(SalesCentre, demo_id(seed, "centre", 1)) is not None:
            return 0
        unit_id = uow.must(User, host.user_id).unit_id
        values = {"name": CENTRE_NAME, "host_id": host.user_id, "unit_id": unit_id}
        centre = create_centre(uow, demo_id(seed, "centre", 1), values)
        uow.flush()
        create_kiosk(uow, demo_id(seed, "kiosk", 1), {"name": KIOSK_NAME, "sales_centre_id": centre.id})
        uow.commit()
    return sum(_load_members(services, seller, number, seed) for number, seller in enumerate(sellers))


def _load_members(services: Services, seller: Actor, number: int, seed: int) -> int:
    draw = draw_for(seed, "club", number)
    with services.writing(seller) as uow:
        mine = uow.find(Customer, c(Customer).owner_id == seller.user_id, c(Customer).kind == "person", limit=MEMBERS)
        for place, customer in enumerate(mine):
            serial = number * 1000 + place
            values = {"customer_id": customer.id, "tier": draw.choice(TIERS)}
            member = join(uow, demo_id(seed, "member", serial), values)
            for kind in ("printed", "phone")[: draw.choice((1, 2))]:
                card = issue_card(uow, demo_id(seed, f"card {kind}", serial), {"member_id": member.id, "kind": kind})
                if place == MEMBERS - 1:
                    lose_card(uow, card)
        uow.commit()
    return len(mine)
