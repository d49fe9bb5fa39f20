"""Moving, winning, losing and reopening an opportunity."""

from __future__ import annotations

from typing import Any

from server.core.auth import writing
from server.core.declare import requires
from server.customers.functions import WRITE
from server.customers.opportunities import operations
from server.customers.opportunities.queries import Line
from server.customers.opportunities.rules import OPPORTUNITY_CLOSED, STAGE_UNKNOWN
from server.customers.opportunities.schemas import LoseIn, MoveIn, OpportunityOut, WinIn
from server.customers.opportunities.views.opportunities import OPPORTUNITIES, locked, shown
from server.customers.rules import DAY_IN_FUTURE


@OPPORTUNITIES.route("/<id:opportunity_id>/move", methods=["POST"])
@requires(WRITE)
@OPPORTUNITIES.arguments(MoveIn)
@OPPORTUNITIES.response(200, OpportunityOut)
@OPPORTUNITIES.refuses(OPPORTUNITY_CLOSED, STAGE_UNKNOWN)
def move_opportunity(values: dict[str, Any], opportunity_id: str) -> Line:
    """Bring it to another stage, whose probability it takes."""
    with writing() as uow:
        operations.move_opportunity(uow, locked(uow, opportunity_id), values)
        uow.commit()
    return shown(opportunity_id)


@OPPORTUNITIES.route("/<id:opportunity_id>/win", methods=["POST"])
@requires(WRITE)
@OPPORTUNITIES.arguments(WinIn)
@OPPORTUNITIES.response(200, OpportunityOut)
@OPPORTUNITIES.refuses(OPPORTUNITY_CLOSED, DAY_IN_FUTURE)
def win_opportunity(values: dict[str, Any], opportunity_id: str) -> Line:
    """He bought; the customer is won."""
    with writing() as uow:
        operations.win_opportunity(uow, locked(uow, opportunity_id), values)
        uow.commit()
    return shown(opportunity_id)


@OPPORTUNITIES.route("/<id:opportunity_id>/lose", methods=["POST"])
@requires(WRITE)
@OPPORTUNITIES.arguments(LoseIn)
@OPPORTUNITIES.response(200, OpportunityOut)
@OPPORTUNITIES.refuses(OPPORTUNITY_CLOSED, DAY_IN_FUTURE)
def lose_opportunity(values: dict[str, Any], opportunity_id: str) -> Line:
    """He does not buy, and why."""
    with writing() as uow:
        operations.lose_opportunity(uow, locked(uow, opportunity_id), values)
        uow.commit()
    return shown(opportunity_id)


@OPPORTUNITIES.route("/<id:opportunity_id>/reopen", methods=["POST"])
@requires(WRITE)
@OPPORTUNITIES.response(200, OpportunityOut)
def reopen_opportunity(opportunity_id: str) -> Line:
    """Take back that it was won or lost. Of an open one it changes nothing."""
    with writing() as uow:
        opportunity = locked(uow, opportunity_id)
        operations.preload_won(uow, [opportunity.customer_id])
        operations.reopen_opportunity(uow, opportunity)
        uow.commit()
    return shown(opportunity_id)
