"""What `doctor` says of the ways messages leave the house. Nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator

from server.config import BadSettings, Settings
from server.core.keys import load_vapid_key

Said = tuple[str, str, str]
"""State, what was found, what to do."""


def look_at_channels(settings: Settings) -> Iterator[Said]:
    """Each channel: whether it is there, and what is wrong with its settings."""
    found = []
    try:
        if load_vapid_key(settings) is not None:
            found.append("Web Push")
    except BadSettings as error:
        for complaint in error.complaints:
            yield "bad", complaint, "docs/notifications.md; a new key voids all subscriptions."
    if settings.fcm_credentials is not None:
        if (fault := _fault_of_account(settings)) is None:
            found.append("FCM")
        else:
            yield "bad", f"FCM_CREDENTIALS {fault}", "Take the file of a service account from the Firebase console."
    if settings.smtp_url is not None and settings.mail_from is None:
        yield "bad", "SMTP_URL is set, MAIL_FROM is not", "Set DOORSTEP_MAIL_FROM, or no mail is sent."
    elif settings.smtp_url is not None:
        found.append("mail")
    if settings.sms_url is not None:
        found.append("text messages")
    says = "messages leave by: " + (", ".join(found) or "nothing, inboxes only")
    if not settings.notify:
        yield "look", "NOTIFY is 0: no message leaves the house", "Unset DOORSTEP_NOTIFY when that is over."
    yield "good", says, ""


def _fault_of_account(settings: Settings) -> str | None:
    assert settings.fcm_credentials is not None  # noqa: S101 (asked before)
    try:
        account = json.loads(settings.fcm_credentials.read_text("utf-8"))
    except (OSError, ValueError):
        return "is no file that can be read"
    wanted = ("project_id", "private_key", "client_email", "token_uri")
    if not isinstance(account, dict) or account.get("type") != "service_account" or not all(map(account.get, wanted)):
        return "is no service account"
    return None
