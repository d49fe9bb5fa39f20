"""Sessions while they last: refreshing on a device, renewing in the office, and how they end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from server.accounts.authentication import DEVICE_REVOKED, SESSION_ENDED
from server.accounts.events import SignedOut, TokenTheftNoticed
from server.accounts.models import Device, RefreshFamily, Session
from server.accounts.operations.proofs import PROOF_OVERTAKEN, use_proof
from server.accounts.proof import DeviceProof
from server.accounts.queries.actors import SessionRow, session_row
from server.accounts.refresh import (
    Expired,
    FamilyState,
    Invalid,
    Late,
    RefreshToken,
    Repeat,
    Rotate,
    Theft,
    judge_refresh,
    refresh_token,
)
from server.core.problems import Refused
from server.core.rows import c
from server.core.types import to_ms
from server.core.uow import UnitOfWork

Prove = Callable[[str], DeviceProof]
"""Verifies the request's proof against a device's thumbprint; raises Refused when it is none."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The session goes on. refresh: the token to answer with, new or the same again."""

    session_id: str
    session: SessionRow
    refresh: str


@dataclass(frozen=True, slots=True)
class NotRefreshed:
    """It does not; that the proof was used is to be committed all the same, before refusing with `refusal`."""

    refusal: Refused


def family_state(org_id: str, family: RefreshFamily) -> FamilyState:
    """A family's row as refresh.py wants it."""
    return FamilyState(
        org_id=org_id,
        family_id=family.id,
        key_id=family.key_id,
        salt=bytes.fromhex(family.salt),
        n=family.n,
        created_at=family.created_at,
        renewed_at=family.renewed_at,
        revoked=family.revoked_at is not None,
    )


def refresh_session(
    uow: UnitOfWork, presented: RefreshToken, *, prove: Prove, keys: Mapping[str, bytes]
) -> Refreshed | NotRefreshed:
    """Exchange a refresh token. The caller commits, whatever comes back.

    The family's row is read locked, so that of requests side by side each is judged after the one before it: the first
    moves n, the others are retries and get the very same token. The proof is used up before the token is judged, whatever
    comes of it: a request that arrives twice is judged once. Theft ends the session and is recorded.

    Raises Refused SESSION_ENDED, and what `prove` and use_proof raise; nothing needs to be kept then.
    """
    family = uow.get(RefreshFamily, presented.family_id)
    if family is None:
        raise Refused(SESSION_ENDED)
    device = uow.get(Device, family.device_id)
    session = session_row(uow.connection, uow.org_id, family.session_id)
    if device is None or session is None:
        raise Refused(SESSION_ENDED)
    proof = prove(device.key_thumbprint)
    use_proof(uow, proof)
    if device.state != "active":
        return NotRefreshed(Refused(DEVICE_REVOKED, wipe=device.state == "wipe_pending"))
    verdict = judge_refresh(family_state(uow.org_id, family), presented, proof.made_at, uow.now, keys)
    if isinstance(verdict, Late):
        return NotRefreshed(Refused(PROOF_OVERTAKEN, server_time=to_ms(uow.now)))
    if isinstance(verdict, Theft):
        end_sessions(uow, session.user_id, device_id=device.id)
        uow.change(family, revoked_at=uow.now)
        uow.record(
            TokenTheftNoticed(
                device.id,
                user_id=session.user_id,
                session_id=family.session_id,
                presented_n=verdict.n,
                expected_n=family.n,
            )
        )
        return NotRefreshed(Refused(SESSION_ENDED))
    if isinstance(verdict, Invalid | Expired) or not session.is_open(uow.now):
        return NotRefreshed(Refused(SESSION_ENDED))
    if isinstance(verdict, Rotate):
        uow.change(family, n=verdict.next_n, renewed_at=uow.now)
    elif isinstance(verdict, Repeat):
        uow.change(family, renewed_at=uow.now)
    uow.change(device, last_seen_at=uow.now)
    return Refreshed(family.session_id, session, refresh_token(family_state(uow.org_id, family), family.n, keys))


def sign_out(uow: UnitOfWork, session_id: str) -> None:
    """End the caller's own session. Signing out twice is signing out once."""
    session = uow.get(Session, session_id)
    if session is not None and session.revoked_at is None:
        uow.change(session, revoked_at=uow.now)
        uow.record(SignedOut(session.user_id, session_id=session.id))


def end_sessions(uow: UnitOfWork, user_id: str | None, *, device_id: str | None = None, but: str | None = None) -> int:
    """End the open sessions of a person, or of a device, or of one on the other. but: one that goes on. Returns how many."""
    s = c(Session)
    conditions: list[ColumnElement[bool]] = [s.revoked_at.is_(None), s.expires_at > uow.now]
    if user_id is not None:
        conditions.append(s.user_id == user_id)
    if device_id is not None:
        conditions.append(s.device_id == device_id)
    open_sessions = [each for each in uow.find(Session, *conditions) if each.id != but]
    for each in open_sessions:
        uow.change(each, revoked_at=uow.now)
    return len(open_sessions)
