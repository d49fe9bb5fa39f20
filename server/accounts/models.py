"""Rows of accounts: the organisation, its units, projects and staff, roles, devices, sessions, one-time secrets."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, String

from server.core.rows import Code, Row, index, refers, table, unique
from server.core.types import Id, Json, PhoneNumber

Name = String(60)
Zone = String(64)
Thumbprint = String(43)
"""RFC 7638, SHA-256 as unpadded base64url."""


def _one_of(column: str, *words: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=column)


@table("organisations", _one_of("locale", "zh", "en"), _one_of("state", "active", "suspended"))
class Organisation(Row):
    """A tenant; its id is its org_id. The code also stands in org_directory, which finds it before anything is known.

    timezone: IANA, of business days. currency: ISO 4217. state: nobody of a suspended organisation gets in.
    """

    code: Annotated[str, String(32)]
    name: Annotated[str, Name]
    timezone: Annotated[str, Zone]
    currency: Annotated[str, String(3)]
    locale: Annotated[str, Code] = "zh"
    state: Annotated[str, Code] = "active"


@table(
    "units",
    refers("parent_id", "units"),
    index("parent_id"),
    _one_of("kind", "organisation", "department", "team"),
)
class OrgUnit(Row):
    """A node of the tree of departments and teams. parent_id: None for the root, which is the organisation itself.

    position: order among its siblings, then by name.
    """

    parent_id: Annotated[str | None, Id()] = None
    kind: Annotated[str, Code]
    name: Annotated[str, Name]
    position: int = 0


@table("projects", unique("code"))
class Project(Row):
    """A project, bare: the property area adds to it. code: small slug, unique in the organisation."""

    code: Annotated[str, String(32)]
    name: Annotated[str, Name]


@table(
    "users",
    refers("unit_id", "units"),
    unique("username"),
    unique("number"),
    index("unit_id"),
    _one_of("state", "active", "disabled", "deleted"),
)
class User(Row):
    """A member of staff and his way in (domain rows 84 and 128).

    number: staff number. unit_id: the primary unit; further ones are UserUnit rows. birth_year: the age follows from it.
    phone: his own. sender_code: what his messages are sent under (特服号码). messages_reviewed: they wait for a reviewer.
    password_hash: None when he has no password yet and a reset code lets him choose one. is_default: made with the
    organisation, never disabled or deleted. deleted: kept for the names in history; his username and number are free again.
    locale, timezone: his own when they differ from the organisation's.
    """

    number: Annotated[str, String(60)]
    name: Annotated[str, Name]
    unit_id: Annotated[str, Id()]
    username: Annotated[str, String(60)]
    password_hash: Annotated[str | None, String(200)] = None
    gender: Annotated[str | None, Code] = None
    birth_year: int | None = None
    education: Annotated[str | None, Code] = None
    title: Annotated[str | None, Name] = None
    phone: Annotated[str | None, PhoneNumber()] = None
    sender_code: Annotated[str | None, String(21)] = None
    messages_reviewed: bool = False
    is_default: bool = False
    state: Annotated[str, Code] = "active"
    locale: Annotated[str | None, Code] = None
    timezone: Annotated[str | None, Zone] = None


@table(
    "user_units", refers("user_id", "users"), refers("unit_id", "units"), unique("user_id", "unit_id"), index("unit_id")
)
class UserUnit(Row):
    """A further unit of a person; his primary one stands in his own row."""

    user_id: Annotated[str, Id()]
    unit_id: Annotated[str, Id()]


@table(
    "user_projects",
    refers("user_id", "users"),
    refers("project_id", "projects"),
    unique("user_id", "project_id"),
    index("project_id"),
)
class UserProject(Row):
    """A person belongs to a project."""

    user_id: Annotated[str, Id()]
    project_id: Annotated[str, Id()]


@table(
    "roles",
    unique("code"),
    _one_of("scope", "own", "team", "department", "project", "all"),
    _one_of("state", "active", "disabled"),
)
class Role(Row):
    """What its holders may do (functions, by code) and how far (one word of scope.Scope).

    is_system: came with the organisation; its functions grow with the product and it is never deleted or disabled.
    """

    code: Annotated[str, Code]
    name: Annotated[str, Name]
    is_system: bool = False
    scope: Annotated[str, Code]
    functions: Annotated[list[str], Json()] = dataclasses.field(default_factory=list)
    state: Annotated[str, Code] = "active"


@table(
    "user_roles", refers("user_id", "users"), refers("role_id", "roles"), unique("user_id", "role_id"), index("role_id")
)
class UserRole(Row):
    """A person holds a role."""

    user_id: Annotated[str, Id()]
    role_id: Annotated[str, Id()]


@table(
    "devices",
    refers("user_id", "users"),
    unique("key_thumbprint"),
    index("installation"),
    index("user_id"),
    _one_of("state", "active", "revoked", "wipe_pending", "wiped"),
)
class Device(Row):
    """One key pair of one installation of the app. The row outlives the device, or a wipe could never reach it.

    installation: as the app names its store. user_id: who signed in on it last. public_jwk: its P-256 key; proofs are
    checked against key_thumbprint. state: active → revoked (no data) → wipe_pending (to be emptied) → wiped (it said so).
    schema_number: the newest schema its app knows. last_seen_at: its last sign-in or refresh.
    """

    installation: Annotated[str, String(80)]
    user_id: Annotated[str, Id()]
    name: Annotated[str, Name]
    platform: Annotated[str, Code]
    key_thumbprint: Annotated[str, Thumbprint]
    public_jwk: Annotated[dict[str, Any], Json()]
    state: Annotated[str, Code] = "active"
    last_seen_at: datetime
    app_version: Annotated[str, Code]
    schema_number: int
    wipe_requested_at: datetime | None = None
    wiped_at: datetime | None = None


@table(
    "sessions",
    refers("user_id", "users"),
    refers("device_id", "devices"),
    index("user_id"),
    index("device_id"),
    _one_of("kind", "mobile", "office"),
)
class Session(Row):
    """A signed-in person. device_id, enrolment_id: of a mobile one. expires_at: absolute, however busy it is.

    confirmed_at: when he gave his password again, for what a sign-in of long ago does not open.
    """

    user_id: Annotated[str, Id()]
    device_id: Annotated[str | None, Id()] = None
    enrolment_id: Annotated[str | None, Id()] = None
    kind: Annotated[str, Code]
    expires_at: datetime
    revoked_at: datetime | None = None
    confirmed_at: datetime | None = None


@table("refresh_families", refers("session_id", "sessions"), refers("device_id", "devices"), unique("session_id"))
class RefreshFamily(Row):
    """The refresh tokens of one mobile session; server/accounts/refresh.py derives each of them from this row.

    key_id: of the secret they are derived with. salt: 16 bytes as hex. n: of the token issued last. renewed_at: for the
    limit of idleness.
    """

    session_id: Annotated[str, Id()]
    device_id: Annotated[str, Id()]
    key_id: Annotated[str, Code]
    salt: Annotated[str, String(32)]
    n: int = 1
    renewed_at: datetime
    revoked_at: datetime | None = None


@table("proof_uses", unique("thumbprint", "jti"))
class ProofUse(Row):
    """A device's proof that was used once, kept until it would be refused for its age anyway."""

    thumbprint: Annotated[str, Thumbprint]
    jti: Annotated[str, String(128)]
    expires_at: datetime


@table("reset_codes", refers("user_id", "users"), index("user_id"))
class ResetCode(Row):
    """A one-time code that lets a person choose a new password (server/accounts/codes.py). hash: keyed, never the code."""

    user_id: Annotated[str, Id()]
    hash: Annotated[str, String(64)]
    tries: int = 0
    used_at: datetime | None = None


@table(
    "quarantined_queues",
    refers("device_id", "devices"),
    refers("user_id", "users"),
    index("device_id"),
    index("user_id"),
    _one_of("state", "held", "released", "discarded"),
)
class QuarantinedQueue(Row):
    """Operations that a revoked device had not sent yet: stored as they came, never applied without a manager.

    id: minted by the device, so that a repeated upload is one upload. user_id: who made them. operations: as on the wire.
    decided_by, decided_at, reason: of the manager who released or discarded them.
    """

    device_id: Annotated[str, Id()]
    user_id: Annotated[str, Id()]
    enrolment_id: Annotated[str, Id()]
    received_at: datetime
    operations: Annotated[list[dict[str, Any]], Json()]
    state: Annotated[str, Code] = "held"
    decided_by: Annotated[str | None, Id()] = None
    decided_at: datetime | None = None
    reason: Annotated[str | None, String(300)] = None
