"""/api/v1/notice-settings: how whoever calls wants to be told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from notifications.models import NoticeSettings
from notifications.schemas import NoticeSettingsOut, NoticeSettingsPatch
from notifications.settings import change_settings
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, services, writing
from server.core.declare import signed_in
from server.core.rows import c

SETTINGS = Blueprint(
    "notice_settings", __name__, url_prefix="/api/v1/notice-settings", description="How one wants to be told."
)


@SETTINGS.route("", methods=["GET"])
@signed_in
@SETTINGS.response(200, NoticeSettingsOut)
def get_settings() -> dict[str, Any]:
    """One's own settings; null where one has made no choice."""
    actor, columns = current_actor(), c(NoticeSettings)
    statement = select(*columns).where(columns.org_id == actor.org_id, columns.id == actor.user_id)
    with reading() as connection:
        found = connection.execute(statement).one_or_none()
    return _shown(NoticeSettings(id=actor.user_id) if found is None else NoticeSettings(**found._mapping))


@SETTINGS.route("", methods=["PATCH"])
@signed_in
@SETTINGS.arguments(NoticeSettingsPatch)
@SETTINGS.response(200, NoticeSettingsOut)
def patch_settings(values: dict[str, Any]) -> dict[str, Any]:
    """Change one's own settings."""
    if "muted" in values:
        values["muted"] = {each["topic"]: sorted(set(each["ways"])) for each in values["muted"]}
    with writing() as uow:
        row = change_settings(uow, services().settings, values)
        shown = _shown(row)
        uow.commit()
    return shown


def _shown(row: NoticeSettings) -> dict[str, Any]:
    muted = [{"topic": topic, "ways": ways} for topic, ways in sorted(row.muted.items())]
    names = ("email", "quiet_from", "quiet_to", "remind_at", "lead_minutes", "fallback")
    return {**{name: getattr(row, name) for name in names}, "muted": muted}
