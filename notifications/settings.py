"""How a person wants to be told: his own choice, for himself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications import events
from notifications.models import NoticeSettings
from notifications.reminders import plan_reminders_of
from server.config import Settings
from server.core.uow import UnitOfWork


def change_settings(uow: UnitOfWork, settings: Settings, values: Mapping[str, Any]) -> NoticeSettings:
    """Change some of them. Plans his reminders anew when that moves them. Records NoticeSettingsChanged."""
    row = uow.get(NoticeSettings, uow.actor.user_id) or uow.add(NoticeSettings(id=uow.actor.user_id))
    changes = {
        name: [uow.shown(NoticeSettings, name, getattr(row, name)), uow.shown(NoticeSettings, name, value)]
        for name, value in values.items()
        if getattr(row, name) != value
    }
    if changes:
        uow.change(row, **values)
        uow.record(events.NoticeSettingsChanged(row.id, changes))
    if changes.keys() & {"remind_at", "lead_minutes"}:
        uow.flush()
        plan_reminders_of(uow, settings, row.id)
    return row
