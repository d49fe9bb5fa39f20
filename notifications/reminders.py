"""Reminders of follow-ups, and the return of what was put off: planned as jobs at their instant, looked at again when due.

Nothing is cancelled when a follow-up is moved or done: its job finds that it has nothing to say (rule N3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from notifications.models import Notice
from notifications.operations import WAKE
from notifications.people import Person, load_people
from notifications.rules import (
    REMINDED_LATE,
    NoticeAction,
    NoticeState,
    move_notice,
    reminder_instant,
)
from notifications.telling import News, call, tell
from notifications.topics import FOLLOW_UP_DUE
from server.config import Settings
from server.core.access import SYSTEM_USER
from server.core.jobs import RunningJob, handler
from server.core.rows import c
from server.core.setting_values import time_of_day
from server.core.types import from_ms, to_ms
from server.core.uow import UnitOfWork
from server.fieldwork.models import FollowUp
from server.fieldwork.transitions import FollowUpState

REMIND = "notifications.remind-follow-up"
"""Kind of the job at the instant of a reminder."""
LEASE = timedelta(seconds=15)
"""Short: these jobs wait for nothing outside the database, and what a killed worker held should not be late."""
_AT_ONCE = 500


def plan_reminders(uow: UnitOfWork, settings: Settings, follow_up_ids: Iterable[str]) -> int:
    """Leave a job at the instant of each of these follow-ups that is open; one that is there already stays. How many.

    What was due more than REMINDED_LATE ago is left alone: nobody is reminded of last month.
    """
    ids = sorted(set(follow_up_ids))
    f = c(FollowUp)
    planned = 0
    for start in range(0, len(ids), _AT_ONCE):
        planned += _plan(uow, settings, f.id.in_(ids[start : start + _AT_ONCE]))
    return planned


def plan_reminders_of(uow: UnitOfWork, settings: Settings, user_id: str) -> int:
    """The same for all that somebody has to do: his zone or his wishes have changed."""
    return _plan(uow, settings, c(FollowUp).assignee_id == user_id)


def plan_soon(uow: UnitOfWork, settings: Settings) -> int:
    """The same for all of the organisation that is due within the next days."""
    today = uow.now.date()
    window = c(FollowUp).due_on.between(today - timedelta(days=2), today + timedelta(days=3))
    return _plan(uow, settings, window)


def _plan(uow: UnitOfWork, settings: Settings, which: ColumnElement[bool]) -> int:
    f = c(FollowUp)
    statement = select(f.id, f.assignee_id, f.due_on, f.due_at).where(
        f.org_id == uow.org_id, f.state == FollowUpState.OPEN.value, which
    )
    rows = uow.connection.execute(statement).all()
    people = load_people(uow.connection, uow.org_id, (row.assignee_id for row in rows))
    planned = 0
    for row in rows:
        person = people[row.assignee_id]
        at = _instant(row, person, settings)
        if person.is_active and at >= uow.now - REMINDED_LATE:
            _enqueue(uow, row.id, person.id, at)
            planned += 1
    return planned


def _enqueue(uow: UnitOfWork, follow_up_id: str, user_id: str, at: datetime) -> None:
    payload = {"follow_up_id": follow_up_id, "user_id": user_id, "at": to_ms(at)}
    key = f"remind|{follow_up_id}|{user_id}|{to_ms(at)}"
    uow.enqueue(REMIND, payload, due_at=at, dedupe_key=key, owner_id=SYSTEM_USER)


def _instant(follow_up: Any, person: Person, settings: Settings) -> datetime:
    own = person.settings
    return reminder_instant(
        follow_up.due_on,
        follow_up.due_at,
        zone=person.zone,
        remind_at=settings.remind_at if own.remind_at is None else time_of_day(own.remind_at),
        lead=timedelta(minutes=own.lead_minutes or 0),
    )


@handler(REMIND, lease=LEASE)
def remind(job: RunningJob) -> dict[str, Any]:
    """Tell somebody that a follow-up is due, if it still is, still his, and still due at that instant (rule N3)."""
    user_id, at = job.payload["user_id"], from_ms(job.payload["at"])
    settings, f = job.services.settings, c(FollowUp)
    with job.writing() as uow:
        statement = select(
            f.id, f.state, f.assignee_id, f.customer_id, f.customer_name, f.due_on, f.due_at, f.visit_id
        ).where(f.org_id == uow.org_id, f.id == job.payload["follow_up_id"])
        found = uow.connection.execute(statement).one_or_none()
        people = load_people(uow.connection, uow.org_id, [user_id])
        outcome = "told"
        if found is None or found.state != FollowUpState.OPEN or found.assignee_id != user_id or user_id not in people:
            outcome = "over"
        elif (due := _instant(found, people[user_id], settings)) > at:
            _enqueue(uow, found.id, user_id, due)
            outcome = "moved"
        elif not tell(uow, settings, [_news(found, user_id, due)], people=people):
            outcome = "known"
        job.finish_in(uow, {"outcome": outcome})
    return {"outcome": outcome}


def _news(follow_up: Any, user_id: str, due: datetime) -> News:
    return News(
        user_id,
        FOLLOW_UP_DUE,
        occurrence=to_ms(due),
        subject_collection="follow_ups",
        subject_id=follow_up.id,
        customer_name=follow_up.customer_name,
        params={"customer_id": follow_up.customer_id, "due_on": follow_up.due_on.isoformat()},
        due_at=follow_up.due_at or due,
        since=due,
    )


def finish_overtaken(uow: UnitOfWork, follow_up_ids: Sequence[str]) -> None:
    """Finish reminders in inboxes that are about nothing any more: done, gone, another's, or moved to another time."""
    ids = sorted(set(follow_up_ids))
    f, n = c(FollowUp), c(Notice)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        notices = uow.find(Notice, n.subject_id.in_(some), n.topic == FOLLOW_UP_DUE, n.state != NoticeState.DONE.value)
        if not notices:
            continue
        statement = select(f.id, f.assignee_id, f.due_on, f.due_at).where(
            f.org_id == uow.org_id, f.id.in_(some), f.state == FollowUpState.OPEN.value
        )
        open_now = {row.id: row for row in uow.connection.execute(statement)}
        for notice in notices:
            row = open_now.get(str(notice.subject_id))
            if row is None or row.assignee_id != notice.user_id or not _is_of(notice, row):
                uow.change(notice, state=NoticeState.DONE.value)


