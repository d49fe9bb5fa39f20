"""What a kiosk signed, taken: read, put in its place in the chain, judged, answered. By batch; a statement more or less
does not follow from what was shown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from kiosk.chain import Link, Order, judge_order
from kiosk.events import ChainBroken, ReadingRefused
from kiosk.models import Kiosk, KioskReading
from kiosk.statements import BadStatement, Statement, public_key, read_statement
from server.accounts.authentication import SESSION_ENDED
from server.core.auth import KioskCaller
from server.core.problems import Refused
from server.core.rows import c
from server.core.types import from_ms
from server.core.uow import UnitOfWork
from server.customers.models import PersonName
from server.membership.card_keys import CardKeys
from server.membership.models import Arrival, SalesCentre
from server.membership.operations.readings import Shown, Taken, take_readings

CLOCK_SLACK = timedelta(minutes=2)
"""How far the signed time of a live reading may lie from the server's, either way; both ends are inside."""
QUEUE_LIFE = timedelta(hours=24)
"""A reading that waited longer is not believed. Its end is inside."""
QUEUE_MOST = 500
"""Readings that a kiosk may bring out of its queue within QUEUE_LIFE."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the kiosk is told. outcome: welcome, refused, or rejected for what is no reading of its chain.

    id: None when it could not be read. name: masked.
    """

    id: str | None
    outcome: str
    name: str | None = None
    tier: str | None = None


@dataclass(slots=True)
class _Judged:
    """A new reading on its way. early: why it is not even looked at."""

    statement: Statement
    read_at: datetime
    order: Order
    is_live: bool
    early: str | None = None
    taken: Taken = dataclasses.field(default_factory=Taken)


def take(
    uow: UnitOfWork,
    caller: KioskCaller,
    signed: Sequence[str],
    *,
    keys: CardKeys,
    is_fresh: Callable[[str | None], bool],
) -> tuple[list[Answer], Kiosk]:
    """Take signed readings in their order: one Answer each, and the kiosk with the newest place of its chain.

    is_fresh: whether a nonce is one of ours for this enrolment. A reading that was taken before gets the same answer.
    Raises Refused SESSION_ENDED when the kiosk got another key meanwhile. Source: rules Q3 to Q6.
    """
    kiosk = uow.get(Kiosk, caller.kiosk_id)
    if kiosk is None or kiosk.enrolment_id != caller.enrolment_id or kiosk.state != "active":
        raise Refused(SESSION_ENDED)
    statements = _read(kiosk, signed)
    known = _known(uow, kiosk, [each for each in statements if each is not None])
    answers: list[Answer | None] = []
    fresh: list[_Judged] = []
    for statement in statements:
        earlier = None if statement is None else known.by_id.get(statement.link.id)
        if statement is None or (earlier is not None and earlier.digest != statement.link.digest):
            answers.append(Answer(None if statement is None else statement.link.id, "rejected"))
            continue
        answers.append(None)
        if earlier is not None:
            continue
        order = judge_order(statement.link, known.by_n, newest=kiosk.last_n, enrolment_id=caller.enrolment_id)
        if order != Order.NEXT:
            uow.record(ChainBroken(kiosk.id, caller.enrolment_id, statement.link.n, order.value))
        if order == Order.FORK:
            answers[-1] = Answer(statement.link.id, "rejected")
            continue
        read_at = from_ms(statement.read_ms)
        is_live = is_fresh(statement.nonce) and abs(uow.now - read_at) <= CLOCK_SLACK
        fresh.append(_Judged(statement, read_at, order, is_live))
        known.add(statement.link)
        if statement.link.n > kiosk.last_n:
            uow.change(kiosk, last_n=statement.link.n, last_digest=statement.link.digest)
    _refuse_early(uow, kiosk, fresh)
    _judge(uow, caller, fresh, keys)
    for each in fresh:
        known.rows[each.statement.link.id] = _keep(uow, kiosk, each)
    told = _told(uow, known.rows)
    given = [
        told[statement.link.id] if answer is None and statement is not None else answer
        for answer, statement in zip(answers, statements, strict=True)
    ]
    return [each for each in given if each is not None], kiosk


@dataclass(slots=True)
class _Known:
    """Readings that are there already, and those of this batch."""

    by_id: dict[str, Link]
    by_n: dict[int, Link]
    rows: dict[str, KioskReading]

    def add(self, link: Link) -> None:
        self.by_id[link.id] = self.by_n[link.n] = link


