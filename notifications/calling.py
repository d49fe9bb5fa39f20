"""The jobs that call people: about one notice, or about all that was held back. What is said is looked at again first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from notifications.channels.opened import channels_of
from notifications.delivery import BACKOFF, LEASE, Call, Caller, Settle, begun_before, lay_down
from notifications.models import Notice, Pacing
from notifications.pacing import (
    DIGEST,
    hold,
    joined_at,
    left_alone_until,
    pacing_of,
    plan_digest,
    release,
    unread_since,
    wait_for,
)
from notifications.people import Person, load_people
from notifications.rules import AWAY, GATHERING, NoticeState
from notifications.telling import DELIVER, message_of
from notifications.topics import DIGEST_TEXT, FOLLOW_UP_DUE, TOPICS
from server.core.i18n import Text
from server.core.jobs import RunningJob, handler
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.core.uow import UnitOfWork
from server.fieldwork.models import FollowUp
from server.fieldwork.transitions import FollowUpState


@handler(DELIVER, lease=LEASE, backoff=BACKOFF)
def deliver(job: RunningJob) -> dict[str, str]:
    """Call somebody about a notice, unless he has seen it, it is about nothing any more, or he is left alone for now.

    Where every way to him was away for LATE, it joins what is held back for him: of a long outage he hears once.
    """
    message = job.payload["message"]
    with job.writing() as uow:
        notice = uow.get(Notice, job.payload["notice_id"])
        person = None if notice is None else load_people(uow.connection, uow.org_id, [notice.user_id])[notice.user_id]
        if notice is None or person is None or not _is_news(uow, job, notice, person):
            lay_down(uow, message)
            return _finish(job, uow, "over")
        user_id, since = person.id, notice.updated_at
        if (until := _wait(uow, job, person)) is not None:
            if (outcome := lay_down(uow, message)) == "unreached":
                hold(uow, pacing_of(uow, user_id), until, since=since)
                outcome = "held"
            return _finish(job, uow, outcome)

        def settle(uow: UnitOfWork, outcome: str) -> None:
            if outcome == "away":
                hold(uow, pacing_of(uow, user_id), uow.now + AWAY, since=since)

        caller = Caller(job, channels_of(job.services.settings), _call(notice, person), settle)
        sendings = caller.begin(uow)
        if not sendings:
            return {"outcome": caller.finish(uow)}
        job.commit(uow)
    return {"outcome": caller.run(sendings)}


@handler(DIGEST, lease=LEASE, backoff=BACKOFF)
def send_digest(job: RunningJob) -> dict[str, str]:
    """Tell somebody at once that there is news which was held back, if any of it is still unread.

    It is over when another one was planned meanwhile, which then speaks of all that he was not told.
    """
    user_id, at = job.payload["user_id"], job.payload["at"]
    key = f"digest|{user_id}|{at}"
    with job.writing() as uow:
        person = load_people(uow.connection, uow.org_id, [user_id])[user_id]
        pacing = pacing_of(uow, user_id)
        if not _is_planned(pacing, at):
            lay_down(uow, key)
            return _finish(job, uow, "over")
        count, falls_back = unread_since(uow, user_id, pacing.held_since or uow.now)
        if not count or not person.is_active:
            lay_down(uow, key)
            release(uow, pacing)
            return _finish(job, uow, "over")
        settings = job.services.settings
        begun = begun_before(uow, key)
        until = left_alone_until(uow, person, settings) if begun else wait_for(uow, person, settings)
        if until is not None:
            if (outcome := lay_down(uow, key)) == "unreached":
                plan_digest(uow, pacing, max(until, uow.now + GATHERING))  # never for now, by whichever clock
                outcome = "held"
            else:
                release(uow, pacing)
            return _finish(job, uow, outcome)
        text = _in(DIGEST_TEXT, person.locale).format(count=count)
        fallback = person.fallback("") if falls_back else []
        call = Call(key, person, None, text, TOPICS[FOLLOW_UP_DUE].valid_for, pushes=True, fallback=fallback)
        caller = Caller(job, channels_of(settings), call, _after_digest(user_id, at, begun_at=uow.now))
        sendings = caller.begin(uow)
        if not sendings:
            return {"outcome": caller.finish(uow)}
        job.commit(uow)
    return {"outcome": caller.run(sendings)}


def _wait(uow: UnitOfWork, job: RunningJob, person: Person) -> datetime | None:
    """When somebody may be called about a notice; None for now. One who was being called already is not counted twice."""
    pacing, settings = pacing_of(uow, person.id), job.services.settings
    if begun_before(uow, job.payload["message"]):
        return left_alone_until(uow, person, settings)
    until = wait_for(uow, person, settings, since=from_ms(job.payload["since"]))
    return joined_at(pacing, uow.now) if until is None else until


def _after_digest(user_id: str, at: int, *, begun_at: datetime) -> Settle:
    """What becomes of what is held: told, or tried again later; where another digest was planned, that one has the rest."""

    def settle(uow: UnitOfWork, outcome: str) -> None:
        pacing = pacing_of(uow, user_id)
        if not _is_planned(pacing, at):
            if outcome != "away":
                uow.change(pacing, held_since=max(pacing.held_since or begun_at, begun_at))
        elif outcome == "away":
            plan_digest(uow, pacing, uow.now + AWAY)
        else:
            release(uow, pacing)

    return settle


def _is_planned(pacing: Pacing, at: int) -> bool:
    return pacing.digest_at is not None and to_ms(pacing.digest_at) == at


def _finish(job: RunningJob, uow: UnitOfWork, outcome: str) -> dict[str, str]:
    job.finish_in(uow, {"outcome": outcome})
    return {"outcome": outcome}


def _is_news(uow: UnitOfWork, job: RunningJob, notice: Notice, person: Person) -> bool:
    """Whether somebody still has to be called: unread on every device, of use, he still works here, and it still holds."""
    fresh = uow.now - from_ms(job.payload["since"]) <= TOPICS[notice.topic].valid_for
    same = message_of(notice) == job.payload["message"]
    if not (notice.state == NoticeState.UNREAD and fresh and same and person.is_active):
        return False
    if notice.topic != FOLLOW_UP_DUE:
        return True
    f = c(FollowUp)
    open_and_his = select(f.id).where(
        f.org_id == uow.org_id,
        f.id == notice.subject_id,
        f.state == FollowUpState.OPEN.value,
        f.assignee_id == person.id,
    )
    return uow.connection.execute(open_and_his).first() is not None


def _call(notice: Notice, person: Person) -> Call:
    topic = TOPICS[notice.topic]
    return Call(
        message_of(notice),
        person,
        notice.id,
        _in(topic.text, person.locale),
        topic.valid_for,
        pushes=person.wants_push(topic.code),
        fallback=person.fallback(topic.code) if topic.falls_back else [],
    )


def _in(text: Text, locale: str) -> str:
    return text.zh if locale == "zh" else text.en
