"""What a kiosk read, judged: whose card it is, whether it opens a greeting, and the check-in that follows. By batch.

A fixed number of statements, however many readings; the cards are locked, so of readings side by side each is judged after
the one before it. Unique constraints of card_uses stand behind that. Source: docs/rules/cards.md; docs/rules/membership.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select, tuple_

from server.core.clock import day_in
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.models import Customer
from server.membership import rules
from server.membership.card_keys import CardKeys
from server.membership.cards.reading import Reading, Unreadable
from server.membership.events import MemberArrived
from server.membership.models import Arrival, Card, CardUse, Member, SalesCentre
from server.membership.operations.arrivals import Coming, check_in
from server.membership.recognition import KIND_OF, Recognised, judge, recognise
from server.membership.transitions import CardState


@dataclass(frozen=True, slots=True)
class Shown:
    """One text that a kiosk read. at: the server's time for a live reading, else as the kiosk signed it."""

    text: str
    at: datetime
    is_live: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it. arrival: None when it opened nothing; `reason` then says why, to the office alone.

    card: the card it speaks of, also a lost one. flag: `jump` or `elsewhere`, taken but looked at.
    """

    arrival: Arrival | None = None
    card: Card | None = None
    reason: str | None = None
    flag: str | None = None


class _Genuine(NamedTuple):
    """A reading of an active card that is not used up yet."""

    place: int
    card: Card
    reading: Reading


def take_readings(
    uow: UnitOfWork, centre: SalesCentre, kiosk_id: str, shown: Sequence[Shown], keys: CardKeys
) -> list[Taken]:
    """Judge readings in their order; each gives one Taken. Records MemberArrived for each new arrival.

    Of one card at one sales centre within DEBOUNCE there is one arrival: later readings of it get the same one.
    """
    found = [recognise(each.text, org_id=uow.org_id, keys=keys) for each in shown]
    cards = _cards(uow, found)
    taken = [Taken() for _ in shown]
    genuine: list[_Genuine] = []
    for place, (each, recognised) in enumerate(zip(shown, found, strict=True)):
        card = cards.get(recognised.uid or recognised.card_ref)
        reading = _reading(uow, recognised, card, each.at, keys)
        reason = reading if isinstance(reading, str) else _why_not(uow, card, each.at)
        taken[place] = Taken(card=card, reason=reason)
        if reason is None and card is not None and isinstance(reading, Reading):
            genuine.append(_Genuine(place, card, reading))
    used = _used(uow, genuine)
    fresh: list[_Genuine] = []
    for one in genuine:
        reason, flag = _use(uow, one, used, shown[one.place])
        taken[one.place] = Taken(card=one.card, reason=reason, flag=flag)
        if reason is None:
            fresh.append(one)
    if fresh:
        _arrive(uow, centre, kiosk_id, fresh, shown, taken)
    return taken


def _cards(uow: UnitOfWork, found: Iterable[Recognised]) -> dict[str, Card]:
    """UID or card_ref → card, of all that are spoken of, locked in the order of ids. One statement, also for none."""
    columns = c(Card)
    refs = sorted({each.card_ref for each in found})
    uids = sorted({each.uid for each in found if each.uid is not None})
    loaded = uow.find(Card, or_(columns.card_ref.in_(refs), columns.uid.in_(uids)))
    return {each.uid or each.card_ref: each for each in loaded}


def _reading(uow: UnitOfWork, found: Recognised, card: Card | None, at: datetime, keys: CardKeys) -> Reading | str:
    """The reading, or the reason why it is none."""
    kind = "phone" if found.shown is not None else KIND_OF[found.reading.kind] if found.reading is not None else None
    is_known = card is not None and card.kind == kind
    try:
        return judge(found, org_id=uow.org_id, keys=keys, is_known=is_known, at=at)
    except Unreadable as unreadable:
        return unreadable.reason


def _why_not(uow: UnitOfWork, card: Card | None, at: datetime) -> str | None:
    if card is None:
        return "key"
    if card.state != CardState.ACTIVE:
        return card.state
    if card.expires_on is not None and day_in(uow.actor.timezone, at) > card.expires_on:
        return CardState.EXPIRED.value
    return None


def _used(uow: UnitOfWork, genuine: Iterable[_Genuine]) -> set[tuple[str, int]]:
    """(card, counter) of those readings that were taken before. One statement, also for none."""
    pairs = [(each.card.id, each.reading.counter) for each in genuine if each.reading.counter is not None]
    u = c(CardUse)
    statement = select(u.card_id, u.counter).where(u.org_id == uow.org_id, tuple_(u.card_id, u.counter).in_(pairs))
    return {(str(card_id), counter) for card_id, counter in uow.connection.execute(statement)}


def _use(uow: UnitOfWork, each: _Genuine, used: set[tuple[str, int]], shown: Shown) -> tuple[str | None, str | None]:
    """Use a reading up. Returns why it cannot be, and what is to be looked at. Rule K6."""
    card, counter = each.card, each.reading.counter
    if counter is None:
        return None, None
    if (card.id, counter) in used:
        return "used", None
    flag = None
    if each.reading.kind == "ntag424":
        # A chip's counter only rises, but for taps out of the kiosk's signed queue, each of which is taken once.
        if counter <= card.counter and shown.is_live:
            return "replayed", None
        flag = "jump" if card.counter >= 0 and counter - card.counter > rules.BIG_JUMP else None
        uow.change(card, counter=max(card.counter, counter))
    used.add((card.id, counter))
    uow.add(CardUse(card_id=card.id, counter=counter, used_at=shown.at))
    return None, flag


def _arrive(
    uow: UnitOfWork,
    centre: SalesCentre,
    kiosk_id: str,
    fresh: Sequence[_Genuine],
    shown: Sequence[Shown],
    taken: list[Taken],
) -> None:
    recent = _recent(uow, fresh, shown)
    uow.preload(Member, {each.card.member_id for each in fresh})
    uow.preload(Customer, {each.card.customer_id for each in fresh})
    for each in fresh:
        at, flag = shown[each.place].at, taken[each.place].flag
        near = [row for row in recent if row.card_id == each.card.id and rules.is_same_arrival(row.arrived_at, at)]
        arrival = next((row for row in near if row.sales_centre_id == centre.id), None)
        if any(row.sales_centre_id != centre.id for row in near):
            flag = "elsewhere"
        if arrival is None:
            arrival = _check_in(uow, centre, kiosk_id, each, shown[each.place])
            recent.append(arrival)
        taken[each.place] = Taken(arrival, each.card, flag=flag)


def _recent(uow: UnitOfWork, fresh: Sequence[_Genuine], shown: Sequence[Shown]) -> list[Arrival]:
    """Arrivals of these cards near the times of these readings, at any sales centre. One statement."""
    a = c(Arrival)
    times = [shown[each.place].at for each in fresh]
    return uow.find(
        Arrival,
        a.card_id.in_(sorted({each.card.id for each in fresh})),
        a.arrived_at > min(times) - rules.DEBOUNCE,
        a.arrived_at < max(times) + rules.DEBOUNCE,
    )


def _check_in(uow: UnitOfWork, centre: SalesCentre, kiosk_id: str, each: _Genuine, shown: Shown) -> Arrival:
    member = uow.must(Member, each.card.member_id)
    customer = uow.must(Customer, each.card.customer_id)
    arrival = check_in(
        uow,
        centre,
        customer,
        Coming(
            kiosk_id=kiosk_id,
            name=customer.name,
            via="card",
            at=shown.at,
            card_id=each.card.id,
            tier=member.tier,
            is_late=not shown.is_live,
            is_proved=each.reading.kind != "printed",
        ),
    )
    uow.record(
        MemberArrived(
            customer.id,
            customer.owner_id,
            arrival.id,
            centre.id,
            arrival.arrived_at,
            late=arrival.is_late,
            is_waiting=arrival.state == "waiting",
        )
    )
    return arrival
