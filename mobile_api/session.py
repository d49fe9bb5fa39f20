"""Signing in on a device, which enrols it; refreshing; signing out. The proof of the device's key is asked for at both.

What each answer means to a device: docs/protocol.md. Instants here are milliseconds since 1970 UTC, as on the sync wire.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from server.accounts.authentication import DEVICE_REVOKED, SESSION_ENDED
from server.accounts.operations.proofs import PROOF_CLOCK, PROOF_INVALID, PROOF_OVERTAKEN, PROOF_REPLAYED
from server.accounts.operations.sessions import NotRefreshed, refresh_session, sign_out
from server.accounts.operations.sign_in import (
    SIGN_IN_REFUSED,
    EnrollingDevice,
    acting,
    check_three_parts,
    sign_in_device,
)
from server.accounts.proof import jwk_thumbprint
from server.accounts.refresh import RefreshToken, parse_refresh, refresh_token
from server.accounts.schemas.access import SessionOrganisation, SessionUser, SignInIn, TokenOut
from server.accounts.tokens import InvalidToken
from server.accounts.views.installed import credentials, shown_organisation
from server.accounts.views.proving import PROOF_HEADER, PublicKey, proof_of_request
from server.accounts.views.sessions import limit_sign_in, shown_user
from server.core.access import system_actor
from server.core.api import Blueprint
from server.core.auth import services, writing
from server.core.declare import public, signed_in
from server.core.fields import IdField, IntegerField, Schema, TextField
from server.core.http import limit
from server.core.limits import REFRESH_PER_DEVICE
from server.core.problems import Refused
from server.core.types import to_ms
from sync_protocol.ids import is_id

blp = Blueprint(
    "mobile_session",
    __name__,
    url_prefix="/mobile/v1/session",
    description="Signing in on a handheld, which enrols it.",
)
BLUEPRINTS = (blp,)

_REFRESH_MOST = 300


class DeviceIn(Schema):
    """What the device says of itself."""

    installation = TextField(80, required=True, metadata={"description": "The app's name for its store."})
    name = TextField(
        60, required=True, metadata={"description": "For people, such as “Pixel 9”.", "example": "Pixel 9"}
    )
    platform = TextField(40, required=True, metadata={"example": "web"})
    app_version = TextField(40, required=True)
    schema = IntegerField(1, 1_000_000, required=True, metadata={"description": "The newest schema the app knows."})
    incarnation = IntegerField(
        1,
        2_147_483_647,
        load_default=1,
        metadata={"description": "One more whenever the store was begun anew or put back from a backup."},
    )
    key = fields.Nested(PublicKey, required=True)


class MobileSignIn(SignInIn):
    """The three parts and the device."""

    device = fields.Nested(DeviceIn, required=True)


class MobileTokens(TokenOut):
    """An access token and the refresh token for the next one."""

    refresh_token = fields.String(required=True)
    server_time = IntegerField(required=True, metadata={"description": "Milliseconds since 1970 UTC."})


class MobileSessionOut(MobileTokens):
    """A new session on a device. enrolment: what its operations are numbered under; another one than before means from 1."""

    session = IdField(required=True)
    device = IdField(required=True)
    enrolment = IdField(required=True)
    organisation = fields.Nested(SessionOrganisation, required=True)
    user = fields.Nested(SessionUser, required=True)


class RefreshIn(Schema):
    """The refresh token received last."""

    refresh_token = TextField(_REFRESH_MOST, blank=True, required=True)


@blp.route("", methods=["POST"])
@public("this is where a device signs in")
@blp.doc(parameters=[PROOF_HEADER])
@blp.arguments(MobileSignIn)
@blp.response(201, MobileSessionOut)
@blp.refuses(SIGN_IN_REFUSED, PROOF_INVALID, PROOF_CLOCK, PROOF_REPLAYED, DEVICE_REVOKED)
def sign_in(values: dict[str, Any]) -> dict[str, Any]:
    """Sign in with the three parts and enrol the device. A revoked device is told so once the three parts are right."""
    device = values.pop("device")
    limit_sign_in(values["organisation"], values["username"])
    proof = proof_of_request(thumbprint=jwk_thumbprint(device["key"]["x"], device["key"]["y"]))
    shared, keys = services(), credentials()
    candidate = check_three_parts(shared.database, keys.hashes, **values)
    described = EnrollingDevice(
        installation=device["installation"],
        name=device["name"],
        platform=device["platform"],
        app_version=device["app_version"],
        schema_number=device["schema"],
        jwk=device["key"],
        incarnation=device["incarnation"],
    )
    with shared.writing(acting(candidate)) as uow:
        done = sign_in_device(uow, candidate, described, proof, refresh_key_id=keys.refresh_key_id)
        uow.commit()
        now = uow.now
    token, seconds = keys.access_token(
        org_id=done.session.org_id,
        user_id=done.user.id,
        session_id=done.session.id,
        device_id=done.device.id,
        now=now,
        until=done.session.expires_at,
    )
    return {
        "access_token": token,
        "expires_in": seconds,
        "refresh_token": refresh_token(done.family_state, done.family.n, keys.refresh_keys),
        "session": done.session.id,
        "device": done.device.id,
        "enrolment": done.enrolment_id,
        "organisation": shown_organisation(done.organisation),
        "user": shown_user(done.user, done.organisation),
        "server_time": to_ms(now),
    }


@blp.route("/refresh", methods=["POST"])
@public("the access token has expired by then; the refresh token and the device's proof are asked for instead")
@blp.doc(parameters=[PROOF_HEADER])
@blp.arguments(RefreshIn)
@blp.response(200, MobileTokens)
@blp.refuses(SESSION_ENDED, PROOF_INVALID, PROOF_CLOCK, PROOF_REPLAYED, PROOF_OVERTAKEN, DEVICE_REVOKED)
def refresh(values: dict[str, Any]) -> dict[str, Any]:
    """Exchange a refresh token. Sending the last one again gives the same answer, so a lost answer costs nothing."""
    text = values["refresh_token"]
    presented = presented_token(text)
    limit(REFRESH_PER_DEVICE, presented.family_id)
    shared, keys = services(), credentials()
    with shared.writing(system_actor(presented.org_id)) as uow:
        outcome = refresh_session(
            uow,
            presented,
            prove=lambda thumbprint: proof_of_request(thumbprint=thumbprint, token=text),
            keys=keys.refresh_keys,
        )
        uow.commit()
        now = uow.now
    if isinstance(outcome, NotRefreshed):
        raise outcome.refusal
    token, seconds = keys.access_token(
        org_id=presented.org_id,
        user_id=outcome.session.user_id,
        session_id=outcome.session_id,
        device_id=outcome.session.device_id,
        now=now,
        until=outcome.session.expires_at,
    )
    return {
        "access_token": token,
        "expires_in": seconds,
        "refresh_token": outcome.refresh,
        "server_time": to_ms(now),
    }


@blp.route("", methods=["DELETE"])
@signed_in
@blp.response(204)
def leave() -> None:
    """Sign out. The device keeps its enrolment and its queue."""
    with writing() as uow:
        sign_out(uow, str(uow.actor.session_id))
        uow.commit()


def presented_token(text: str) -> RefreshToken:
    """A refresh token taken apart. Raises Refused SESSION_ENDED for a text that is none: asking why helps nobody."""
    try:
        presented = parse_refresh(text)
    except InvalidToken:
        raise Refused(SESSION_ENDED) from None
    if not is_id(presented.org_id):  # the database would not even look
        raise Refused(SESSION_ENDED)
    return presented
