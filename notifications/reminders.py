"""Reminders of follow-ups and tasks, and the return of what was put off: jobs at their instant, looked at again when due.

Nothing is cancelled when one is moved or done: its job finds that it has nothing to say (rule N3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, null, select

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
from notifications.topics import FOLLOW_UP_DUE, TASK_DUE
from server.config import Settings
from server.core.access import SYSTEM_USER
from server.core.jobs import RunningJob, handler
from server.core.rows import c
from server.core.setting_values import time_of_day
from server.core.types import from_ms, to_ms
from server.core.uow import UnitOfWork
from server.fieldwork.models import FollowUp, Task
from server.fieldwork.transitions import FollowUpState

LEASE = timedelta(seconds=15)
"""Short: these jobs wait for nothing outside the database, and what a killed worker held should not be late."""
_AT_ONCE = 500
_OPEN = FollowUpState.OPEN.value
"""A task's word is the same."""


@dataclass(frozen=True, slots=True)
class Dated:
    """What somebody has to do by a day. job: kind of the job at the instant of a reminder; named: its id in that job."""

    row: type[FollowUp] | type[Task]
    collection: str
    topic: str
    job: str
    named: str

    def open(self, uow: UnitOfWork, which: ColumnElement[bool]) -> Sequence[Any]:
        """Those that are open. A task has no time of its day."""
        t = c(self.row)
        due_at = t.due_at if self.row is FollowUp else null().label("due_at")
        columns = (t.id, t.assignee_id, t.customer_id, t.customer_name, t.due_on, due_at)
        statement = select(*columns).where(t.org_id == uow.org_id, t.state == _OPEN, which)
        return uow.connection.execute(statement).all()


REMIND = "notifications.remind-follow-up"
FOLLOW_UPS = Dated(FollowUp, "follow_ups", FOLLOW_UP_DUE, REMIND, "follow_up_id")
TASKS = Dated(Task, "tasks", TASK_DUE, "notifications.remind-task", "task_id")


def plan_reminders(
    uow: UnitOfWork, settings: Settings, dated: Dated, ids: Iterable[str], *, late: timedelta = REMINDED_LATE
) -> int:
    """Leave a job at the instant of each of these that is open; one that is there already stays. How many.

    What was due longer than `late` ago is left alone: nobody is reminded of last month.
    """
    wanted = sorted(set(ids))
    planned = 0
    for start in range(0, len(wanted), _AT_ONCE):
        planned += _plan(uow, settings, dated, c(dated.row).id.in_(wanted[start : start + _AT_ONCE]), late)
    return planned


def plan_reminders_of(uow: UnitOfWork, settings: Settings, user_id: str) -> int:
    """The same for all that somebody has to do: his zone or his wishes have changed."""
    return sum(_plan(uow, settings, each, c(each.row).assignee_id == user_id) for each in (FOLLOW_UPS, TASKS))


def plan_soon(uow: UnitOfWork, settings: Settings) -> int:
    """The same for all of the organisation that is due within the next days."""
    days = (uow.now.date() - timedelta(days=2), uow.now.date() + timedelta(days=3))
    return sum(_plan(uow, settings, each, c(each.row).due_on.between(*days)) for each in (FOLLOW_UPS, TASKS))


def _plan(
    uow: UnitOfWork, settings: Settings, dated: Dated, which: ColumnElement[bool], late: timedelta = REMINDED_LATE
) -> int:
    rows = dated.open(uow, which)
    people = load_people(uow.connection, uow.org_id, (row.assignee_id for row in rows))
    planned = 0
    for row in rows:
        person = people[row.assignee_id]
        at = _instant(row, person, settings)
        if person.is_active and at >= uow.now - late:
            _enqueue(uow, dated, row.id, person.id, at)
            planned += 1
    return planned


def _enqueue(uow: UnitOfWork, dated: Dated, row_id: str, user_id: str, at: datetime) -> None:
    payload = {dated.named: row_id, "user_id": user_id, "at": to_ms(at)}
    key = f"remind|{row_id}|{user_id}|{to_ms(at)}"
    uow.enqueue(dated.job, payload, due_at=at, dedupe_key=key, owner_id=SYSTEM_USER)


def _instant(row: Any, person: Person, settings: Settings) -> datetime:
    own = person.settings
    return reminder_instant(
        row.due_on,
        row.due_at,
        zone=person.zone,
        remind_at=settings.remind_at if own.remind_at is None else time_of_day(own.remind_at),
        lead=timedelta(minutes=own.lead_minutes or 0),
    )


@handler(FOLLOW_UPS.job, lease=LEASE)
def remind(job: RunningJob) -> dict[str, Any]:
    """Tell somebody that a follow-up is due, if it still is, still his, and still due at that instant (rule N3)."""
    return _remind(job, FOLLOW_UPS)


@handler(TASKS.job, lease=LEASE)
def remind_of_task(job: RunningJob) -> dict[str, Any]:
    """The same of a task."""
    return _remind(job, TASKS)


def _remind(job: RunningJob, dated: Dated) -> dict[str, Any]:
    user_id, at = job.payload["user_id"], from_ms(job.payload["at"])
    settings = job.services.settings
    with job.writing() as uow:
        found = next(iter(dated.open(uow, c(dated.row).id == job.payload[dated.named])), None)
        people = load_people(uow.connection, uow.org_id, [user_id])
        outcome = "told"
        if found is None or found.assignee_id != user_id or user_id not in people:
            outcome = "over"
        elif (due := _instant(found, people[user_id], settings)) > at:
            _enqueue(uow, dated, found.id, user_id, due)
            outcome = "moved"
        elif not tell(uow, settings, [_news(dated, found, user_id, due)], people=people):
            outcome = "known"
        job.finish_in(uow, {"outcome": outcome})
    return {"outcome": outcome}


def _news(dated: Dated, row: Any, user_id: str, due: datetime) -> News:
    return News(
        user_id,
        dated.topic,
        occurrence=to_ms(due),
        subject_collection=dated.collection,
        subject_id=row.id,
        customer_name=row.customer_name,
        params={"customer_id": row.customer_id, "due_on": row.due_on.isoformat()},
        due_at=row.due_at or due,
        since=due,
    )


def finish_overtaken(uow: UnitOfWork, dated: Dated, ids: Iterable[str]) -> None:
    """Finish reminders in inboxes that are about nothing any more: done, gone, another's, or moved to another time."""
    wanted, n = sorted(set(ids)), c(Notice)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        notices = uow.find(Notice, n.subject_id.in_(some), n.topic == dated.topic, n.state != NoticeState.DONE.value)
        if not notices:
            continue
        open_now = {row.id: row for row in dated.open(uow, c(dated.row).id.in_(some))}
        for notice in notices:
            row = open_now.get(str(notice.subject_id))
            if row is None or row.assignee_id != notice.user_id or not _is_of(notice, row):
                uow.change(notice, state=NoticeState.DONE.value)


def _is_of(notice: Notice, row: Any) -> bool:
    """Whether the notice reminds of the time that it is due at now."""
    same_day = notice.params.get("due_on") == row.due_on.isoformat()
    return same_day and (row.due_at is None or row.due_at == notice.due_at)


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
