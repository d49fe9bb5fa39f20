"""/mobile/v1/push: the key a browser subscribes to, and where this device is pushed to."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notifications.rules import TargetKind
from notifications.schemas import PushKey, SubscriptionIn
from notifications.targets import ENDPOINT_REFUSED, KEYS_REFUSED, Subscription, drop_targets, put_target
from server.core.api import Blueprint
from server.core.auth import current_actor, services, writing
from server.core.declare import device_only
from server.core.keys import load_vapid_key

PUSH = Blueprint("push", __name__, url_prefix="/mobile/v1/push", description="Where a device is pushed to.")


@PUSH.route("/key", methods=["GET"])
@device_only
@PUSH.response(200, PushKey)
def get_key() -> dict[str, str | None]:
    """The key to subscribe to."""
    key = load_vapid_key(services().settings)
    if key is None:
        return {"vapid_public_key": None}
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"vapid_public_key": base64.urlsafe_b64encode(point).decode().rstrip("=")}


@PUSH.route("/subscription", methods=["PUT"])
@device_only
@PUSH.arguments(SubscriptionIn)
@PUSH.response(204)
@PUSH.refuses(ENDPOINT_REFUSED, KEYS_REFUSED)
def put_subscription(values: dict[str, Any]) -> None:
    """Push to this device from now on, for the person who is signed in on it. Sending the same again changes nothing."""
    actor = current_actor()
    subscription = Subscription(TargetKind(values["kind"]), values["endpoint"], values.get("keys", {}))
    with writing() as uow:
        put_target(
            uow,
            user_id=actor.user_id,
            device_id=str(actor.device_id),
            subscription=subscription,
            further_hosts=services().settings.push_hosts,
        )
        uow.commit()


@PUSH.route("/subscription", methods=["DELETE"])
@device_only
@PUSH.response(204)
def delete_subscription() -> None:
    """Push to this device no more. A second time changes nothing."""
    actor = current_actor()
    with writing() as uow:
        drop_targets(uow, user_id=actor.user_id, device_id=str(actor.device_id))
        uow.commit()
