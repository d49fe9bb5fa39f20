"""Who must not be deleted, and for how long it can be taken back. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

KEPT_FOR = timedelta(days=30)
"""How long a deleted customer can be restored."""
WON = "won"


def why_kept(stage: str) -> str | None:
    """Why a customer must not be deleted, by his own card: whoever bought stays. Source: rule C18."""
    return WON if stage == "won" else None


def restorable_until(deleted_at: datetime, zone: ZoneInfo) -> date:
    """The last day on which he can surely be restored, in the organisation's zone."""
    return (deleted_at + KEPT_FOR).astimezone(zone).date() - timedelta(days=1)
