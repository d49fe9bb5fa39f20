"""Rows of customers: the customer, phones, notes, the timeline, and who owned whom before."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import String

from server.accounts.people import PEOPLE_LENGTH
from server.core.rows import Code, Marks, Row, Scoped, index, refers, table, unique
from server.core.types import Address, Id, IdNumber, Json, PhoneNumber, Protected
from server.customers import rules
from server.customers.search.sound import SOUND_MOST

SortKey = String(rules.KEY_MOST).with_variant(String(rules.KEY_MOST, collation="C"), "postgresql")
"""Compared by code point on both databases, so that lists and their cursors have one order."""


_NARROWED_TO = (
    "kind", "stage", "deal", "is_enabled",
    "grade", "need_level", "importance", "industry", "category", "expected_close_on", "expected_amount_minor",
)  # fmt: skip
"""What lists are narrowed to (narrowing.py)."""
_ORDERS = (("updated_at", "id"), ("name_key", "id"))
_ASKED_OF_EACH = ("owner_id", "unit_id", "project_id", "name_key", *_NARROWED_TO)
"""Of whom one of these finds: whose he is, his place by name, and all else that a list may be narrowed to as well."""


class PersonName(Protected):
    """A customer's name: shown to all who see the row, masked in the audit trail."""

    impl = String(rules.NAME_MOST)
    cache_ok = True
    kind = "name"

    def mask(self, value: str) -> str:
        return value[:1] + "**"


class PersonalText(Protected):
    """What was written about a customer; of it, the audit trail shows only how long it was."""

    impl = String(rules.REMARK_MOST)
    cache_ok = True
    kind = "text"

    def mask(self, value: str) -> str:
        return f"({len(value)})"


@table(
    "customers",
    refers("owner_id", "users"),
    refers("unit_id", "units"),
    refers("project_id", "projects"),
    *(index(each, *order, beside=_NARROWED_TO) for each in ("owner_id", "unit_id") for order in _ORDERS),
    index("project_id", "updated_at", "id"),
    *(index(*order) for order in _ORDERS),
    *(index(each, "updated_at", "id", present=each, beside=_ASKED_OF_EACH) for each in _NARROWED_TO),
    index("first_contact_on", "owner_id"),
    index("id_number"),
)
class Customer(Scoped):
    """A person or a company, the same row from first contact to owner of a home (domain row 1).

    name_key: the name as it is searched and sorted, never shown. pinyin: how it is read (search/sound.py), None without
    Chinese. lost_reason: why he was lost, of somebody whose stage is lost (rule C39). grade: by closing horizon, None when not
    judged yet; need_level and expected_close_on are what it follows from.
    deal, importance: axes of profile/rules.py. needs: what he looks for. wishes: special needs. industry, category: of
    profile/rules.py. expected_amount_minor: in the organisation's currency. is_enabled: false for one who is out of use.
    owned_since: when the present owner got it. received_at: when he was entered, as the device claims; None for the office,
    where that is created_at.
    received_fixed_at: the same by the server's clock, give or take received_doubt_ms; None when nobody can say (rule R2).
    """

    kind: Annotated[str, Code] = "person"
    name: Annotated[str, PersonName()]
    name_key: Annotated[str, SortKey]
    pinyin: Annotated[str | None, String(SOUND_MOST)] = None
    stage: Annotated[str, Code] = "prospect"
    lost_reason: Annotated[str | None, Code] = None
    deal: Annotated[str, Code] = "potential"
    grade: Annotated[str | None, Code] = None
    need_level: Annotated[str | None, Code] = None
    expected_close_on: date | None = None
    importance: Annotated[str | None, Code] = None
    source: Annotated[str | None, Code] = None
    id_number: Annotated[str | None, IdNumber()] = None
    address: Annotated[str | None, Address()] = None
    born_on: date | None = None
    needs: Annotated[str | None, PersonalText()] = None
    remark: Annotated[str | None, PersonalText()] = None
    hobbies: Annotated[str | None, PersonalText()] = None
    wishes: Annotated[str | None, PersonalText()] = None
    industry: Annotated[str | None, Code] = None
    category: Annotated[str | None, Code] = None
    expected_amount_minor: int | None = None
    first_contact_on: date | None = None
    is_enabled: bool = True
    owned_since: datetime
    received_at: datetime | None = None
    received_fixed_at: datetime | None = None
    received_doubt_ms: int | None = None
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table(
    "customer_phones",
    refers("customer_id", "customers"),
    refers("contact_id", "customer_contacts"),
    index("customer_id", "id"),
    index("tail", "number"),
    index("tail", "customer_id"),
    index("owner_id", "tail", "customer_id"),
    index("unit_id", "tail", "customer_id"),
    index("project_id", "tail", "customer_id"),
    index("contact_id"),
)
class CustomerPhone(Scoped):
    """A number of a customer. number: E.164. tail: its last four digits, for search. An old one stays, and is still found.

    contact_id: whose of his contacts' it is; None for his own.
    """

    customer_id: Annotated[str, Id()]
    contact_id: Annotated[str | None, Id()] = None
    number: Annotated[str, PhoneNumber()]
    tail: Annotated[str, String(rules.TAIL)]
    label: Annotated[str | None, String(rules.LABEL_MOST)] = None
    is_current: bool = True
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)


