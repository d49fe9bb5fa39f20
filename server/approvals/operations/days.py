"""The id of what one person approved of a topic in a day. Derived, so that a batch loads its rows by id like all others."""

from __future__ import annotations

import hashlib
from datetime import date
from uuid import UUID


def approval_day_id(user_id: str, topic: str, currency: str, on: date) -> str:
    """RFC 9562, version 8: the same for the same person, topic, currency and day."""
    digest = hashlib.sha256(f"{user_id}|{topic}|{currency}|{on.isoformat()}".encode()).digest()
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | 8 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=number))
