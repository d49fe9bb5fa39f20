"""Who is mentioned in a note and sees the customer, and who does not. Rule C38. Nothing else may live here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.accounts.people import people_as_text, people_in
from server.accounts.queries.actors import reaches_of
from server.core.access import Reach
from server.core.problems import Refused, problem_type
from server.core.uow import UnitOfWork
from server.customers.functions import READ
from server.customers.models import Customer

MENTION_UNSEEN = problem_type(
    "customers.mention-unseen",
    422,
    zh="提到的同事看不到该客户，或账号已停用。",
    en="A colleague who is mentioned does not see this customer, or the account is disabled.",
    doc="Of the office. A device's note is taken, and says in `untold` who was not told.",
)
_KNOWN = "customers.reaches-of-mentioned"


def preload_mentioned(uow: UnitOfWork, lists: Iterable[Any]) -> None:
    """Load at once what the people whom a batch mentions reach. lists: as devices send them, whatever they are."""
    known: dict[str, Reach | None] = uow.once(_KNOWN, dict)
    named = {person for each in lists if isinstance(each, str) for person in people_in(each)}
    if fresh := sorted(named - known.keys()):
        known.update(dict.fromkeys(fresh))
        known.update(reaches_of(uow.connection, uow.org_id, fresh, READ))


def untold(uow: UnitOfWork, customer: Customer, mentions: str | None) -> str | None:
    """Of those who are mentioned the ones who do not see the customer. Raises Refused MENTION_UNSEEN to the office."""
    if mentions is None:
        return None
    preload_mentioned(uow, [mentions])
    known: dict[str, Reach | None] = uow.once(_KNOWN, dict)
    strangers = [each for each in people_in(mentions) if not ((reach := known[each]) and reach.holds(customer))]
    if strangers and uow.actor.enrolment_id is None:
        raise Refused(MENTION_UNSEEN, field="/mentions")
    return people_as_text(strangers)
