"""The day's reminders: follow-ups due in a few seconds, of which the running worker tells, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

from server.cli.demo_day.scene import Cast, Day, Finding, Say, ms

REMINDERS = 3
AHEAD = timedelta(seconds=4)
PATIENCE = 45.0
"""Seconds that the worker gets for what is due."""
DUE, ARRIVED = "fieldwork.follow-up-due", "membership.member-arrived"


def be_reminded(cast: Cast, day: Day, say: Say) -> None:
    """li.wang sets reminders a few seconds ahead, finishes one before it is due, and hears of the others and of visitors."""
    phone = cast.li.phone
    due = datetime.now(UTC) + AHEAD
    for customer in day.portfolio[-REMINDERS - 1 :]:
        values = {"customer_id": customer, "text": f"{day.mark} 回电 call", "due_at": ms(due)}
        day.reminders.append(phone.create("follow_ups", values))
    done = day.reminders.pop()
    phone.act("follow_ups", "complete", done, {"done_note": "已回 done"})
    day.done_before = done
    cast.li.sync()
    until = monotonic() + PATIENCE
    while monotonic() < until:
        cast.li.sync()
        if set(day.reminders) <= notices_of(cast, DUE).keys() and len(_came(cast, day)) >= len(day.arrived):
            break
        sleep(0.3)
    say("19:20", f"{len(notices_of(cast, DUE).keys() & set(day.reminders))} follow-ups are due: his phone says so. "
        "One was done before, and nobody mentions it.")  # fmt: skip


def reckon_reminders(cast: Cast, day: Day) -> Iterator[Finding]:
    """Each reminder and each visitor once in his inbox, on his own phone and on nobody else's."""
    told = notices_of(cast, DUE)
    mine = Counter({each: told[each] for each in (*day.reminders, day.done_before) if each in told})
    yield Finding("reminders delivered, each once (needs a worker: `make run`, `doorstep worker`)",
                  Counter(day.reminders), mine)  # fmt: skip
    yield Finding("visitors his phone told him of, each once", Counter(day.arrived), _came(cast, day))
    elsewhere = [row for row in cast.min.phone.rows("notices").values() if row["subject_id"] in set(day.reminders)]
    yield Finding("  and nobody else's", [], elsewhere)


def notices_of(cast: Cast, topic: str) -> Counter[Any]:
    """Subject → how many notices of that topic li.wang's inbox has about it."""
    return Counter(row["subject_id"] for row in cast.li.phone.rows("notices").values() if row["topic"] == topic)


def _came(cast: Cast, day: Day) -> Counter[Any]:
    rows = [row for row in cast.li.phone.rows("notices").values() if row["topic"] == ARRIVED]
    return Counter(row["params"]["customer_id"] for row in rows if row["params"]["customer_id"] in set(day.arrived))