def _is_of(notice: Notice, follow_up: Any) -> bool:
    """Whether the notice reminds of the time the follow-up is due at now."""
    same_day = notice.params.get("due_on") == follow_up.due_on.isoformat()
    return same_day and (follow_up.due_at is None or follow_up.due_at == notice.due_at)


@handler(WAKE, lease=LEASE)
def wake(job: RunningJob) -> dict[str, bool]:
    """Bring back a notice that was put off until now, unless it was put off again, read or done meanwhile."""
    with job.writing() as uow:
        notice = uow.get(Notice, job.payload["notice_id"])
        due = notice is not None and notice.state == NoticeState.SNOOZED
        if notice is not None and due and to_ms(notice.snoozed_until or uow.now) == job.payload["until"]:
            uow.change(notice, state=move_notice(notice.state, NoticeAction.WAKE).value)
            person = load_people(uow.connection, uow.org_id, [notice.user_id])[notice.user_id]
            if person.is_active:
                call(uow, job.services.settings, notice, person, since=notice.snoozed_until)
        else:
            due = False
        job.finish_in(uow, {"woken": due})
    return {"woken": due}


@handler("notifications.plan-reminders", nightly=True)
def plan_all(job: RunningJob) -> dict[str, int]:
    """Once a night, plan what is open and due within the next days and has no job: from before this version, or restored."""
    with job.writing() as uow:
        planned = plan_soon(uow, job.services.settings)
        job.finish_in(uow, {"planned": planned})
    return {"planned": planned}
