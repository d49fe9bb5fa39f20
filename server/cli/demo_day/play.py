"""The blackout day (domain §4.1): three phones, one of them without a network from eight to seven.

Only the phones' clocks are simulated: they play the latest business day that is over. The server lives today.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from server.cli.demo_day.arrivals import at_the_kiosk
from server.cli.demo_day.claims import approve_too_early, claim_offline, decide_in_the_hand
from server.cli.demo_day.line import breaks_every_few
from server.cli.demo_day.people import Carrier, DayClock, Desk, NotPlayable
from server.cli.demo_day.receipts import send_receipt, snapped
from server.cli.demo_day.reminders import be_reminded
from server.cli.demo_day.scene import (
    EVENING_BATCH,
    NEW_CUSTOMERS,
    PLANNED,
    PORTFOLIO,
    SITE,
    UNPLANNED,
    Cast,
    Day,
    Say,
    last_business_day,
    ms,
)  # fmt: skip
from sync_protocol.collections import CollectionShape


def assemble(url: str, folder: Path, shapes: Mapping[str, CollectionShape], *, photos: int) -> tuple[Cast, Day]:
    """Sign everybody in, let the phones sync, and number the run one higher than the last. Raises NotPlayable."""
    clock = DayClock(datetime.now(UTC))
    li = Carrier(url, "li.wang", clock, folder, shapes, batch=EVENING_BATCH)
    zone = ZoneInfo(li.zone)
    now = datetime.now(UTC)
    cast = Cast(
        li,
        Carrier(url, "min.zhao", DayClock(now), folder, shapes),
        Carrier(url, "jie.chen", DayClock(now), folder, shapes),
        Desk(url, "jie.chen"),
    )
    for carrier in cast.carriers:
        carrier.sync()
    numbers = [
        int(remark.split()[2])
        for row in cast.jie.phone.rows("customers").values()
        if (remark := row["remark"] or "").startswith("demo day ")
    ]
    day = Day(max(numbers, default=0) + 1, last_business_day(now.astimezone(zone).date()), zone)
    day.photos = [snapped() for _ in range(photos - 1)]  # and the receipt's
    return cast, day


def play(cast: Cast, day: Day, say: Say) -> None:
    """Live the day."""
    _the_evening_before(cast, day)
    _eight_o_clock(cast, day, say)
    _meanwhile(cast, day, say)
    at_the_kiosk(cast, day, say)
    _out_there(cast, day, say)
    _the_line_is_back(cast, day, say)
    approve_too_early(cast, day, say)
    send_receipt(cast, day, say)
    decide_in_the_hand(cast, day, say)
    be_reminded(cast, day, say)


def _the_evening_before(cast: Cast, day: Day) -> None:
    li = cast.li
    li.clock.set(day.at(7, 30))
    for place in range(PORTFOLIO):
        with li.phone.transaction():
            customer = li.phone.create(
                "customers", {"name": f"演示{day.number}-{place + 1} Client", "grade": "C", "remark": day.mark}
            )
            day.phones.append(
                li.phone.create(
                    "customer_phones",
                    {"customer_id": customer, "number": f"+8613800{day.number % 1000:03d}{place:03d}"},
                )
            )
        day.portfolio.append(customer)
    day.plan = li.phone.create("day_plans", {"plan_on": day.on.isoformat(), "note": day.mark})
    for place in range(PLANNED):
        start = day.at(9 + place, 0)
        day.planned.append(
            li.phone.create(
                "visits",
                {
                    "plan_id": day.plan,
                    "customer_id": day.portfolio[place],
                    "planned_on": day.on.isoformat(),
                    "planned_start_at": ms(start),
                    "purpose": "看房 viewing",
                    "importance": 1 + place % 3,
                    "urgency": 1 + place % 2,
                    "site_latitude_e7": SITE[0],
                    "site_longitude_e7": SITE[1],
                },
            )
        )
    day.handed_over, day.clash, day.merge, day.moved = *day.portfolio[2:5], day.planned[6]


def _eight_o_clock(cast: Cast, day: Day, say: Say) -> None:
    cast.li.clock.set(day.at(7, 55))
    cast.li.phone.act("day_plans", "send", day.plan)
    requests = cast.li.sync()
    say(
        "08:00",
        f"li.wang sends his plan of {PLANNED} visits and syncs ({requests} requests). Then the network is gone.",
    )
    cast.jie.sync()
    seen = sum(1 for row in day.planned if row in cast.jie.phone.rows("visits"))
    say("08:10", f"jie.chen, his supervisor, sees {seen} planned visits on her phone.")


def _meanwhile(cast: Cast, day: Day, say: Say) -> None:
    jie = cast.jie
    jie.clock.set(day.at(9, 0))
    jie.phone.update("visits", day.moved, {"planned_start_at": ms(day.at(16, 30))})
    jie.phone.update("customers", day.clash, {"grade": "D"})
    jie.phone.update("customers", day.merge, {"stage": "negotiating"})
    jie.sync()
    say("09:00", "She moves one visit, and changes the grade of one customer and the stage of another.")
    cast.desk.post(
        "/api/v1/customers/handover",
        {"customers": [day.handed_over], "to": cast.min.user_id, "reason": f"{day.mark}: language"},
    )
    cast.min.sync()
    if day.handed_over not in cast.min.phone.rows("customers"):
        raise NotPlayable("the customer that was handed over did not reach min.zhao")
    say(
        "10:00",
        "One of his customers is handed over to min.zhao, who has it on her phone at once. He knows nothing of it.",
    )


def _out_there(cast: Cast, day: Day, say: Say) -> None:
    phone, clock = cast.li.phone, cast.li.clock
    for place, visit in enumerate(day.planned):
        clock.set(day.at(9 + place, 5))
        _visit(cast, day, visit, day.portfolio[place], place)
    for place in range(UNPLANNED):
        clock.set(day.at(18, 10 * place))
        customer = day.portfolio[PLANNED + place]
        visit = phone.create("visits", {"customer_id": customer, "planned_on": None, "purpose": "顺路 on the way"})
        _visit(cast, day, visit, customer, PLANNED + place)
    for place in range(NEW_CUSTOMERS):
        clock.set(day.at(13, 5 + place))
        with phone.transaction():
            customer = phone.create("customers", {"name": f"新客{day.number}-{place + 1}", "remark": day.mark})
            day.phones.append(
                phone.create(
                    "customer_phones",
                    {"customer_id": customer, "number": f"+8613900{day.number % 1000:03d}{place:03d}"},
                )
            )
            day.notes.append(phone.create("notes", {"customer_id": customer, "text": "第一次见面 first contact"}))
        day.new_customers.append(customer)
    clock.set(day.at(18, 40))
    phone.update("customers", day.clash, {"grade": "A"})
    phone.update("customers", day.merge, {"needs": "三房 three rooms"})
    phone.update("customers", day.handed_over, {"grade": "B"})
    day.to_be_refused["customers.handed-over"] = day.handed_over
    with phone.transaction():
        wrong = phone.create("customers", {"name": f"错号{day.number}", "remark": day.mark})
        phone.create("customer_phones", {"customer_id": wrong, "number": "12"})
    day.to_be_refused["customers.phone-invalid"] = wrong
    claim_offline(cast, day, say)
    with phone.transaction():
        written = {"kind": "daily", "period_on": day.on.isoformat(), "summary": f"{day.mark}: 一切顺利 all went well"}
        day.report = phone.create("work_reports", written)
        phone.act("work_reports", "send", day.report)
    say(
        "18:45",
        f"Without a network he made {len(day.visits)} visits, {NEW_CUSTOMERS} new customers, {len(day.notes)} notes and "
        f"{len(day.follow_ups)} follow-ups: {len(phone.queue)} operations wait on his phone.",
    )


def _visit(cast: Cast, day: Day, visit: str, customer: str, place: int) -> None:
    """One visit in the hand: check in, log, note, next step."""
    phone, clock = cast.li.phone, cast.li.clock
    began = clock()
    outside = place == 4
    phone.act(
        "visits",
        "start",
        visit,
        {
            "started_at": began,
            "latitude_e7": SITE[0] + (90_000 if outside else 300),
            "longitude_e7": SITE[1],
            "accuracy_m": 12,
            "fix_age_s": 4,
            "is_mock": False,
        },
        effect={"state": "in_progress", "actual_started_at": began},
    )
    clock.set(clock.at + timedelta(minutes=25))
    ended = clock()
    phone.act(
        "visits",
        "finish",
        visit,
        {"ended_at": ended, "result": "看了样板间 saw the show flat", "next_step": "报价 quote"},
        effect={"state": "done", "actual_ended_at": ended},
    )
    day.visits.append(visit)
    if place % 3 == 0:
        day.notes.append(
            phone.create("notes", {"customer_id": customer, "text": f"{day.mark}: 关注朝向 asks for south"})
        )
    if place % 2 == 0:
        day.follow_ups.append(
            phone.create(
                "follow_ups",
                {
                    "customer_id": customer,
                    "visit_id": visit,
                    "due_on": (day.on + timedelta(days=7)).isoformat(),
                    "text": "回访 call back",
                },
            )
        )


def _the_line_is_back(cast: Cast, day: Day, say: Say) -> None:
    li = cast.li
    li.clock.set(day.at(19, 0))
    li.line.counted.clear()
    li.line.fates = breaks_every_few(day.number)
    waiting = len(li.phone.queue)
    for _ in range(6):
        li.phone.exchange_once()
    li.switch_off_and_on()
    say("19:01", f"The line is back and breaks every few requests. In mid-sync the phone is switched off and on: "
        f"{len(li.phone.queue)} of {waiting} operations still wait.")  # fmt: skip
    li.sync()
    fates = li.line.counted
    say(
        "19:04",
        f"All is sent: {sum(fates.values())} requests, {fates['cut']} cut, {fates['answer-lost']} answers lost, "
        f"{fates['twice']} delivered twice.",
    )
    li.line.mend()
    for carrier in (cast.min, cast.jie, li):
        carrier.sync()
