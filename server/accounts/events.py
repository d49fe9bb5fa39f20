"""Facts that accounts records. `changes`: field → [before, after], protected values masked, secrets left out altogether."""

from __future__ import annotations

from typing import Any

from server.core.events import Event, event

Changes = dict[str, list[Any]]


@event("accounts.organisation-created")
class OrganisationCreated(Event):
    """A tenant began. Subject: the organisation."""

    organisation_code: str
    name: str
    timezone: str
    currency: str


@event("accounts.organisation-changed")
class OrganisationChanged(Event):
    """Subject: the organisation."""

    changes: Changes


@event("accounts.unit-created")
class UnitCreated(Event):
    """Subject: the unit."""

    name: str
    kind: str
    parent_id: str | None


@event("accounts.unit-changed")
class UnitChanged(Event):
    """Renamed, moved or reordered. Subject: the unit."""

    changes: Changes


@event("accounts.unit-deleted")
class UnitDeleted(Event):
    """Subject: the unit."""

    name: str


@event("accounts.project-created")
class ProjectCreated(Event):
    """Subject: the project."""

    project_code: str
    name: str


@event("accounts.project-changed")
class ProjectChanged(Event):
    """Subject: the project."""

    changes: Changes


@event("accounts.user-created")
class UserCreated(Event):
    """Subject: the user."""

    name: str
    number: str
    username: str
    unit_id: str
    role_codes: list[str]


@event("accounts.user-changed")
class UserChanged(Event):
    """Subject: the user."""

    changes: Changes


@event("accounts.user-assigned")
class UserAssigned(Event):
    """Further units, projects or roles were set. Subject: the user. what: `units`, `projects` or `roles`; lists of ids."""

    what: str
    before: list[str]
    after: list[str]


@event("accounts.user-disabled")
class UserDisabled(Event):
    """He cannot get in any more; his devices are to be emptied. Subject: the user."""

    sessions: int
    devices: int


@event("accounts.user-enabled")
class UserEnabled(Event):
    """Subject: the user."""


@event("accounts.user-deleted")
class UserDeleted(Event):
    """Subject: the user."""

    name: str
    username: str


@event("accounts.role-created")
class RoleCreated(Event):
    """Subject: the role."""

    name: str
    scope: str
    functions: list[str]


@event("accounts.role-changed")
class RoleChanged(Event):
    """Subject: the role."""

    changes: Changes


@event("accounts.role-deleted")
class RoleDeleted(Event):
    """Its holders lost its rights at once. Subject: the role."""

    name: str
    holders: list[str]


@event("accounts.password-changed")
class PasswordChanged(Event):
    """By its owner, who knew the old one. Subject: the user. sessions: how many others were ended."""

    sessions: int


@event("accounts.reset-code-issued")
class ResetCodeIssued(Event):
    """Subject: the user who may choose a new password with it."""


@event("accounts.password-reset")
class PasswordReset(Event):
    """By whoever held the code. Subject: the user."""

    sessions: int


@event("accounts.signed-in")
class SignedIn(Event):
    """Subject: the user."""

    session_id: str
    kind: str
    signed_in_device_id: str | None


@event("accounts.signed-out")
class SignedOut(Event):
    """Subject: the user."""

    session_id: str


@event("accounts.device-enrolled")
class DeviceEnrolled(Event):
    """A key was seen for the first time. Subject: the device."""

    user_id: str
    name: str
    platform: str


@event("accounts.device-key-changed")
class DeviceKeyChanged(Event):
    """Its user signed in on the same installation with another key. Subject: the device."""

    user_id: str


@event("accounts.token-theft-noticed")
class TokenTheftNoticed(Event):
    """A refresh token was presented after its successor had been used. Subject: the device. Its session has ended."""

    user_id: str
    session_id: str
    presented_n: int
    expected_n: int


@event("accounts.device-revoked")
class DeviceRevoked(Event):
    """Subject: the device. by_leaving: because its user was disabled."""

    user_id: str
    wipe: bool
    by_leaving: bool


@event("accounts.device-wiped")
class DeviceWiped(Event):
    """The device said that it emptied itself. Subject: the device. queued: operations it had not sent, all in quarantine."""

    user_id: str
    queued: int


@event("accounts.queue-quarantined")
class QueueQuarantined(Event):
    """Subject: the quarantined queue."""

    user_id: str
    from_device_id: str
    operations: int


@event("accounts.queue-released")
class QueueReleased(Event):
    """A manager marked it for applying. Subject: the quarantined queue."""

    user_id: str
    operations: int
    reason: str


@event("accounts.queue-discarded")
class QueueDiscarded(Event):
    """Subject: the quarantined queue."""

    user_id: str
    operations: int
    reason: str


@event("accounts.sensitive-read")
class SensitiveRead(Event):
    """Somebody asked to see a protected value in full. Subject: the row it belongs to."""

    table: str
    field: str
    reason: str
