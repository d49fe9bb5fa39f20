"""What the reader of a notice does with it. Operations take the unit of work first and never commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications import events
from notifications.models import Notice
from notifications.rules import NoticeAction, NoticeState, move_notice
from server.core.types import to_ms
from server.core.uow import UnitOfWork

WAKE = "notifications.wake-notice"
"""Kind of the job at the end of a snooze."""


def read_notice(uow: UnitOfWork, notice: Notice, _values: Mapping[str, Any] | None = None) -> Notice:
    """He has seen it. Records nothing: when somebody reads his own inbox is nobody's business."""
    uow.change(notice, state=move_notice(notice.state, NoticeAction.READ).value)
    return notice


def snooze_notice(uow: UnitOfWork, notice: Notice, values: Mapping[str, Any]) -> Notice:
    """He wants to be told again. values: until. Leaves the job that brings it back. Records NoticeSnoozed."""
    until = values["until"]
    state = move_notice(notice.state, NoticeAction.SNOOZE)
    if state is NoticeState.SNOOZED and (notice.state, notice.snoozed_until) != (state, until):
        uow.change(notice, state=state.value, snoozed_until=until)
        uow.enqueue(WAKE, {"notice_id": notice.id, "until": to_ms(until)}, due_at=until)
        uow.record(events.NoticeSnoozed(notice.id, notice.topic, until))
    return notice


def finish_notice(uow: UnitOfWork, notice: Notice, _values: Mapping[str, Any] | None = None) -> Notice:
    """Nothing is left to do about it. Records NoticeFinished."""
    if notice.state != NoticeState.DONE:
        uow.change(notice, state=NoticeState.DONE.value)
        uow.record(events.NoticeFinished(notice.id, notice.topic))
    return notice
