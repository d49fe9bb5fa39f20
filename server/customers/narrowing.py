"""What a list of customers is narrowed to, and by which of it the list is read (server/core/narrowing.py)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_

from server.core import narrowing
from server.core.access import Reach
from server.core.narrowing import Lead
from server.core.paging import unindexed
from server.core.rows import c
from server.customers import rules
from server.customers.models import Customer
from server.customers.profile.rules import urgency_days

_EQUAL = ("kind", "stage", "grade", "deal", "need_level", "importance", "industry", "category")
_RANGES = ("urgency", "amount")
_NARROW = (*_EQUAL, "status", *_RANGES)

Named = Callable[[str], ColumnElement[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None leaves it as wide as the reach.

    text: part of a name, of how it is read, or the end of a phone. status: enabled or disabled. today: the organisation's
    calendar day, for urgency.
    """

    text: str | None = None
    kind: str | None = None
    stage: str | None = None
    status: str | None = None
    grade: str | None = None
    deal: str | None = None
    need_level: str | None = None
    importance: str | None = None
    urgency: str | None = None
    industry: str | None = None
    category: str | None = None
    amount_from_minor: int | None = None
    amount_to_minor: int | None = None
    owner_id: str | None = None
    unit_id: str | None = None
    today: date = date.min

    @property
    def sought(self) -> rules.Sought | None:
        """What the text looks for; None without one."""
        return None if self.text is None else rules.read_search(self.text)

    @property
    def place(self) -> dict[str, str]:
        """Owner and unit, of these what is set."""
        return {name: value for name in ("owner_id", "unit_id") if (value := getattr(self, name)) is not None}

    def set_names(self) -> list[str]:
        """Which of them are set."""
        names = (field.name for field in dataclasses.fields(self) if field.name != "today")
        return [name for name in names if getattr(self, name) is not None]

    def scope(self) -> list[str]:
        """What makes a cursor good for this filter only."""
        return [f"{name}={getattr(self, name)}" for name in self.set_names()]


def whose(filters: Filters) -> list[ColumnElement[bool]]:
    """The way to whose customers alone a list holds, if it does: one owner's, one team's, or what is both's."""
    place = [c(Customer)[name] == value for name, value in filters.place.items()]
    return [and_(*place)] if place else []


def conditions(filters: Filters, lead: str | None = None) -> Iterator[ColumnElement[bool]]:
    """The conditions of a filter beside its text and whose they are. lead: which of them may be looked up by."""
    columns = c(Customer)
    for name in _NARROW:
        yield from _said(filters, name, columns.__getitem__ if name == lead else lambda each: unindexed(columns[each]))


def leader(connection: Connection, org_id: str, reach: Reach, filters: Filters, *, in_order: bool) -> Lead:
    """How the page of a filter is best read. One statement at most.

    in_order: whether the list is in the order of the indexes of filters, last changed first.
    """
    columns = c(Customer)
    said = {name: found for name in _NARROW if (found := list(_said(filters, name, columns.__getitem__)))}
    ordered = [name for name in said if in_order and name not in _RANGES]
    whole = reach.everything and not filters.place
    return narrowing.leader(connection, Customer, [columns.org_id == org_id], said, ordered, whole=whole)


def _said(filters: Filters, name: str, named: Named) -> Iterator[ColumnElement[bool]]:
    """The conditions of one name; none when the filter says nothing of it."""
    if name == "status":
        if filters.status is not None:
            yield named("is_enabled") == (filters.status == "enabled")
    elif name == "urgency":
        if filters.urgency is not None:
            after, until = urgency_days(filters.urgency, filters.today)
            day = named("expected_close_on")
            ends = ([] if after is None else [day > after]) + ([] if until is None else [day <= until])
            yield and_(*ends) if ends else day.is_not(None)
    elif name == "amount":
        if filters.amount_from_minor is not None:
            yield named("expected_amount_minor") >= filters.amount_from_minor
        if filters.amount_to_minor is not None:
            yield named("expected_amount_minor") <= filters.amount_to_minor
    elif (value := getattr(filters, name)) is not None:
        yield named(name) == value
