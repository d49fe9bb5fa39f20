"""Where a person's devices are pushed to: kept for each device, and taken over by whoever signs in on it next."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from notifications.channels.outbound import Forbidden, check_endpoint
from notifications.models import PushTarget
from notifications.rules import TargetKind
from server.core.problems import Refused, problem_type
from server.core.rows import c
from server.core.uow import UnitOfWork

ENDPOINT_REFUSED = problem_type(
    "notifications.endpoint-refused",
    422,
    zh="该推送地址不被接受。",
    en="This push endpoint is not accepted.",
    doc="Only https on port 443 of a known push service; the operator may add hosts (DOORSTEP_PUSH_HOSTS).",
)
KEYS_REFUSED = problem_type(
    "notifications.keys-refused",
    422,
    zh="推送订阅的密钥无效。",
    en="The keys of the push subscription are not valid.",
    doc="`p256dh` is an uncompressed P-256 point, `auth` 16 bytes, both base64url.",
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a device says about itself. endpoint: address or token. keys: of Web Push."""

    kind: TargetKind
    endpoint: str
    keys: Mapping[str, str] = field(default_factory=dict)


def put_target(
    uow: UnitOfWork,
    *,
    user_id: str,
    device_id: str,
    subscription: Subscription,
    further_hosts: frozenset[str] = frozenset(),
) -> PushTarget:
    """Push to that device from now on, for that person. What the device or the endpoint had before is replaced.

    Raises Refused ENDPOINT_REFUSED, KEYS_REFUSED.
    """
    if subscription.kind is TargetKind.WEBPUSH:
        _check(subscription, further_hosts)
    fingerprint = hashlib.sha256(subscription.endpoint.encode()).hexdigest()
    t = c(PushTarget)
    same = (t.device_id == device_id) & (t.kind == subscription.kind.value)
    known = uow.find(PushTarget, same | (t.fingerprint == fingerprint))
    keys = dict(subscription.keys)
    kept = next((row for row in known if (row.device_id, row.kind) == (device_id, subscription.kind.value)), None)
    for row in known:
        if row is not kept:
            uow.remove(row)
    if len(known) > (kept is not None):
        uow.flush()  # the endpoint's old row goes before it stands in another one
    if kept is not None:
        return uow.change(kept, user_id=user_id, endpoint=subscription.endpoint, keys=keys, fingerprint=fingerprint)
    return uow.add(
        PushTarget(
            user_id=user_id,
            device_id=device_id,
            kind=subscription.kind.value,
            endpoint=subscription.endpoint,
            keys=keys,
            fingerprint=fingerprint,
        )
    )


def drop_targets(uow: UnitOfWork, *, user_id: str, device_id: str) -> None:
    """Push to that device no more, whatever it was pushed to through."""
    for row in uow.find(PushTarget, c(PushTarget).device_id == device_id, c(PushTarget).user_id == user_id):
        uow.remove(row)


def _check(subscription: Subscription, further_hosts: frozenset[str]) -> None:
    try:
        check_endpoint(subscription.endpoint, further_hosts)
    except Forbidden:
        raise Refused(ENDPOINT_REFUSED, field="/endpoint") from None
    try:
        point, secret = (_decoded(subscription.keys[name]) for name in ("p256dh", "auth"))
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except (KeyError, ValueError):
        raise Refused(KEYS_REFUSED, field="/keys") from None
    if len(secret) != 16:
        raise Refused(KEYS_REFUSED, field="/keys")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
