"""The demo's last days: plans, visits that took place or did not, follow-ups. Of one salesperson, in one unit of work."""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from server.cli.demo_load.inventing import InventedVisit, demo_id, draw_for, invent_day
from server.core.access import Actor
from server.core.clock import bounds_of
from server.core.rows import c
from server.core.services import Services
from server.core.uow import UnitOfWork
from server.customers.models import Customer
from server.fieldwork.models import DayPlan, Visit
from server.fieldwork.operations import (
    cancel_visit,
    complete_follow_up,
    create_follow_up,
    create_plan,
    create_visit,
    finish_plan,
    finish_visit,
    send_plan,
    start_visit,
)

FIRST, LAST = -5, 1
"""Days that are loaded, counted from today."""
_CENTRE_E7 = (302_500_000, 1_201_600_000)
_METRES_PER_E7 = 0.0111  # along a meridian


def load_days(services: Services, seller: Actor, number: int, seed: int, behind: date | None = None) -> int:
    """Fill the days around today of one salesperson who has none yet. How many days were made.

    behind: the last day of the year that was loaded before (year.py), whose plans do not count.
    """
    with services.writing(seller) as uow:
        later = () if behind is None else (c(DayPlan).plan_on > behind,)
        if uow.find(DayPlan, c(DayPlan).owner_id == seller.user_id, *later, limit=1):
            return 0
        mine = uow.find(Customer, c(Customer).owner_id == seller.user_id, limit=200)
        if not mine:
            return 0
        for offset in range(FIRST, LAST + 1):
            _load_day(uow, mine, offset, number * 100 + offset - FIRST, seed)
        uow.commit()
    return LAST - FIRST + 1


def _load_day(uow: UnitOfWork, mine: list[Customer], offset: int, number: int, seed: int) -> None:
    draw = draw_for(seed, "day", number)
    day = uow.today() + timedelta(days=offset)
    plan = create_plan(uow, demo_id(seed, "plan", number), {"plan_on": day})
    lines = invent_day(draw)
    for place, (line, customer) in enumerate(zip(lines, draw.sample(mine, min(len(lines), len(mine))), strict=False)):
        visit = _load_visit(uow, plan, customer, line, draw, day, demo_id(seed, "visit", number * 10 + place))
        if line.next_step and visit.state == "done":
            _load_follow_up(uow, visit, line.next_step, draw, demo_id(seed, "follow-up", number * 10 + place))
    if offset <= 0:
        send_plan(uow, plan)
    if offset < 0:
        finish_plan(uow, plan)


def _load_visit(
    uow: UnitOfWork,
    plan: DayPlan,
    customer: Customer,
    line: InventedVisit,
    draw: random.Random,
    day: date,
    visit_id: str,
) -> Visit:
    begin = bounds_of(day, uow.actor.timezone)[0]
    planned = begin + timedelta(minutes=line.start)
    place = (_CENTRE_E7[0] + draw.randrange(-600_000, 600_000), _CENTRE_E7[1] + draw.randrange(-600_000, 600_000))
    values: dict[str, Any] = {
        "plan_id": plan.id,
        "customer_id": customer.id,
        "planned_start_at": planned,
        "planned_end_at": planned + timedelta(minutes=line.length),
        "purpose": line.purpose,
        "importance": line.importance,
        "urgency": line.urgency,
        "site_latitude_e7": place[0],
        "site_longitude_e7": place[1],
        "site_radius_m": 200,
    }
    visit = create_visit(uow, visit_id, values)
    started = planned + timedelta(minutes=line.late)
    ended = started + timedelta(minutes=line.length)
    if ended > uow.now or line.fate == "silent":
        return visit
    if line.fate == "cancelled":
        return cancel_visit(uow, visit, {"reason": line.cancel_reason})
    fix = {
        "latitude_e7": place[0] + int(line.metres / _METRES_PER_E7 * math.cos(line.late)),
        "longitude_e7": place[1] + int(line.metres / _METRES_PER_E7 * math.sin(line.late)),
        "accuracy_m": 12,
        "fix_age_s": 5,
    }
    start_visit(uow, visit, {"started_at": started.astimezone(UTC), **fix})
    done = {"ended_at": ended.astimezone(UTC), "result": line.result, "next_step": line.next_step}
    return finish_visit(uow, visit, {**done, "outcome": "not_met" if line.fate == "missed" else "met"})


def _load_follow_up(uow: UnitOfWork, visit: Visit, text: str, draw: random.Random, follow_up_id: str) -> None:
    due_on = visit.day_on + timedelta(days=draw.randrange(1, 6))
    values = {"customer_id": visit.customer_id, "visit_id": visit.id, "text": text, "due_on": due_on}
    follow_up = create_follow_up(uow, follow_up_id, values)
    done_at = datetime.combine(due_on, datetime.min.time(), tzinfo=uow.actor.timezone) + timedelta(hours=10)
    if done_at < uow.now and draw.random() < 0.7:
        complete_follow_up(uow, follow_up, {"done_at": done_at.astimezone(UTC), "done_note": "已联系"})
