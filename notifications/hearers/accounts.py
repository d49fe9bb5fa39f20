"""Who hears of accounts: nobody yet, but a change of zone moves the instants of reminders."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.hearing import Hearing, hears
from notifications.reminders import plan_reminders_of, plan_soon
from server.accounts.events import OrganisationChanged, UserChanged
from server.core.events import Heard


@hears(UserChanged)
def moved_people(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Plan anew what somebody has to do whose clock is another now."""
    for user_id in sorted({each.subject_id for each in heard if "timezone" in each.told["changes"]}):
        plan_reminders_of(hearing.uow, hearing.settings, user_id)


@hears(OrganisationChanged)
def moved_organisations(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Plan anew what is due within the next days; the rest is planned night by night."""
    if any("timezone" in each.told["changes"] for each in heard):
        plan_soon(hearing.uow, hearing.settings)
