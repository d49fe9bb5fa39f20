"""Who hears of copies: those to whom a visit, a plan or a task of another's is shown, and of what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

import notifications.hearers.fieldwork  # noqa: F401 - those who hear of the row itself come first
from notifications.hearing import Hearing, hears
from notifications.telling import News
from notifications.topics import PLAN_CHANGED, PLAN_SENT, TASK_CHANGED, TASK_COPIED, VISIT_SHARED
from server.core.events import Heard
from server.core.rows import c
from server.core.types import from_ms
from server.fieldwork.copies.events import Copied, CopyChanged
from server.fieldwork.copies.models import Copy

_FIRST = {"visits": VISIT_SHARED, "day_plans": PLAN_SENT, "tasks": TASK_COPIED}
_THEN = {"visits": VISIT_SHARED, "day_plans": PLAN_CHANGED, "tasks": TASK_CHANGED}


@hears(Copied)
def new_copies(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Whoever was named sees something of another's: a visit he takes part in, a plan that was sent, a task."""
    _tell(hearing, heard, _FIRST)


@hears(CopyChanged)
def changed_copies(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """What they see is not what they were told of. Of a new copy that is part of the news."""
    _tell(hearing, heard, _THEN)


def _tell(hearing: Hearing, heard: Sequence[Heard], topics: dict[str, str]) -> None:
    """Not who did it himself, nor who heard the same of the row itself because he leads its owner."""
    k = c(Copy)
    ids = sorted({copy for each in heard for copy in each.told["copies"].values()})
    rows = hearing.uow.connection.execute(select(*k).where(k.org_id == hearing.uow.org_id, k.id.in_(ids)))
    copies = {row.id: row for row in rows}
    known = {(news.user_id, news.topic, news.subject_id) for news in hearing.news}
    for each in heard:
        topic = topics[each.told["collection"]]
        hearing.news += [
            News(
                row.person_id,
                topic,
                occurrence=each.n,
                since=from_ms(each.at),
                subject_collection="copies",
                subject_id=row.id,
                customer_name=row.customer_name,
                params=_params(each.told["collection"], row),
            )
            for copy in each.told["copies"].values()
            if (row := copies.get(copy)) is not None
            and row.person_id != each.actor_id
            and (row.person_id, topic, each.subject_id) not in known
        ]


def _params(collection: str, row: Any) -> dict[str, str]:
    day = row.day_on.isoformat()
    if collection == "day_plans":
        return {"owner_id": row.from_id, "plan_on": day}
    return {"by_id": row.from_id, "due_on" if collection == "tasks" else "day_on": day}
