"""Who is mentioned in a text and sees what it is about, and who does not. Rule C38. Nothing else may live here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from server.accounts.people import people_as_text, people_in
from server.accounts.queries.actors import reaches_of
from server.core.access import Reach
from server.core.problems import Refused, problem_type
from server.core.rows import Scoped
from server.core.uow import UnitOfWork

MENTION_UNSEEN = problem_type(
    "customers.mention-unseen",
    422,
    zh="提到的同事看不到此内容，或账号已停用。",
    en="A colleague who is mentioned does not see what this is about, or the account is disabled.",
    doc="Of the office. What a device wrote is taken, and says in `untold` who was not told.",
)
_KNOWN = "customers.reaches-of-mentioned"


class Mentioning(Protocol):
    """A row whose text names people. mentions, untold: lists as of accounts/people.py."""

    written_by: str
    mentions: str | None
    untold: str | None


def preload_mentioned(uow: UnitOfWork, function: str, lists: Iterable[Any]) -> None:
    """Load at once what the people whom a batch mentions reach with `function`. lists: as devices send them, whatever they are."""
    known: dict[str, Reach | None] = uow.once((_KNOWN, function), dict)
    named = {person for each in lists if isinstance(each, str) for person in people_in(each)}
    if fresh := sorted(named - known.keys()):
        known.update(dict.fromkeys(fresh))
        known.update(reaches_of(uow.connection, uow.org_id, fresh, function))


def mentioned(uow: UnitOfWork, function: str, row: Scoped, mentions: str | None) -> dict[str, Any]:
    """`mentions` and `untold` of a text about `row`: who is named, and who of them does not see it with `function`.

    Raises Refused MENTION_UNSEEN to the office.
    """
    if mentions is None:
        return {"mentions": None, "untold": None}
    preload_mentioned(uow, function, [mentions])
    known: dict[str, Reach | None] = uow.once((_KNOWN, function), dict)
    strangers = [each for each in people_in(mentions) if not ((reach := known[each]) and reach.covers(row))]
    if strangers and uow.actor.enrolment_id is None:
        raise Refused(MENTION_UNSEEN, field="/mentions")
    return {"mentions": mentions, "untold": people_as_text(strangers)}


def told_of(text: Mentioning) -> list[str]:
    """Who is to be told that he is named: not who wrote it, nor who does not see it."""
    return sorted(set(people_in(text.mentions)) - set(people_in(text.untold)) - {text.written_by})
