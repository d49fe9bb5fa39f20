"""What came of each customer over a year, out of a seed. Pure: days and words in, deeds out, in order.

A year has its rhythm: sales centres are full at weekends and in the first days of May and October, quiet on Mondays, and shut
over the Spring Festival; each salesperson has a weekday off. A course ends where the year does, wherever it stands then.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from server.cli.demo_load.inventing import MISSED, NOTES, PURPOSES, RESULTS, STEPS, InventedCustomer, draw_for
from server.customers.opportunities.rules import SEEDS
from server.customers.receptions.rules import AREAS, FLOORS, INCOMES, ORIENTATIONS
from server.customers.rules import LOSS_REASONS

_NEW_YEARS = (
    date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
    date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11),
)  # fmt: skip
"""First days of the lunar years."""
_SHUT_BEFORE, _SHUT_AFTER = timedelta(days=1), timedelta(days=6)
_TALKS = (
    "电话沟通，客户对价格还在考虑", "发送了户型图和付款方式", "客户问学区和交房时间，已答复", "约好周末来看样板间", "未接，稍后再拨",
    "Called; wants to talk it over at home first", "Sent the floor plan by message",
)  # fmt: skip
_CONTACTS = (
    "确认了户型和楼层的偏好", "谈了付款方式，首付三成可以接受", "客户带家人一起来谈，意见基本一致", "申请了两个点的优惠，等批复",
    "Went through the contract draft together",
)  # fmt: skip
_TITLES = ("三房 110 平米", "两房 89 平米", "改善型四房", "临街商铺 60 平米", "Two bedrooms, quiet side", "投资小户型")
_COMPETITORS = ("城东新城", "滨江壹号", "Riverside Park")
_IMPRESSIONS = ("诚意高，预算明确", "偏理性，会比较三家以上", "夫妻意见不一，太太做主", "Serious, in no hurry")
_AFTER_MEETING = {"enter": 0, "receive": 3, "note": 30}
_WRITTEN_DOWN = ("stage", "open", "contact", "move", "win", "lose", "follow")
NOBODY = -1
OPENS, CLOSES = 505, 1150
"""Minutes of the day: when its plan is sent, and when it is closed."""
_FIRST_VISIT, _BETWEEN, _VISITS_MOST = 565, 70, 7
_FATES = (("done", 78), ("missed", 9), ("cancelled", 7), ("silent", 6))


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done for a customer. number: of the customer; NOBODY's for what is about a day. minute: of the day.

    serial: names the row that it makes, within his course.
    """

    number: int
    day: date
    minute: int
    what: str
    serial: int
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> tuple[Any, ...]:
        """By which they are told."""
        return self.day, self.minute, self.number, self.serial


def is_shut(day: date) -> bool:
    """Whether nobody works: the Spring Festival."""
    return any(first - _SHUT_BEFORE <= day <= first + _SHUT_AFTER for first in _NEW_YEARS)


def crowd_of(day: date) -> float:
    """How many first visitors come on a day, of an ordinary weekday's."""
    if is_shut(day):
        return 0.02
    if (day.month, day.day) in {(5, 1), (5, 2), (5, 3)} or (day.month == 10 and day.day <= 5):
        return 3.5
    season = 1.25 if day.month in (9, 10) else 1.0
    return season * (3.0 if day.weekday() > 4 else 0.6 if day.weekday() == 0 else 1.0)


@dataclass(frozen=True, slots=True)
class Year:
    """The days of a year of the organisation, and how many come on each."""

    days: Sequence[date]
    weights: Sequence[float]

    @classmethod
    def ending(cls, last: date, length: int) -> Year:
        """So many days, `last` the last of them."""
        days = [last - timedelta(days=back) for back in reversed(range(length))]
        return cls(days, list(accumulate(crowd_of(day) for day in days)))

    def first_day(self, draw: random.Random) -> date:
        """The day on which somebody comes for the first time."""
        (found,) = draw.choices(self.days, cum_weights=self.weights)
        return found

    def working(self, day: date, off: int) -> date | None:
        """That day or the next on which somebody works who has weekday `off` free; None after the year."""
        while day.weekday() == off or is_shut(day):
            day += timedelta(days=1)
        return day if day <= self.days[-1] else None


