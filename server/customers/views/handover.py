"""Giving customers to somebody else: some of them, or all of a leaver's."""

from __future__ import annotations

from typing import Any

from server.accounts.operations.staff import USER_SELF, disable_user
from server.accounts.rules import USER_DEFAULT
from server.core.api import Blueprint
from server.core.auth import writing
from server.core.declare import requires
from server.core.problems import NOT_FOUND
from server.customers import operations, rules
from server.customers.absent import DELETED, MERGED
from server.customers.functions import HAND_OVER
from server.customers.ownership import NEW_OWNER_UNFIT, OWNER_CHANGED, PORTFOLIO_BEYOND_REACH
from server.customers.schemas import HandoverIn, HandoverOut, LeaveIn, PortfolioIn
from server.customers.views.blueprint import CUSTOMERS

USERS = Blueprint(
    "portfolios", __name__, url_prefix="/api/v1/users", description="All customers of a member of staff at once."
)


@CUSTOMERS.route("/handover", methods=["POST"])
@requires(HAND_OVER)
@CUSTOMERS.arguments(HandoverIn)
@CUSTOMERS.response(200, HandoverOut)
@CUSTOMERS.refuses(rules.REASON_REQUIRED, NEW_OWNER_UNFIT, OWNER_CHANGED, NOT_FOUND, MERGED, DELETED)
def hand_over(values: dict[str, Any]) -> dict[str, int]:
    """Give customers, with all that hangs on them, to another owner; all or none."""
    with writing() as uow:
        ids, seen = values["customers"], values.get("from_user")
        count = operations.hand_over_customers(uow, ids, values["to"], values["reason"], seen=dict.fromkeys(ids, seen))
        uow.commit()
    return {"handed_over": count}


@USERS.route("/<id:user_id>/handover", methods=["POST"])
@requires(HAND_OVER)
@USERS.arguments(PortfolioIn)
@USERS.response(200, HandoverOut)
@USERS.refuses(rules.REASON_REQUIRED, NEW_OWNER_UNFIT, PORTFOLIO_BEYOND_REACH)
def hand_over_portfolio(values: dict[str, Any], user_id: str) -> dict[str, int]:
    """Give all open customers of a person to another, as when he leaves; all or none."""
    with writing() as uow:
        count = operations.hand_over_portfolio(
            uow, user_id, values["to"], values["reason"], include_closed=values["include_closed"]
        )
        uow.commit()
    return {"handed_over": count}


@USERS.route("/<id:user_id>/leave", methods=["POST"])
@requires(HAND_OVER)
@USERS.arguments(LeaveIn)
@USERS.response(204)
@USERS.refuses(rules.REASON_REQUIRED, NEW_OWNER_UNFIT, USER_DEFAULT, USER_SELF)
def leave(values: dict[str, Any], user_id: str) -> None:
    """Disable a person and give all that he had to do to another, in one batch. Needs `accounts.users.write` as well.

    Without an heir, as when he is only disabled, it goes to who leads him.
    """
    with writing() as uow:
        disable_user(uow, user_id, heir_id=values["to"], reason=values["reason"])
        uow.commit()
