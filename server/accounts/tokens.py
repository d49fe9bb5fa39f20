"""The access token: made and read here, and nowhere else. Pure: no clock, no settings, no session row.

The token says who speaks and through which session; it carries no rights. Whoever reads it looks the session up, so that
revocation, role and scope act at once. Source: docs/security, “Sessions and devices”; RFC 7515, 7519, 8037, 9068.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ACCESS_LIFETIME = timedelta(minutes=15)
"""The longest life of an access token. Verification refuses a longer one, whoever signed it."""

CLOCK_DRIFT = timedelta(seconds=60)
"""How far ahead the clock of another of our own servers may be. It never lengthens a token's life."""

ACCESS_TYPE = "at+jwt"
MAX_TOKEN_CHARS = 2048
CLAIMS = ("iss", "aud", "exp", "iat", "org", "sub", "sid", "dev")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class InvalidToken(Exception):
    """A token that is not to be trusted. `reason` is for logs and tests only: the client is told nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The Ed25519 keys of one issuer: one signs, all of `public_keys` (by key id) are believed.

    To change keys: publish the new public key, then sign with it, then drop the old one after ACCESS_LIFETIME.
    Raises ValueError when the signing key is not the published one.
    """

    public_keys: Mapping[str, Ed25519PublicKey]
    signing_kid: str
    signing_key: Ed25519PrivateKey

    def __post_init__(self) -> None:
        if self.public_keys.get(self.signing_kid) != self.signing_key.public_key():
            raise ValueError(f"the signing key is not published as {self.signing_kid!r}")


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says. Ids are canonical lower-case UUIDs, instants aware UTC in whole seconds."""

    org_id: str
    user_id: str
    session_id: str
    device_id: str | None
    issued_at: datetime
    expires_at: datetime


def issue_access(
    ring: KeyRing,
    *,
    issuer: str,
    audience: str,
    org_id: str,
    user_id: str,
    session_id: str,
    device_id: str | None,
    now: datetime,
    lifetime: timedelta = ACCESS_LIFETIME,
) -> str:
    """Sign an access token that is good from `now` (cut to whole seconds) for `lifetime`.

    Raises ValueError for a lifetime over ACCESS_LIFETIME, TypeError for a naive `now`.
    """
    if not timedelta(0) < lifetime <= ACCESS_LIFETIME:
        raise ValueError(f"an access token cannot live for {lifetime}")
    issued = numeric_date(now)
    claims = {
        "iss": issuer,
        "aud": audience,
        "iat": issued,
        "exp": issued + int(lifetime.total_seconds()),
        "org": org_id,
        "sub": user_id,
        "sid": session_id,
        "dev": device_id,
    }
    headers = {"typ": ACCESS_TYPE, "kid": ring.signing_kid}
    return jwt.encode(claims, ring.signing_key, algorithm="EdDSA", headers=headers)


def verify_access(ring: KeyRing, token: str, *, issuer: str, audience: str, now: datetime) -> AccessClaims:
    """Read an access token. It is good from `iat` up to, not including, `exp`.

    Raises InvalidToken, and nothing else, for every text that is not such a token.
    """
    header = unverified_header(token, MAX_TOKEN_CHARS)
    # A closed set: jku, jwk, x5u, x5c (keys of the sender's choice), crit and b64 (other rules of signing) have no place.
    if header.keys() != {"alg", "typ", "kid"}:
        raise InvalidToken("header: members")
    if header["typ"] != ACCESS_TYPE:
        raise InvalidToken("header: typ")
    kid = header["kid"]
    key = ring.public_keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        raise InvalidToken("header: kid")
    claims = verified_claims(token, key, algorithms=["EdDSA"])
    if not claims.keys() >= set(CLAIMS):
        raise InvalidToken("claims: one is missing")
    if claims["iss"] != issuer or claims["aud"] != audience:
        raise InvalidToken("claims: iss or aud")
    issued_at, expires_at = instant(claims["iat"]), instant(claims["exp"])
    if now >= expires_at:
        raise InvalidToken("expired")
    if issued_at > now + CLOCK_DRIFT:
        raise InvalidToken("issued in the future")
    if expires_at - issued_at > ACCESS_LIFETIME:
        raise InvalidToken("lives too long")
    return AccessClaims(
        org_id=_id(claims["org"]),
        user_id=_id(claims["sub"]),
        session_id=_id(claims["sid"]),
        device_id=None if claims["dev"] is None else _id(claims["dev"]),
        issued_at=issued_at,
        expires_at=expires_at,
    )


def unverified_header(token: str, max_chars: int) -> dict[str, object]:
    """The header of a compact JWS before anything of it is believed. Raises InvalidToken."""
    if len(token) > max_chars or not token.isascii():
        raise InvalidToken("not a token: length or characters")
    head = token.partition(".")[0]
    try:
        return _json_object(base64.b64decode(head + "=" * (-len(head) % 4), altchars=b"-_", validate=True))
    except binascii.Error as error:
        raise InvalidToken("header: base64url") from error


def verified_claims(
    token: str, key: Ed25519PublicKey | EllipticCurvePublicKey, *, algorithms: list[str]
) -> dict[str, object]:
    """The claims of a compact JWS whose signature holds under `key`. No claim is judged here. Raises InvalidToken."""
    try:
        payload = jwt.PyJWS().decode(token, key, algorithms=algorithms)
    except (jwt.PyJWTError, RecursionError) as error:
        raise InvalidToken(f"signature: {type(error).__name__}") from error
    return _json_object(payload)


def numeric_date(moment: datetime) -> int:
    """An aware instant as whole seconds since 1970, cut down. Raises TypeError when it is naive."""
    return (moment - _EPOCH) // timedelta(seconds=1)


def instant(value: object) -> datetime:
    """A NumericDate in whole seconds as aware UTC. Raises InvalidToken for anything else, true and 1.5 included."""
    if type(value) is not int or not 0 <= value < 1 << 35:  # up to the year 3058: beyond lies datetime's own overflow
        raise InvalidToken("claims: not an instant")
    return datetime.fromtimestamp(value, UTC)


def _json_object(data: bytes) -> dict[str, object]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:  # text that is not UTF-8 is a ValueError too
        raise InvalidToken("not a token: JSON") from error
    if not isinstance(found, dict):
        raise InvalidToken("not a token: JSON object")
    return found


def _id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidToken("claims: not an id")
    return value
