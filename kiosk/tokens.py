"""A kiosk's access token, and the nonce that shows a reading was signed just now. Pure: no clock, no table, no request.

The token follows the rules of server/accounts/tokens.py with a type of its own, so that one never passes for the other. It
says which kiosk speaks and under which enrolment; what that may do is `kiosk:scan`, written out for whoever reads it.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

import jwt

from kiosk.chain import b64url
from server.accounts.tokens import (
    ACCESS_LIFETIME,
    CLOCK_DRIFT,
    MAX_TOKEN_CHARS,
    InvalidToken,
    KeyRing,
    instant,
    numeric_date,
    unverified_header,
    verified_claims,
)
from sync_protocol.ids import is_id

KIOSK_TYPE = "kiosk+jwt"
SCOPE = "kiosk:scan"
NONCE_LIFE = ACCESS_LIFETIME
"""A nonce comes with every token and every answer to a reading; a kiosk at rest gets its next one with its next token."""
_CLAIMS = frozenset({"iss", "aud", "exp", "iat", "org", "sub", "enr", "scope"})
_NONCE = re.compile(r"([1-9][0-9]{0,10})\.([A-Za-z0-9_-]{22})")


@dataclass(frozen=True, slots=True)
class KioskClaims:
    """What a valid kiosk token says."""

    org_id: str
    kiosk_id: str
    enrolment_id: str


def issue_kiosk_token(ring: KeyRing, claims: KioskClaims, *, issuer: str, now: datetime) -> tuple[str, int]:
    """Sign a token that is good for ACCESS_LIFETIME from `now`; with the seconds it lives."""
    issued, seconds = numeric_date(now), int(ACCESS_LIFETIME.total_seconds())
    said = {
        "iss": issuer,
        "aud": issuer,
        "iat": issued,
        "exp": issued + seconds,
        "org": claims.org_id,
        "sub": claims.kiosk_id,
        "enr": claims.enrolment_id,
        "scope": SCOPE,
    }
    headers = {"typ": KIOSK_TYPE, "kid": ring.signing_kid}
    return jwt.encode(said, ring.signing_key, algorithm="EdDSA", headers=headers), seconds


def verify_kiosk_token(ring: KeyRing, token: str, *, issuer: str, now: datetime) -> KioskClaims:
    """Read a kiosk's token. Raises InvalidToken, and nothing else, for every other text, an access token included."""
    header = unverified_header(token, MAX_TOKEN_CHARS)
    if header.keys() != {"alg", "typ", "kid"} or header["typ"] != KIOSK_TYPE:
        raise InvalidToken("header")
    kid = header["kid"]
    key = ring.public_keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        raise InvalidToken("header: kid")
    said = verified_claims(token, key, algorithms=["EdDSA"])
    if said.keys() != _CLAIMS or (said["iss"], said["aud"], said["scope"]) != (issuer, issuer, SCOPE):
        raise InvalidToken("claims")
    issued_at, expires_at = instant(said["iat"]), instant(said["exp"])
    if now >= expires_at or issued_at > now + CLOCK_DRIFT or expires_at - issued_at > ACCESS_LIFETIME:
        raise InvalidToken("time")
    org_id, kiosk_id, enrolment_id = said["org"], said["sub"], said["enr"]
    if not (is_id(org_id) and is_id(kiosk_id) and is_id(enrolment_id)):
        raise InvalidToken("claims: not an id")
    return KioskClaims(str(org_id), str(kiosk_id), str(enrolment_id))


def make_nonce(key: bytes, claims: KioskClaims, now: datetime) -> str:
    """A nonce for one enrolment: the server's time with a MAC, so that nothing has to be remembered."""
    return _nonce(key, claims, numeric_date(now))


def is_fresh(key: bytes, claims: KioskClaims, nonce: str | None, now: datetime) -> bool:
    """Whether a nonce is one of this enrolment and not older than NONCE_LIFE. Any text may be asked about.

    One from a little ahead is the work of another of our machines, or of a clock that was set back.
    """
    found = _NONCE.fullmatch(nonce or "")
    if found is None or not hmac.compare_digest(_nonce(key, claims, int(found[1])), found[0]):
        return False
    return -CLOCK_DRIFT <= now - instant(int(found[1])) <= NONCE_LIFE


def _nonce(key: bytes, claims: KioskClaims, seconds: int) -> str:
    message = f"{claims.org_id}|{claims.kiosk_id}|{claims.enrolment_id}|{seconds}".encode()
    return f"{seconds}.{b64url(hmac.digest(key, message, 'sha256')[:16])}"