def invent_course(seed: int, number: int, invented: InventedCustomer, year: Year, off: int) -> list[Deed]:
    """The course of the n-th customer, in order of days. invented: who he is; his stage says how far he comes. off: the
    weekday that his salesperson has free."""
    draw = draw_for(seed, "course", number)
    deeds: list[Deed] = []
    met = draw.randrange(550, 1030)
    day = year.working(year.first_day(draw), off)
    for what, gap, values in _steps(draw, str(invented.values["stage"])):
        if day is not None and gap:
            day = year.working(day + timedelta(days=gap), off)
        if day is None:
            break
        deeds.append(Deed(number, day, _minute(draw, what, met), what, len(deeds), values))
    minutes = sorted((deed.day, deed.minute) for deed in deeds)  # what follows was never before what it follows from
    return [replace(deed, minute=minute) for deed, (_, minute) in zip(deeds, minutes, strict=True)]


def in_days(deeds: Iterable[Deed]) -> list[Deed]:
    """All that one salesperson did, in order: the visits of a day one after the other, planned in the morning, and follow-ups
    done on their day."""
    found: list[Deed] = []
    visits: defaultdict[date, list[Deed]] = defaultdict(list)
    for deed in deeds:
        if deed.what == "visit":
            visits[deed.day].append(deed)
            continue
        found.append(deed)
        if deed.what == "follow" and deed.values["is_done"]:
            due_on = deed.day + timedelta(days=deed.values["due_in"])
            found.append(Deed(deed.number, due_on, _FIRST_VISIT + deed.number % 400, "finish", deed.serial))
    for day, his in visits.items():
        first = sorted(his, key=lambda each: each.order)[:_VISITS_MOST]
        of_day = [replace(each, minute=_FIRST_VISIT + slot * _BETWEEN) for slot, each in enumerate(first)]
        found += of_day
        if planned := [each for each in of_day if each.values["is_planned"]]:
            found.append(Deed(NOBODY, day, OPENS, "plan", 0, {"visits": planned}))
            found.append(Deed(NOBODY, day, CLOSES, "close", 0))
    return sorted(found, key=lambda each: each.order)


