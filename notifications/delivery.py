"""Calling somebody: through his devices, and where none could be reached, by mail or text message (rules N5, N6).

A job's steps: look whether there is still something to say; write down what is about to be sent; send, outside any
transaction; write down what came of it. Whoever takes the job over after a crash finds what was under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, select

from notifications.channels import SEND_TIMEOUT, End, Message, Result, Sender
from notifications.models import Delivery, PushTarget
from notifications.people import Person
from notifications.rules import LATE, Channel, DeliveryState, TargetKind, collapse_id
from server.accounts.models import Device, Session
from server.core import logs
from server.core.jobs import Backoff, Later, RunningJob
from server.core.rows import c
from server.core.uow import UnitOfWork

log = logs.logger("notifications")

LEASE = 3 * SEND_TIMEOUT
BACKOFF = Backoff(timedelta(seconds=5), timedelta(minutes=10))
FALLBACK_AFTER = timedelta(minutes=5)
"""How long devices that could not be reached for the moment are tried before mail or a text message takes their place."""
PUSHES = (Channel.WEBPUSH, Channel.FCM)
_OPEN = (DeliveryState.LATER, DeliveryState.UNKNOWN, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Call:
    """What one person is called about. key: rule N5's message; collapse id and deliveries hang on it.

    pushes: whether his devices are. fallback: channel and address, in his order.
    """

    key: str
    person: Person
    notice_id: str | None
    text: str
    useful_for: timedelta
    pushes: bool
    fallback: Sequence[tuple[Channel, str]]


@dataclass(frozen=True, slots=True)
class Sending:
    """One delivery that is about to be sent."""

    delivery_id: str
    channel: Channel
    end: End


Settle = Callable[[UnitOfWork, str], None]
"""What is done with a call's outcome, in the transaction that settles it.

