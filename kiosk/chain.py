"""The chain of a kiosk's readings: does a reading follow the one before it? Pure.

Each enrolment numbers what it reads from 1 and names the digest of the reading before; the first names `genesis`. Readings
may arrive late and in any order: each is judged against the neighbours that are known. Source: security design §2.3.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Order(StrEnum):
    """How a reading stands to those that are known, as stored. FORK is never stored: it names a place that is taken.

    next: it follows the newest one. gap: one or more before it are missing. late: it fills a place that was missing.
    broken: it does not name the digest of its neighbour, or the neighbour not its.
    """

    NEXT = "next"
    GAP = "gap"
    LATE = "late"
    BROKEN = "broken"
    FORK = "fork"


@dataclass(frozen=True, slots=True)
class Link:
    """A reading's place in the chain. previous, digest: SHA-256 as unpadded base64url."""

    id: str
    n: int
    previous: str
    digest: str


def genesis(enrolment_id: str) -> str:
    """What the first reading of an enrolment names as the one before it."""
    return b64url(hashlib.sha256(f"doorstep-kiosk:{enrolment_id}".encode()).digest())


def judge_order(link: Link, known: Mapping[int, Link], *, newest: int, enrolment_id: str) -> Order:
    """Say how a reading stands that is not known yet. known: by n; at least its own place and both its neighbours.

    newest: the highest n so far, 0 for none.
    """
    if link.n in known:
        return Order.FORK
    before, after = known.get(link.n - 1), known.get(link.n + 1)
    digest_before = genesis(enrolment_id) if link.n == 1 else before.digest if before is not None else None
    if digest_before not in (None, link.previous) or (after is not None and after.previous != link.digest):
        return Order.BROKEN
    if link.n == newest + 1:
        return Order.NEXT
    return Order.GAP if link.n > newest else Order.LATE


def b64url(data: bytes) -> str:
    """Unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
