"""Who hears of customers: the new owner, once for a whole handover; who is mentioned in a note; both sides of a lead conflict,
and of its ruling; whose they were, or who had something open with them, when they are merged or deleted; who handed in a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from notifications.hearing import Hearing, hears
from notifications.people import leaders_of
from notifications.telling import News
from notifications.topics import (
    CUSTOMERS_DELETED,
    CUSTOMERS_MERGED,
    HANDED_OVER,
    IMPORT_ENDED,
    IMPORT_STOPPED,
    LEAD_CONFLICT,
    LEAD_CONFLICT_RULED,
    MENTIONED,
    WORK_DELETED,
)
from server.core.events import Heard
from server.core.job_requests import JobCancelled
from server.core.jobs import JobGivenUp
from server.core.rows import c
from server.core.types import from_ms
from server.customers.deleting.events import CustomerDeleted
from server.customers.events import HandoverDone, LeadConflictOpened, PeopleMentioned
from server.customers.functions import HAND_OVER
from server.customers.imports.events import ImportEnded
from server.customers.imports.models import CustomerImport
from server.customers.imports.operations import KIND as IMPORT
from server.customers.lead_conflicts.events import LeadConflictDismissed, LeadConflictRuled
from server.customers.lead_conflicts.models import LeadConflict
from server.customers.lead_conflicts.rules import ConflictState
from server.customers.merging.events import CustomersMerged
from server.customers.merging.models import MergedCustomer
from server.customers.models import Customer


@hears(HandoverDone)
def handovers(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """The new owner hears how many customers he got, unless he took them himself."""
    hearing.news += [
        News(
            each.subject_id,
            HANDED_OVER,
            occurrence=each.n,
            since=from_ms(each.at),
            subject_collection="customers",
            params={"count": each.told["count"], "from_ids": each.told["from_ids"], "by_id": each.actor_id},
        )
        for each in heard
        if each.subject_id != each.actor_id
    ]


@hears(PeopleMentioned)
def mentions(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Who is mentioned in a note hears of it once for each note; whether he sees the customer was judged when it came."""
    k = c(Customer)
    ids = sorted({each.subject_id for each in heard})
    statement = select(k.id, k.name).where(k.org_id == hearing.uow.org_id, k.id.in_(ids))
    names = {row.id: row.name for row in hearing.uow.connection.execute(statement)}
    hearing.news += [
        News(
            person,
            MENTIONED,
            occurrence=each.n,
            since=from_ms(each.at),
            subject_collection="customers",
            subject_id=each.subject_id,
            customer_name=names.get(each.subject_id),
            params={"customer_id": each.subject_id, "note_id": each.told["note_id"], "by_id": each.actor_id},
        )
        for each in heard
        for person in each.told["person_ids"]
    ]


