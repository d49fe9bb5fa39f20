"""What the member club does at night: cards whose last day is over, and used phone codes that no clock can bring back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from server.accounts.queries.structure import organisation
from server.core.access import system_actor
from server.core.db import commit
from server.core.jobs import RunningJob, handler
from server.core.rows import c
from server.membership.models import Card, CardUse
from server.membership.operations.cards import move
from server.membership.transitions import CardAction, CardState

BATCH = 500
"""Cards of one transaction."""
GRACE = timedelta(days=1)
"""A card stays active this long after its last day: a kiosk's queue may still bring what was read on it (rule M5)."""
CODES_KEPT = timedelta(days=3)
"""A phone code cannot be taken any more by then: a reading that waited longer than a day is not believed. Taps of chips stay."""


@handler("membership.expire-cards", nightly=True)
def expire_cards(job: RunningJob) -> dict[str, int]:
    """Let cards expire whose last day is over, so that lists say so, and forget used codes of phones.

    A kiosk does not wait for it: whoever reads a card looks at its last day. Result: `{expired, forgotten}`.
    """
    with job.services.reading(job.org_id) as connection:
        ours = organisation(connection, job.org_id)
    actor, expired = system_actor(job.org_id, zone=ours.timezone, currency=ours.currency), 0
    while True:
        with job.services.writing(actor) as uow:
            k = c(Card)
            over = uow.find(
                Card,
                k.state.in_((CardState.ACTIVE, CardState.BLOCKED)),
                k.expires_on < uow.today() - GRACE,
                limit=BATCH,
            )
            for card in over:
                move(uow, card, CardAction.EXPIRE)
            uow.commit()
        expired += len(over)
        job.progress(expired)
        if len(over) < BATCH:
            return {"expired": expired, "forgotten": _forget_codes(job)}


def _forget_codes(job: RunningJob) -> int:
    k, u = c(Card), c(CardUse)
    phones = select(k.id).where(k.org_id == job.org_id, k.kind == "phone")
    with job.services.database.write(job.org_id) as connection:
        done = connection.execute(
            delete(CardUse.__table__).where(
                u.org_id == job.org_id, u.used_at < job.services.clock.now() - CODES_KEPT, u.card_id.in_(phones)
            )
        )
        commit(connection)
    return done.rowcount
