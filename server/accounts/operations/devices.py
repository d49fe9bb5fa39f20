"""Lost, stolen and leavers' devices: revoked at once, emptied when they come back, and what they had not sent yet kept.

A device's row is never deleted: its credential opens the doors of mobile_api/device.py until it said that it is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from server.accounts.authentication import DEVICE_REVOKED, SESSION_ENDED
from server.accounts.events import (
    DeviceRevoked,
    DeviceWiped,
    QueueDiscarded,
    QueueQuarantined,
    QueueReleased,
)
from server.accounts.functions import CHANGE_DEVICES, DECIDE_QUARANTINE
from server.accounts.models import Device, QuarantinedQueue, RefreshFamily, Session
from server.accounts.operations.proofs import use_proof
from server.accounts.operations.sessions import Prove, end_sessions, family_state
from server.accounts.queries.staff import is_within
from server.accounts.refresh import Invalid, RefreshToken, judge_refresh
from server.core import tables
from server.core.problems import NOT_FOUND, Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork

DEVICE_WIPED = problem_type(
    "accounts.device-wiped", status=409, zh="此设备已清除。", en="This device has been wiped already."
)
DEVICE_NOT_REVOKED = problem_type(
    "accounts.device-not-revoked",
    status=409,
    zh="此设备未被停用，请正常同步。",
    en="This device has not been revoked; it syncs as usual.",
)
WIPE_NOT_ASKED = problem_type(
    "accounts.wipe-not-asked", status=409, zh="没有要求清除此设备。", en="Nobody asked this device to wipe itself."
)
QUEUE_NOT_UPLOADED = problem_type(
    "accounts.queue-not-uploaded",
    status=409,
    zh="设备还有 {missing} 条记录未上传，请先上传再清除。",
    en="The device still holds {missing} operations that were not uploaded. Upload them before wiping.",
    doc="POST them to /mobile/v1/device/quarantine first; in parts, and again after a lost answer, as often as needed.",
)
QUARANTINE_REUSED = problem_type(
    "accounts.quarantine-reused-id",
    status=409,
    zh="此上传编号已用于其他内容。",
    en="This upload's id was used for something else.",
)
QUARANTINE_DECIDED = problem_type(
    "accounts.quarantine-decided", status=409, zh="这些记录已处理过。", en="These records have been decided already."
)
WRONG_ENROLMENT = problem_type(
    "accounts.wrong-enrolment",
    status=422,
    zh="此设备和用户没有该注册编号。",
    en="That enrolment is not one of this device and person.",
)


@dataclass(frozen=True, slots=True)
class Held:
    """A device at the doors that are left to it. user_id: whose credential it showed."""

    device: Device
    user_id: str


def revoke_device(uow: UnitOfWork, device_id: str, *, wipe: bool) -> Device:
    """Take a device's way in at once; with `wipe` it is told to empty itself at its next contact.

    Sessions on it end. Revoking twice changes nothing; a revoked one can still be told to wipe. Raises Refused NOT_FOUND,
    DEVICE_WIPED.
    """
    device = _within(uow, CHANGE_DEVICES, device_id)
    if device.state == "wiped":
        raise Refused(DEVICE_WIPED)
    _revoke(uow, device, wipe=wipe or device.state == "wipe_pending", by_leaving=False)
    return device


def revoke_devices_of(uow: UnitOfWork, user_id: str) -> tuple[int, int]:
    """Tell all devices a leaver ever signed in on to empty themselves. Returns how many, and how many sessions ended."""
    e, d = tables.ENROLMENTS.c, c(Device)
    enrolled = select(e.device_id).where(e.org_id == uow.org_id, e.user_id == user_id)
    devices = uow.find(Device, d.id.in_(enrolled), d.state.in_(("active", "revoked")))
    return len(devices), sum(_revoke(uow, device, wipe=True, by_leaving=True) for device in devices)


def at_the_door(uow: UnitOfWork, presented: RefreshToken, *, prove: Prove, keys: Mapping[str, bytes]) -> Held:
    """The device behind a refresh token and a fresh proof of its key, whatever became of session, user or family.

    Moves no token on. Raises Refused SESSION_ENDED when the token is not of this device, DEVICE_REVOKED once it is wiped, and
    what `prove` and use_proof raise.
    """
    family = uow.get(RefreshFamily, presented.family_id)
    device = None if family is None else uow.get(Device, family.device_id)
    session = None if family is None else uow.get(Session, family.session_id)
    if family is None or device is None or session is None:
        raise Refused(SESSION_ENDED)
    proof = prove(device.key_thumbprint)
    use_proof(uow, proof)
    state = family_state(uow.org_id, family)
    # Only whether the token is genuine counts here: age, theft and revocation are why the device stands at this door.
    genuine = replace(state, created_at=uow.now, renewed_at=uow.now, revoked=False)
    if isinstance(judge_refresh(genuine, presented, proof.made_at, uow.now, keys), Invalid):
        raise Refused(SESSION_ENDED)
    return _held(device, session.user_id)


def at_the_door_by_session(uow: UnitOfWork, session_id: str, device_id: str | None) -> Held:
    """The same by an access token that has not expired yet. Raises Refused SESSION_ENDED, DEVICE_REVOKED once wiped."""
    session = uow.get(Session, session_id)
    device = None if device_id is None else uow.get(Device, device_id)
    if session is None or device is None or session.device_id != device_id:
        raise Refused(SESSION_ENDED)
    return _held(device, session.user_id)


def uploaded(uow: UnitOfWork, device: Device, user_id: str) -> set[tuple[str, int]]:
    """(enrolment, n) of all operations of that person on that device that are kept in quarantine, decided or not."""
    q = c(QuarantinedQueue)
    queues = uow.find(QuarantinedQueue, q.device_id == device.id, q.user_id == user_id)
    return {(queue.enrolment_id, operation["n"]) for queue in queues for operation in queue.operations}


def quarantine(
    uow: UnitOfWork, held: Held, *, upload_id: str, enrolment_id: str, operations: Sequence[dict[str, Any]]
) -> QuarantinedQueue:
    """Keep operations that a revoked device had not sent. Nothing of them is applied.

    upload_id: minted by the device; the same upload again is the same upload. operations: as on the wire, each with `n`.
    Raises Refused DEVICE_NOT_REVOKED, WRONG_ENROLMENT, QUARANTINE_REUSED.
    """
    if held.device.state == "active":
        raise Refused(DEVICE_NOT_REVOKED)
    e = tables.ENROLMENTS.c
    of = uow.connection.execute(
        select(e.user_id).where(e.org_id == uow.org_id, e.id == enrolment_id, e.device_id == held.device.id)
    ).scalar()
    if of is None or str(of) != held.user_id:
        raise Refused(WRONG_ENROLMENT, field="/enrolment")
    known = uow.get(QuarantinedQueue, upload_id)
    if known is not None:
        if (known.device_id, known.enrolment_id, known.operations) != (held.device.id, enrolment_id, list(operations)):
            raise Refused(QUARANTINE_REUSED, field="/id")
        return known
    queue = uow.add(
        QuarantinedQueue(
            id=upload_id,
            device_id=held.device.id,
            user_id=held.user_id,
            enrolment_id=enrolment_id,
            received_at=uow.now,
            operations=list(operations),
        )
    )
    uow.record(
        QueueQuarantined(queue.id, user_id=held.user_id, from_device_id=held.device.id, operations=len(operations))
    )
    return queue


def confirm_wipe(uow: UnitOfWork, held: Held, *, queued: int) -> Device:
    """The device says that it is empty now. queued: operations of this person it had not sent when it was told.

    Raises Refused WIPE_NOT_ASKED, and QUEUE_NOT_UPLOADED while fewer than `queued` are in quarantine.
    """
    device = held.device
    if device.state != "wipe_pending":
        raise Refused(WIPE_NOT_ASKED)
    missing = queued - len(uploaded(uow, device, held.user_id))
    if missing > 0:
        raise Refused(QUEUE_NOT_UPLOADED, missing=missing)
    uow.change(device, state="wiped", wiped_at=uow.now)
    uow.record(DeviceWiped(device.id, user_id=held.user_id, queued=queued))
    return device


def decide_quarantine(uow: UnitOfWork, queue_id: str, *, release: bool, reason: str) -> QuarantinedQueue:
    """Release or discard a queue that is held. In this version releasing marks it only; applying it follows later.

    Raises Refused NOT_FOUND, QUARANTINE_DECIDED.
    """
    reach = uow.actor.must(DECIDE_QUARANTINE)
    queue = uow.get(QuarantinedQueue, queue_id)
    if queue is None or not is_within(uow.connection, uow.org_id, reach, queue.user_id):
        raise Refused(NOT_FOUND)
    if queue.state != "held":
        raise Refused(QUARANTINE_DECIDED)
    uow.change(
        queue,
        state="released" if release else "discarded",
        decided_by=uow.actor.user_id,
        decided_at=uow.now,
        reason=reason,
    )
    facts: dict[str, Any] = {"user_id": queue.user_id, "operations": len(queue.operations), "reason": reason}
    uow.record(QueueReleased(queue.id, **facts) if release else QueueDiscarded(queue.id, **facts))
    return queue


def _revoke(uow: UnitOfWork, device: Device, *, wipe: bool, by_leaving: bool) -> int:
    state = "wipe_pending" if wipe else "revoked"
    if device.state != state:
        uow.change(device, state=state, wipe_requested_at=uow.now if wipe else None)
        uow.record(DeviceRevoked(device.id, user_id=device.user_id, wipe=wipe, by_leaving=by_leaving))
    return end_sessions(uow, None, device_id=device.id)


def _held(device: Device, user_id: str) -> Held:
    if device.state == "wiped":
        raise Refused(DEVICE_REVOKED, wipe=False)
    return Held(device, user_id)


def _within(uow: UnitOfWork, function: str, device_id: str) -> Device:
    reach = uow.actor.must(function)
    device = uow.get(Device, device_id)
    if device is None or not is_within(uow.connection, uow.org_id, reach, device.user_id):
        raise Refused(NOT_FOUND)
    return device