told; unknown: a person has to look; away: every way was away for long; unreached: there is none, or all refused.
"""


def begun_before(uow: UnitOfWork, message: str) -> bool:
    """Whether somebody was being called about it already: the job was cut off, or waited for a service that was away."""
    d = c(Delivery)
    statement = select(d.id).where(d.org_id == uow.org_id, d.message == message).limit(1)
    return uow.connection.execute(statement).first() is not None


def lay_down(uow: UnitOfWork, message: str) -> str:
    """Call nobody about it any more. Returns its outcome so far: told, unknown, or unreached."""
    rows = uow.find(Delivery, c(Delivery).message == message)
    for row in rows:
        if row.state in _OPEN and not _must_be_looked_at(uow, row):
            uow.change(row, state=DeliveryState.DROPPED.value)
    return _outcome(rows)


class Caller:
    """One call, in the hands of a job. settle: told how it ended."""

    def __init__(self, job: RunningJob, channels: Mapping[Channel, Sender], call: Call, settle: Settle) -> None:
        self._job = job
        self._settle = settle
        self._waits: list[timedelta] = []
        self._was_away = False
        self._channels = channels
        self._call = call
        self._message = Message(
            id=collapse_id(call.key),
            text=call.text,
            link=f"{job.services.settings.public_url}/app/",
            locale=call.person.locale,
            useful_for=call.useful_for,
        )

    def begin(self, uow: UnitOfWork) -> list[Sending]:
        """Write down what is sent first: to his devices, or where that has been tried, what takes their place."""
        rows = self._rows(uow)
        if not self._is_overdue(uow, rows):
            targets = self._targets(uow) if self._call.pushes else []
            if sendings := [each for end in targets if (each := self._prepare(uow, rows, *end)) is not None]:
                return sendings
        return self._fall_back(uow, rows)

    def run(self, sendings: list[Sending]) -> str:
        """Send, write down, and go on until it is told, given up, or has to wait (Later). Settles the job."""
        while True:
            results: list[Result] = []
            for place, each in enumerate(sendings):
                if place:
                    self._job.progress(place, len(sendings))
                results.append(self._channels[each.channel].send(each.end, self._message))
            with self._job.writing() as uow:
                self._note(uow, sendings, results)
                sendings = self._next(uow)
                if not sendings:
                    return self.finish(uow)
                self._job.commit(uow)

    def finish(self, uow: UnitOfWork) -> str:
        """Nothing can be sent, or not any more. Settles the job."""
        outcome = _outcome(self._rows(uow).values())
        if outcome == "unreached" and self._was_away:
            outcome = "away"
        self._settle(uow, outcome)
        self._job.finish_in(uow, {"outcome": outcome})
        return outcome

    # -- what is sent ----------------------------------------------------------------------------------------------

    def _rows(self, uow: UnitOfWork) -> dict[tuple[str, str], Delivery]:
        found = uow.find(Delivery, c(Delivery).message == self._call.key)
        return {(row.channel, row.target): row for row in found}

    def _targets(self, uow: UnitOfWork) -> list[tuple[Channel, str, End]]:
        """His devices that may be pushed to: in service, and with a session of his."""
        t, d, s = c(PushTarget), c(Device), c(Session)
        his = and_(s.org_id == t.org_id, s.device_id == t.device_id, s.user_id == t.user_id)
        is_signed_in = exists().where(his, s.revoked_at.is_(None), s.expires_at > uow.now)
        statement = (
            select(t.id, t.kind, t.endpoint, t["keys"].label("secrets"))
            .join(Device.__table__, and_(d.org_id == t.org_id, d.id == t.device_id))
            .where(t.org_id == uow.org_id, t.user_id == self._call.person.id, d.state == "active", is_signed_in)
            .order_by(t.id)
        )
        found = []
        for row in uow.connection.execute(statement):
            channel = Channel.WEBPUSH if row.kind == TargetKind.WEBPUSH else Channel.FCM
            if channel in self._channels:
                found.append((channel, row.id, End(row.kind, row.endpoint, tuple(sorted(row.secrets.items())))))
        return found

    def _prepare(
        self, uow: UnitOfWork, rows: dict[tuple[str, str], Delivery], channel: Channel, target: str, end: End
    ) -> Sending | None:
        """Write down that it is under way; None when it has come to its end already."""
        row = rows.get((channel, target))
        if row is None:
            row = uow.add(
                Delivery(
                    user_id=self._call.person.id,
                    notice_id=self._call.notice_id,
                    message=self._call.key,
                    channel=channel.value,
                    target=target,
                )
            )
            rows[channel, target] = row
            return Sending(row.id, channel, end)
        if row.state not in _OPEN or _must_be_looked_at(uow, row):
            return None
        uow.change(row, state=DeliveryState.SENDING.value, attempts=row.attempts + 1)
        return Sending(row.id, channel, end)

    def _fall_back(self, uow: UnitOfWork, rows: dict[tuple[str, str], Delivery]) -> list[Sending]:
        """The next channel that takes the place of a push, or nothing: told, given up or unknown."""
        if any(row.state == DeliveryState.SENT for row in rows.values()):
            return []
        for channel, address in self._call.fallback:
            if channel not in self._channels:
                continue
            sending = self._prepare(uow, rows, channel, channel.value, End(channel.value, address))
            if sending is not None:
                self._drop_pushes(uow, rows)  # else he would be called twice
                return [sending]
            if rows[channel, channel.value].state == DeliveryState.UNKNOWN:
                return []
        return []

    def _drop_pushes(self, uow: UnitOfWork, rows: Mapping[tuple[str, str], Delivery]) -> None:
        for row in rows.values():
            if row.channel in PUSHES and row.state in _OPEN:
                uow.change(row, state=DeliveryState.DROPPED.value)

    # -- what came of it -------------------------------------------------------------------------------------------

    def _note(self, uow: UnitOfWork, sendings: Sequence[Sending], results: Sequence[Result]) -> None:
        uow.preload(Delivery, [each.delivery_id for each in sendings])
        gone: list[str] = []
        for each, result in zip(sendings, results, strict=True):
            row = uow.must(Delivery, each.delivery_id)
            uow.change(row, state=result.state.value, code=result.code)
            if result.state is DeliveryState.GONE and each.channel in PUSHES:
                gone.append(row.target)
            if result.is_ours:
                log.error("channel needs the operator", kind=each.channel.value, code=result.code)
        self._waits = [each.retry_after for each in results if each.retry_after is not None]
        uow.preload(PushTarget, gone)
        for target_id in gone:
            target = uow.get(PushTarget, target_id)
            ends = {each.end.address for each in sendings if each.channel in PUSHES}
            if target is not None and target.endpoint in ends:  # not one that was renewed meanwhile
                uow.remove(target)

    def _next(self, uow: UnitOfWork) -> list[Sending]:
        """What is sent next. Waits (Later) for devices and servers that may answer soon; keeps what is noted."""
        rows = self._rows(uow)
        open_pushes = [row for row in rows.values() if row.channel in PUSHES and row.state in _OPEN]
        open_others = [row for row in rows.values() if row.channel == Channel.EMAIL and row.state in _OPEN]
        open_others += [row for row in rows.values() if row.channel == Channel.SMS and row.state == DeliveryState.LATER]
        waiting = open_others or (open_pushes and not self._is_overdue(uow, rows))
        can_wait = self._job.lease.attempt < self._job.lease.max_attempts
        if waiting and can_wait and uow.now - self._first(rows, uow.now) < LATE:
            self._job.commit(uow)
            raise Later(self._wait(uow, rows, open_others))
        self._was_away = self._was_away or bool(waiting)
        for row in (*open_others, *open_pushes):
            uow.change(row, state=DeliveryState.DROPPED.value)
        return self._fall_back(uow, rows)

    def _wait(
        self, uow: UnitOfWork, rows: Mapping[tuple[str, str], Delivery], others: Sequence[Delivery]
    ) -> timedelta | None:
        """How long: what the other side asked for, yet for pushes no longer than until something takes their place."""
        asked = max(self._waits, default=BACKOFF.after(self._job.lease.attempt))
        if others or not self._call.fallback:
            return asked
        return max(min(asked, self._first(rows, uow.now) + FALLBACK_AFTER - uow.now), timedelta(seconds=1))

    def _is_overdue(self, uow: UnitOfWork, rows: Mapping[tuple[str, str], Delivery]) -> bool:
        """Whether his devices have been tried for long enough and something else can take their place."""
        has_fallback = any(channel in self._channels for channel, _ in self._call.fallback)
        told = any(row.state == DeliveryState.SENT for row in rows.values())
        return has_fallback and not told and uow.now - self._first(rows, uow.now) >= FALLBACK_AFTER

    @staticmethod
    def _first(rows: Mapping[tuple[str, str], Delivery], now: datetime) -> datetime:
        return min((row.created_at for row in rows.values()), default=now)


def _must_be_looked_at(uow: UnitOfWork, row: Delivery) -> bool:
    """Whether it may be on its way and cannot be called back, as a text message: somebody has to look (rule N6)."""
    if row.channel != Channel.SMS or row.state == DeliveryState.LATER:
        return False
    uow.change(row, state=DeliveryState.UNKNOWN.value, code=row.code or "sms.cut-off")
    return True


def _outcome(rows: Iterable[Delivery]) -> str:
    states = {row.state for row in rows}
    for state, outcome in ((DeliveryState.SENT, "told"), (DeliveryState.UNKNOWN, "unknown")):
        if state in states:
            return outcome
    return "unreached"
