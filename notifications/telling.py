"""Making notices: each piece of news once for each person, with the job that calls him. Never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, tuple_

from notifications.models import Notice
from notifications.people import Person, load_people
from notifications.rules import Channel, NoticeState
from notifications.topics import TOPICS
from server.config import Settings
from server.core.access import SYSTEM_USER
from server.core.rows import c
from server.core.types import to_ms
from server.core.uow import UnitOfWork

DELIVER = "notifications.deliver-notice"
"""Kind of the job that calls somebody."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class News:
    """Something for one person. occurrence: tells one time from another, as an event's number or the instant it is due.

    params: codes, ids, numbers and days. since: when it became news, if that was not just now.
    """

    user_id: str
    topic: str
    occurrence: int
    subject_collection: str | None = None
    subject_id: str | None = None
    customer_name: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    since: datetime | None = None

    @property
    def key(self) -> str:
        """kind|subject|recipient|occurrence: never a local date, which comes twice when clocks are set (rule N5)."""
        return f"{self.topic}|{self.subject_id}|{self.user_id}|{self.occurrence}"


def tell(
    uow: UnitOfWork, settings: Settings, news: Sequence[News], *, people: Mapping[str, Person] | None = None
) -> list[Notice]:
    """Put news into inboxes and leave the jobs that call people. What was told before is left out; so are leavers.

    Some statements, however much news. people: where the caller has loaded them.
    """
    if people is None:
        people = load_people(uow.connection, uow.org_id, (each.user_id for each in news))
    heard = [each for each in news if each.user_id in people and people[each.user_id].is_active]
    fresh = {each.key: each for each in {_sameness(each): each for each in heard}.values()}
    for key in _told_before(uow, list(fresh.values())):
        fresh.pop(key, None)
    made = []
    for key, each in fresh.items():
        notice = uow.add(
            Notice(
                user_id=each.user_id,
                topic=each.topic,
                subject_collection=each.subject_collection,
                subject_id=each.subject_id,
                customer_name=each.customer_name,
                params=dict(each.params),
                due_at=each.due_at,
                dedupe_key=key,
            )
        )
        made.append(notice)
        call(uow, settings, notice, people[each.user_id], since=each.since)
    return made


def call(uow: UnitOfWork, settings: Settings, notice: Notice, person: Person, *, since: datetime | None) -> None:
    """Leave the job that calls somebody about a notice, unless there is no way to reach him outside the inbox."""
    ways = {Channel.EMAIL: settings.smtp_url, Channel.SMS: settings.sms_url}
    falls_back = TOPICS[notice.topic].falls_back and any(ways[each] for each, _ in person.fallback(notice.topic))
    if person.has_device or falls_back:
        message = message_of(notice)
        payload = {"notice_id": notice.id, "message": message, "since": to_ms(since or uow.now)}
        uow.enqueue(DELIVER, payload, dedupe_key=f"deliver|{message}", owner_id=SYSTEM_USER, max_attempts=12)


def message_of(notice: Notice) -> str:
    """What is told at one time: the notice, and after a snooze its return. Deliveries and devices know it by this."""
    return notice.id if notice.snoozed_until is None else f"{notice.id}|{to_ms(notice.snoozed_until)}"


def _sameness(news: News) -> tuple[object, ...]:
    """What two pieces of news share when one stands for both."""
    about = (news.user_id, news.topic, news.subject_id)
    return about if TOPICS[news.topic].collapses else (*about, news.occurrence)


def _told_before(uow: UnitOfWork, news: Sequence[News]) -> set[str]:
    """The keys of those that are in the inbox already, or collapse into one there that nobody has read yet."""
    n = c(Notice)
    found: set[str] = set()
    for start in range(0, len(news), _AT_ONCE):
        some = news[start : start + _AT_ONCE]
        keys = [each.key for each in some]
        statement = select(n.dedupe_key).where(n.org_id == uow.org_id, n.dedupe_key.in_(keys))
        found |= set(uow.connection.execute(statement).scalars())
        collapsing = {
            (each.user_id, each.topic, each.subject_id): each.key for each in some if TOPICS[each.topic].collapses
        }
        if collapsing:
            unread = and_(n.org_id == uow.org_id, n.state == NoticeState.UNREAD.value)
            about = tuple_(n.user_id, n.topic, n.subject_id).in_(list(collapsing))
            rows = uow.connection.execute(select(n.user_id, n.topic, n.subject_id).where(unread, about))
            found |= {collapsing[tuple(row)] for row in rows}
    return found
