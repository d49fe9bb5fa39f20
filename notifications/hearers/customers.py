"""Who hears of customers: the new owner, once for a whole handover."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.hearing import Hearing, hears
from notifications.telling import News
from notifications.topics import HANDED_OVER
from server.core.events import Heard
from server.core.types import from_ms
from server.customers.events import HandoverDone


@hears(HandoverDone)
def handovers(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """The new owner hears how many customers he got, unless he took them himself."""
    hearing.news += [
        News(
            each.subject_id,
            HANDED_OVER,
            occurrence=each.n,
            since=from_ms(each.at),
            subject_collection="customers",
            params={"count": each.told["count"], "from_ids": each.told["from_ids"], "by_id": each.actor_id},
        )
        for each in heard
        if each.subject_id != each.actor_id
    ]
