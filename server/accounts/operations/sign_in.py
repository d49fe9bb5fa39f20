"""Coming in: the three parts, then a session; on a device also its key, its enrolment and a refresh family."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from server.accounts import rules
from server.accounts.authentication import DEVICE_REVOKED, OFFICE_LIFE
from server.accounts.events import DeviceEnrolled, DeviceKeyChanged, SignedIn
from server.accounts.models import Device, Organisation, RefreshFamily, Session, User
from server.accounts.operations.proofs import use_proof
from server.accounts.operations.sessions import end_sessions, family_state
from server.accounts.passwords import PasswordHashes
from server.accounts.proof import DeviceProof
from server.accounts.queries import structure
from server.accounts.queries.staff import user_by_username
from server.accounts.refresh import ABSOLUTE_LIFE, SALT_BYTES, FamilyState
from server.core import tables
from server.core.access import Actor
from server.core.db import NO_ORG, Database
from server.core.problems import Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork
from sync_protocol.ids import new_id

SIGN_IN_REFUSED = problem_type(
    "accounts.sign-in-refused",
    status=401,
    zh="企业代码、用户名或密码不正确。",
    en="Organisation code, user name or password is not correct.",
    doc="One answer, at one cost, whichever part is wrong, and also for disabled users and suspended organisations.",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who wants to come in and has said the three parts right. stored: the hash they were checked against."""

    org_id: str
    user_id: str
    stored: str
    new_hash: str | None


@dataclass(frozen=True, slots=True)
class EnrollingDevice:
    """What a device says of itself. jwk: its public P-256 key. incarnation: of its store, from 1; see tables.ENROLMENTS."""

    installation: str
    name: str
    platform: str
    app_version: str
    schema_number: int
    jwk: Mapping[str, Any]
    incarnation: int = 1


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """What came of signing in on a device."""

    session: Session
    family: RefreshFamily
    device: Device
    enrolment_id: str
    user: User
    organisation: Organisation

    @property
    def family_state(self) -> FamilyState:
        """The family as refresh.py wants it."""
        return family_state(self.session.org_id, self.family)


def check_three_parts(
    database: Database, hashes: PasswordHashes, *, organisation: str, username: str, password: str
) -> Candidate:
    """Find the person and check his password, outside of any writing transaction: a hash takes its time.

    Raises Refused SIGN_IN_REFUSED. Every way to fail reads the same tables and computes one hash: an unknown organisation is
    looked into as well, and is empty.
    """
    org_id = structure.organisation_id(database, rules.spell_sign_in(organisation))
    with database.read(org_id or NO_ORG) as connection:
        user = user_by_username(connection, org_id or NO_ORG, rules.spell_sign_in(username))
        o = c(Organisation)
        state = connection.execute(
            select(o.state).where(o.org_id == (org_id or NO_ORG), o.id == (org_id or NO_ORG))
        ).scalar()
    stored = user.password_hash if user is not None else None
    check = hashes.check(stored, password)
    if not check.matches or user is None or stored is None or user.state != "active" or state != "active":
        raise Refused(SIGN_IN_REFUSED)
    new_hash = hashes.hash(password) if check.rehash else None
    return Candidate(user.org_id, user.id, stored, new_hash)


def acting(candidate: Candidate) -> Actor:
    """Who signs in, as the author of his own session. He may do nothing else with it."""
    return Actor(org_id=candidate.org_id, user_id=candidate.user_id, name="", unit_id=candidate.user_id)


def sign_in_device(
    uow: UnitOfWork, candidate: Candidate, described: EnrollingDevice, proof: DeviceProof, *, refresh_key_id: str
) -> SignedInDevice:
    """Open a mobile session and enrol the device. uow: of `acting(candidate)`.

    proof: verified, of described.jwk. An earlier session of the same person on the same device ends.
    Raises Refused SIGN_IN_REFUSED (disabled or other password meanwhile), PROOF_REPLAYED, DEVICE_REVOKED.
    """
    user, organisation = _still(uow, candidate)
    use_proof(uow, proof)
    device = _device(uow, user, described, proof.thumbprint)
    end_sessions(uow, user.id, device_id=device.id)
    enrolment_id = _enrolment(uow, user.id, device.id, described.incarnation)
    session = uow.add(
        Session(
            user_id=user.id,
            device_id=device.id,
            enrolment_id=enrolment_id,
            kind="mobile",
            expires_at=uow.now + ABSOLUTE_LIFE,
        )
    )
    family = uow.add(
        RefreshFamily(
            session_id=session.id,
            device_id=device.id,
            key_id=refresh_key_id,
            salt=secrets.token_bytes(SALT_BYTES).hex(),
            renewed_at=uow.now,
        )
    )
    uow.record(SignedIn(user.id, session_id=session.id, kind="mobile", signed_in_device_id=device.id))
    return SignedInDevice(session, family, device, enrolment_id, user, organisation)


