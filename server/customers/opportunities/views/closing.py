"""Moving, winning, losing and reopening an opportunity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.core.auth import writing
from server.core.declare import requires
from server.core.uow import UnitOfWork
from server.customers.functions import WRITE
from server.customers.opportunities import operations
from server.customers.opportunities.models import Opportunity
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
    return _done(opportunity_id, operations.move_opportunity, values)


@OPPORTUNITIES.route("/<id:opportunity_id>/win", methods=["POST"])
@requires(WRITE)
@OPPORTUNITIES.arguments(WinIn)
@OPPORTUNITIES.response(200, OpportunityOut)
@OPPORTUNITIES.refuses(OPPORTUNITY_CLOSED, DAY_IN_FUTURE)
def win_opportunity(values: dict[str, Any], opportunity_id: str) -> Line:
    """He bought; the customer is won."""
    return _done(opportunity_id, operations.win_opportunity, values)


@OPPORTUNITIES.route("/<id:opportunity_id>/lose", methods=["POST"])
@requires(WRITE)
@OPPORTUNITIES.arguments(LoseIn)
@OPPORTUNITIES.response(200, OpportunityOut)
@OPPORTUNITIES.refuses(OPPORTUNITY_CLOSED, DAY_IN_FUTURE)
def lose_opportunity(values: dict[str, Any], opportunity_id: str) -> Line:
    """He does not buy, and why."""
    return _done(opportunity_id, operations.lose_opportunity, values)


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


def _done(
    opportunity_id: str,
    act: Callable[[UnitOfWork, Opportunity, Mapping[str, Any]], Opportunity],
    values: Mapping[str, Any],
) -> Line:
    """One step, and the opportunity as it is then."""
    with writing() as uow:
        act(uow, locked(uow, opportunity_id), values)
        uow.commit()
    return shown(opportunity_id)
