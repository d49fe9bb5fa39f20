"""What is measured, and what is still wanting. Pure. The handheld says the same in handheld/src/app/targets/targets.ts."""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum


class Measure(StrEnum):
    """visits: how many took place. won_amount: of the opportunities that he won, in the organisation's currency."""

    VISITS = "visits"
    WON_AMOUNT = "won_amount"


def days_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month that a day is in."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def gap(amount: int, done: int) -> int:
    """What is still wanting; nothing when there is more than was asked for."""
    return max(0, amount - done)
