"""Grade A to E and the four axes. Pure: decides from values and a day. Source: docs/rules/customers.md, C30 and C31.

The handheld has the same rules (handheld/src/app/rows/profile.ts); cases: tests/server/customers/cases/profile.json.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

NEEDS = ("clear", "latent", "none")
DEALS = ("potential", "negotiating", "won", "lost")
IMPORTANCES = ("key", "ordinary")
URGENCIES = ("urgent", "soon", "later", "slow")
CATEGORIES = ("general", "key_account", "connection", "broker", "agency")
INDUSTRIES = (
    "agriculture", "mining", "manufacturing", "utilities", "construction", "trade", "transport", "hospitality",
    "information", "finance", "real_estate", "business_services", "research", "environment", "resident_services",
    "education", "health", "culture", "public_administration", "international",
)  # fmt: skip
"""The twenty sections of GB/T 4754-2017, A to T, in their order."""

AMOUNT_MOST = 10**13
AMOUNT_BANDS = (0, 100_000_000, 200_000_000, 500_000_000, 1_000_000_000)
"""Lower ends of the bands in which expected amounts are counted, in minor units: one, two, five and ten million."""
HOBBIES_MOST, WISHES_MOST = 500, 1000

_DEALS = {"prospect": "potential", "visited": "potential", "negotiating": "negotiating", "won": "won"}
_HORIZONS = ((1, "A"), (3, "B"), (6, "C"))
_URGENT = timedelta(days=7)


def grade_by_horizon(need: str | None, close_on: date | None, today: date) -> str | None:
    """The grade that need and expected closing day speak for; None when they say too little, and the grade stays.

    A day without a need is a clear need. The last day of a month counts within it. today: the organisation's calendar day.
    Source: rule C30.
    """
    if need == "none":
        return "E"
    if need == "latent":
        return "D"
    if close_on is None:
        return None
    return next((grade for months, grade in _HORIZONS if close_on <= months_after(today, months)), "D")


def urgency_of(close_on: date | None, today: date) -> str | None:
    """How soon somebody has to act, from the expected closing day; None without one. A day that is over is urgent. Rule C31."""
    if close_on is None:
        return None
    if close_on <= today + _URGENT:
        return "urgent"
    if close_on <= months_after(today, 1):
        return "soon"
    return "later" if close_on <= months_after(today, 3) else "slow"


def urgency_days(urgency: str, today: date) -> tuple[date | None, date | None]:
    """The expected closing days of an urgency: after the first, up to the second; None is open. What `urgency_of` says."""
    ends = (today + _URGENT, months_after(today, 1), months_after(today, 3))
    place = URGENCIES.index(urgency)
    return (ends[place - 1] if place else None), (ends[place] if place < len(ends) else None)


def deal_of_stage(stage: str) -> str:
    """What a stage says about the deal; lost for lost and dead ones. Source: rule C31."""
    return _DEALS.get(stage, "lost")


def months_after(day: date, months: int) -> date:
    """The same day some months later, or that month's last."""
    place = day.month - 1 + months
    year, month = day.year + place // 12, place % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def follow(values: Mapping[str, Any], *, before: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What follows from a change: the grade from need, closing day and death, the deal from the stage, unless it names them.

    values: to be set. before: `need_level`, `expected_close_on`, `stage` until now; none of a new customer. Source: rules C30,
    C31.
    """
    followed: dict[str, Any] = {}
    was, comes = (
        (each.get("need_level"), each.get("expected_close_on"), each.get("stage") == "dead")
        for each in (before, {**before, **values})
    )
    if "grade" not in values and was != comes:
        need, close_on, is_dead = comes
        grade = "E" if is_dead else grade_by_horizon(need, close_on, today)
        if grade is not None:
            followed["grade"] = grade
    if "stage" in values and "deal" not in values and values["stage"] != before.get("stage"):
        followed["deal"] = deal_of_stage(values["stage"])
    return followed