def sign_in_office(uow: UnitOfWork, candidate: Candidate) -> tuple[Session, User, Organisation]:
    """Open a session in a browser: no device, no refresh token, over after OFFICE_LIFE. uow: of `acting(candidate)`.

    Raises Refused SIGN_IN_REFUSED.
    """
    user, organisation = _still(uow, candidate)
    session = uow.add(Session(user_id=user.id, kind="office", expires_at=uow.now + OFFICE_LIFE))
    uow.record(SignedIn(user.id, session_id=session.id, kind="office", signed_in_device_id=None))
    return session, user, organisation


def confirm_session(uow: UnitOfWork, *, checked_against: str) -> None:
    """The actor gave his password again: what asks for a recent sign-in opens to his session for a while.

    checked_against: the stored hash that the password was found to match. Raises Refused SIGN_IN_REFUSED when it, the
    person or the session is another meanwhile.
    """
    user, session = uow.get(User, uow.actor.user_id), uow.get(Session, str(uow.actor.session_id))
    if (
        user is None
        or session is None
        or session.revoked_at is not None
        or (user.state, user.password_hash) != ("active", checked_against)
    ):
        raise Refused(SIGN_IN_REFUSED)
    uow.change(session, confirmed_at=uow.now)


def _still(uow: UnitOfWork, candidate: Candidate) -> tuple[User, Organisation]:
    """The person, locked, if all that was checked still holds: the check was made in another transaction."""
    user = uow.get(User, candidate.user_id)
    organisation = structure.organisation(uow.connection, uow.org_id)
    if (
        user is None
        or user.state != "active"
        or organisation.state != "active"
        or user.password_hash != candidate.stored
    ):
        raise Refused(SIGN_IN_REFUSED)
    if candidate.new_hash is not None:
        uow.change(user, password_hash=candidate.new_hash)
    return user, organisation


def _device(uow: UnitOfWork, user: User, described: EnrollingDevice, thumbprint: str) -> Device:
    """The device row of this key: known, or known under another key to the same person, or new.

    Somebody else's installation id does not lead to his row: ids are no secrets, and its key is what his refresh needs.
    Raises Refused DEVICE_REVOKED.
    """
    d, e = c(Device), tables.ENROLMENTS.c
    known = next(iter(uow.find(Device, d.key_thumbprint == thumbprint)), None)
    if known is None:
        own = select(e.device_id).where(e.org_id == uow.org_id, e.user_id == user.id)
        same = uow.find(
            Device, d.installation == described.installation, d.state != "wiped", d.id.in_(own), order_by=d.id.desc()
        )
        known = next(iter(same), None)
    if known is not None and known.state != "active":
        raise Refused(DEVICE_REVOKED, wipe=known.state == "wipe_pending")
    values: dict[str, Any] = {
        "installation": described.installation,
        "user_id": user.id,
        "name": described.name,
        "platform": described.platform,
        "app_version": described.app_version,
        "schema_number": described.schema_number,
        "key_thumbprint": thumbprint,
        "public_jwk": {name: described.jwk[name] for name in ("kty", "crv", "x", "y")},
        "last_seen_at": uow.now,
    }
    if known is None:
        device = uow.add(Device(**values))
        uow.record(DeviceEnrolled(device.id, user_id=user.id, name=device.name, platform=device.platform))
        return device
    if known.key_thumbprint != thumbprint:
        end_sessions(uow, None, device_id=known.id)  # their proofs are of the old key
        uow.record(DeviceKeyChanged(known.id, user_id=user.id))
    return uow.change(known, **values)


def _enrolment(uow: UnitOfWork, user_id: str, device_id: str, incarnation: int) -> str:
    """The enrolment of (device, user, incarnation), made when it is new: its ledger begins at 0 then."""
    e = tables.ENROLMENTS.c
    known = uow.connection.execute(
        select(e.id).where(
            e.org_id == uow.org_id, e.device_id == device_id, e.user_id == user_id, e.incarnation == incarnation
        )
    ).scalar()
    if known is not None:
        return str(known)
    enrolment_id = new_id()
    uow.connection.execute(
        insert(tables.ENROLMENTS).values(
            org_id=uow.org_id,
            id=enrolment_id,
            user_id=user_id,
            device_id=device_id,
            incarnation=incarnation,
            last_n=0,
            created_at=uow.now,
        )
    )
    return enrolment_id
