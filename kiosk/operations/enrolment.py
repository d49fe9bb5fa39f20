"""A kiosk gets its key known with a one-time code, and its sessions with that key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select, text

from kiosk.events import KioskEnrolled
from kiosk.models import Kiosk, KioskCode
from kiosk.tokens import KioskClaims
from server.accounts.codes import (
    CODE_REFUSED,
    CodeAccepted,
    CodePurpose,
    CodeState,
    code_hash,
    judge_code,
    spell_code,
)
from server.accounts.models import Organisation
from server.accounts.operations.proofs import PROOF_INVALID, use_proof
from server.accounts.proof import DeviceProof
from server.core.problems import Refused, problem_type
from server.core.rows import c
from server.core.types import to_ms
from server.core.uow import UnitOfWork
from server.membership.models import SalesCentre
from sync_protocol.ids import new_id

OUT_OF_SERVICE = problem_type(
    "kiosk.out-of-service",
    status=403,
    zh="此终端已停用，请联系工作人员。",
    en="This kiosk is out of service; please ask the staff.",
    doc="It was revoked, its sales centre is closed, or the organisation is suspended. It keeps its key and its queue, asks "
    "again now and then, and is enrolled anew with a code when it was revoked.",
)

# One statement, so that tries made side by side are each counted before any of them is compared.
_COUNT_TRY = text(
    "UPDATE kiosk_codes SET tries = tries + 1, updated_at = :now "
    "WHERE org_id = :org_id AND kiosk_id = (SELECT id FROM kiosks WHERE org_id = :org_id AND number = :number) "
    "AND used_at IS NULL RETURNING tries"
)
Prove = Callable[[str], DeviceProof]
"""Verifies the request's proof against a key's thumbprint; raises Refused when it is none."""


@dataclass(frozen=True, slots=True)
class Enrolling:
    """What a kiosk says of itself. jwk: its public P-256 key."""

    jwk: Mapping[str, Any]
    app_version: str


def count_try(uow: UnitOfWork, number: int) -> int | None:
    """Count one try on the open code of the kiosk of that number; the caller commits before anything is compared.

    Returns how many were made before this one, or None when nothing is open to be tried.
    """
    tries = uow.connection.execute(_COUNT_TRY, {"org_id": uow.org_id, "number": number, "now": to_ms(uow.now)}).scalar()
    return None if tries is None else int(tries) - 1


def enrol(
    uow: UnitOfWork,
    number: int,
    typed: str,
    proof: DeviceProof,
    described: Enrolling,
    *,
    tries_before: int | None,
    key: bytes,
) -> Kiosk:
    """Bind a key to a kiosk with a code; the key it had before opens nothing any more. Its numbers begin anew.

    proof: verified, of described.jwk. tries_before: of count_try. key: of code hashes. Records KioskEnrolled.
    Raises Refused CODE_REFUSED: wrong, used, expired, tried too often, or there is none; PROOF_REPLAYED. Source: rule Q1.
    """
    use_proof(uow, proof)
    kiosk = next(iter(uow.find(Kiosk, c(Kiosk).number == number)), None)
    code = None if kiosk is None else next(iter(uow.find(KioskCode, c(KioskCode).kiosk_id == kiosk.id)), None)
    if kiosk is None or code is None or tries_before is None or not _is_open(uow, kiosk):
        raise Refused(CODE_REFUSED)
    spelled = spell_code(typed)
    presented = None if spelled is None else code_hash(key, CodePurpose.KIOSK, uow.org_id, kiosk.id, spelled)
    state = CodeState(code.hash, code.created_at, tries_before, code.used_at is not None)
    if not isinstance(judge_code(state, presented, uow.now), CodeAccepted):
        raise Refused(CODE_REFUSED)
    enrolment_id = new_id()
    uow.change(code, used_at=uow.now)
    uow.change(
        kiosk,
        state="active",
        enrolment_id=enrolment_id,
        key_thumbprint=proof.thumbprint,
        public_jwk={name: described.jwk[name] for name in ("kty", "crv", "x", "y")},
        app_version=described.app_version,
        enrolled_at=uow.now,
        last_seen_at=uow.now,
        last_n=0,
        last_digest=None,
    )
    uow.record(KioskEnrolled(kiosk.id, enrolment_id, proof.thumbprint))
    return kiosk


def open_session(uow: UnitOfWork, kiosk_id: str, *, prove: Prove) -> KioskClaims:
    """Let a kiosk in that proves its key. Asking again is harmless: there is nothing that a lost answer could cost.

    Raises Refused PROOF_INVALID, also for a kiosk that is not there; OUT_OF_SERVICE; what `prove` and use_proof raise.
    """
    kiosk = uow.get(Kiosk, kiosk_id)
    if kiosk is None or kiosk.key_thumbprint is None or kiosk.enrolment_id is None:
        raise Refused(PROOF_INVALID)
    use_proof(uow, prove(kiosk.key_thumbprint))
    if kiosk.state != "active" or not _is_open(uow, kiosk):
        raise Refused(OUT_OF_SERVICE)
    uow.change(kiosk, last_seen_at=uow.now)
    return KioskClaims(uow.org_id, kiosk.id, kiosk.enrolment_id)


def _is_open(uow: UnitOfWork, kiosk: Kiosk) -> bool:
    """Whether sales centre and organisation are."""
    s, o = c(SalesCentre), c(Organisation)
    statement = (
        select(s.id)
        .join(Organisation.__table__, and_(o.org_id == s.org_id, o.id == s.org_id))
        .where(s.org_id == uow.org_id, s.id == kiosk.sales_centre_id, s.state == "open", o.state == "active")
    )
    return uow.connection.execute(statement).first() is not None