def _read(kiosk: Kiosk, signed: Iterable[str]) -> list[Statement | None]:
    key = public_key(kiosk.public_jwk)
    found: list[Statement | None] = []
    for each in signed:
        try:
            statement = read_statement(each, key)
        except BadStatement:
            found.append(None)
        else:
            found.append(statement if statement.enrolment_id == kiosk.enrolment_id else None)
    return found


def _known(uow: UnitOfWork, kiosk: Kiosk, statements: Sequence[Statement]) -> _Known:
    """What is known of these readings and of their neighbours. One statement."""
    r = c(KioskReading)
    places = sorted({each.link.n + step for each in statements for step in (-1, 0, 1)})
    ids = sorted({each.link.id for each in statements})
    statement = select(KioskReading.__table__).where(
        r.org_id == uow.org_id, or_(and_(r.enrolment_id == kiosk.enrolment_id, r.n.in_(places)), r.id.in_(ids))
    )
    known = _Known({}, {}, {})
    for row in uow.connection.execute(statement):
        reading = KioskReading(**row._mapping)
        link = Link(reading.id, reading.n, reading.previous, reading.digest)
        known.by_id[link.id] = link
        if reading.enrolment_id == kiosk.enrolment_id:
            known.by_n[link.n] = link
        if reading.id in ids:
            known.rows[reading.id] = reading
    return known


def _refuse_early(uow: UnitOfWork, kiosk: Kiosk, fresh: Sequence[_Judged]) -> None:
    """What no card is asked about: a clock ahead, too long in the queue, more than a queue may hold. Rule Q5."""
    queued = [each for each in fresh if not each.is_live]
    if not queued:
        return
    r = c(KioskReading)
    before = uow.connection.execute(
        select(func.count())
        .select_from(KioskReading.__table__)
        .where(
            r.org_id == uow.org_id, r.kiosk_id == kiosk.id, r.created_at > uow.now - QUEUE_LIFE, r.is_live.is_(False)
        )
    ).scalar_one()
    for place, each in enumerate(queued):
        age = uow.now - each.read_at
        if age < -CLOCK_SLACK:
            each.early = "clock"
        elif age > QUEUE_LIFE:
            each.early = "too-old"
        elif before + place >= QUEUE_MOST:
            each.early = "over-cap"


def _judge(uow: UnitOfWork, caller: KioskCaller, fresh: Sequence[_Judged], keys: CardKeys) -> None:
    asked = [each for each in fresh if each.early is None]
    if not asked:
        return
    shown = [
        Shown(each.statement.text, uow.now if each.is_live else min(each.read_at, uow.now), each.is_live)
        for each in asked
    ]
    s = c(SalesCentre)
    found = uow.connection.execute(
        select(SalesCentre.__table__).where(s.org_id == uow.org_id, s.id == caller.sales_centre_id)
    ).one()
    centre = SalesCentre(**found._mapping)
    for each, taken in zip(asked, take_readings(uow, centre, caller.kiosk_id, shown, keys), strict=True):
        each.taken = taken


def _keep(uow: UnitOfWork, kiosk: Kiosk, each: _Judged) -> KioskReading:
    link, taken = each.statement.link, each.taken
    reason = each.early or taken.reason
    card_id = None if taken.card is None else taken.card.id
    reading = uow.add(
        KioskReading(
            id=link.id,
            kiosk_id=kiosk.id,
            enrolment_id=each.statement.enrolment_id,
            n=link.n,
            previous=link.previous,
            digest=link.digest,
            read_at=each.read_at,
            is_live=each.is_live,
            source=each.statement.source,
            chain=each.order.value,
            outcome="welcome" if taken.arrival is not None else "refused",
            reason=reason,
            flag=taken.flag,
            card_id=card_id,
            arrival_id=None if taken.arrival is None else taken.arrival.id,
        )
    )
    if reason is not None:
        uow.record(ReadingRefused(reading.id, kiosk.id, reason, card_id))
    return reading


def _told(uow: UnitOfWork, rows: dict[str, KioskReading]) -> dict[str, Answer]:
    """The answer to each reading, from its row and its arrival: the same whenever it is asked for."""
    uow.preload(Arrival, {row.arrival_id for row in rows.values() if row.arrival_id is not None})
    told: dict[str, Answer] = {}
    for row in rows.values():
        arrival = None if row.arrival_id is None else uow.get(Arrival, row.arrival_id)
        if arrival is None:
            told[row.id] = Answer(row.id, "refused")
        else:
            told[row.id] = Answer(row.id, "welcome", PersonName().mask(arrival.customer_name), arrival.tier)
    return told
