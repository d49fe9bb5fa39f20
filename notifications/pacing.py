"""How often people are called: quiet hours, limits, switches; what is held back, and the one message that stands for it.

The lock of a person's Pacing row keeps two workers from calling him at once beyond his limit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from notifications.models import Delivery, Notice, Pacing
from notifications.people import Person
from notifications.rules import (
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


def pacing_of(uow: UnitOfWork, user_id: str) -> Pacing:
    """The person's row, locked until the end of the transaction; made when he is first called."""
    return uow.ensure(Pacing(id=user_id))


def wait_for(uow: UnitOfWork, person: Person, settings: Settings, *, since: datetime | None = None) -> datetime | None:
    """When he may be called; None for now. since: when the news arose, for news that an outage held up (rules N7, N8)."""
    waits = []
    if not settings.notify:
        waits.append(uow.now + SWITCHED_OFF)
    own, usual = person.settings, settings.quiet_hours
    begin = usual[0] if own.quiet_from is None else time_of_day(own.quiet_from)
    end = usual[1] if own.quiet_to is None else time_of_day(own.quiet_to)
    if (quiet := quiet_until(uow.now, zone=person.zone, begin=begin, end=end)) is not None:
        waits.append(quiet)
    if since is not None and uow.now - since > LATE:
        waits.append(uow.now + GATHERING)
    if (room := room_at(_told(uow, person.id), uow.now)) is not None:
        waits.append(room)
    if _is_organisation_over(uow, settings.notify_org_per_hour):
        log.error("organisation sends too much", org_id=uow.org_id, limit=settings.notify_org_per_hour)
        waits.append(uow.now + SWITCHED_OFF)
    return max(waits, default=None)


def hold(uow: UnitOfWork, pacing: Pacing, until: datetime) -> None:
    """Keep one more notice back; the first one leaves the job of the digest."""
    uow.change(pacing, held=pacing.held + 1, held_since=pacing.held_since or uow.now)
    if pacing.digest_at is None:
        plan_digest(uow, pacing, until)


def plan_digest(uow: UnitOfWork, pacing: Pacing, at: datetime) -> None:
    """Tell him at that instant."""
    uow.change(pacing, digest_at=at)
    uow.enqueue(
        DIGEST,
        {"user_id": pacing.id, "at": to_ms(at)},
        due_at=at,
        dedupe_key=f"digest|{pacing.id}|{to_ms(at)}",
        owner_id=SYSTEM_USER,
    )


def release(uow: UnitOfWork, pacing: Pacing) -> None:
    """Nothing is held any more."""
    uow.change(pacing, held=0, held_since=None, digest_at=None)


def unread_since(uow: UnitOfWork, user_id: str, since: datetime) -> tuple[int, bool]:
    """How many notices since then are unread, and whether one of them is of a topic that falls back."""
    n = c(Notice)
    rows = uow.connection.execute(
        select(n.topic, func.count())
        .where(
            n.org_id == uow.org_id,
            n.user_id == user_id,
            n.state == NoticeState.UNREAD.value,
            n.updated_at >= since - LATE,  # a notice is made a moment before it is held
        )
        .group_by(n.topic)
    ).all()
    return sum(count for _, count in rows), any(TOPICS[topic].falls_back for topic, _ in rows if topic in TOPICS)


def _told(uow: UnitOfWork, user_id: str) -> list[datetime]:
    """When he was called within the last day, newest first: messages, however many devices each went to."""
    d = c(Delivery)
    called = (DeliveryState.SENDING.value, DeliveryState.SENT.value, DeliveryState.UNKNOWN.value)
    first = func.min(d.created_at, type_=d.created_at.type)
    statement = (
        select(first)
        .where(
            d.org_id == uow.org_id,
            d.user_id == user_id,
            d.created_at > uow.now - timedelta(days=1),
            d.state.in_(called),
        )
        .group_by(d.message)
        .order_by(first.desc())
        .limit(PER_DAY)
    )
    return list(uow.connection.execute(statement).scalars())


def _is_organisation_over(uow: UnitOfWork, most: int) -> bool:
    d = c(Delivery)
    within = select(d.id).where(d.org_id == uow.org_id, d.created_at > uow.now - timedelta(hours=1)).offset(most - 1)
    return uow.connection.execute(within.limit(1)).first() is not None
