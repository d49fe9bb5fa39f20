"""Devices from the office: see them, take their way in, have them emptied; and what was kept from them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from server.accounts.functions import CHANGE_DEVICES, DECIDE_QUARANTINE, READ_DEVICES, READ_QUARANTINE
from server.accounts.models import Device, QuarantinedQueue
from server.accounts.operations.devices import (
    DEVICE_WIPED,
    QUARANTINE_DECIDED,
    decide_quarantine,
    revoke_device,
)
from server.accounts.queries import devices
from server.accounts.schemas.access import (
    DecisionIn,
    DeviceOut,
    DeviceQuery,
    QueueDetailOut,
    QueueOut,
    QueueQuery,
)
from server.accounts.views.installed import cursors
from server.core.api import Blueprint
from server.core.auth import current_actor, reading, writing
from server.core.declare import STEP_UP, requires
from server.core.page_schemas import page_of
from server.core.types import from_ms, to_ms

devices_blp = Blueprint("devices", __name__, url_prefix="/api/v1/devices", description="Devices of staff.")
quarantine_blp = Blueprint(
    "quarantine",
    __name__,
    url_prefix="/api/v1/quarantine",
    description="Work that revoked devices had not sent: kept, not applied. Releasing marks it for a manager; nothing is "
    "applied by it in this version.",
)


@devices_blp.route("", methods=["GET"])
@requires(READ_DEVICES)
@devices_blp.arguments(DeviceQuery, location="query")
@devices_blp.response(200, page_of(DeviceOut))
def list_devices(query: dict[str, Any]) -> dict[str, Any]:
    """Devices of people within reach, last seen first."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    actor = current_actor()
    scope = ["devices", actor.org_id, query.get("user_id") or "", query.get("state") or ""]
    key = cursors().decode(scope, cursor, int, str)
    after = None if key is None else (from_ms(key[0]), key[1])
    with reading() as connection:
        found = devices.list_devices(connection, actor, **query, after=after, limit=size + 1)
    page = found[:size]
    more = len(found) > size
    return {
        "items": page,
        "next": cursors().encode(scope, [to_ms(page[-1].last_seen_at), page[-1].id]) if more else None,
    }


@devices_blp.route("/<id:device_id>/revoke", methods=["POST"])
@requires(CHANGE_DEVICES)
@devices_blp.response(200, DeviceOut)
@devices_blp.refuses(DEVICE_WIPED)
def revoke(device_id: str) -> Device:
    """Take a device's way in at once. What it had not sent it may still hand in, to be kept aside."""
    return _revoke(device_id, wipe=False)


@devices_blp.route("/<id:device_id>/wipe", methods=["POST"])
@requires(CHANGE_DEVICES, recent=STEP_UP)
@devices_blp.response(200, DeviceOut)
@devices_blp.refuses(DEVICE_WIPED)
def wipe(device_id: str) -> Device:
    """The same, and have it empty itself at its next contact."""
    return _revoke(device_id, wipe=True)


@quarantine_blp.route("", methods=["GET"])
@requires(READ_QUARANTINE)
@quarantine_blp.arguments(QueueQuery, location="query")
@quarantine_blp.response(200, page_of(QueueOut))
def list_quarantine(query: dict[str, Any]) -> dict[str, Any]:
    """Queues of people within reach, newest first, without their operations."""
    size, cursor = query.pop("limit"), query.pop("cursor", None)
    actor = current_actor()
    scope = ["quarantine", actor.org_id, query.get("state") or ""]
    key = cursors().decode(scope, cursor, int, str)
    after = None if key is None else (from_ms(key[0]), key[1])
    with reading() as connection:
        found = devices.list_quarantine(connection, actor, **query, after=after, limit=size + 1)
    page = found[:size]
    more = len(found) > size
    return {
        "items": [_shown(queue) for queue in page],
        "next": cursors().encode(scope, [to_ms(page[-1].received_at), page[-1].id]) if more else None,
    }


@quarantine_blp.route("/<id:queue_id>", methods=["GET"])
@requires(READ_QUARANTINE)
@quarantine_blp.response(200, QueueDetailOut)
def get_quarantine(queue_id: str) -> dict[str, Any]:
    """One queue with its operations as they stood on the device."""
    with reading() as connection:
        return _shown(devices.get_quarantine(connection, current_actor(), queue_id))


@quarantine_blp.route("/<id:queue_id>/release", methods=["POST"])
@requires(DECIDE_QUARANTINE)
@quarantine_blp.arguments(DecisionIn)
@quarantine_blp.response(200, QueueOut)
@quarantine_blp.refuses(QUARANTINE_DECIDED)
def release(values: dict[str, Any], queue_id: str) -> dict[str, Any]:
    """Mark a queue as good. In this version it is only marked: nothing of it is applied yet."""
    return _decide(queue_id, release=True, reason=values["reason"])


@quarantine_blp.route("/<id:queue_id>/discard", methods=["POST"])
@requires(DECIDE_QUARANTINE)
@quarantine_blp.arguments(DecisionIn)
@quarantine_blp.response(200, QueueOut)
@quarantine_blp.refuses(QUARANTINE_DECIDED)
def discard(values: dict[str, Any], queue_id: str) -> dict[str, Any]:
    """Mark a queue as not wanted. It stays readable."""
    return _decide(queue_id, release=False, reason=values["reason"])


def _revoke(device_id: str, *, wipe: bool) -> Device:
    with writing() as uow:
        device = revoke_device(uow, device_id, wipe=wipe)
        uow.commit()
    return device


def _decide(queue_id: str, *, release: bool, reason: str) -> dict[str, Any]:
    with writing() as uow:
        queue = decide_quarantine(uow, queue_id, release=release, reason=reason)
        uow.commit()
    return _shown(queue)


def _shown(queue: QuarantinedQueue) -> dict[str, Any]:
    return {**asdict(queue), "count": len(queue.operations)}
