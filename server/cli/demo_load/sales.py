"""What the demo's named salespeople have going and are to reach: receptions, and opportunities on every stage, won and lost. Of customers who
stand where that leaves them, so that none of them changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from typing import Any

from server.cli.demo_load.courses import invent_contact, invent_opening, invent_sheet
from server.cli.demo_load.inventing import demo_id, draw_for
from server.core.access import Actor
from server.core.rows import c
from server.core.services import Services
from server.core.uow import UnitOfWork
from server.customers.models import Customer
from server.customers.opportunities.models import Opportunity
from server.customers.opportunities.operations import add_contact, lose_opportunity, open_opportunity, win_opportunity
from server.customers.opportunities.rules import SEEDS
from server.customers.receptions.operations import add_reception
from server.fieldwork.targets.models import Target
from server.fieldwork.targets.operations import set_target
from server.fieldwork.targets.rules import Measure

_RECEIVED = 6
_OF_EACH = 200
"""Customers of each among whom those are looked for."""
_LOST = (("price", None), ("competitor", "滨江壹号"), ("unreachable", None))


def load_sales(services: Services, sellers: Sequence[Actor], seed: int) -> int:
    """Give each of them receptions and opportunities, who has none yet. How many opportunities were opened."""
    return sum(_load_for(services, seller, number * 100, seed) for number, seller in enumerate(sellers))


def load_targets(services: Services, leader: Actor, sellers: Sequence[Actor], seed: int) -> int:
    """Say what each of them is to reach in this month and reached in the last; what is there already stays. How many were set."""
    wanted = {Measure.VISITS: (30, 40, 35), Measure.WON_AMOUNT: (600_000_000, 450_000_000, 500_000_000)}
    with services.writing(leader) as uow:
        if uow.find(Target, limit=1):
            return 0
        this = uow.today().replace(day=1)
        for number, (seller, month) in enumerate(product(sellers, (this, this - timedelta(days=1)))):
            for place, (measure, amounts) in enumerate(wanted.items()):
                values = {"owner_id": seller.user_id, "month_on": month, "measure": measure.value}
                target_id = demo_id(seed, "target", number * 10 + place)
                set_target(uow, target_id, {**values, "amount": amounts[number // 2 % len(amounts)]})
        uow.commit()
    return len(sellers) * 2 * len(wanted)


def _load_for(services: Services, seller: Actor, number: int, seed: int) -> int:
    with services.writing(seller) as uow:
        if uow.find(Opportunity, c(Opportunity).owner_id == seller.user_id, limit=1):
            return 0
        his = uow.find(Customer, c(Customer).owner_id == seller.user_id, limit=_OF_EACH)
        came = [each for each in his if each.stage not in ("prospect", "dead")]
        for place, customer in enumerate(came[:_RECEIVED]):
            draw = draw_for(seed, "sheet", number + place)
            received_at = uow.now - timedelta(days=place, hours=draw.randrange(1, 9))
            values = {"customer_id": customer.id, "received_at": received_at, **invent_sheet(draw, comes=True)}
            add_reception(uow, demo_id(seed, "reception", number + place), values)
        opened = _open(uow, came, number, seed)
        uow.commit()
    return opened


def _open(uow: UnitOfWork, customers: Sequence[Customer], number: int, seed: int) -> int:
    """One on each stage of the funnel with whom he negotiates, two that were won, and one lost for each of some reasons."""
    of = {stage: [each for each in customers if each.stage == stage] for stage in ("negotiating", "won", "lost")}
    told: list[tuple[Customer, str]] = [
        *zip(of["negotiating"], (stage.code for stage in SEEDS), strict=False),
        *((each, "won") for each in of["won"][:2]),
        *((each, "lost") for each in of["lost"][: len(_LOST)]),
    ]
    for place, (customer, ends) in enumerate(told):
        draw, today = draw_for(seed, "opportunity", number + place), uow.today()
        opening: dict[str, Any] = invent_opening(draw, today)
        stage = {"stage_code": ends if ends not in ("won", "lost") else SEEDS[-2].code}
        opportunity_id = demo_id(seed, "opportunity", number + place)
        opportunity = open_opportunity(uow, opportunity_id, {"customer_id": customer.id, **opening, **stage})
        contact = {"opportunity_id": opportunity_id, **invent_contact(draw, today)}
        add_contact(uow, demo_id(seed, "opportunity contact", number + place), contact)
        if ends == "won":
            win_opportunity(uow, opportunity, {"closed_on": today - timedelta(days=place), "closing_note": "已签约"})
        elif ends == "lost":
            reason, competitor = _LOST[place % len(_LOST)]
            lose_opportunity(uow, opportunity, {"reason": reason, "competitor": competitor})
    return len(told)