def _steps(draw: random.Random, stage: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(what, days since the step before, values) on the way to a stage. Those of one day come in this order."""
    comes = stage not in ("prospect", "dead")
    yield "enter", 0, {"need_level": draw.choice(("clear", "latent", None)), "closes_in": draw.randrange(20, 240)}
    if comes or draw.random() < 0.5:
        yield "receive", 0, invent_sheet(draw, comes=comes)
    if draw.random() < 0.4:
        yield "note", 0, {"text": draw.choice(NOTES)}
    for _ in range(draw.choice((1, 1, 2, 3))):
        yield from _talk(draw)
    if stage == "dead":
        yield "stage", _gap(draw, 20), {"stage": "dead"}
    if comes and draw.random() < 0.6:
        yield from _visit(draw)
    if comes and stage != "visited":
        yield "stage", 1, {"stage": "negotiating"}
        yield from _deal(draw, stage)


def _deal(draw: random.Random, stage: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """From the opportunity that is opened on, by steps of the funnel."""
    yield "open", 0, _opening(draw)
    reached = len(SEEDS) if stage == "won" else draw.randrange(2, len(SEEDS))
    for place in range(1, reached, 2):
        yield "contact", _gap(draw, 7), _contact(draw)
        yield "move", 0, {"stage_code": SEEDS[min(place + 1, reached - 1)].code}
        if draw.random() < 0.5:
            yield from _visit(draw)
    if stage == "won":
        yield "win", _gap(draw, 6), {"closing_note": "已签约" if draw.random() < 0.3 else None}
    elif stage == "lost":
        reason = draw.choice(LOSS_REASONS)
        competitor = draw.choice(_COMPETITORS) if reason == "competitor" else None
        yield "lose", _gap(draw, 12), {"reason": reason, "competitor": competitor}
        yield "stage", 0, {"stage": "lost", "lost_reason": reason}
    if stage in ("won", "lost") and draw.random() < 0.3:
        yield from _talk(draw)


def _talk(draw: random.Random) -> Iterator[tuple[str, int, dict[str, Any]]]:
    channel = draw.choices(("call_out", "call_in", "message", "mail", "meeting_online"), (52, 16, 27, 2, 3))[0]
    kind = draw.choices(("presales", "progress", "return_visit"), (60, 25, 15))[0]
    minutes = draw.choice((2, 4, 6, 9, 15)) if channel.startswith("call") else None
    yield "act", _gap(draw, 6), {"channel": channel, "kind": kind, "duration_min": minutes, "text": draw.choice(_TALKS)}
    if draw.random() < 0.35:
        yield "follow", 0, {"text": draw.choice(STEPS), "due_in": draw.randrange(1, 8), "is_done": draw.random() < 0.85}


def _visit(draw: random.Random) -> Iterator[tuple[str, int, dict[str, Any]]]:
    fate = draw.choices([name for name, _ in _FATES], [share for _, share in _FATES])[0]
    values = {
        "fate": fate,
        "purpose": draw.choice(PURPOSES),
        "result": draw.choice(MISSED if fate == "missed" else RESULTS),
        "length": draw.choice((30, 40, 45, 60)),
        "late": draw.choice((-4, 0, 2, 5, 7, 11, 26)),
        "metres": draw.choice((8, 15, 22, 40, 75, 120, 640)),
        "importance": draw.randrange(1, 4),
        "urgency": draw.randrange(1, 4),
        "is_planned": draw.random() < 0.85 or fate != "done",
        "place": (draw.randrange(-600_000, 600_000), draw.randrange(-600_000, 600_000)),
    }
    yield "visit", _gap(draw, 8), values


def invent_sheet(draw: random.Random, *, comes: bool) -> dict[str, Any]:
    """What stands on a contact sheet. comes: he was here."""
    values: dict[str, Any] = {
        "channel": "visit" if comes else draw.choice(("call", "online", "outside")),
        "area": draw.choice(AREAS),
        "orientation": draw.choice(ORIENTATIONS),
        "floor": draw.choice(FLOORS),
        "interest_price": draw.random() < 0.6,
        "interest_location": draw.random() < 0.4,
    }
    if draw.random() < 0.4:
        values |= {"income": draw.choice(INCOMES), "impression": draw.choice(_IMPRESSIONS)}
    return values


def invent_opening(draw: random.Random, today: date) -> dict[str, Any]:
    """An opportunity as `open_opportunity` takes it, without customer and stage."""
    return dated(_opening(draw), today)


def invent_contact(draw: random.Random, today: date) -> dict[str, Any]:
    """A contact as `add_contact` takes it, without its opportunity."""
    return dated(_contact(draw), today)


def _opening(draw: random.Random) -> dict[str, Any]:
    amount = draw.randrange(120, 680) * 1_000_000
    return {"title": draw.choice(_TITLES), "amount_minor": amount, "closes_in": draw.randrange(15, 120), **_next(draw)}


def _contact(draw: random.Random) -> dict[str, Any]:
    return {"text": draw.choice(_CONTACTS), **_next(draw)}


def _next(draw: random.Random) -> dict[str, Any]:
    return {"next_step": draw.choice(STEPS), "next_in": draw.randrange(2, 12)}


_DAYS = {"closes_in": "expected_close_on", "next_in": "next_step_on"}


def dated(values: dict[str, Any], day: date) -> dict[str, Any]:
    """The same with days for what is so many days ahead of `day`."""
    return {
        _DAYS.get(name, name): day + timedelta(days=value) if name in _DAYS else value for name, value in values.items()
    }


def _gap(draw: random.Random, mean: float) -> int:
    """Days until the next step."""
    return 1 + min(int(draw.expovariate(1 / mean)), 60)


def _minute(draw: random.Random, what: str, met: int) -> int:
    """When in the day. met: when he was met, of the day on which he was entered; what is written down follows."""
    if what in _AFTER_MEETING:
        return met + _AFTER_MEETING[what]
    return draw.randrange(1080, 1110) if what in _WRITTEN_DOWN else draw.randrange(560, 1060)
