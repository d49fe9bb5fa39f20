"""A signed reading as it goes over the wire: a compact JWS of the kiosk's key over what it read. Pure.

What is signed and hashed are the characters that are sent, so nothing has to be brought into a canonical form. Field by field:
docs/kiosk.md. Source: RFC 7515; security design §2.3.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from kiosk.chain import Link, b64url
from server.accounts.tokens import InvalidToken, unverified_header, verified_claims
from sync_protocol.ids import is_id
from sync_protocol.wire import FIRST_INSTANT, LAST_INSTANT, SAFE_INTEGER

STATEMENT_TYPE = "kiosk-reading+jws"
MAX_STATEMENT_CHARS = 4096
TEXT_MOST = 500
SOURCES = ("camera", "wedge", "nfc")
MEMBERS = frozenset({"id", "enrolment", "n", "previous", "read_at", "source", "text", "nonce"})
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


class BadStatement(Exception):
    """Not a reading that this kiosk signed. The message says what is wrong with it, for logs and tests."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A reading whose signature holds.

    read_ms: milliseconds since 1970 by the kiosk's clock. text: what the card showed. nonce: None when offline.
    """

    link: Link
    enrolment_id: str
    read_ms: int
    source: str
    text: str
    nonce: str | None


def read_statement(signed: str, key: EllipticCurvePublicKey) -> Statement:
    """Read one. Raises BadStatement, and nothing else, whatever it is."""
    try:
        header = unverified_header(signed, MAX_STATEMENT_CHARS)
        if header != {"alg": "ES256", "typ": STATEMENT_TYPE}:
            raise BadStatement("header")
        said = verified_claims(signed, key, algorithms=["ES256"])
    except InvalidToken as error:
        raise BadStatement(error.reason) from error
    if said.keys() != MEMBERS:
        raise BadStatement("members")
    values: dict[str, Any] = said
    fits = (
        is_id(values["id"])
        and is_id(values["enrolment"])
        and _is_between(values["n"], 1, SAFE_INTEGER)
        and _is_between(values["read_at"], FIRST_INSTANT, LAST_INSTANT)
        and isinstance(values["previous"], str)
        and _DIGEST.fullmatch(values["previous"]) is not None
        and values["source"] in SOURCES
        and isinstance(values["text"], str)
        and len(values["text"]) <= TEXT_MOST
        and isinstance(values["nonce"], str | None)
    )
    if not fits:
        raise BadStatement("values")
    return Statement(
        link=Link(values["id"], values["n"], values["previous"], digest_of(signed)),
        enrolment_id=values["enrolment"],
        read_ms=values["read_at"],
        source=values["source"],
        text=values["text"],
        nonce=values["nonce"],
    )


def digest_of(signed: str) -> str:
    """What the next reading names: SHA-256 over the signed characters, `header.payload`; the signature is left out,
    because signing the same again gives another one.
    """
    return b64url(hashlib.sha256(signed.rpartition(".")[0].encode()).digest())


def public_key(jwk: dict[str, Any]) -> EllipticCurvePublicKey:
    """The key of a stored JWK."""
    key = jwt.PyJWK(jwk, algorithm="ES256").key
    assert isinstance(key, EllipticCurvePublicKey)  # noqa: S101 (it was judged when the kiosk enrolled)
    return key


def _is_between(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
