"""What happened in the days of a report: the rows that rules.facts_of counts, loaded once for a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from server.core.clock import bounds_of
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.models import Customer, TimelineEntry
from server.customers.receptions.models import Reception
from server.customers.timeline import Deed
from server.fieldwork.activities.models import Activity
from server.fieldwork.models import FollowUp, Task, Visit
from server.fieldwork.questions.models import Question
from server.fieldwork.questions.rules import QuestionState
from server.fieldwork.reports.rules import Period, Rows, facts_of
from server.fieldwork.transitions import VisitState

_LOADED = "fieldwork.days-of-reports"
_KINDS = (Visit, FollowUp, Task, Customer, Question, Activity, Reception)
"""In the order of rules.Rows."""


def preload_days(uow: UnitOfWork, periods: Iterable[Period]) -> None:
    """Load at once what the actor did in these days; what is loaded already is not asked for again.

    Eight statements. The rows come into the working set, so what the same push changes counts as it is changed.
    """
    loaded: set[Period] = uow.once(_LOADED, set)
    wanted = sorted(set(periods) - loaded, key=lambda each: (each.first_on, each.last_on))
    if not wanted:
        return
    loaded.update(wanted)
    me, v, f, t, k, q = uow.actor.user_id, c(Visit), c(FollowUp), c(Task), c(Customer), c(Question)

    def on(*days: ColumnElement[Any]) -> ColumnElement[bool]:
        return or_(*(day.between(each.first_on, each.last_on) for each in wanted for day in days))

    def at(instant: ColumnElement[Any]) -> ColumnElement[bool]:
        bounds = [_bounds(uow, each) for each in wanted]
        return or_(*(and_(instant >= begin, instant < end) for begin, end in bounds))

    visits = uow.find(Visit, v.assignee_id == me, on(v.day_on, v.planned_on))
    done = (each.customer_id for each in visits if each.state == VisitState.DONE)
    uow.preload(Customer, {each for each in done if each is not None})
    uow.find(FollowUp, f.assignee_id == me, at(f.done_at))
    uow.find(Task, t.assignee_id == me, at(t.done_at))
    uow.find(Customer, k.owner_id == me, on(k.first_contact_on))
    uow.find(Question, q.author_id == me, or_(at(q.asked_at), q.state == QuestionState.OPEN.value))
    uow.find(Activity, c(Activity).author_id == me, on(c(Activity).day_on))
    e = c(TimelineEntry)  # a person's deeds have an index of their own, and his receptions none
    received = (e.org_id == uow.org_id, e.done_by == me, e.deed == Deed.RECEPTION.value, on(e.day_on))
    uow.find(Reception, c(Reception).id.in_(select(e.subject_id).where(*received)))


def customers_of_days(uow: UnitOfWork) -> set[str]:
    """Whom the loaded days are about: those visited, and those first met."""
    visited = {each.customer_id for each in uow.among(Visit, lambda each: each.assignee_id == uow.actor.user_id)}
    return {each for each in visited if each is not None} | {each.id for each in uow.among(Customer, lambda _: True)}


def what_happened(uow: UnitOfWork, period: Period) -> dict[str, Any]:
    """What the actor did in these days, as rules.facts_of says it of all that is stored or about to be."""
    preload_days(uow, [period])
    rows = Rows(*(uow.among(kind, lambda _: True) for kind in _KINDS))
    return facts_of(uow.actor.user_id, period, uow.actor.timezone, rows)


def _bounds(uow: UnitOfWork, period: Period) -> tuple[datetime, datetime]:
    zone = uow.actor.timezone
    return bounds_of(period.first_on, zone)[0], bounds_of(period.last_on, zone)[1]
