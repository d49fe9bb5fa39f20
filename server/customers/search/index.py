"""The table of keys, and writing it: in turn, from the rows as they stand, so that no two writers can leave it wrong.

Nothing here is shown to anybody; who may see whom is asked of the customers themselves (queries.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Select, String, Table, delete, select

from server.core import bulk
from server.core.rows import c, metadata
from server.core.types import Id
from server.core.uow import UnitOfWork
from server.customers.contacts.models import Contact
from server.customers.models import Customer
from server.customers.search.keys import KEY_LONG, keys_of, readings, sought_key

_AT_ONCE = 5000
"""Customers whose keys are written with one statement."""
_LAST = "\U0010ffff"

CUSTOMER_KEYS = Table(
    "customer_keys",
    metadata,
    Column("org_id", Id(), nullable=False),
    Column(
        "key",
        String(KEY_LONG).with_variant(String(KEY_LONG, collation="C"), "postgresql"),
        nullable=False,
    ),
    Column("customer_id", Id(), nullable=False),
    PrimaryKeyConstraint("org_id", "key", "customer_id"),
    Index("ix_customer_keys_customer_id", "org_id", "customer_id"),
    sqlite_with_rowid=False,
    info={"derived": "written anew, in turn, whenever a customer or a contact gets a name, another one, or goes"},
    comment="what customers and their contacts are found by; made from their names, written in turn only",
)
_NAMES = ("org_id", "key", "customer_id")


def write_keys(uow: UnitOfWork, customer_ids: Sequence[str]) -> None:
    """Write the keys of these customers anew, in turn (`UnitOfWork.in_turn`): for whoever changes a name or takes one away."""
    t = CUSTOMER_KEYS.c
    for start in range(0, len(customer_ids), _AT_ONCE):
        ids = customer_ids[start : start + _AT_ONCE]
        uow.connection.execute(delete(CUSTOMER_KEYS).where(t.org_id == uow.org_id, t.customer_id.in_(ids)))
        bulk.insert(uow.connection, CUSTOMER_KEYS, _NAMES, sorted(set(_rows(uow, ids))))


def found_by(org_id: str, name: str) -> Select[tuple[str]]:
    """The ids of customers of whom part of a name, or of how it is read, is this. name: as `rules.name_key` makes it."""
    t, begin = CUSTOMER_KEYS.c, sought_key(name)
    return select(t.customer_id).where(t.org_id == org_id, t.key >= begin, t.key < begin + _LAST)


def named_in_full(org_id: str, reading: str) -> Select[tuple[str]]:
    """The ids of customers of whom some end of a name is read like this whole name. reading: of `sound.reading_of`."""
    t = CUSTOMER_KEYS.c
    whole = {sought_key("".join(each)) for each in readings(reading)}
    return select(t.customer_id).where(t.org_id == org_id, t.key.in_(sorted(whole)))


def _rows(uow: UnitOfWork, ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for statement in (
        select(c(Customer).id, c(Customer).name_key, c(Customer).pinyin).where(
            c(Customer).org_id == uow.org_id, c(Customer).id.in_(ids)
        ),
        select(c(Contact).customer_id, c(Contact).name_key, c(Contact).pinyin).where(
            c(Contact).org_id == uow.org_id, c(Contact).customer_id.in_(ids)
        ),
    ):
        for customer_id, name, reading in uow.connection.execute(statement):
            for key in keys_of(name, reading):
                yield uow.org_id, key, customer_id