@hears(LeadConflictOpened)
def lead_conflicts(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Both owners and those who lead them hear of it, each of the customer on his own side; also whoever entered him.

    A conflict that was closed meanwhile is no news.
    """
    uow, t, k = hearing.uow, c(LeadConflict), c(Customer)
    opened = sorted({each.subject_id for each in heard})
    still = (t.org_id == uow.org_id, t.id.in_(opened), t.state == ConflictState.OPEN.value)
    conflicts = {row.id: row for row in uow.connection.execute(select(t.id, t.first_id, t.second_id).where(*still))}
    ids = sorted({side for row in conflicts.values() for side in (row.first_id, row.second_id)})
    statement = select(k.id, k.name, k.owner_id, k.unit_id).where(k.org_id == uow.org_id, k.id.in_(ids))
    customers = {row.id: row for row in uow.connection.execute(statement)}
    owned = {(row.owner_id, row.unit_id) for row in customers.values()}
    leaders = leaders_of(uow.connection, uow.org_id, owned, HAND_OVER) if owned else {}
    for each in heard:
        if (row := conflicts.get(each.subject_id)) is not None:
            hearing.news += _of_conflict(each, [customers[row.first_id], customers[row.second_id]], leaders)


@hears(LeadConflictRuled, LeadConflictDismissed)
def ruled_conflicts(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Both who were owners hear what was ruled, each of the customer that was his."""
    k = c(Customer)
    ids = sorted({customer for each in heard for customer in each.told["customer_ids"]})
    statement = select(k.id, k.name).where(k.org_id == hearing.uow.org_id, k.id.in_(ids))
    names = {row.id: row.name for row in hearing.uow.connection.execute(statement)}
    hearing.news += [
        News(
            owner,
            LEAD_CONFLICT_RULED,
            occurrence=each.n,
            since=from_ms(each.at),
            subject_collection="lead_conflicts",
            subject_id=each.subject_id,
            customer_name=names.get(customer),
            params={
                "customer_id": customer,
                "conflict_id": each.subject_id,
                "owner_id": each.told.get("owner_id"),
                "percent": each.told.get("percent"),
                "by_id": each.actor_id,
            },
        )
        for each in heard
        for customer, owner in zip(each.told["customer_ids"], each.told["owner_ids"], strict=True)
        if owner != each.actor_id
    ]


def _of_conflict(
    event: Heard, sides: Sequence[Any], leaders: Mapping[tuple[str, str], frozenset[str]]
) -> Iterator[News]:
    """One piece of news for each person; who leads both sides hears of the customer who arrived first."""
    told = {side.owner_id: side for side in sides}
    for side in sides:
        for leader in sorted(leaders[side.owner_id, side.unit_id]):
            told.setdefault(leader, side)
    for person, side in told.items():
        yield News(
            person,
            LEAD_CONFLICT,
            occurrence=event.n,
            since=from_ms(event.at),
            subject_collection="customers",
            subject_id=side.id,
            customer_name=side.name,
            params={"customer_id": side.id, "conflict_id": event.subject_id},
        )


@hears(CustomersMerged)
def merged(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Both owners hear of it, unless they did it: the one with whom both are now, and the one who has lost his."""
    t, uow = c(MergedCustomer), hearing.uow
    gone = sorted({each.told["gone_id"] for each in heard})
    statement = select(t.id, t.name).where(t.org_id == uow.org_id, t.id.in_(gone))
    names: dict[str, str] = {row[0]: row[1] for row in uow.connection.execute(statement)}
    for each in heard:
        owner, before = each.told["owner_id"], each.told["gone_owner_id"]
        for person in sorted({owner, before} - {each.actor_id}):
            hearing.news.append(
                News(
                    person,
                    CUSTOMERS_MERGED,
                    occurrence=each.n,
                    since=from_ms(each.at),
                    subject_collection="customers" if person == owner else None,
                    subject_id=each.subject_id if person == owner else None,
                    customer_name=names.get(each.told["gone_id"]),
                    params={"by_id": each.actor_id},
                )
            )


@hears(CustomerDeleted)
def deleted(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """An owner hears how many of his customers somebody else has deleted, once for all that went at one moment.

    So does who had something open with customers of others, of how many.
    """
    together: dict[tuple[str, str, str], list[Heard]] = {}
    for each in heard:
        owner, actor = each.told["owner_id"], each.actor_id
        others = set(each.told.get("open_work_of", ())) - {owner, actor}
        for person, topic in [(owner, CUSTOMERS_DELETED), *((other, WORK_DELETED) for other in sorted(others))]:
            if person != actor:
                together.setdefault((person, topic, actor), []).append(each)
    hearing.news += [
        News(
            person,
            topic,
            occurrence=those[0].n,
            since=from_ms(those[0].at),
            params={"count": len(those), "by_id": actor},
        )
        for (person, topic, actor), those in together.items()
    ]


@hears(ImportEnded)
def imported(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """Whoever handed a list in hears that all of it is answered, in his name but not by his hand. A trial he waits for."""
    hearing.news += [
        News(
            each.actor_id,
            IMPORT_ENDED,
            occurrence=each.n,
            since=from_ms(each.at),
            params={"import_id": each.subject_id}
            | {name: each.told[name] for name in ("created", "duplicates", "refused")},
        )
        for each in heard
        if not each.told["is_trial"]
    ]


@hears(JobCancelled, JobGivenUp)
def stopped_imports(hearing: Hearing, heard: Sequence[Heard]) -> None:
    """He hears that somebody else has stopped it, or why it was given up, unless it came to its end or goes on by now."""
    stopped = {each.subject_id: each for each in heard if each.told["kind"] == IMPORT}
    if not stopped:
        return
    i = c(CustomerImport)
    statement = select(i.id, i.owner_id, i.job_id).where(
        i.org_id == hearing.uow.org_id, i.job_id.in_(sorted(stopped)), i.is_trial.is_(False), i.is_finished.is_(False)
    )
    for row in hearing.uow.connection.execute(statement):
        event = stopped[row.job_id]
        if event.actor_id == row.owner_id:
            continue
        why = {"code": event.told["problem"]} if event.code == JobGivenUp.code else {"by_id": event.actor_id}
        params = {"import_id": row.id, **why}
        hearing.news.append(
            News(row.owner_id, IMPORT_STOPPED, occurrence=event.n, since=from_ms(event.at), params=params)
        )
