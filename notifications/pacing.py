"""How often people are called: quiet hours, limits, switches; what is held back, and the one message that stands for it.

The lock of a person's Pacing row keeps two workers from calling him at once beyond his limit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from notifications.models import Delivery, Notice, Pacing
from notifications.people import Person
from notifications.rules import (
    AWAY,
    GATHERING,
    LATE,
    PER_DAY,
    SWITCHED_OFF,
    DeliveryState,
    NoticeState,
    quiet_until,
    room_at,
)
from notifications.topics import TOPICS
from server.config import Settings
from server.core import logs
from server.core.access import SYSTEM_USER
from server.core.rows import c
from server.core.setting_values import time_of_day
from server.core.types import to_ms
from server.core.uow import UnitOfWork

log = logs.logger("notifications")

DIGEST = "notifications.send-digest"
"""Kind of the job that tells somebody at once of all that was held."""
_LONGEST_WAIT = timedelta(days=1)
_CALLED = (DeliveryState.SENDING.value, DeliveryState.SENT.value, DeliveryState.UNKNOWN.value)
_LEFT = (*_CALLED, DeliveryState.GONE.value, DeliveryState.REFUSED.value)
"""What has left the house, or may have: not what a service that is away has not taken."""


def pacing_of(uow: UnitOfWork, user_id: str) -> Pacing:
    """The person's row, locked until the end of the transaction; made when he is first called."""
    return uow.ensure(Pacing(id=user_id))


def wait_for(uow: UnitOfWork, person: Person, settings: Settings, *, since: datetime | None = None) -> datetime | None:
    """When he may be called; None for now. since: when the news arose, for news that an outage held up (rules N7, N8)."""
    waits = [] if (alone := left_alone_until(uow, person, settings)) is None else [alone]
    if since is not None and uow.now - since > LATE:
        waits.append(uow.now + GATHERING)
    if (room := room_at(_told(uow, person.id), uow.now)) is not None:
        waits.append(room)
    if _is_organisation_over(uow, settings.notify_org_per_hour):
        log.error("organisation sends too much", org_id=uow.org_id, limit=settings.notify_org_per_hour)
        waits.append(uow.now + SWITCHED_OFF)
    return max(waits, default=None)


def left_alone_until(uow: UnitOfWork, person: Person, settings: Settings) -> datetime | None:
    """When his quiet hours end, or the operator's switch is looked at again; None when he may be called, by either."""
    waits = [] if settings.notify else [uow.now + SWITCHED_OFF]
    own, usual = person.settings, settings.quiet_hours
    begin = usual[0] if own.quiet_from is None else time_of_day(own.quiet_from)
    end = usual[1] if own.quiet_to is None else time_of_day(own.quiet_to)
    if (quiet := quiet_until(uow.now, zone=person.zone, begin=begin, end=end)) is not None:
        waits.append(quiet)
    return max(waits, default=None)


def joined_at(pacing: Pacing, now: datetime) -> datetime | None:
    """When news joins what is held already and told soon, or should have been told by now; None when it goes alone."""
    if pacing.digest_at is None or pacing.digest_at > now + AWAY:
        return None
    return max(pacing.digest_at, now + GATHERING)


def hold(uow: UnitOfWork, pacing: Pacing, until: datetime, *, since: datetime) -> None:
    """Keep back one more notice, in the inbox since then; leaves the job of the digest where none is still to come.

    One whose instant is past is being sent, does not get through, or is gone; one further ahead than any wait is was
    planned by a wrong clock. The new one takes its place.
    """
    uow.change(pacing, held=pacing.held + 1, held_since=min(pacing.held_since or since, since))
    if pacing.digest_at is None or not uow.now < pacing.digest_at <= uow.now + _LONGEST_WAIT:
        plan_digest(uow, pacing, until)


def plan_digest(uow: UnitOfWork, pacing: Pacing, at: datetime) -> None:
    """Tell him at that instant, and not at another one that was planned."""
    uow.change(pacing, digest_at=at)
    uow.enqueue(DIGEST, {"user_id": pacing.id, "at": to_ms(at)}, due_at=at, owner_id=SYSTEM_USER)


def release(uow: UnitOfWork, pacing: Pacing) -> None:
    """Nothing is held any more."""
    uow.change(pacing, held=0, held_since=None, digest_at=None)


def unread_since(uow: UnitOfWork, user_id: str, since: datetime) -> tuple[int, bool]:
    """How many notices since then are unread and still news, and whether one of them is of a topic that falls back."""
    n = c(Notice)
    lives = {each.valid_for for each in TOPICS.values()}
    is_news = or_(
        *(
            and_(
                n.topic.in_([each.code for each in TOPICS.values() if each.valid_for == life]),
                n.updated_at >= max(since, uow.now - life),
            )
            for life in sorted(lives)
        )
    )
    rows = uow.connection.execute(
        select(n.topic, func.count())
        .where(n.org_id == uow.org_id, n.user_id == user_id, n.state == NoticeState.UNREAD.value, is_news)
        .group_by(n.topic)
    ).all()
    return sum(count for _, count in rows), any(TOPICS[topic].falls_back for topic, _ in rows)


def _told(uow: UnitOfWork, user_id: str) -> list[datetime]:
    """When he was called within the last day, newest first: messages, however many devices each went to."""
    d = c(Delivery)
    first = func.min(d.created_at, type_=d.created_at.type)
    statement = (
        select(first)
        .where(
            d.org_id == uow.org_id,
            d.user_id == user_id,
            d.created_at > uow.now - timedelta(days=1),
            d.created_at <= uow.now,  # a clock that was ahead once keeps nobody waiting
            d.state.in_(_CALLED),
        )
        .group_by(d.message)
        .order_by(first.desc())
        .limit(PER_DAY)
    )
    return list(uow.connection.execute(statement).scalars())


def _is_organisation_over(uow: UnitOfWork, most: int) -> bool:
    d = c(Delivery)
    within = and_(d.created_at > uow.now - timedelta(hours=1), d.created_at <= uow.now, d.state.in_(_LEFT))
    statement = select(d.id).where(d.org_id == uow.org_id, within).offset(most - 1).limit(1)
    return uow.connection.execute(statement).first() is not None
