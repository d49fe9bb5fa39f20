"""The ledger: one verdict for each operation ever acknowledged, under (organisation, enrolment, n). Never purged.

And the enrolment, under which they are numbered: how far it is, and what was seen of its device's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update

from server.core.clock import CONTACT_ENDS, DeviceClock
from server.core.tables import ENROLMENTS, LEDGER

# Made once: of a short push, building statements is a good part.
_MINE = (ENROLMENTS.c.org_id == bindparam("org"), ENROLMENTS.c.id == bindparam("enrolment"))
_SEEN = ("exchanged_at", "clock_behind_ms", "contact_at", "contact_behind_ms")
_LOCK = (
    select(*(ENROLMENTS.c[name] for name in ("last_n", "created_at", *_SEEN)))
    .where(*_MINE, ENROLMENTS.c.user_id == bindparam("user"))
    .with_for_update(key_share=True)
)
_NOTE = update(ENROLMENTS).where(*_MINE).values({name: bindparam(f"to_{name}") for name in _SEEN})
_ADVANCE = _NOTE.values(last_n=bindparam("to"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What was decided about one operation. verdict: as it goes on the wire."""

    n: int
    content_hash: str
    verdict: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolment as locked. last_n: the highest n that is durable. The rest: what was seen of its clock (tables.py)."""

    last_n: int
    created_at: datetime
    exchanged_at: datetime | None = None
    clock_behind_ms: int | None = None
    contact_at: datetime | None = None
    contact_behind_ms: int | None = None

    def at(self, now: datetime, behind: timedelta | None) -> Enrolment:
        """The same with an exchange at `now`, whose device's clock is `behind` the server's; None when it did not say."""
        contact = (self.contact_at, self.contact_behind_ms)
        if self.exchanged_at is not None and now - self.exchanged_at > CONTACT_ENDS:
            contact = (self.exchanged_at, self.clock_behind_ms)
        ms = self.clock_behind_ms if behind is None else behind // _MILLISECOND
        return Enrolment(self.last_n, self.created_at, now, ms, *contact)

    def clock(self, behind: timedelta | None) -> DeviceClock:
        """What is known of the device's clock."""
        before = None if self.contact_behind_ms is None else self.contact_behind_ms * _MILLISECOND
        return DeviceClock(self.created_at, behind, self.contact_at, before)

    def _seen(self) -> dict[str, Any]:
        return {f"to_{name}": getattr(self, name) for name in _SEEN}


_MILLISECOND = timedelta(milliseconds=1)


def lock_enrolment(connection: Connection, org_id: str, enrolment_id: str, user_id: str) -> Enrolment | None:
    """Lock the enrolment and return it; None when it is not this user's. The first lock of a push."""
    parameters = {"org": org_id, "enrolment": enrolment_id, "user": user_id}
    found = connection.execute(_LOCK, parameters).one_or_none()
    return None if found is None else Enrolment(*found)


def note_exchange(
    connection: Connection, org_id: str, enrolment_id: str, user_id: str, *, now: datetime, behind: timedelta
) -> None:
    """Keep when an enrolment exchanged without pushing, and what its clock was behind. Two statements."""
    found = lock_enrolment(connection, org_id, enrolment_id, user_id)
    if found is not None:
        seen = found.at(now, behind)._seen()
        connection.execute(_NOTE, {"org": org_id, "enrolment": enrolment_id, **seen})


def highest(connection: Connection, org_id: str, enrolment_id: str) -> int:
    """The highest n of an enrolment that is durable; 0 when there is none."""
    t = ENROLMENTS.c
    found = connection.execute(select(t.last_n).where(t.org_id == org_id, t.id == enrolment_id)).scalar_one_or_none()
    return found or 0


def advance(connection: Connection, org_id: str, enrolment_id: str, last_n: int, at: Enrolment) -> None:
    """Note the highest n that is durable once this transaction is, and the exchange that brought it (`Enrolment.at`)."""
    connection.execute(_ADVANCE, {"org": org_id, "enrolment": enrolment_id, "to": last_n, **at._seen()})


def entries(connection: Connection, org_id: str, enrolment_id: str, first_n: int, last_n: int) -> dict[int, Entry]:
    """n → what was decided, for n from first to last."""
    t = LEDGER.c
    rows = connection.execute(
        select(t.n, t.content_hash, t.verdict).where(
            t.org_id == org_id, t.enrolment_id == enrolment_id, t.n >= first_n, t.n <= last_n
        )
    )
    return {n: Entry(n, digest, orjson.loads(verdict)) for n, digest, verdict in rows}