@table(
    "customer_notes",
    refers("customer_id", "customers"),
    refers("reply_to", "customer_notes"),
    index("customer_id", "created_at", "id"),
    index("reply_to"),
)
class Note(Scoped):
    """One contribution to the discussion about a customer (便签). It belongs to the customer and goes with him.

    written_by: its author. Not `author_id`: a row of that name stays with its author after a handover, and notes do not
    (sync-protocol, “Who sees what after a handover”). written_at: the device's claim, for showing; created_at orders.
    mentions: the people whom it names, a list as of accounts/people.py; untold: those of them who did not see the customer.
    """

    customer_id: Annotated[str, Id()]
    written_by: Annotated[str, Id()]
    written_at: datetime
    text: Annotated[str, String(rules.NOTE_MOST)]
    reply_to: Annotated[str | None, Id()] = None
    mentions: Annotated[str | None, String(PEOPLE_LENGTH)] = None
    untold: Annotated[str | None, String(PEOPLE_LENGTH)] = None


@table(
    "customer_timeline",
    refers("customer_id", "customers"),
    index("customer_id", "created_at", "id"),
    index("deed", "day_on", "id"),
    index("unit_id", "deed", "day_on", "id"),
    index("owner_id", "deed", "day_on", "id"),
    index("project_id", "deed", "day_on", "id"),
    index("done_by", "day_on", "id", "deed"),
)
class TimelineEntry(Scoped):
    """One thing that happened with a customer; written by operations only, never changed.

    at: when it happened, for showing; may be a device's claim, so created_at and id order. done_by: whose deed it was.
    kind, deed: of server/customers/timeline.py. subject_id: the row it is about. params: what its text is filled with.
    day_on: the organisation's day it counts for: that of `at`, and never one after its arrival.
    """

    customer_id: Annotated[str, Id()]
    at: datetime
    day_on: date
    deed: Annotated[str, Code]
    done_by: Annotated[str, Id()]
    kind: Annotated[str, Code]
    subject_id: Annotated[str | None, Id()] = None
    params: Annotated[dict[str, Any], Json()] = dataclasses.field(default_factory=dict)


@table("customer_former_owners", refers("customer_id", "customers"), unique("customer_id", "owner_id"))
class FormerOwner(Row):
    """Somebody who owned a customer before, so that his late facts are taken. Several times run together into one row.

    id: `former_owner_id`. since: the begin of his first time. until: the end of his last one.
    """

    customer_id: Annotated[str, Id()]
    owner_id: Annotated[str, Id()]
    since: datetime
    until: datetime


def former_owner_id(customer_id: str, owner_id: str) -> str:
    """The id of a FormerOwner row. Derived, so that a batch loads its rows by id like all others."""
    return derived_id(customer_id, owner_id)


def derived_id(*parts: str) -> str:
    """An id that follows from what it stands for (RFC 9562, version 8)."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | 8 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=number))


def masked(row: type[Row], name: str, value: str | None) -> str | None:
    """A protected column's value as lists, forms and the timeline show it."""
    kind = row.__table__.c[name].type
    return kind.mask(value) if value is not None and isinstance(kind, Protected) else value
