"""Recipes of handhelds: their sessions, exchanges, files and notices."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from mobile_api.tus import VERSION
from sync_protocol.ids import new_id
from tests.server.accounts.company import Phone
from tests.support.pictures import sha256
from tests.support.recipes.asking import ELSEWHERE, Asking, Head, Recipe, body_of


def _enrol(asking: Asking) -> dict[str, Any]:
    return {**asking.parts, "device": asking.scene.newcomer.describe()}


def _enrolling(asking: Asking) -> dict[str, str]:
    return asking.scene.newcomer.proof("POST", "/mobile/v1/session")


def _refresh(asking: Asking) -> dict[str, Any]:
    return {"refresh_token": asking.scene.phone(asking.caller).answer["refresh_token"]}


def _refreshing(asking: Asking) -> dict[str, str]:
    phone = asking.scene.phone(asking.caller)
    return phone.proof("POST", "/mobile/v1/session/refresh", phone.answer["refresh_token"])


def _exchange(asking: Asking) -> dict[str, Any]:
    enrolment = asking.scene.phone(asking.caller).answer["enrolment"]
    return {"protocol": 1, "schema": 1, "enrolment": enrolment, "sent_at": 0, "pull": {"cursor": None}}


def _held(asking: Asking) -> dict[str, str]:
    return _door(asking, asking.scene.lost_phone(asking.caller, wipe=False))


def _wiping(asking: Asking) -> dict[str, str]:
    return _door(asking, asking.scene.lost_phone(asking.caller, wipe=True))


def _door(_asking: Asking, phone: Phone) -> dict[str, str]:
    return {"Authorization": f"Bearer {phone.answer['access_token']}"}


def _hand_in(asking: Asking) -> dict[str, Any]:
    enrolment = asking.scene.lost_phone(asking.caller, wipe=False).answer["enrolment"]
    return {"id": new_id(), "enrolment": enrolment, "operations": [{"n": 1, "action": "create"}]}


def _tus(**more: str) -> Head:
    return lambda _asking: {"Tus-Resumable": VERSION, **{name.replace("_", "-"): more[name] for name in more}}


def _beginning(asking: Asking) -> dict[str, str]:
    hashed = base64.b64encode(sha256(asking.scene.word().encode()).encode()).decode()
    return _tus(Upload_Length="10", Upload_Metadata=f"sha256 {hashed}")(asking)


RECIPES: Mapping[str, Recipe] = {
    # notifications
    "GET /mobile/v1/push/key": Recipe(),
    "PUT /mobile/v1/push/subscription": Recipe(body=body_of(kind="fcm_token", endpoint="token-1")),
    "DELETE /mobile/v1/push/subscription": Recipe(),
    "GET /api/v1/notice-settings": Recipe(),
    "PATCH /api/v1/notice-settings": Recipe(body=body_of(remind_at="08:30")),
    "GET /api/v1/deliveries": Recipe(),
    "POST /api/v1/deliveries/{delivery_id}/settle": Recipe(row="delivery", body=body_of(resend=False)),
    # handhelds
    "POST /mobile/v1/session": Recipe(body=_enrol, headers=_enrolling),
    "POST /mobile/v1/session/refresh": Recipe(body=_refresh, headers=_refreshing),
    "DELETE /mobile/v1/session": Recipe(ends=True),
    "GET /mobile/v1/collections": Recipe(),
    "GET /mobile/v1/digest": Recipe(),
    "GET /mobile/v1/wait": Recipe(query={"head": "0"}),
    "POST /mobile/v1/exchange": Recipe(
        body=_exchange,
        references={"/enrolment": "enrolment", "/push/operations/0/row": ELSEWHERE, "/pull/cursor/epoch": ELSEWHERE},
        fits=frozenset({"/enrolment"}),
    ),
    "OPTIONS /mobile/v1/files": Recipe(),
    "POST /mobile/v1/files": Recipe(headers=_beginning),
    "GET /mobile/v1/files/{upload_id}": Recipe(row="upload", headers=_tus()),
    "PATCH /mobile/v1/files/{upload_id}": Recipe(
        row="upload", body=lambda _asking: b"x", headers=_tus(Upload_Offset="0")
    ),
    "DELETE /mobile/v1/files/{upload_id}": Recipe(row="upload", headers=_tus()),
    "GET /api/v1/files/{sha256}": Recipe(row="file"),
    "GET /mobile/v1/device/wipe": Recipe(headers=_held),
    "POST /mobile/v1/device/quarantine": Recipe(
        body=_hand_in,
        headers=_held,
        references={"/id": "queue", "/enrolment": "enrolment"},
        fits=frozenset({"/enrolment"}),
    ),
    "POST /mobile/v1/device/wipe": Recipe(body=body_of(queued=0), headers=_wiping),
}
