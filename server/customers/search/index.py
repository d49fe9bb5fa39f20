"""The table of keys, and writing it: in turn, from the rows as they stand, so that no two writers can leave it wrong.

Nothing here is shown to anybody; who may see whom is asked of the customers themselves (queries.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    PrimaryKeyConstraint,
    Select,
    String,
    Table,
    delete,
    select,
    text,
    update,
)

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
    Column("owner_id", Id(), nullable=False),
    Column("unit_id", Id(), nullable=False),
    Column("project_id", Id()),
    PrimaryKeyConstraint("org_id", "key", "customer_id"),
    Index("ix_customer_keys_customer_id_key", "org_id", "customer_id", "key"),
    Index("ix_customer_keys_owner_id_key", "org_id", "owner_id", "key", "customer_id"),
    Index("ix_customer_keys_unit_id_key", "org_id", "unit_id", "key", "customer_id"),
    Index(
        "ix_customer_keys_project_id_key",
        "org_id",
        "project_id",
        "key",
        "customer_id",
        postgresql_where=text("project_id IS NOT NULL"),
        sqlite_where=text("project_id IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
    info={
        "derived": "written anew, in turn, when a customer or contact gets a name or goes, and when he gets another owner"
    },
    comment="what customers and their contacts are found by; made from names and owners, written in turn only",
)
KEY_NAMES = ("org_id", "key", "customer_id", "owner_id", "unit_id", "project_id")


def write_keys(uow: UnitOfWork, customer_ids: Sequence[str]) -> None:
    """Write the keys of these customers anew, in turn (`UnitOfWork.in_turn`): for whoever changes a name or goes."""
    t = CUSTOMER_KEYS.c
    for start in range(0, len(customer_ids), _AT_ONCE):
        ids = customer_ids[start : start + _AT_ONCE]
        uow.connection.execute(delete(CUSTOMER_KEYS).where(t.org_id == uow.org_id, t.customer_id.in_(ids)))
        rows = key_rows(uow.connection, uow.org_id, ids)
        bulk.insert(uow.connection, CUSTOMER_KEYS, KEY_NAMES, sorted(rows, key=itemgetter(1, 2)))


def move_keys(uow: UnitOfWork, customer_ids: Sequence[str]) -> None:
    """Let the keys of these customers say whose they are now, in turn: for whoever gives them to somebody else."""
    t, columns = CUSTOMER_KEYS.c, c(Customer)
    moved = update(CUSTOMER_KEYS).where(t.org_id == uow.org_id, columns.org_id == t.org_id, columns.id == t.customer_id)
    for start in range(0, len(customer_ids), _AT_ONCE):
        uow.connection.execute(
            moved.where(t.customer_id.in_(customer_ids[start : start + _AT_ONCE])).values(
                {name: columns[name] for name in KEY_NAMES[3:]}
            )
        )


def key_rows(connection: Connection, org_id: str, ids: Sequence[str]) -> set[tuple[str | None, ...]]:
    """The rows of keys, as KEY_NAMES, that these customers have to have. Two statements."""
    columns, t = c(Customer), c(Contact)
    customers = select(columns.id, columns.name_key, columns.pinyin, *(columns[name] for name in KEY_NAMES[3:]))
    contacts = select(t.customer_id, t.name_key, t.pinyin).where(t.org_id == org_id, t.customer_id.in_(ids))
    found = list(connection.execute(customers.where(columns.org_id == org_id, columns.id.in_(ids))))
    places = {row[0]: row[3:] for row in found}
    named = [row[:3] for row in (*found, *connection.execute(contacts)) if row[0] in places]
    return {
        (org_id, key, customer_id, *places[customer_id])
        for customer_id, name, reading in named
        for key in keys_of(name, reading)
    }


def in_range(key: ColumnElement[str], name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether part of a name, or of how it is read, is this: where the range of such keys begins and ends.

    name: as `rules.name_key` makes it.
    """
    begin = sought_key(name)
    return key >= begin, key < begin + _LAST


def found_by(org_id: str, name: str) -> Select[tuple[str]]:
    """The ids of customers of whom part of a name, or of how it is read, is this, as often as it is. name: as for `in_range`."""
    t = CUSTOMER_KEYS.c
    return select(t.customer_id).where(t.org_id == org_id, *in_range(t.key, name))


def named_in_full(org_id: str, reading: str) -> Select[tuple[str]]:
    """The ids of customers of whom some end of a name is read like this whole name. reading: of `sound.reading_of`."""
    t = CUSTOMER_KEYS.c
    whole = {sought_key("".join(each)) for each in readings(reading)}
    return select(t.customer_id).where(t.org_id == org_id, t.key.in_(sorted(whole)))
