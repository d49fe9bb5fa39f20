"""The device's proof that it holds its key, asked for at sign-in and refresh. Pure: no clock, no table, no request.

A proof is a JWT the device signs for one request (RFC 9449), with its public key inside; here always ES256 on P-256. What
it proves is only “this key was used for this request just now”. Whose key that is, the device's row says: by thumbprint.

Two things stay with the caller: `url` as the outside sees it (behind proxies), and the replay table: (thumbprint, jti) may be
accepted once until `DeviceProof.replayable_until`. Source: RFC 9449 §4.3, RFC 7638; docs/security, “Device key”.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from server.accounts.refresh import token_hash
from server.accounts.tokens import InvalidToken, instant, unverified_header, verified_claims

PROOF_WINDOW = timedelta(seconds=300)
"""How far a proof's time may lie from the server's, either way; both ends are inside."""

PROOF_TYPE = "dpop+jwt"
MAX_PROOF_CHARS = 4096
_PRIVATE_MEMBERS = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))
_COORDINATE = re.compile(r"[A-Za-z0-9_-]{43}")
_JTI = re.compile(r"[!-~]{8,128}")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class InvalidProof(Exception):
    """A proof that is not to be trusted. `reason` is for logs and tests.

    wrong_clock: everything else held, only the device's clock is off. The caller says so and gives the server's time, so
    that a phone with a wrong clock can correct its proofs and go on.
    """

    def __init__(self, reason: str, *, wrong_clock: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wrong_clock = wrong_clock


@dataclass(frozen=True, slots=True)
class DeviceProof:
    """What a valid proof shows. thumbprint: RFC 7638, 43 characters. jti: 8-128 visible ASCII. made_at: device's clock."""

    thumbprint: str
    jti: str
    made_at: datetime

    @property
    def replayable_until(self) -> datetime:
        """The last instant at which the same proof would be accepted again: keep its jti up to and including it."""
        return self.made_at + PROOF_WINDOW


def verify_proof(
    proof: str,
    *,
    method: str,
    url: str,
    now: datetime,
    thumbprint: str | None = None,
    refresh_token: str | None = None,
    access_token: str | None = None,
) -> DeviceProof:
    """Judge the proof that came with a request.

    method: as in the request line, upper case. url: absolute; query and fragment play no part.
    thumbprint: the key bound to the device; None only where the key is being bound (sign-in).
    refresh_token, access_token: the token of this request; the claim `rth` or `ath` must then carry its token_hash.

    Raises InvalidProof, and nothing else, whatever `proof` is.
    """
    try:
        return _verify(proof, method, url, now, thumbprint, {"rth": refresh_token, "ath": access_token})
    except InvalidToken as error:
        raise InvalidProof(error.reason) from error


def _verify(
    proof: str, method: str, url: str, now: datetime, thumbprint: str | None, tokens: dict[str, str | None]
) -> DeviceProof:
    header = unverified_header(proof, MAX_PROOF_CHARS)
    # A closed set: neither another place to fetch keys from (jku, x5u, kid) nor other rules of signing (crit, b64).
    if header.keys() != {"alg", "typ", "jwk"}:
        raise InvalidProof("header: members")
    if header["typ"] != PROOF_TYPE:
        raise InvalidProof("header: typ")
    key, found_thumbprint = _read_jwk(header["jwk"])
    claims = verified_claims(proof, key, algorithms=["ES256"])
    if thumbprint is not None and not hmac.compare_digest(found_thumbprint, thumbprint):
        raise InvalidProof("another key")
    if claims.get("htm") != method:
        raise InvalidProof("claims: htm")
    target = claims.get("htu")
    if not isinstance(target, str) or (normal := normal_url(target)) is None or normal != normal_url(url):
        raise InvalidProof("claims: htu")
    for name, token in tokens.items():
        if token is not None and claims.get(name) != token_hash(token):
            raise InvalidProof(f"claims: {name}")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        raise InvalidProof("claims: jti")
    made_at = instant(claims.get("iat"))
    if abs(now - made_at) > PROOF_WINDOW:  # last, so that wrong_clock is said to the holder of the key only
        raise InvalidProof("claims: iat", wrong_clock=True)
    return DeviceProof(found_thumbprint, jti, made_at)


def jwk_thumbprint(x: str, y: str) -> str:
    """The RFC 7638 thumbprint of a P-256 key, from its coordinates as they stand in the JWK."""
    canonical = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    return base64.urlsafe_b64encode(hashlib.sha256(canonical.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def normal_url(url: str) -> str | None:
    """An absolute http(s) URL without query and fragment, in the one form that equal ones share; None if it is none.

    RFC 3986 §6.2.2-6.2.3 as far as they change no meaning: case of scheme, host and %XX, default port, empty path, %XX of
    unreserved characters. Dot segments are compared as they stand: no client of ours sends them.
    """
    if not url.isascii() or not url.isprintable() or " " in url:  # urlsplit would drop some of these silently
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port or an IPv6 address that is none
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown_port = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    path = re.sub("%[0-9A-Fa-f]{2}", _normal_escape, parts.path) or "/"
    return f"{parts.scheme}://{host}{shown_port}{path}"


def _normal_escape(found: re.Match[str]) -> str:
    character = unquote(found[0], encoding="latin-1")
    return character if quote(character, safe="") == character else found[0].upper()


def _read_jwk(jwk: object) -> tuple[ec.EllipticCurvePublicKey, str]:
    """The public key in a proof's header, and its thumbprint. Raises InvalidProof."""
    if not isinstance(jwk, dict) or (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):
        raise InvalidProof("jwk: not a P-256 key")
    if not _PRIVATE_MEMBERS.isdisjoint(jwk):
        raise InvalidProof("jwk: a private key was sent")
    x, y = jwk.get("x"), jwk.get("y")
    try:
        numbers = ec.EllipticCurvePublicNumbers(_coordinate(x), _coordinate(y), ec.SECP256R1())
        return numbers.public_key(), jwk_thumbprint(str(x), str(y))
    except ValueError as error:
        raise InvalidProof("jwk: no point of the curve") from error


def _coordinate(text: object) -> int:
    """32 bytes as base64url in their one canonical spelling; another spelling would be a second thumbprint of one key."""
    if not isinstance(text, str) or not _COORDINATE.fullmatch(text):
        raise ValueError("not 43 characters of base64url")
    data = base64.urlsafe_b64decode(text + "=")
    if base64.urlsafe_b64encode(data).decode("ascii").rstrip("=") != text:
        raise ValueError("not canonical")
    return int.from_bytes(data, "big")
