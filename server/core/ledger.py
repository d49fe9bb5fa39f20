"""The ledger: one verdict for each operation ever acknowledged, under (organisation, enrolment, n). Never purged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update

from server.core.tables import ENROLMENTS, LEDGER

# Made once: of a short push, building statements is a good part.
_MINE = (ENROLMENTS.c.org_id == bindparam("org"), ENROLMENTS.c.id == bindparam("enrolment"))
_LOCK = (
    select(ENROLMENTS.c.last_n).where(*_MINE, ENROLMENTS.c.user_id == bindparam("user")).with_for_update(key_share=True)
)
_ADVANCE = update(ENROLMENTS).where(*_MINE).values(last_n=bindparam("to"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What was decided about one operation. verdict: as it goes on the wire."""

    n: int
    content_hash: str
    verdict: dict[str, Any]


def lock_enrolment(connection: Connection, org_id: str, enrolment_id: str, user_id: str) -> int | None:
    """Lock the enrolment and return its highest n; None when it is not this user's. The first lock of a push."""
    parameters = {"org": org_id, "enrolment": enrolment_id, "user": user_id}
    return connection.execute(_LOCK, parameters).scalar_one_or_none()


def highest(connection: Connection, org_id: str, enrolment_id: str) -> int:
    """The highest n of an enrolment that is durable; 0 when there is none."""
    t = ENROLMENTS.c
    found = connection.execute(select(t.last_n).where(t.org_id == org_id, t.id == enrolment_id)).scalar_one_or_none()
    return found or 0


def advance(connection: Connection, org_id: str, enrolment_id: str, last_n: int) -> None:
    """Note the highest n that is durable once this transaction is."""
    connection.execute(_ADVANCE, {"org": org_id, "enrolment": enrolment_id, "to": last_n})


def entries(connection: Connection, org_id: str, enrolment_id: str, first_n: int, last_n: int) -> dict[int, Entry]:
    """n → what was decided, for n from first to last."""
    t = LEDGER.c
    rows = connection.execute(
        select(t.n, t.content_hash, t.verdict).where(
            t.org_id == org_id, t.enrolment_id == enrolment_id, t.n >= first_n, t.n <= last_n
        )
    )
    return {n: Entry(n, digest, orjson.loads(verdict)) for n, digest, verdict in rows}
