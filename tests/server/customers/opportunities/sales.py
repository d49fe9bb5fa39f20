"""What the tests of opportunities do in the customers' office: open one, and act on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from server.core.access import Reach
from server.customers.functions import CHANGE_FUNNEL
from server.customers.opportunities import operations
from server.customers.opportunities.funnel import seed_funnel
from server.customers.opportunities.models import Opportunity
from sync_protocol.ids import new_id
from tests.server.customers.office import Office

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)
STEP: dict[str, Any] = {"next_step": "送方案", "next_step_on": TUESDAY}
WIRE_STEP = STEP | {"next_step_on": "2025-03-04"}


def with_funnel(office: Office) -> Office:
    """The office with the seven stages; boss may set them."""
    with office.writing("boss") as uow:
        seed_funnel(uow)
        uow.commit()
    boss = office.people["boss"]
    office.people["boss"] = type(boss)(
        **{
            **{name: getattr(boss, name) for name in boss.__slots__},
            "reaches": {**boss.reaches, CHANGE_FUNNEL: Reach(boss.user_id, own=True, everything=True)},
        }
    )
    return office


def opened(office: Office, by: str = "wang", customer: str | None = None, **values: Any) -> str:
    row_id, customer_id = new_id(), customer or office.customer(by=by)
    with office.writing(by) as uow:
        operations.open_opportunity(uow, row_id, {"customer_id": customer_id, "title": "两居室"} | STEP | values)
        uow.commit()
    return row_id


def do(office: Office, who: str, operation: Callable[..., Any], row_id: str, **values: Any) -> None:
    with office.writing(who) as uow:
        opportunity = uow.must(Opportunity, row_id)
        operations.preload_won(uow, [opportunity.customer_id])
        operation(uow, opportunity, values)
        uow.commit()


def told(applied: Any) -> list[tuple[str, str | None]]:
    return [(each.verdict.value, each.code) for each in applied.decisions]
