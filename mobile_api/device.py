"""The doors a revoked device still has: what to do, handing in what it had not sent, and saying that it is empty.

Its credential is its refresh token with a fresh proof of its key, also when the session has ended since; an access token
that has not expired will do as well. Nothing else opens to it (docs/decisions/0016-what-a-revoked-device-may-do.md).
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from flask import request
from marshmallow import ValidationError, fields, validates

from mobile_api.session import presented_token
from server.accounts.authentication import DEVICE_REVOKED, SESSION_ENDED, TOKEN_INVALID
from server.accounts.operations.devices import (
    DEVICE_NOT_REVOKED,
    QUARANTINE_REUSED,
    QUEUE_NOT_UPLOADED,
    WIPE_NOT_ASKED,
    WRONG_ENROLMENT,
    Held,
    at_the_door,
    at_the_door_by_session,
    confirm_wipe,
    quarantine,
    uploaded,
)
from server.accounts.operations.proofs import PROOF_CLOCK, PROOF_INVALID, PROOF_REPLAYED
from server.accounts.views.installed import credentials
from server.accounts.views.proving import PROOF_HEADER, proof_of_request
from server.core.access import system_actor
from server.core.api import Blueprint
from server.core.auth import services
from server.core.declare import public
from server.core.fields import BooleanField, CodeField, IdField, IntegerField, Length, Schema
from server.core.http import limit
from server.core.limits import rate
from server.core.problems import UNAUTHENTICATED, Refused
from server.core.uow import UnitOfWork
from sync_protocol.operations import storable
from sync_protocol.wire import SAFE_INTEGER

V = TypeVar("V", bound=Callable[..., Any])

DOOR_PER_DEVICE = rate("revoked-device", 60, 600, per="session of a revoked device")

blp = Blueprint(
    "mobile_device", __name__, url_prefix="/mobile/v1/device", description="What a revoked device may still do."
)
BLUEPRINTS = (blp,)

_WHY_PUBLIC = "a revoked device has no session any more; its refresh token and key are asked for instead"
_CREDENTIAL_DOC: dict[str, Any] = {
    "parameters": [
        # Beside an access token it is not read, whatever stands in it.
        {**PROOF_HEADER, "required": False, "schema": {"type": "string"}},
        {
            "in": "header",
            "name": "Authorization",
            "required": True,
            "schema": {"type": "string"},
            "description": "`Bearer` and the refresh token, with a proof; or the access token while it is good.",
        },
    ]
}
_DOOR_PROBLEMS = (
    UNAUTHENTICATED,
    TOKEN_INVALID,
    SESSION_ENDED,
    PROOF_INVALID,
    PROOF_CLOCK,
    PROOF_REPLAYED,
    DEVICE_REVOKED,
)


_NUMBERED: dict[str, Any] = {
    "required": ["n"],
    "properties": {"n": {"type": "integer", "minimum": 1, "maximum": SAFE_INTEGER}},
}


class WipeOrder(Schema):
    """What the device is to do."""

    state = CodeField(("active", "revoked", "wipe_pending"), required=True)
    wipe = BooleanField(required=True, metadata={"description": "Empty yourself; then say so at this address."})
    upload_queue = BooleanField(
        required=True, metadata={"description": "First hand in what was never sent, to /mobile/v1/device/quarantine."}
    )
    uploaded = IntegerField(required=True, metadata={"description": "Operations of this person kept so far."})


class QuarantineIn(Schema):
    """Operations that were never sent, in one or several uploads."""

    id = IdField(required=True, metadata={"description": "Minted by the device; the same again is the same upload."})
    enrolment = IdField(required=True)
    operations = fields.List(
        fields.Dict(keys=fields.String(), metadata=_NUMBERED),
        required=True,
        validate=Length(min=1, max=500),
        metadata={
            "description": "As in `push` of an exchange; kept as they are, and never applied by themselves.",
            "example": [{"n": 7, "collection": "notes", "action": "create"}],
        },
    )

    @validates("operations")
    def _numbered(self, operations: list[dict[str, Any]], data_key: str) -> None:
        judged = ((place, _what_is_wrong(operation)) for place, operation in enumerate(operations))
        wrong = {place: {"n": [code]} for place, code in judged if code is not None}
        if wrong:
            raise ValidationError(wrong)


def _what_is_wrong(operation: dict[str, Any]) -> str | None:
    """The code of what is wrong with an operation's number."""
    n = operation.get("n")
    if n is None:
        return "null" if "n" in operation else "required"
    if type(n) is not int:
        return "not-an-integer"
    return None if 1 <= n <= SAFE_INTEGER else "invalid"


