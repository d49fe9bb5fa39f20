"""The refresh token and its family: what one looks like, and what presenting one means. Pure: no clock, no table.

A family is one signed-in device. Its tokens are numbered; token n is `b64url(HMAC-SHA256(K_r, family ‖ n ‖ salt))`, so the
server can derive any of them again and stores none: the family's row holds the salt and n, the number issued last.

Presenting the last token uses it up by issuing n+1; so the last is always unused, and n alone remembers everything:

    presented   is                                                      verdict
    n           the token issued last                                   Rotate(n+1): store n+1, answer token n+1
    n-1         a retry: the answer that carried n was lost, or two     Repeat(n): answer the very same token n
                requests of one device ran side by side
    < n-1       with a proof made after the family last moved: two      Theft: revoke the family
                hands hold it, n-1 was used and one of them goes back
    < n-1       with an older proof: a request of the device that the   Late: change nothing
                network held back while its successors were answered
    > n         issued before the server was restored from a backup     Rotate: the device goes on, nothing is lost

This is safe only after the device's proof has been verified (proof.py): without the key a thief who keeps pace with the
device would be handed the same successors unseen. A proof counts once (operations/proofs.py), so a request that the network
doubles never gets this far, and one older than PROOF_WINDOW does not either. The device's side of it: one store for all its
tabs, and no second refresh sooner than its clock may be fast, so that its own late request is older than what overtook it.
Source: docs/security, “Sessions and devices”; docs/decisions/0017-refresh-tokens-are-derived.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from server.accounts.tokens import InvalidToken

ABSOLUTE_LIFE = timedelta(days=90)
"""A family ends this long after signing in, however busy. The end itself is outside."""

IDLE_LIFE = timedelta(days=30)
"""A family ends this long after its last Rotate or Repeat. The end itself is outside."""

SALT_BYTES = 16
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TOKEN = re.compile(rf"dr1\.({_UUID})\.({_UUID})\.([1-9][0-9]{{0,17}})\.([A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token taken apart. The organisation stands in it so that it is known before anything is looked up."""

    org_id: str
    family_id: str
    n: int
    mac: str


@dataclass(frozen=True, slots=True)
class FamilyState:
    """What the row of a family says. All instants aware UTC, of the server's clock.

    key_id: which K_r its tokens are derived with; a new K_r serves new families, an old one is kept ABSOLUTE_LIFE.
    salt: SALT_BYTES of the system's randomness, minted with the family.
    n: number of the token issued last; 1 at sign-in.
    renewed_at: the last Rotate or Repeat, at first created_at.
    """

    org_id: str
    family_id: str
    key_id: str
    salt: bytes
    n: int
    created_at: datetime
    renewed_at: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Rotate:
    """Store `n = next_n, renewed_at = now` where n is still what was read, then answer token `next_n`.

    When that update touches no row, another request of the same device was first: read the row and judge again.
    """

    next_n: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """Answer token `same_n` again; store `renewed_at = now` only. No lost answer may log a device out."""

    same_n: int


@dataclass(frozen=True, slots=True)
class Theft:
    """Revoke the family and its session, tell its user and the office. `n` was presented after its successor was used."""

    n: int


@dataclass(frozen=True, slots=True)
class Late:
    """Change nothing: the proof is older than the last move of the family, so this is no word of anybody's now.

    Whoever does hold the family with another hand has to come with a newer proof, and is noticed then.
    """

    n: int


@dataclass(frozen=True, slots=True)
class Expired:
    """The family ended by age or idleness: sign in again. The enrolment, its queue and its ledger stay."""

    limit: Literal["absolute", "idle"]


@dataclass(frozen=True, slots=True)
class Invalid:
    """Not a token of this family, or of one revoked. Change nothing: anybody can send this. `reason` is for logs."""

    reason: str


Verdict = Rotate | Repeat | Theft | Late | Expired | Invalid


def refresh_token(state: FamilyState, n: int, keys: Mapping[str, bytes]) -> str:
    """The text of token `n` of a family; the same for the same arguments for ever.

    keys: K_r by key id, 32 bytes or more each. Raises KeyError when the family's key is not among them.
    """
    return f"dr1.{state.org_id}.{state.family_id}.{n}.{_mac(state, n, keys[state.key_id])}"


def parse_refresh(text: str) -> RefreshToken:
    """Take a refresh token apart; nothing of it is believed yet. Raises InvalidToken."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        raise InvalidToken("not a refresh token")
    org_id, family_id, n, mac = found.groups()
    return RefreshToken(org_id, family_id, int(n), mac)


def judge_refresh(
    state: FamilyState, presented: RefreshToken, proved_at: datetime, now: datetime, keys: Mapping[str, bytes]
) -> Verdict:
    """Decide what presenting a token to its family means; the table is at the top of this module.

    proved_at: when the proof that came with it was made, by the device's clock (DeviceProof.made_at). Call it with the row as locked or as guarded by the update's WHERE, after the device's proof holds. A forged token
    never harms a family: it is Invalid whatever its number.
    """
    key = keys.get(state.key_id)
    if key is None:
        return Invalid("key is gone")
    if (presented.org_id, presented.family_id) != (state.org_id, state.family_id):
        return Invalid("another family")
    if not hmac.compare_digest(presented.mac, _mac(state, presented.n, key)):
        return Invalid("forged")
    if state.revoked:
        return Invalid("revoked")
    if now >= state.created_at + ABSOLUTE_LIFE:
        return Expired("absolute")
    if now >= state.renewed_at + IDLE_LIFE:
        return Expired("idle")
    if presented.n >= state.n:
        return Rotate(presented.n + 1)
    if presented.n == state.n - 1:
        return Repeat(state.n)
    if proved_at <= state.renewed_at:
        return Late(presented.n)
    return Theft(presented.n)


def token_hash(token: str) -> str:
    """`b64url(SHA-256(token))`, unpadded: how a device's proof names the token it was made for (RFC 9449, `ath`)."""
    return _b64url(hashlib.sha256(token.encode(errors="surrogatepass")).digest())


def _mac(state: FamilyState, n: int, key: bytes) -> str:
    # Each part has one length, so no two (family, n, salt) make the same message.
    message = state.family_id.encode("ascii") + n.to_bytes(8, "big") + state.salt
    return _b64url(hmac.digest(key, message, "sha256"))


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
