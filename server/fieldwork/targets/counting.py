"""How visits and sales are counted, for targets and for a team's month (server/insight/months): in one way only."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, case, func

from server.core.rows import c
from server.customers.opportunities.models import Opportunity
from server.fieldwork.models import Visit
from server.fieldwork.transitions import VisitState


def took_place(first: date, last: date) -> ColumnElement[bool]:
    """Visits that took place in these days, planned or not. Whose they are: assignee_id."""
    v = c(Visit)
    return and_(v.state == VisitState.DONE.value, v.day_on.between(first, last))


def amount_of(currency: str) -> ColumnElement[int]:
    """The sum of opportunities in minor units; what is in another currency is not added."""
    o = c(Opportunity)
    return func.coalesce(func.sum(case((o.currency == currency, func.coalesce(o.amount_minor, 0)), else_=0)), 0)
