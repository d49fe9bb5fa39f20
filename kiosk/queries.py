"""SELECTs over kiosks and what they read: within one organisation and the actor's reach; none writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from kiosk.functions import READ
from kiosk.models import Kiosk, KioskReading
from server.core.access import Actor
from server.core.paging import Key, earlier
from server.core.problems import NOT_FOUND, Refused
from server.core.rows import c
from server.core.types import from_ms, to_ms
from server.membership.models import Card, SalesCentre


@dataclass(frozen=True, slots=True)
class KioskLine:
    """A kiosk with its sales centre's name."""

    kiosk: Kiosk
    centre_name: str


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A reading as the office sees it, with its true reason. card_number: of the card it speaks of."""

    id: str
    n: int
    read_at: datetime
    received_at: datetime
    is_live: bool
    source: str
    chain: str
    outcome: str
    reason: str | None
    flag: str | None
    card_id: str | None
    card_number: str | None
    arrival_id: str | None


def list_kiosks(connection: Connection, actor: Actor) -> list[KioskLine]:
    """Kiosks at sales centres within reach, by number. There are few."""
    k, s = c(Kiosk), c(SalesCentre)
    rows = connection.execute(
        select(*k, s.name.label("centre_name"))
        .join(SalesCentre.__table__, and_(s.org_id == k.org_id, s.id == k.sales_centre_id))
        .where(k.org_id == actor.org_id, actor.must(READ).condition(SalesCentre))
        .order_by(k.number)
    )
    return [_line(row) for row in rows]


def get_kiosk(connection: Connection, org_id: str, kiosk_id: str) -> KioskLine:
    """A kiosk that the caller has just changed. Raises Refused NOT_FOUND."""
    k, s = c(Kiosk), c(SalesCentre)
    row = connection.execute(
        select(*k, s.name.label("centre_name"))
        .join(SalesCentre.__table__, and_(s.org_id == k.org_id, s.id == k.sales_centre_id))
        .where(k.org_id == org_id, k.id == kiosk_id)
    ).first()
    if row is None:
        raise Refused(NOT_FOUND)
    return _line(row)


def reading_page(
    connection: Connection, actor: Actor, kiosk_id: str, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[list[ReadingLine], tuple[Key, Key] | None]:
    """What a kiosk within reach read, newest first, and the key to go on after. Raises Refused NOT_FOUND out of reach."""
    k, s, r, card = c(Kiosk), c(SalesCentre), c(KioskReading), c(Card)
    found = connection.execute(
        select(k.id)
        .join(SalesCentre.__table__, and_(s.org_id == k.org_id, s.id == k.sales_centre_id))
        .where(k.org_id == actor.org_id, k.id == kiosk_id, actor.must(READ).condition(SalesCentre))
    ).first()
    if found is None:
        raise Refused(NOT_FOUND)
    statement = (
        select(
            r.id, r.n, r.read_at, r.created_at, r.is_live, r.source, r.chain, r.outcome, r.reason, r.flag, r.card_id,
            card.number, r.arrival_id,
        )
        .outerjoin(Card.__table__, and_(card.org_id == r.org_id, card.id == r.card_id))
        .where(r.org_id == actor.org_id, r.kiosk_id == kiosk_id)
        .order_by(r.created_at.desc(), r.id.desc())
    )  # fmt: skip
    if after is not None:
        statement = statement.where(earlier((r.created_at, r.id), (from_ms(after[0]), after[1])))
    lines = [ReadingLine(*tuple(row)) for row in connection.execute(statement.limit(limit + 1))]
    if len(lines) <= limit:
        return lines, None
    return lines[:limit], (to_ms(lines[limit - 1].received_at), lines[limit - 1].id)


def _line(row: Any) -> KioskLine:
    *values, name = row
    return KioskLine(Kiosk(**dict(zip(Kiosk.__names__, values, strict=True))), name)
