"""What proves a device's or a kiosk's key over HTTP: the DPoP header of a request, and the key as it stands in a body."""

from __future__ import annotations

from flask import request
from marshmallow import fields

from server.accounts.operations.proofs import PROOF_CLOCK, PROOF_INVALID
from server.accounts.proof import DeviceProof, InvalidProof, verify_proof
from server.core.auth import services
from server.core.fields import CodeField, Pattern, Schema, TextField
from server.core.problems import Refused
from server.core.types import to_ms

PROOF_HEADER = {
    "in": "header",
    "name": "DPoP",
    "required": True,
    "schema": {"type": "string", "maxLength": 4096},
    "description": "RFC 9449 proof of the device's key for this request, new for each; with `rth` where a refresh token is "
    "sent: base64url of its SHA-256.",
}
_COORDINATE = r"[A-Za-z0-9_-]{43}\Z"
_COORDINATE_DOC = {"pattern": "^[A-Za-z0-9_-]{43}$", "minLength": 43}


class PublicKey(Schema):
    """The device's public P-256 key as a JWK. What browsers export beside it is taken and not kept."""

    kty = CodeField(("EC",), required=True)
    crv = CodeField(("P-256",), required=True)
    x = TextField(
        43,
        required=True,
        validate=Pattern(_COORDINATE),
        metadata={**_COORDINATE_DOC, "example": "xrT3nU5YF065CrwBhxbaJD8bK2g1D2_7GTE0eWDVjHg"},
    )
    y = TextField(
        43,
        required=True,
        validate=Pattern(_COORDINATE),
        metadata={**_COORDINATE_DOC, "example": "XQr0dSn9w05HOzNfS82GmcwvOmz2WJ80qbc0FB8wGRk"},
    )
    ext = fields.Raw(allow_none=True, metadata={"example": True})
    key_ops = fields.Raw(allow_none=True, metadata={"example": ["verify"]})
    alg = fields.Raw(allow_none=True, metadata={"example": "ES256"})
    use = fields.Raw(allow_none=True, metadata={"example": "sig"})
    kid = fields.Raw(allow_none=True, metadata={"example": "device-1"})


def proof_of_request(*, thumbprint: str, token: str | None = None) -> DeviceProof:
    """The verified proof of this request. Raises Refused PROOF_INVALID, PROOF_CLOCK.

    In production the address is the one the settings name, because a Host header says what its sender likes; in development
    it is the one that was asked, because a phone in the same network knows this machine by another name.
    """
    shared = services()
    settings, now = shared.settings, shared.clock.now()
    url = settings.public_url + request.path if settings.is_production else request.base_url
    try:
        return verify_proof(
            request.headers.get("DPoP", ""),
            method=request.method,
            url=url,
            now=now,
            thumbprint=thumbprint,
            refresh_token=token,
        )
    except InvalidProof as error:
        if error.wrong_clock:
            raise Refused(PROOF_CLOCK, server_time=to_ms(now)) from None
        raise Refused(PROOF_INVALID) from None
