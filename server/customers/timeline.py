"""The timeline: one line for each thing that happened with a customer, whichever area it happened in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import Any

from server.core.clock import day_in
from server.core.i18n import Text
from server.core.rows import c
from server.core.uow import UnitOfWork
from server.customers.models import Customer, TimelineEntry

KINDS: dict[str, Text] = {}
"""Code → what people read. Areas above declare their own with `timeline_kind`."""


class Deed(StrEnum):
    """What sort of thing a line is about: a timeline and a team's feed are narrowed by it.

    report, expense: somebody wrote of the customer, or spent money for him; not met him. other: neither.
    """

    VISIT = "visit"
    CALL = "call"
    ACTIVITY = "activity"
    RECEPTION = "reception"
    NOTE = "note"
    FOLLOW_UP = "follow_up"
    OPPORTUNITY = "opportunity"
    QUESTION = "question"
    CUSTOMER = "customer"
    REPORT = "report"
    EXPENSE = "expense"
    OTHER = "other"


_DEEDS: dict[str, Deed] = {}


def timeline_kind(code: str, *, zh: str, en: str, deed: Deed = Deed.OTHER) -> str:
    """Declare a kind of timeline entry and return its code. Raises ValueError when it is declared twice."""
    if code in KINDS:
        raise ValueError(f"the timeline kind {code} is declared twice")
    KINDS[code], _DEEDS[code] = Text(zh, en), deed
    return code


CREATED = timeline_kind("customer-created", zh="登记客户", en="Customer entered", deed=Deed.CUSTOMER)
STAGE_CHANGED = timeline_kind("stage-changed", zh="阶段变更", en="Stage changed")
PHONE_CHANGED = timeline_kind(
    "phone-changed", zh="电话变更：{before} → {after}", en="Phone changed: {before} → {after}"
)
NOTED = timeline_kind("note", zh="便签", en="Note", deed=Deed.NOTE)
HANDED_OVER = timeline_kind("handover", zh="客户交接", en="Handed over")


def add_to_timeline(
    uow: UnitOfWork,
    customer: Customer,
    kind: str,
    *,
    at: datetime | None = None,
    subject_id: str | None = None,
    params: Mapping[str, Any] | None = None,
    done_by: str | None = None,
    deed: Deed | None = None,
) -> TimelineEntry:
    """Add a line to a customer's timeline. Called by this area and those above it, in the same unit of work.

    at: when it happened; now unless told. subject_id: the row it is about. params: codes, ids, numbers, masked values and
    short texts; never a full phone or identity number. done_by: whose deed; the actor's unless told. deed: the kind's unless
    told. Raises KeyError for a kind that nobody declared.
    """
    usual = _DEEDS[kind]
    return uow.add(
        TimelineEntry(
            customer_id=customer.id,
            at=at or uow.now,
            day_on=day_in(uow.actor.timezone, min(at or uow.now, uow.now)),
            deed=(deed or usual).value,
            done_by=done_by or uow.actor.user_id,
            kind=kind,
            subject_id=subject_id,
            params=dict(params or {}),
            owner_id=customer.owner_id,
            unit_id=customer.unit_id,
            project_id=customer.project_id,
        )
    )


def preload_told(uow: UnitOfWork, subject_ids: Iterable[str], customer_ids: Iterable[str]) -> None:
    """Load at once on which of these customers' timelines which of these subjects stand. One statement at most."""
    loaded = _loaded(uow)
    if missing := set(product(subject_ids, customer_ids)) - loaded:
        subjects, customers = {each for each, _ in missing}, {each for _, each in missing}
        t = c(TimelineEntry)
        uow.find(TimelineEntry, t.customer_id.in_(sorted(customers)), t.subject_id.in_(sorted(subjects)))
        loaded.update(product(subjects, customers))


def tell_once(
    uow: UnitOfWork, kind: str, subject_id: str, told: Mapping[str, Mapping[str, Any]], *, is_first: bool
) -> None:
    """Let a subject stand once on the timeline of each of these customers, whoever of them is there.

    told: customer → params, as of `add_to_timeline`. is_first: it was told of nobody before, so nothing is asked.
    """
    if is_first:
        _loaded(uow).update((subject_id, each) for each in told)
    else:
        preload_told(uow, [subject_id], told)
    there = {each.customer_id for each in uow.among(TimelineEntry, lambda entry: entry.subject_id == subject_id)}
    for customer_id in sorted(told.keys() - there):
        if (customer := uow.get(Customer, customer_id)) is not None:
            add_to_timeline(uow, customer, kind, subject_id=subject_id, params=told[customer_id])


def _loaded(uow: UnitOfWork) -> set[tuple[str, str]]:
    """Of which subject and customer it is known whether there is a line."""
    loaded: set[tuple[str, str]] = uow.once("customers.told-of-subjects", set)
    return loaded
