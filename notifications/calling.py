"""The jobs that call people: about one notice, or about all that was held back. What is said is looked at again first."""

from __future__ import annotations

from sqlalchemy import select

from notifications.channels.opened import channels_of
from notifications.delivery import BACKOFF, LEASE, Call, Caller
from notifications.models import Delivery, Notice
from notifications.pacing import DIGEST, hold, pacing_of, plan_digest, release, unread_since, wait_for
from notifications.people import Person, load_people
from notifications.rules import NoticeState
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
    """Call somebody about a notice, unless he has seen it, it is about nothing any more, or he is left alone for now."""
    with job.writing() as uow:
        notice = uow.get(Notice, job.payload["notice_id"])
        person = None if notice is None else load_people(uow.connection, uow.org_id, [notice.user_id])[notice.user_id]
        if notice is None or person is None or not _is_news(uow, job, notice, person):
            return _finish(job, uow, "over")
        caller = Caller(job, channels_of(job.services.settings), _call(notice, person))
        pacing = pacing_of(uow, person.id)
        is_new = not _was_begun(uow, job.payload["message"])
        since = from_ms(job.payload["since"])
        if is_new and (until := wait_for(uow, person, job.services.settings, since=since)) is not None:
            hold(uow, pacing, until)
            return _finish(job, uow, "held")
        sendings = caller.begin(uow)
        if not sendings:
            return {"outcome": caller.finish(uow)}
        job.commit(uow)
    return {"outcome": caller.run(sendings)}


@handler(DIGEST, lease=LEASE, backoff=BACKOFF)
def send_digest(job: RunningJob) -> dict[str, str]:
    """Tell somebody at once that there is news which was held back, if any of it is still unread."""
    user_id, at = job.payload["user_id"], job.payload["at"]
    key = f"digest|{user_id}|{at}"
    with job.writing() as uow:
        person = load_people(uow.connection, uow.org_id, [user_id])[user_id]
        pacing = pacing_of(uow, user_id)
        is_new = not _was_begun(uow, key)
        if is_new and (pacing.digest_at is None or to_ms(pacing.digest_at) != at):
            return _finish(job, uow, "over")
        count, falls_back = unread_since(uow, user_id, pacing.held_since or uow.now)
        if is_new and (not count or not person.is_active):
            release(uow, pacing)
            return _finish(job, uow, "over")
        if is_new and (until := wait_for(uow, person, job.services.settings)) is not None:
            plan_digest(uow, pacing, until)
            return _finish(job, uow, "held")
        text = _in(DIGEST_TEXT, person.locale).format(count=count)
        fallback = person.fallback("") if falls_back else []
        call = Call(key, person, None, text, TOPICS[FOLLOW_UP_DUE].valid_for, pushes=True, fallback=fallback)
        caller = Caller(job, channels_of(job.services.settings), call)
        release(uow, pacing)
        sendings = caller.begin(uow)
        if not sendings:
            return {"outcome": caller.finish(uow)}
        job.commit(uow)
    return {"outcome": caller.run(sendings)}


def _finish(job: RunningJob, uow: UnitOfWork, outcome: str) -> dict[str, str]:
    job.finish_in(uow, {"outcome": outcome})
    return {"outcome": outcome}


def _was_begun(uow: UnitOfWork, message: str) -> bool:
    d = c(Delivery)
    statement = select(d.id).where(d.org_id == uow.org_id, d.message == message).limit(1)
    return uow.connection.execute(statement).first() is not None


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
