"""The key of a simulated device and the proofs it signs (RFC 9449). For `doorstep demo day` and for tests.

Stands for what a phone keeps in its keystore and a browser as a non-extractable WebCrypto key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A P-256 key pair of one installation."""

    private_key: ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls) -> DeviceKey:
        """A new random key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> DeviceKey:
        """The key that `pem` wrote. Raises ValueError for anything but an unencrypted P-256 private key."""
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("not a P-256 private key")
        return cls(key)

    def pem(self) -> bytes:
        """The private key as unencrypted PKCS #8, so that a simulated device can be stopped and started."""
        return self.private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def jwk(self) -> dict[str, str]:
        """The public key as a JWK with its required members only."""
        numbers = self.private_key.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": _b64url(numbers.x.to_bytes(32, "big")),
            "y": _b64url(numbers.y.to_bytes(32, "big")),
        }

    def thumbprint(self) -> str:
        """The RFC 7638 thumbprint: the name under which the server knows this key."""
        canonical = json.dumps(self.jwk(), separators=(",", ":"), sort_keys=True)
        return _b64url(hashlib.sha256(canonical.encode("ascii")).digest())

    def sign_proof(
        self,
        method: str,
        url: str,
        at: datetime,
        *,
        refresh_token: str | None = None,
        access_token: str | None = None,
        jti: str | None = None,
    ) -> str:
        """Sign a proof for one request: the value of its `DPoP` header.

        at: the device's clock, aware, corrected by what it knows of the server's. A new jti is drawn for each proof; a
        request that is sent again needs a new proof.
        """
        claims: dict[str, str | int] = {
            "jti": jti or secrets.token_urlsafe(16),
            "htm": method,
            "htu": url.partition("#")[0].partition("?")[0],
            "iat": int(at.timestamp()),
        }
        for name, token in (("rth", refresh_token), ("ath", access_token)):
            if token is not None:
                claims[name] = _b64url(hashlib.sha256(token.encode()).digest())
        headers = {"typ": "dpop+jwt", "jwk": self.jwk()}
        return jwt.encode(claims, self.private_key, algorithm="ES256", headers=headers)


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
