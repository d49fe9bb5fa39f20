"""From events to news: who hears of what. A job comes with the numbers of the events of one commit.

Areas record events and know nothing of this; the hearers, by area, are in the modules beside. server/registry.py connects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from notifications.telling import News, tell
from server.config import Settings
from server.core.events import Event, Heard, events_of
from server.core.jobs import RunningJob, handler
from server.core.uow import UnitOfWork

HEAR = "notifications.hear-events"
"""Kind of the job that follows a commit with an event somebody hears of."""


@dataclass(slots=True)
class Hearing:
    """The events of one job on their way. news: what the hearers found, told together at the end."""

    uow: UnitOfWork
    settings: Settings
    news: list[News] = field(default_factory=list)


Hearer = Callable[[Hearing, Sequence[Heard]], None]

HEARERS: dict[type[Event], Hearer] = {}
"""Class of an event → what is done when it was recorded. A hearer gets all its events of a job at once, in their order."""


def hears(*classes: type[Event]) -> Callable[[Hearer], Hearer]:
    """Declare the hearer of these events. Raises ValueError when one of them has another already."""

    def declare(hearer: Hearer) -> Hearer:
        for each in classes:
            if each in HEARERS:
                raise ValueError(f"two hearers of {each.code}")
            HEARERS[each] = hearer
        return hearer

    return declare


@handler(HEAR, lease=timedelta(seconds=60))
def hear(job: RunningJob) -> dict[str, int]:
    """Tell people what the events mean to them: inbox and job settled in one transaction, so once."""
    by_code = {each.code: hearer for each, hearer in HEARERS.items()}
    with job.writing() as uow:
        hearing = Hearing(uow, job.services.settings)
        heard = [each for each in events_of(uow.connection, uow.org_id, job.payload["events"]) if each.code in by_code]
        order = {hearer: place for place, hearer in enumerate(HEARERS.values())}
        heard.sort(key=lambda each: (order[by_code[each.code]], each.n))
        for hearer, some in groupby(heard, key=lambda each: by_code[each.code]):
            hearer(hearing, list(some))
        told = tell(uow, hearing.settings, hearing.news)
        result = {"heard": len(heard), "told": len(told)}
        job.finish_in(uow, result)
    return result
