"""One-time codes: said aloud or typed once, to set a new password, to enrol a device or a kiosk. Pure: values in and out.

Eight characters of Crockford's base32 (40 bits), ten minutes, five tries, one use. Only a keyed hash is kept: 40 bits alone
would be found in seconds by whoever reads the table. Source: docs/security, “Device key”.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from server.core.problems import problem_type

CODE_REFUSED = problem_type(
    "accounts.code-refused",
    status=403,
    zh="验证码错误或已失效，请重新获取。",
    en="The code is wrong or no longer valid. Please ask for a new one.",
    doc="One answer for wrong, expired, used up and unknown, so that trying teaches nothing.",
)

CODE_LIFE = timedelta(minutes=10)
"""A code is good for this long after it was issued; the end itself is outside."""

CODE_TRIES = 5
ENTROPY_BYTES = 5
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MAX_TYPED = 40
_MEANT = str.maketrans("ILO", "110", " -")


class CodePurpose(StrEnum):
    """What a code opens. One issued for one purpose opens nothing else."""

    RESET = "reset"
    ENROL = "enrol"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class CodeState:
    """What the row of a code says. hash: of `code_hash`. tries: made so far, the present one not counted."""

    hash: str
    issued_at: datetime
    tries: int = 0
    used: bool = False


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    """Mark it used where it is not yet, and go on only if that update touched the row."""


@dataclass(frozen=True, slots=True)
class CodeWrong:
    """Not the code. The try was counted; `tries_left` is for logs and for deciding whom to tell."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class CodeClosed:
    """Nothing opens with this row any more; the try was not even compared."""

    reason: Literal["used", "tries", "expired"]


def code_from(entropy: bytes) -> str:
    """The code that ENTROPY_BYTES of the system's randomness spell. Raises ValueError for another number of bytes."""
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"a code is made of {ENTROPY_BYTES} bytes")
    number = int.from_bytes(entropy, "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))


def spell_code(typed: str) -> str | None:
    """A typed code as it was issued; None if it can be none. Forgiven: small or full-width letters, I, L, O, spaces, -."""
    narrow = unicodedata.normalize("NFKC", typed) if len(typed) <= _MAX_TYPED else ""
    code = narrow.upper().translate(_MEANT) if narrow.isascii() else ""
    return code if re.fullmatch(f"[{_ALPHABET}]{{8}}", code) else None


def code_hash(key: bytes, purpose: CodePurpose, org_id: str, subject_id: str, code: str) -> str:
    """What is kept of a code: hex HMAC-SHA-256, good for one purpose, organisation and subject (user, device or kiosk)."""
    return hmac.digest(key, f"{purpose}|{org_id}|{subject_id}|{code}".encode(), "sha256").hex()


def judge_code(state: CodeState, presented_hash: str | None, now: datetime) -> CodeAccepted | CodeWrong | CodeClosed:
    """Decide about one try. presented_hash: `code_hash` of what was typed; None when `spell_code` found no code in it.

    Count the try, and commit that, before comparing (`SET tries = tries + 1 WHERE tries = :seen`): tries made side by side
    would else share one number. A typing that can be no code counts too.
    """
    if state.used:
        return CodeClosed("used")
    if state.tries >= CODE_TRIES:
        return CodeClosed("tries")
    if now >= state.issued_at + CODE_LIFE:
        return CodeClosed("expired")
    if presented_hash is None or not hmac.compare_digest(presented_hash, state.hash):
        return CodeWrong(CODE_TRIES - state.tries - 1)
    return CodeAccepted()