class QuarantineOut(Schema):
    """What is kept of this person and device, this upload included."""

    uploaded = IntegerField(required=True)


class WipeDone(Schema):
    """The device is empty."""

    queued = IntegerField(
        0,
        required=True,
        metadata={"description": "Operations of this person it had never sent; all must have been handed in."},
    )


def _presented() -> str:
    """The token of this request. Raises Refused UNAUTHENTICATED when there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(UNAUTHENTICATED)
    return token


def _asked_for_credential(view: V) -> V:
    """Ask for a token before the body is looked at, as everywhere else; whose it is comes out behind the door."""

    @functools.wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        _presented()
        return view(*args, **kwargs)

    return cast(V, asked)


@blp.route("/wipe", methods=["GET"])
@public(_WHY_PUBLIC)
@blp.doc(**_CREDENTIAL_DOC)
@blp.response(200, WipeOrder)
@blp.refuses(*_DOOR_PROBLEMS)
def order() -> dict[str, Any]:
    """What the device is to do. Harmless to ask at any time."""
    with _at_the_door() as (uow, held):
        state, count = held.device.state, len(uploaded(uow, held.device, held.user_id))
        uow.commit()
    return {"state": state, "wipe": state == "wipe_pending", "upload_queue": state != "active", "uploaded": count}


@blp.route("/quarantine", methods=["POST"])
@public(_WHY_PUBLIC)
@blp.doc(**_CREDENTIAL_DOC)
@_asked_for_credential
@blp.arguments(QuarantineIn)
@blp.response(201, QuarantineOut)
@blp.refuses(*_DOOR_PROBLEMS, DEVICE_NOT_REVOKED, WRONG_ENROLMENT, QUARANTINE_REUSED)
def hand_in(values: dict[str, Any]) -> dict[str, Any]:
    """Hand in operations that were never sent. A manager decides about them; nothing of them is applied."""
    with _at_the_door() as (uow, held):
        quarantine(
            uow,
            held,
            upload_id=values["id"],
            enrolment_id=values["enrolment"],
            operations=[storable(each) for each in values["operations"]],
        )
        uow.flush()
        count = len(uploaded(uow, held.device, held.user_id))
        uow.commit()
    return {"uploaded": count}


@blp.route("/wipe", methods=["POST"])
@public(_WHY_PUBLIC)
@blp.doc(**_CREDENTIAL_DOC)
@_asked_for_credential
@blp.arguments(WipeDone)
@blp.response(204)
@blp.refuses(*_DOOR_PROBLEMS, WIPE_NOT_ASKED, QUEUE_NOT_UPLOADED)
def done(values: dict[str, Any]) -> None:
    """Say that the device is empty. Nothing opens to its key afterwards."""
    with _at_the_door() as (uow, held):
        confirm_wipe(uow, held, queued=values["queued"])
        uow.commit()


@contextlib.contextmanager
def _at_the_door() -> Iterator[tuple[UnitOfWork, Held]]:
    """Whoever holds the credential of this request, in a unit of work. Raises Refused, one of _DOOR_PROBLEMS."""
    token, shared, keys = _presented(), services(), credentials()
    if not token.startswith("dr1."):
        claims = keys.claims(token)
        limit(DOOR_PER_DEVICE, claims.session_id)
        with shared.writing(system_actor(claims.org_id)) as uow:
            yield uow, at_the_door_by_session(uow, claims.session_id, claims.device_id)
        return
    presented = presented_token(token)
    limit(DOOR_PER_DEVICE, presented.family_id)
    with shared.writing(system_actor(presented.org_id)) as uow:
        held = at_the_door(
            uow,
            presented,
            prove=lambda thumbprint: proof_of_request(thumbprint=thumbprint, token=token),
            keys=keys.refresh_keys,
        )
        yield uow, held
